//! The blind enquiry at its origin, and the offers that answer it.

use crate::{
    AgreementId, EnquiryId, OfficerId, OrgId, Reason, Refusal, Seconds, Sensitive, Timestamp,
};

use super::{BlindNeed, Earliest, HousingKind, Relocation, Side, Stage, SupportLevel};

/// Most offers that one enquiry keeps: as many as a network has members.
const OFFERS_MAX: usize = 64;
/// The longest time in which an enquiry takes offers.
pub const ENQUIRY_LIFETIME_MAX: Seconds = Seconds::days(30);
/// The longest time for which something is offered: as long as its letter is carried.
pub const OFFER_LIFETIME_MAX: Seconds = Seconds::days(60);
/// Longest name of an officer, in characters.
const NAME_CHARS_MAX: usize = 100;
/// Shortest and longest telephone number, in characters.
const PHONE_CHARS: std::ops::RangeInclusive<usize> = 3..=32;

/// An enquiry that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enquiry {
    /// Its name, which is nobody's.
    pub id: EnquiryId,
    /// Opens the offers; made for this enquiry, and only in its officers' record.
    pub reply_key: Sensitive<[u8; 32]>,
    /// Public key of the mailbox that offers come to.
    pub mailbox: [u8; 32],
    /// When offers are taken no more.
    pub until: Timestamp,
}

/// An officer of the other organisation, as that organisation named them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedOfficer {
    /// Handle there.
    pub id: OfficerId,
    /// Name, to ask for on the telephone.
    pub name: Sensitive<String>,
    /// Telephone number for the call-back.
    pub phone: Sensitive<String>,
    /// What letters to them are sealed to.
    pub key: [u8; 32],
}

/// What a member can offer, in codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfferDraft {
    /// What is offered.
    pub housing: HousingKind,
    /// How much support.
    pub support: SupportLevel,
    /// When.
    pub earliest: Earliest,
}

/// An offer whose signature is good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Who offers.
    pub organisation: Sensitive<OrgId>,
    /// Two officers, who open a disclosure together.
    pub officers: [NamedOfficer; 2],
    /// What is offered.
    pub content: OfferDraft,
    /// Public key of the mailbox that letters to them go to.
    pub mailbox: [u8; 32],
    /// When it is no longer offered.
    pub until: Timestamp,
}

/// The offer of this organisation, at the destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnOffer {
    /// The enquiry that it answers.
    pub enquiry: EnquiryId,
    /// Public key of the mailbox that letters about it come to; no other offer names it.
    pub mailbox: [u8; 32],
    /// When it is no longer offered.
    pub until: Timestamp,
    /// What the enquiry's offers are sealed to: the only way to its origin before that has told who it is.
    pub reply_key: [u8; 32],
    /// Public key of the mailbox that they go to.
    pub reply_to: [u8; 32],
}

/// An enquiry that has come, as any officer here may read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenEnquiry {
    /// Its name, which is nobody's.
    pub id: EnquiryId,
    /// The exchange network that it came in.
    pub agreement_id: AgreementId,
    /// What is needed.
    pub need: BlindNeed,
    /// When offers are taken no more.
    pub until: Timestamp,
}

/// An own officer, as the other side gets to know them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficerCard {
    /// Handle.
    pub id: OfficerId,
    /// Name, to ask for on the telephone. 1 to 100 characters.
    pub name: Sensitive<String>,
    /// Telephone number for the call-back. 3 to 32 characters.
    pub phone: Sensitive<String>,
}

/// What an officer writes to answer an enquiry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offering {
    /// Which enquiry.
    pub enquiry: EnquiryId,
    /// The two officers who open a disclosure together.
    pub officers: [OfficerCard; 2],
    /// What is offered.
    pub content: OfferDraft,
    /// When it is no longer offered.
    pub until: Timestamp,
}

impl OfficerCard {
    /// Checks that somebody can call.
    ///
    /// # Errors
    /// [`Reason::InvalidField`] at what is too short, too long or no text of one line.
    pub fn check(&self) -> Result<(), Refusal> {
        let fits = |text: &str, chars: &std::ops::RangeInclusive<usize>| {
            chars.contains(&text.chars().count())
                && !text.trim().is_empty()
                && !text.chars().any(char::is_control)
        };
        if !fits(self.name.expose(), &(1..=NAME_CHARS_MAX)) {
            return Err(Refusal::at(Reason::InvalidField, "officers.name"));
        }
        if !fits(self.phone.expose(), &PHONE_CHARS) {
            return Err(Refusal::at(Reason::InvalidField, "officers.phone"));
        }
        Ok(())
    }
}

impl Offering {
    /// Checks that it is by one of its two officers, and how long it lasts.
    ///
    /// # Errors
    /// [`Reason::InvalidField`] at what is wrong.
    pub fn check(&self, by: OfficerId, now: Timestamp) -> Result<(), Refusal> {
        let [one, other] = &self.officers;
        if one.id == other.id || ![one.id, other.id].contains(&by) {
            return Err(Refusal::at(Reason::InvalidField, "officers"));
        }
        one.check()?;
        other.check()?;
        check_until(self.until, now, OFFER_LIFETIME_MAX)
    }
}

/// Whether a time that somebody sets lies ahead, and not too far.
///
/// # Errors
/// [`Reason::InvalidField`] at `until`.
pub fn check_until(until: Timestamp, now: Timestamp, longest: Seconds) -> Result<(), Refusal> {
    if now < until && until <= now.plus(longest) {
        Ok(())
    } else {
        Err(Refusal::at(Reason::InvalidField, "until"))
    }
}

impl Relocation {
    /// The enquiry is sent to so many candidates. Again it replaces the one before, while nobody is selected.
    ///
    /// # Errors
    /// [`Reason::InvalidTransition`]; [`Reason::AnonymitySetTooSmall`] for fewer than `least` candidates.
    pub fn enquire(
        &mut self,
        enquiry: Enquiry,
        candidates: usize,
        least: usize,
    ) -> Result<(), Refusal> {
        self.must(Side::Origin, &[Stage::Assessed, Stage::Enquired])?;
        if candidates < least {
            return Err(Refusal::new(Reason::AnonymitySetTooSmall));
        }
        self.enquiry = Some(enquiry);
        self.offers.clear();
        self.stage = Stage::Enquired;
        Ok(())
    }

    /// An offer has come. A later one of the same organisation takes its place; one that comes too late is left.
    /// Returns whether it is kept.
    pub fn offered(&mut self, offer: Offer, now: Timestamp) -> bool {
        let is_open = matches!(self.stage, Stage::Enquired | Stage::Selected | Stage::Refused);
        let is_due = self.enquiry.as_ref().is_some_and(|enquiry| now < enquiry.until);
        // A node that was told by mistake, or lies in wait, is not chosen.
        let organisation = offer.organisation.expose();
        if !is_open || !is_due || self.exclusions.expose().contains(organisation) {
            return false;
        }
        let same = self.offers.iter().position(|held| held.organisation == offer.organisation);
        match same {
            Some(place) if self.selected != Some(place) => self.offers[place] = offer,
            Some(_) => return false,
            None if self.offers.len() < OFFERS_MAX => self.offers.push(offer),
            None => return false,
        }
        true
    }

    /// An organisation takes back what it has offered.
    pub fn taken_back(&mut self, place: usize, now: Timestamp) {
        if let Some(offer) = self.offers.get_mut(place) {
            offer.until = offer.until.min(now);
        }
    }

    /// The person chooses one of the offers, by its place in the list. Another choice is free until something is
    /// disclosed, and after a refusal; never of the one who was told before.
    ///
    /// # Errors
    /// [`Reason::InvalidTransition`]; [`Reason::NotFound`] for no such offer, or one that is over.
    pub fn select(&mut self, place: usize, now: Timestamp) -> Result<(), Refusal> {
        self.must(Side::Origin, &[Stage::Enquired, Stage::Selected, Stage::Refused])?;
        if self.offers.get(place).is_none_or(|offer| now >= offer.until) {
            return Err(Refusal::at(Reason::NotFound, "offer"));
        }
        self.selected = Some(place);
        (self.call_back, self.prepared, self.position) = (None, None, None);
        // What follows is between others.
        (self.sent, self.received) = (0, 0);
        (self.disclosed_at, self.opened_at) = (None, None);
        (self.escalated_at, self.decided_at) = (None, None);
        self.stage = Stage::Selected;
        Ok(())
    }

    /// The offer that the person has chosen.
    pub fn chosen(&self) -> Option<&Offer> {
        self.offers.get(self.selected?)
    }
}
