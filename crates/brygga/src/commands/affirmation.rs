//! What a case worker affirms of a person under an agreement, on the command line.

use brygga_proto::local::v1::Affirmation;
use clap::Args;

/// Flags of every command that asks the gate about a person.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct AffirmationArgs {
    /// Criterion of the agreement that the person meets, with the day since when if it asks for one; may be repeated
    #[arg(long = "affirm", value_name = "CRITERION[=DAY]")]
    affirmed: Vec<String>,
    /// Criterion that the person does not meet and that the own case file justifies; may be repeated
    #[arg(long = "justify", value_name = "CRITERION")]
    justified: Vec<String>,
}

impl AffirmationArgs {
    /// As the node is told; it checks them against the agreement.
    pub(crate) fn to_proto(&self) -> Vec<Affirmation> {
        let met = self.affirmed.iter().map(|text| {
            let (id, since) = text.split_once('=').unwrap_or((text, ""));
            Affirmation { criterion_id: id.to_owned(), justified: false, since: since.to_owned() }
        });
        let justified = self.justified.iter().map(|id| Affirmation {
            criterion_id: id.clone(),
            justified: true,
            since: String::new(),
        });
        met.chain(justified).collect()
    }
}
