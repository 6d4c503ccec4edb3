//! The files with who a signal is about.

use brygga_proto::notice::v1::Children;
use brygga_proto::signal::v1 as proto;
use brygga_proto::signal::v1::SignalSubject;
use brygga_proto::signal::v1::signal_content::Content;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::failure::Failure;
use crate::wire_code;

/// Reads the file of a subject.
pub(super) fn of_subject(
    subject: SignalSubject,
    text: &str,
) -> Result<proto::SignalContent, Failure> {
    let content = match subject {
        SignalSubject::RentNotice => Content::Rent(parse::<RentFile>(text)?.told()?),
        SignalSubject::Arrears => Content::Arrears(parse::<ArrearsFile>(text)?.told()?),
        SignalSubject::Disturbance => Content::Disturbance(parse::<DisturbanceFile>(text)?.told()),
        SignalSubject::VisitRound => Content::Round(parse::<RoundFile>(text)?.told()),
        SignalSubject::Release | SignalSubject::Discharge => {
            Content::Release(parse::<ReleaseFile>(text)?.told())
        }
        SignalSubject::Unspecified => return Err(wrong_file(None)),
    };
    Ok(proto::SignalContent { salt: Vec::new(), content: Some(content) })
}

/// What the municipality undertakes.
pub(super) fn undertaking(
    months: &[String],
    amount: &str,
) -> Result<proto::SignalContent, Failure> {
    let undertaking =
        proto::PaymentUndertaking { months: months.to_vec(), amount_ore: ore(amount)? };
    Ok(proto::SignalContent { salt: Vec::new(), content: Some(Content::Undertaking(undertaking)) })
}

/// Who lives in a dwelling; empty where nobody consented.
pub(super) fn occupant(text: &str) -> Result<proto::SignalContent, Failure> {
    let OccupantFile { name } = parse(text)?;
    let occupant = Content::Occupant(proto::Occupant { name });
    Ok(proto::SignalContent { salt: Vec::new(), content: Some(occupant) })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RentFile {
    landlord_name: String,
    landlord_address: String,
    landlord_phone: String,
    tenant_name: String,
    address: String,
    #[serde(default)]
    rooms: u32,
    amount: String,
    #[serde(default)]
    interest: String,
    due_on: String,
    payment_account: String,
    #[serde(default, deserialize_with = "wire_code::deserialize")]
    children: Option<Children>,
    #[serde(default, deserialize_with = "wire_code::deserialize")]
    age: Option<proto::AgeBand>,
}

impl RentFile {
    fn told(self) -> Result<proto::RentNotice, Failure> {
        let interest = if self.interest.is_empty() { "0" } else { &self.interest };
        Ok(proto::RentNotice {
            amount_ore: ore(&self.amount)?,
            interest_ore: ore(interest)?,
            landlord_name: self.landlord_name,
            landlord_address: self.landlord_address,
            landlord_phone: self.landlord_phone,
            tenant_name: self.tenant_name,
            address: self.address,
            rooms: self.rooms,
            due_on: self.due_on,
            payment_account: self.payment_account,
            children: self.children.unwrap_or_default().into(),
            age: self.age.unwrap_or_default().into(),
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ArrearsFile {
    tenant_name: String,
    address: String,
    amount: String,
    #[serde(default, deserialize_with = "wire_code::deserialize")]
    children: Option<Children>,
    #[serde(default, deserialize_with = "wire_code::deserialize")]
    age: Option<proto::AgeBand>,
    contact: String,
}

impl ArrearsFile {
    fn told(self) -> Result<proto::Arrears, Failure> {
        Ok(proto::Arrears {
            amount_ore: ore(&self.amount)?,
            tenant_name: self.tenant_name,
            address: self.address,
            children: self.children.unwrap_or_default().into(),
            age: self.age.unwrap_or_default().into(),
            contact: self.contact,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DisturbanceFile {
    #[serde(default)]
    tenant_name: String,
    address: String,
    #[serde(default, deserialize_with = "wire_code::deserialize")]
    kind: Option<proto::DisturbanceKind>,
    first_on: String,
    last_on: String,
    #[serde(default)]
    warned: bool,
    #[serde(default)]
    especially_serious: bool,
    #[serde(default)]
    terminated_on: String,
    #[serde(default, deserialize_with = "wire_code::deserialize")]
    children: Option<Children>,
    contact: String,
}

impl DisturbanceFile {
    fn told(self) -> proto::Disturbance {
        proto::Disturbance {
            tenant_name: self.tenant_name,
            address: self.address,
            kind: self.kind.unwrap_or_default().into(),
            first_on: self.first_on,
            last_on: self.last_on,
            warned: self.warned,
            especially_serious: self.especially_serious,
            terminated_on: self.terminated_on,
            children: self.children.unwrap_or_default().into(),
            contact: self.contact,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoundFile {
    dwellings: Vec<DwellingEntry>,
    contact: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DwellingEntry {
    address: String,
    rents_unpaid: u32,
}

impl RoundFile {
    fn told(self) -> proto::VisitRound {
        let dwelling = |DwellingEntry { address, rents_unpaid }| proto::VisitRoundDwelling {
            address,
            rents_unpaid,
        };
        let dwellings = self.dwellings.into_iter().map(dwelling).collect();
        proto::VisitRound { dwellings, contact: self.contact }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReleaseFile {
    #[serde(default)]
    person_name: String,
    #[serde(default)]
    person_number: String,
    #[serde(default)]
    pseudonym: String,
    needs: Vec<NeedEntry>,
    #[serde(default)]
    supervision: bool,
    contact: String,
}

#[derive(Deserialize)]
struct NeedEntry(#[serde(deserialize_with = "wire_code::deserialize")] Option<proto::NeedCode>);

impl ReleaseFile {
    fn told(self) -> proto::Release {
        proto::Release {
            person_name: self.person_name,
            person_number: self.person_number,
            pseudonym: self.pseudonym,
            needs: self.needs.into_iter().map(|need| need.0.unwrap_or_default().into()).collect(),
            supervision: self.supervision,
            contact: self.contact,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OccupantFile {
    #[serde(default)]
    name: String,
}

/// An amount in kronor, as `8431` or `8431.00`, in öre.
fn ore(amount: &str) -> Result<i64, Failure> {
    let (kronor, ore) = amount.split_once('.').unwrap_or((amount, "00"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let sound = digits(kronor) && digits(ore) && ore.len() == 2 && kronor.len() <= 9;
    let whole = format!("{kronor}{ore}").parse().ok().filter(|_| sound);
    whole.ok_or_else(|| {
        Failure::usage("NOT_AN_AMOUNT", "an amount is written as 8431 or 8431.00, in kronor")
    })
}

/// Reads a file; no message repeats what stands there.
fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    toml::from_str(text).map_err(|error| {
        let end = error.span().map_or(0, |span| span.start);
        wrong_file(Some(1 + text.bytes().take(end).filter(|byte| *byte == b'\n').count()))
    })
}

fn wrong_file(line: Option<usize>) -> Failure {
    let failure =
        Failure::usage("SIGNAL_FILE", "a key is missing or unknown, or has the wrong form")
            .fix("see the keys in: brygga signal send --help");
    match line {
        Some(line) => failure.at(format!("line {line}")),
        None => failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_read_to_the_ore_and_nothing_else_passes() {
        for (written, meant) in [("8431", 843_100), ("8431.00", 843_100), ("0.05", 5)] {
            assert_eq!(ore(written).ok(), Some(meant));
        }
        for wrong in ["", "8 431", "8431,00", "8431.5", "-1", "1234567890", ".50"] {
            assert!(ore(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_file_of_another_subject_is_refused_and_never_repeated() {
        let text = "tenant_name = \"Kanarina\"\naddress = \"Provgatan 1\"\namount = \"100\"\n\
            children = \"YES\"\ncontact = \"0480-000 00\"\n";
        assert!(of_subject(SignalSubject::Arrears, text).is_ok());
        let failure = of_subject(SignalSubject::RentNotice, text).err().unwrap();
        assert!(!failure.text(crate::cli::Language::Sv).contains("Kanarina"));
        let born = format!("{text}born = \"1990-01-01\"\n");
        assert!(of_subject(SignalSubject::Arrears, &born).is_err(), "a band and no birth date");
    }
}
