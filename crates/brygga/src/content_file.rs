//! The personal data of a referral, from a file, standard input or the command line.
//!
//! A file or standard input is preferred: a command line stays in the shell's history. Errors
//! name the field and the line, and never repeat what stands there.

use std::path::PathBuf;

use brygga_domain::code::{CodedTerm, HOUSING_NEED, SUPPORT_NEED};
use brygga_proto::referral::v1 as proto;
use brygga_proto::types::v1::{Code, ThirdPersonRelation};
use clap::Args;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::node_dir::read_text;
use crate::wire_code;

/// Personal data of a referral; sealed to the receiving function before they leave the node.
#[derive(Args)]
#[command(next_help_heading = "Personal data")]
pub(crate) struct ContentArgs {
    /// TOML file with personal data; - for standard input (preferred: see below)
    #[arg(long, value_name = "FILE")]
    content_file: Option<PathBuf>,
    /// Name as the person gave it; stays in the shell's history
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// How to reach the person; stays in the shell's history
    #[arg(long, value_name = "TEXT")]
    contact: Option<String>,
    /// What the case worker wants to add; stays in the shell's history
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// I have read again a text that looks like the result of a drug or alcohol test
    #[arg(long)]
    accept_content_warning: bool,
}

/// What stands in a content file, for the help.
pub(crate) const CONTENT_FILE_HELP: &str = "\
Content file (every key may be left out):
  name = \"Förnamn\"
  personal_identity_number = \"12 digits\"
  contact = \"how to reach the person\"
  homelessness_situation = 1            # Socialstyrelsen 1 to 4
  cause_level = \"STRUCTURAL\"            # INDIVIDUAL, STRUCTURAL or BOTH; nothing is decided by it
  housing_needs = [\"OWN_ROOM\"]
  support_needs = [\"HOUSING_SUPPORT\"]
  note = \"what the case worker wants to add\"
  household = { size = 3, adults = 1, child_age_bands = [\"0_5\", \"6_12\"] }
  third_persons = [{ relation = \"PARTNER\", name = \"Förnamn\" }]   # only with their consent too";

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ContentFile {
    name: String,
    personal_identity_number: String,
    contact: String,
    household: Option<HouseholdEntry>,
    homelessness_situation: u32,
    cause_level: Option<String>,
    housing_needs: Vec<String>,
    support_needs: Vec<String>,
    note: String,
    third_persons: Vec<ThirdPersonEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ThirdPersonEntry {
    relation: String,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HouseholdEntry {
    size: u32,
    adults: u32,
    #[serde(default)]
    child_age_bands: Vec<String>,
}

impl ContentArgs {
    /// Whether personal data stand on the command line.
    pub(crate) const fn on_command_line(&self) -> bool {
        self.name.is_some() || self.contact.is_some() || self.note.is_some()
    }

    /// Whether a text that waits to be read again may leave.
    pub(crate) const fn accepts_warning(&self) -> bool {
        self.accept_content_warning
    }

    /// The content, with what the command line says in place of what the file says.
    pub(crate) fn read(&self) -> Result<proto::ReferralContent, Failure> {
        let mut content = match &self.content_file {
            Some(path) => parse(&Zeroizing::new(read_text(path)?))?,
            None => proto::ReferralContent::default(),
        };
        let replace = |target: &mut String, given: &Option<String>| {
            if let Some(given) = given {
                target.clone_from(given);
            }
        };
        replace(&mut content.name, &self.name);
        replace(&mut content.contact, &self.contact);
        replace(&mut content.note, &self.note);
        Ok(content)
    }
}

fn parse(text: &str) -> Result<proto::ReferralContent, Failure> {
    let file: ContentFile = toml::from_str(text).map_err(|error| {
        // Neither the message nor the excerpt: both may quote the file.
        let end = error.span().map_or(0, |span| span.start);
        let line = 1 + text.bytes().take(end).filter(|byte| *byte == b'\n').count();
        Failure::usage("CONTENT_FILE", "a key is unknown or has the wrong form")
            .at(format!("line {line}"))
            .fix("see the keys in: brygga referral request --help")
    })?;
    let household = file.household.map(HouseholdEntry::into_proto).transpose()?;
    Ok(proto::ReferralContent {
        salt: Vec::new(),
        name: file.name,
        personal_identity_number: file.personal_identity_number,
        contact: file.contact,
        household,
        homelessness_situation: file.homelessness_situation,
        cause_level: cause_level(file.cause_level.as_deref())?,
        housing_needs: terms(HOUSING_NEED, &file.housing_needs, "housing_needs")?,
        support_needs: terms(SUPPORT_NEED, &file.support_needs, "support_needs")?,
        note: file.note,
        third_persons: third_persons(&file.third_persons)?,
    })
}

fn cause_level(code: Option<&str>) -> Result<i32, Failure> {
    let Some(code) = code else { return Ok(0) };
    let wrong = || {
        Failure::usage("CONTENT_FILE", "expected INDIVIDUAL, STRUCTURAL or BOTH").at("cause_level")
    };
    wire_code::parse::<proto::CauseLevel>(code).map(i32::from).ok_or_else(wrong)
}

impl HouseholdEntry {
    fn into_proto(self) -> Result<proto::Household, Failure> {
        let band = |text: &String| {
            wire_code::parse::<proto::ChildAgeBand>(text).map(i32::from).ok_or_else(|| {
                Failure::usage("CONTENT_FILE", "expected 0_5, 6_12 or 13_17")
                    .at("household.child_age_bands")
            })
        };
        let child_age_bands = self.child_age_bands.iter().map(band).collect::<Result<_, _>>()?;
        Ok(proto::Household { size: self.size, adults: self.adults, child_age_bands })
    }
}

fn third_persons(entries: &[ThirdPersonEntry]) -> Result<Vec<proto::ThirdPerson>, Failure> {
    let one = |entry: &ThirdPersonEntry| {
        let relation = wire_code::parse::<ThirdPersonRelation>(&entry.relation);
        let wrong = || {
            Failure::usage("CONTENT_FILE", "expected PARTNER, CHILD, GUARDIAN or OTHER")
                .at("third_persons.relation")
        };
        let relation = relation.ok_or_else(wrong)?.into();
        Ok(proto::ThirdPerson { relation, name: entry.name.clone() })
    };
    entries.iter().map(one).collect()
}

fn terms(list: &str, codes: &[String], field: &str) -> Result<Vec<Code>, Failure> {
    let term = |code: &String| {
        CodedTerm::known(list, code).as_ref().map(term_to_proto).ok_or_else(|| {
            Failure::usage("CONTENT_FILE", format!("a code is not in the list {list}")).at(field)
        })
    };
    codes.iter().map(term).collect()
}

/// A term as it travels.
pub(crate) fn term_to_proto(term: &CodedTerm) -> Code {
    Code {
        list: term.list().to_owned(),
        list_version: term.list_version(),
        code: term.code().to_owned(),
        broader: term.broader().to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Language;

    #[test]
    fn every_key_of_the_help_is_read() {
        let text: String = CONTENT_FILE_HELP.lines().skip(1).map(|l| format!("{l}\n")).collect();
        let content = parse(&text).unwrap();
        assert_eq!(content.homelessness_situation, 1);
        assert_eq!(content.housing_needs[0].code, "OWN_ROOM");
        assert_eq!(content.support_needs[0].broader, ["DAILY_LIVING"]);
        let household = content.household.unwrap();
        assert_eq!((household.size, household.adults), (3, 1));
        assert_eq!(household.child_age_bands, [1, 2]);
    }

    #[test]
    fn a_mistake_is_named_and_never_quoted() {
        let failure = parse("name = \"a\"\nhemlig = \"b\"\n").unwrap_err();
        let text = failure.text(Language::En);
        assert!(text.contains("line 2"), "{text}");
        assert!(!text.contains("hemlig"), "{text}");
        let failure = parse("housing_needs = [\"KASTELL\"]").unwrap_err();
        assert!(failure.text(Language::En).contains("housing_needs"));
    }

    #[test]
    fn the_command_line_wins_over_the_file() {
        let args = ContentArgs {
            content_file: None,
            name: Some("A".to_owned()),
            contact: None,
            note: None,
            accept_content_warning: false,
        };
        assert!(args.on_command_line());
        assert_eq!(args.read().unwrap().name, "A");
    }
}
