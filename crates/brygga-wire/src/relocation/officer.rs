//! An officer as the other side knows them: in letters, and in the record.

use brygga_domain::relocation::{NamedOfficer, OfferDraft, Position, RefusalCode};
use brygga_domain::{Refusal, Sensitive};
use brygga_proto::relocation::v1 as proto;

use crate::code::read;
use crate::field::{from_bytes, invalid, text};

/// Longest name, in characters.
const NAME_CHARS_MAX: usize = 100;
/// Longest telephone number, in characters.
const PHONE_CHARS_MAX: usize = 32;
/// What a position says that is no refusal.
const ACCEPTED: &str = "ACCEPTED";

pub(super) fn officers_to_proto(officers: &[NamedOfficer; 2]) -> Vec<proto::LetterOfficer> {
    let officer = |officer: &NamedOfficer| proto::LetterOfficer {
        officer_id: officer.id.as_bytes().to_vec(),
        name: officer.name.expose().clone(),
        phone: officer.phone.expose().clone(),
        key: officer.key.to_vec(),
    };
    officers.iter().map(officer).collect()
}

pub(super) fn officers_from_proto(
    officers: Vec<proto::LetterOfficer>,
    field: &'static str,
) -> Result<[NamedOfficer; 2], Refusal> {
    let two: [proto::LetterOfficer; 2] = officers.try_into().map_err(|_| invalid(field))?;
    let [one, other] = two.map(|officer| {
        Ok(NamedOfficer {
            id: from_bytes(&officer.officer_id, field)?,
            name: Sensitive::new(text(officer.name, NAME_CHARS_MAX, field)?),
            phone: Sensitive::new(text(officer.phone, PHONE_CHARS_MAX, field)?),
            key: from_bytes(&officer.key, field)?,
        })
    });
    let (one, other) = (one?, other?);
    // One officer twice would open alone what two are to open.
    if one.id == other.id || one.key == other.key {
        return Err(invalid(field));
    }
    Ok([one, other])
}

pub(super) fn offered_from_proto(
    housing: i32,
    support: i32,
    earliest: i32,
) -> Result<OfferDraft, Refusal> {
    Ok(OfferDraft {
        housing: read(housing, "offer.housing")?,
        support: read(support, "offer.support")?,
        earliest: read(earliest, "offer.earliest")?,
    })
}

pub(super) fn position_code(position: Position) -> String {
    match position {
        Position::Accepted => ACCEPTED,
        Position::Refused(code) => code.as_str(),
    }
    .to_owned()
}

pub(super) fn position_from_code(code: &str, field: &'static str) -> Result<Position, Refusal> {
    if code == ACCEPTED {
        return Ok(Position::Accepted);
    }
    RefusalCode::parse(code).map(Position::Refused).ok_or(invalid(field))
}
