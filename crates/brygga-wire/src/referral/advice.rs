//! Where a person who is declined can get advice.

use brygga_domain::referral::AdviceChannel;
use brygga_domain::{Reason, Refusal};
use brygga_proto::referral::v1 as proto;

use crate::code;
use crate::content::names_somebody;
use crate::field::from_text;

pub(super) fn advice_to_proto(advice: &AdviceChannel) -> proto::AdviceChannel {
    proto::AdviceChannel {
        unit: advice.unit().to_string(),
        means: code::number_or_unset(Some(advice.means())),
        address: advice.address().to_owned(),
    }
}

/// Neither a link nor a telephone number is that of a person: it travels unsealed.
pub(super) fn advice_from_proto(
    advice: proto::AdviceChannel,
    field: &'static str,
) -> Result<AdviceChannel, Refusal> {
    let unit = from_text(&advice.unit, field)?;
    let means = code::read(advice.means, field)?;
    if names_somebody(&advice.address.replace(' ', "")) {
        return Err(Refusal::at(Reason::ContentForbidden, field));
    }
    AdviceChannel::new(unit, means, advice.address).map_err(|refusal| Refusal { field, ..refusal })
}

#[cfg(test)]
mod tests {
    use brygga_domain::referral::AdviceMeans;

    use super::*;

    fn read(means: AdviceMeans, address: &str) -> Result<AdviceChannel, Refusal> {
        let means = code::number_or_unset(Some(means));
        let (unit, address) = ("bostadsrad".to_owned(), address.to_owned());
        advice_from_proto(proto::AdviceChannel { unit, means, address }, "advice")
    }

    #[test]
    fn an_address_that_holds_the_number_of_a_person_is_refused() {
        let forbidden = Err(Refusal::at(Reason::ContentForbidden, "advice"));
        for number in ["+19900101-2385", "+1990 0101 2385", "030818-9802", "030818 9802"] {
            assert_eq!(read(AdviceMeans::Telephone, number), forbidden, "{number}");
        }
        let page = "https://nybro.example/19900101-2385";
        assert_eq!(read(AdviceMeans::Web, page), forbidden);
    }

    #[test]
    fn the_number_and_the_page_of_a_function_are_read() {
        for number in ["0481-450 00", "+46 481 450 00"] {
            assert!(read(AdviceMeans::Telephone, number).is_ok(), "{number}");
        }
        assert!(read(AdviceMeans::Web, "https://nybro.example/bostad").is_ok());
    }

    #[test]
    fn an_address_without_the_form_of_its_means_is_refused_at_the_channel() {
        let page = "https://nybro.example/bostad?namn=Tolvan";
        for (means, address) in [(AdviceMeans::Telephone, "ring Tolvan"), (AdviceMeans::Web, page)]
        {
            let refused = read(means, address);
            assert_eq!(refused, Err(Refusal::at(Reason::InvalidField, "advice")), "{address}");
        }
    }
}
