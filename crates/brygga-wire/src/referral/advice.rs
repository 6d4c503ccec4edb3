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

/// A link names nobody; a telephone number has digits of its own.
pub(super) fn advice_from_proto(
    advice: proto::AdviceChannel,
    field: &'static str,
) -> Result<AdviceChannel, Refusal> {
    let unit = from_text(&advice.unit, field)?;
    let means = code::read(advice.means, field)?;
    if advice.address.starts_with("https://") && names_somebody(&advice.address) {
        return Err(Refusal::at(Reason::ContentForbidden, field));
    }
    AdviceChannel::new(unit, means, advice.address).map_err(|refusal| Refusal { field, ..refusal })
}
