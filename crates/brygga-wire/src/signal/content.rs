//! The sealed part of a signal: checked, and only then anything else.

use std::collections::BTreeSet;
use std::fmt;

use brygga_domain::notice::Children;
use brygga_domain::sensitive::Sensitive;
use brygga_domain::signal::{
    AgeBand, DisturbanceKind, NeedCode, PriorityMark, SignalStep, SignalSubject,
};
use brygga_domain::{DataCategory, Refusal};
use brygga_proto::signal::v1 as proto;
use brygga_proto::signal::v1::signal_content::Content;
use prost::Message;
use zeroize::Zeroizing;

use super::{day, subject_categories};
use crate::code;
use crate::content::{MAX_NAME_CHARS, PersonalIdentityNumber, SALT_BYTES};
use crate::field::{filled_text, from_bytes, invalid, required};

/// Longest address, in characters.
const MAX_ADDRESS_CHARS: usize = 200;
/// Longest telephone number and longest account, in characters.
const MAX_PHONE_CHARS: usize = 32;
/// Longest pseudonym, in characters.
const MAX_PSEUDONYM_CHARS: usize = 64;
/// Most that can be owed, in öre: ten million crowns.
const AMOUNT_MAX: i64 = 1_000_000_000;
/// Most rooms.
const ROOMS_MAX: u32 = 20;
/// Most dwellings of a round.
const DWELLINGS_MAX: usize = 100;
/// Most months that are undertaken, and most rents unpaid.
const MONTHS_MAX: usize = 12;

/// The content of a signal or of a step. It was checked, and is never printed.
#[derive(Clone, PartialEq)]
pub struct SignalContent(Content);

impl SignalContent {
    /// Whether it is what a subject is given with.
    pub const fn suits_subject(&self, subject: SignalSubject) -> bool {
        matches!(
            (&self.0, subject),
            (Content::Rent(_), SignalSubject::RentNotice)
                | (Content::Arrears(_), SignalSubject::Arrears)
                | (Content::Disturbance(_), SignalSubject::Disturbance)
                | (Content::Round(_), SignalSubject::VisitRound)
                | (Content::Release(_), SignalSubject::Release | SignalSubject::Discharge)
        ) && !self.is_supervised_discharge(subject)
    }

    const fn is_supervised_discharge(&self, subject: SignalSubject) -> bool {
        match (&self.0, subject) {
            (Content::Release(release), SignalSubject::Discharge) => release.supervision,
            _ => false,
        }
    }

    /// Whether it is what a step is told with.
    pub const fn suits_step(&self, step: SignalStep) -> bool {
        matches!(
            (&self.0, step),
            (Content::Undertaking(_), SignalStep::Undertaking)
                | (Content::Occupant(_), SignalStep::Occupant)
        )
    }

    /// The kinds of data in it, in the order of the vocabulary.
    pub fn categories(&self) -> Vec<DataCategory> {
        use DataCategory::{HousingSituation, Identity};
        match &self.0 {
            Content::Rent(_) => subject_categories(SignalSubject::RentNotice).to_vec(),
            Content::Arrears(_) => subject_categories(SignalSubject::Arrears).to_vec(),
            Content::Disturbance(_) => subject_categories(SignalSubject::Disturbance).to_vec(),
            Content::Round(_) => subject_categories(SignalSubject::VisitRound).to_vec(),
            Content::Release(_) => subject_categories(SignalSubject::Release).to_vec(),
            Content::Undertaking(_) => vec![HousingSituation],
            Content::Occupant(occupant) if occupant.name.is_empty() => vec![HousingSituation],
            Content::Occupant(_) => vec![Identity],
        }
    }

    /// Whom it puts first: what it says and no more.
    pub fn priority(&self) -> BTreeSet<PriorityMark> {
        let (children, age) = match &self.0 {
            Content::Rent(rent) => (rent.children, rent.age),
            Content::Arrears(arrears) => (arrears.children, arrears.age),
            Content::Disturbance(disturbance) => (disturbance.children, 0),
            Content::Round(_)
            | Content::Release(_)
            | Content::Undertaking(_)
            | Content::Occupant(_) => (0, 0),
        };
        let children = code::read::<Children>(children, "children").ok();
        let age: Option<AgeBand> = code::read_or_unset(age, "age").ok().flatten();
        let marks = [
            (children == Some(Children::Yes), PriorityMark::Children),
            (age == Some(AgeBand::Under25), PriorityMark::Under25),
            (age == Some(AgeBand::Over65), PriorityMark::Over65),
        ];
        marks.into_iter().filter(|(is_marked, _)| *is_marked).map(|(_, mark)| mark).collect()
    }

    /// The number of the person, where it has one: only who is released or discharged may have.
    pub fn person_number(&self) -> Option<Sensitive<PersonalIdentityNumber>> {
        let Content::Release(release) = &self.0 else { return None };
        PersonalIdentityNumber::parse(release.person_number.clone()).map(Sensitive::new)
    }

    /// Whether it tells who lives in a dwelling, be it nobody's name.
    pub const fn tells_occupant(&self) -> bool {
        matches!(&self.0, Content::Occupant(_))
    }

    /// Whether it names who lives in a dwelling.
    pub fn names_occupant(&self) -> bool {
        matches!(&self.0, Content::Occupant(occupant) if !occupant.name.is_empty())
    }

    /// The bytes to commit to and to seal, which clear themselves when dropped.
    pub fn encode(&self, salt: [u8; SALT_BYTES]) -> Zeroizing<Vec<u8>> {
        let message = proto::SignalContent { salt: salt.to_vec(), content: Some(self.0.clone()) };
        Zeroizing::new(message.encode_to_vec())
    }

    /// The content without a salt, for somebody who may read it.
    pub fn into_proto(self) -> proto::SignalContent {
        proto::SignalContent { salt: Vec::new(), content: Some(self.0) }
    }
}

impl fmt::Debug for SignalContent {
    /// The kinds of data, which the header tells anyway.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignalContent")
            .field("categories", &self.categories())
            .finish_non_exhaustive()
    }
}

/// Reads what [`SignalContent::encode`] made, after it has been opened.
///
/// # Errors
/// `SEND_INVALID_FIELD` with the field under `content.`, never with what it holds.
pub fn decode_signal_content(encoded: &[u8]) -> Result<SignalContent, Refusal> {
    let content = proto::SignalContent::decode(encoded).map_err(|_| invalid("content"))?;
    let _: [u8; SALT_BYTES] = from_bytes(&content.salt, "content.salt")?;
    signal_content(content)
}

/// Reads the content.
///
/// # Errors
/// The field at fault.
pub fn signal_content(content: proto::SignalContent) -> Result<SignalContent, Refusal> {
    let content = required(content.content, "content")?;
    match &content {
        Content::Rent(rent) => check_rent(rent)?,
        Content::Arrears(arrears) => check_arrears(arrears)?,
        Content::Disturbance(disturbance) => check_disturbance(disturbance)?,
        Content::Round(round) => check_round(round)?,
        Content::Release(release) => check_release(release)?,
        Content::Undertaking(undertaking) => check_undertaking(undertaking)?,
        Content::Occupant(occupant) => check_short(&occupant.name, "content.occupant.name")?,
    }
    Ok(SignalContent(content))
}

/// The five fields of form 3, without which a notice has no effect (rule R17).
fn check_rent(rent: &proto::RentNotice) -> Result<(), Refusal> {
    name(&rent.landlord_name, "content.rent.landlord_name")?;
    address(&rent.landlord_address, "content.rent.landlord_address")?;
    phone(&rent.landlord_phone, "content.rent.landlord_phone")?;
    name(&rent.tenant_name, "content.rent.tenant_name")?;
    address(&rent.address, "content.rent.address")?;
    amount(rent.amount_ore, "content.rent.amount_ore")?;
    day(&rent.due_on, "content.rent.due_on")?;
    phone(&rent.payment_account, "content.rent.payment_account")?;
    sound(rent.rooms <= ROOMS_MAX, "content.rent.rooms")?;
    sound((0..rent.amount_ore).contains(&rent.interest_ore), "content.rent.interest_ore")?;
    who(rent.children, rent.age, ["content.rent.children", "content.rent.age"])
}

fn check_arrears(arrears: &proto::Arrears) -> Result<(), Refusal> {
    name(&arrears.tenant_name, "content.arrears.tenant_name")?;
    address(&arrears.address, "content.arrears.address")?;
    amount(arrears.amount_ore, "content.arrears.amount_ore")?;
    phone(&arrears.contact, "content.arrears.contact")?;
    who(arrears.children, arrears.age, ["content.arrears.children", "content.arrears.age"])
}

fn check_disturbance(disturbance: &proto::Disturbance) -> Result<(), Refusal> {
    check_short(&disturbance.tenant_name, "content.disturbance.tenant_name")?;
    address(&disturbance.address, "content.disturbance.address")?;
    let _: DisturbanceKind = code::read(disturbance.kind, "content.disturbance.kind")?;
    let first = day(&disturbance.first_on, "content.disturbance.first_on")?;
    let last = day(&disturbance.last_on, "content.disturbance.last_on")?;
    sound(first <= last, "content.disturbance.last_on")?;
    let terminated = &disturbance.terminated_on;
    if !terminated.is_empty() {
        day(terminated, "content.disturbance.terminated_on")?;
        sound(disturbance.especially_serious, "content.disturbance.terminated_on")?;
    }
    phone(&disturbance.contact, "content.disturbance.contact")?;
    let _: Children = code::read(disturbance.children, "content.disturbance.children")?;
    Ok(())
}

fn check_round(round: &proto::VisitRound) -> Result<(), Refusal> {
    sound((1..=DWELLINGS_MAX).contains(&round.dwellings.len()), "content.round.dwellings")?;
    for dwelling in &round.dwellings {
        address(&dwelling.address, "content.round.dwellings.address")?;
        let rents = usize::try_from(dwelling.rents_unpaid).unwrap_or(usize::MAX);
        sound((1..=MONTHS_MAX).contains(&rents), "content.round.dwellings.rents_unpaid")?;
    }
    phone(&round.contact, "content.round.contact")
}

/// A name or a pseudonym, never both and never neither.
fn check_release(release: &proto::Release) -> Result<(), Refusal> {
    let is_named = !release.person_name.is_empty();
    sound(is_named == release.pseudonym.is_empty(), "content.release.pseudonym")?;
    check_short(&release.person_name, "content.release.person_name")?;
    let number = &release.person_number;
    let is_number = || PersonalIdentityNumber::parse(number.clone()).is_some();
    sound(number.is_empty() || (is_named && is_number()), "content.release.person_number")?;
    if !is_named {
        let field = "content.release.pseudonym";
        filled_text(release.pseudonym.clone(), MAX_PSEUDONYM_CHARS, field)?;
    }
    let mut needs = BTreeSet::new();
    for need in &release.needs {
        let need: NeedCode = code::read(*need, "content.release.needs")?;
        sound(needs.insert(need), "content.release.needs")?;
    }
    sound(!needs.is_empty(), "content.release.needs")?;
    phone(&release.contact, "content.release.contact")
}

fn check_undertaking(undertaking: &proto::PaymentUndertaking) -> Result<(), Refusal> {
    let months = &undertaking.months;
    let field = "content.undertaking.months";
    sound((1..=MONTHS_MAX).contains(&months.len()), field)?;
    for month in months {
        day(&format!("{month}-01"), field)?;
    }
    sound(months.windows(2).all(|pair| pair[0] < pair[1]), field)?;
    amount(undertaking.amount_ore, "content.undertaking.amount_ore")
}

fn who(children: i32, age: i32, fields: [&'static str; 2]) -> Result<(), Refusal> {
    let _: Children = code::read(children, fields[0])?;
    let _: Option<AgeBand> = code::read_or_unset(age, fields[1])?;
    Ok(())
}

const fn sound(holds: bool, field: &'static str) -> Result<(), Refusal> {
    if holds { Ok(()) } else { Err(invalid(field)) }
}

fn amount(ore: i64, field: &'static str) -> Result<(), Refusal> {
    sound((1..=AMOUNT_MAX).contains(&ore), field)
}

fn name(text: &str, field: &'static str) -> Result<(), Refusal> {
    filled_text(text.to_owned(), MAX_NAME_CHARS, field).map(drop)
}

/// A name that may be left out.
fn check_short(text: &str, field: &'static str) -> Result<(), Refusal> {
    if text.is_empty() { Ok(()) } else { name(text, field) }
}

fn address(text: &str, field: &'static str) -> Result<(), Refusal> {
    filled_text(text.to_owned(), MAX_ADDRESS_CHARS, field).map(drop)
}

fn phone(text: &str, field: &'static str) -> Result<(), Refusal> {
    filled_text(text.to_owned(), MAX_PHONE_CHARS, field).map(drop)
}

#[cfg(test)]
mod tests;
