//! `brygga relocation offer`.

use std::path::PathBuf;

use brygga_domain::Timestamp;
use brygga_proto::local::v1::{OfferRelocationRequest, OfficerCard, OfficerProof};
use brygga_proto::relocation::v1::{Earliest, RelocationHousing, RelocationSupport};
use clap::Args;
use serde::Deserialize;

use super::act::private_text;
use crate::failure::Failure;
use crate::identifier::Identifier;
use crate::when;
use crate::wire_code::parser;

/// Answer an enquiry of the network; whoever asked learns who offers, and nobody else
///
/// Two officers are named, you and another one, with a telephone number each: whoever asked calls back before anything
/// is told, and both of you are needed to open it.
#[derive(Args)]
#[command(after_help = example!(
    "offer ENQUIRY-ID --officers-file handlaggare.toml \
    --housing DWELLING --support WEEKLY --earliest WITHIN_A_MONTH --until 2026-12-31\n\n\
    Officers file (exactly two):\n  \
    [[officer]]\n  id = \"OFFICER-ID\"\n  name = \"Förnamn Efternamn\"\n  phone = \"0480-000 00\""
))]
pub(super) struct OfferArgs {
    /// The enquiry, as "brygga relocation enquiries" shows it
    enquiry: Identifier,
    /// TOML file with the two officers; "-" for standard input
    #[arg(long, value_name = "FILE")]
    officers_file: PathBuf,
    /// What is offered
    #[arg(long, value_parser = parser::<RelocationHousing>())]
    housing: RelocationHousing,
    /// How much support
    #[arg(long, value_parser = parser::<RelocationSupport>())]
    support: RelocationSupport,
    /// When at the earliest
    #[arg(long, value_parser = parser::<Earliest>())]
    earliest: Earliest,
    /// When it is no longer offered
    #[arg(long, value_name = "WHEN", value_parser = when::parse)]
    until: Timestamp,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfficersFile {
    officer: Vec<OfficerEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfficerEntry {
    id: String,
    name: String,
    phone: String,
}

impl OfferArgs {
    /// The request, with the officers read.
    ///
    /// # Errors
    /// For a file that cannot be read, or is wrong.
    pub(super) fn request(
        &self,
        proof: Option<OfficerProof>,
        stdin_taken: bool,
    ) -> Result<OfferRelocationRequest, Failure> {
        Ok(OfferRelocationRequest {
            proof,
            enquiry_id: self.enquiry.to_bytes(),
            officers: officers(&private_text(&self.officers_file, stdin_taken)?)?,
            housing: self.housing.into(),
            support: self.support.into(),
            earliest: self.earliest.into(),
            until: Some(when::to_proto(self.until)),
        })
    }
}

/// The two officers. No message repeats what stands there.
fn officers(text: &str) -> Result<Vec<OfficerCard>, Failure> {
    let wrong = || {
        Failure::usage("OFFICERS_FILE", "a key is missing or unknown, or has the wrong form")
            .fix("see the keys in: brygga relocation offer --help")
    };
    let file: OfficersFile = toml::from_str(text).map_err(|error| {
        let end = error.span().map_or(0, |span| span.start);
        let line = 1 + text.bytes().take(end).filter(|byte| *byte == b'\n').count();
        wrong().at(format!("line {line}"))
    })?;
    let card = |entry: OfficerEntry| {
        let id: Identifier = entry.id.parse().map_err(|_| wrong().at("id"))?;
        Ok(OfficerCard { officer_id: id.to_bytes(), name: entry.name, phone: entry.phone })
    };
    file.officer.into_iter().map(card).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\
        [[officer]]\n  id = \"01010101010101010101010101010101\"\n  name = \"Tolvan Tolvansson\"\n  \
        phone = \"0480-000 00\"\n\
        [[officer]]\n  id = \"02020202020202020202020202020202\"\n  name = \"Elvan Elvansson\"\n  \
        phone = \"0480-000 01\"\n";

    #[test]
    fn the_two_officers_are_read() {
        let read = officers(FILE).unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!(
            (read[0].officer_id.clone(), read[1].phone.as_str()),
            (vec![1; 16], "0480-000 01")
        );
    }

    #[test]
    fn a_wrong_file_is_told_without_what_stands_in_it() {
        for (from, to) in [("phone", "telephone"), ("0101", "Tolvan"), ("= \"Tolvan", "= Tolvan")] {
            let failure = officers(&FILE.replacen(from, to, 1)).unwrap_err();
            assert_eq!(failure.code(), "OFFICERS_FILE");
            for language in [crate::cli::Language::Sv, crate::cli::Language::En] {
                assert!(!failure.text(language).contains("Tolvan"), "{from}");
            }
        }
    }
}
