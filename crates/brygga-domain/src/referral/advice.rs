//! Where somebody can turn who has no right to a dwelling by law, and is declined for that (ORE-02).

use crate::contact_form::{is_link, is_telephone};
use crate::legal::coded_enum;
use crate::{Reason, Refusal, UnitId};

const ADDRESS_MAX: usize = 200;

coded_enum!(
    /// How a function is reached.
    AdviceMeans {
        /// By telephone.
        Telephone = "TELEPHONE",
        /// By a page on the web.
        Web = "WEB",
    }
);

/// A function of the target that gives advice, never a person. Used in stored state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdviceChannel {
    unit: UnitId,
    means: AdviceMeans,
    address: String,
}

impl AdviceChannel {
    /// A function with its telephone number or its page.
    ///
    /// # Errors
    /// [`Reason::InvalidField`] at `advice.address` where it has not the form that the means ask for.
    pub fn new(unit: UnitId, means: AdviceMeans, address: String) -> Result<Self, Refusal> {
        let has_form = match means {
            AdviceMeans::Telephone => is_telephone(&address),
            AdviceMeans::Web => is_link(&address),
        };
        if has_form && address.chars().count() <= ADDRESS_MAX {
            Ok(Self { unit, means, address })
        } else {
            Err(Refusal::at(Reason::InvalidField, "advice.address"))
        }
    }

    /// The function.
    pub const fn unit(&self) -> &UnitId {
        &self.unit
    }

    /// How it is reached.
    pub const fn means(&self) -> AdviceMeans {
        self.means
    }

    /// The number or the link.
    pub fn address(&self) -> &str {
        &self.address
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_the_form_that_its_means_ask_for() {
        let has_form = |means, address: &str| {
            let unit = UnitId::parse("bostadsrad").unwrap();
            AdviceChannel::new(unit, means, address.to_owned()).is_ok()
        };
        let (telephone, web) = (AdviceMeans::Telephone, AdviceMeans::Web);
        let long = format!("https://nybro.example/{}", "a".repeat(200));
        assert!(has_form(telephone, "0481-450 00") && has_form(telephone, "+46481450000"));
        assert!(has_form(web, "https://nybro.example/bostad"));
        for bad in ["", "450 00", "ring Tolvan", "https://nybro.example/bostad"] {
            assert!(!has_form(telephone, bad), "{bad}");
        }
        for bad in ["", "0481-450 00", "http://nybro.example/", "https://a b", &long] {
            assert!(!has_form(web, bad), "{bad}");
        }
    }
}
