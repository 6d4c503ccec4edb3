//! Where a person who is declined can get advice, on the command line.

use brygga_domain::UnitId;
use brygga_proto::referral::v1::{AdviceChannel, AdviceMeans};
use clap::Args;

/// A function of this organisation that gives advice.
#[derive(Args)]
pub(super) struct AdviceArgs {
    /// Function that gives the person advice; mandatory with the reason NO_RIGHT_TO_HOUSING
    #[arg(long, value_name = "UNIT")]
    advice_unit: Option<UnitId>,
    /// Its telephone number
    #[arg(long, value_name = "NUMBER", requires = "advice_unit")]
    advice_phone: Option<String>,
    /// Its page on the web, instead of a number
    #[arg(long, value_name = "LINK", requires = "advice_unit", conflicts_with = "advice_phone")]
    advice_link: Option<String>,
}

impl AdviceArgs {
    pub(super) fn to_proto(&self) -> Option<AdviceChannel> {
        let unit = self.advice_unit.as_ref()?.to_string();
        let (means, address) = match (&self.advice_phone, &self.advice_link) {
            (Some(number), _) => (AdviceMeans::Telephone, number.clone()),
            (None, Some(link)) => (AdviceMeans::Web, link.clone()),
            (None, None) => (AdviceMeans::Unspecified, String::new()),
        };
        Some(AdviceChannel { unit, means: means.into(), address })
    }
}
