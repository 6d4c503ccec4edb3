//! Consent of the individual, kept where it was collected (domain guide 5.4, rules R4-R6).
//!
//! What somebody filled in is a [`ConsentDraft`]; a [`Consent`] comes only from its check, so a
//! blanket consent, or one without information to the person, cannot be used for anything.

mod age;
mod narrowing;
mod private;
#[cfg(test)]
mod tests;

use std::ops::Deref;

use crate::legal::coded_enum;
use crate::sensitive::Sensitive;
use crate::{
    ConsentId, DataCategory, OrgId, Reason, Refusal, Seconds, ThirdPersonRelation, Timestamp,
    UnitId,
};

pub use age::SubjectAge;
pub use narrowing::Narrowing;
pub use private::ConsentPrivate;

/// Longest validity that a consent can have under any agreement, in days.
pub const VALIDITY_MAX_DAYS: u32 = 365;

coded_enum!(
    /// Who consents.
    ConsentingParty {
        /// The person.
        Myself = "SELF",
        /// The guardians (OSL 12:3).
        Guardians = "GUARDIANS",
        /// The child and the guardians together.
        ChildAndGuardians = "CHILD_AND_GUARDIANS",
    }
);

coded_enum!(
    /// How a consent was given.
    ConsentForm {
        /// In writing.
        Written = "WRITTEN",
        /// Orally, and noted.
        OralNoted = "ORAL_NOTED",
        /// Through an interpreter.
        Interpreter = "INTERPRETER",
    }
);

coded_enum!(
    /// What happened to a consent (ISO/IEC TS 27560 event).
    ConsentEventType {
        /// It was given, and recorded here.
        Given = "GIVEN",
        /// It was narrowed.
        Narrowed = "NARROWED",
        /// It was withdrawn.
        Withdrawn = "WITHDRAWN",
    }
);

/// One thing that happened to a consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsentEvent {
    /// What.
    pub kind: ConsentEventType,
    /// When.
    pub at: Timestamp,
}

/// What somebody wants to send on the ground of a consent.
#[derive(Clone, Copy, Debug)]
pub struct Use<'a> {
    /// Who is to receive.
    pub recipient: &'a OrgId,
    /// Function there; none for its intake.
    pub unit: Option<&'a UnitId>,
    /// Kinds of data.
    pub categories: &'a [DataCategory],
    /// Others than the person who are told of in fields of their own.
    pub third_persons: &'a [ThirdPersonRelation],
}

/// Who may receive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentRecipient {
    /// The organisation.
    pub organisation: OrgId,
    /// The function inside it; none for all of them.
    pub unit: Option<UnitId>,
}

impl ConsentRecipient {
    fn covers(&self, organisation: &OrgId, unit: Option<&UnitId>) -> bool {
        self.organisation == *organisation && (self.unit.is_none() || self.unit.as_ref() == unit)
    }
}

/// A consent as somebody filled it in; nothing about it is certain until [`Self::check`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentDraft {
    /// Names the record at the organisation that collected it.
    pub consent_id: ConsentId,
    /// That organisation's own reference for the person; never sent. 1 to 64 characters.
    pub person_reference: Sensitive<String>,
    /// Who consents.
    pub consenting_party: ConsentingParty,
    /// Who may receive. 1 to 16.
    pub recipients: Vec<ConsentRecipient>,
    /// Kinds of data that may be sent. 1 to 16.
    pub data_categories: Vec<DataCategory>,
    /// What cooperation it is for. 1 to 200 characters.
    pub purpose: String,
    /// From when it holds.
    pub valid_from: Timestamp,
    /// Until when it holds; at this instant it does not. At most [`VALIDITY_MAX_DAYS`] after `valid_from`.
    pub valid_until: Timestamp,
    /// How it was given.
    pub form: ConsentForm,
    /// Language of the information, as BCP 47, for example `sv`.
    pub language: String,
    /// Whether the person was told what, to whom, why, how long and how to withdraw. Must be true.
    pub information_given: bool,
    /// Where the evidence lies; never sent. At most 200 characters, and may be empty.
    pub evidence_reference: Sensitive<String>,
    /// When it was withdrawn; none while it stands.
    pub withdrawn_at: Option<Timestamp>,
    /// How old the person is; decides who must consent.
    pub subject_age: SubjectAge,
    /// Others whose data it covers, because they consented too (rule R5). At most 8, each once.
    pub third_parties_covered: Vec<ThirdPersonRelation>,
    /// What happened to it here, oldest first; made by the node.
    pub events: Vec<ConsentEvent>,
}

impl ConsentDraft {
    /// Checks every limit, and refuses a blanket consent.
    ///
    /// # Errors
    /// [`Reason::InvalidField`], naming the first bad field.
    pub fn check(self) -> Result<Consent, Refusal> {
        let longest = self.valid_from.plus(Seconds::days(i64::from(VALIDITY_MAX_DAYS)));
        let sound = [
            (has_length(self.person_reference.expose(), 1..=64), "consent.person_reference"),
            ((1..=16).contains(&self.recipients.len()), "consent.recipients"),
            ((1..=16).contains(&self.data_categories.len()), "consent.data_categories"),
            (has_length(&self.purpose, 1..=200), "consent.purpose"),
            (
                self.valid_from < self.valid_until && self.valid_until <= longest,
                "consent.valid_until",
            ),
            (is_language(&self.language), "consent.language"),
            (self.information_given, "consent.information_given"),
            (has_length(self.evidence_reference.expose(), 0..=200), "consent.evidence_reference"),
            (self.subject_age.lets(self.consenting_party), "consent.consenting_party"),
            (self.third_parties_covered.len() <= 8, "consent.third_parties_covered"),
        ];
        match sound.iter().find(|(holds, _)| !holds) {
            Some((_, field)) => Err(Refusal::at(Reason::InvalidField, field)),
            None => Ok(Consent(self)),
        }
    }
}

/// A checked consent. It reads like the draft; the only changes it allows narrow or end it.
/// Used in stored state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent(ConsentDraft);

impl Deref for Consent {
    type Target = ConsentDraft;

    fn deref(&self) -> &ConsentDraft {
        &self.0
    }
}

impl Consent {
    /// Whether these data may go to this function now.
    ///
    /// A recipient named without a unit covers all its units; one named with a unit covers only that unit.
    /// `max_days` is the limit of the agreement: a consent given for longer holds only so long under it.
    ///
    /// # Errors
    /// [`Reason::ConsentWithdrawn`], [`Reason::ConsentExpired`] (also before it begins) or [`Reason::ConsentScope`],
    /// the first that applies in this order.
    pub fn check_use(&self, wanted: Use<'_>, max_days: u32, now: Timestamp) -> Result<(), Refusal> {
        if self.withdrawn_at.is_some() {
            return Err(Refusal::at(Reason::ConsentWithdrawn, "consent"));
        }
        if now < self.valid_from || now >= self.usable_until(max_days) {
            return Err(Refusal::at(Reason::ConsentExpired, "consent.valid_until"));
        }
        self.check_scope(wanted)
    }

    /// Whether it is about this recipient and these data, whenever that is.
    ///
    /// # Errors
    /// [`Reason::ConsentScope`], naming what it does not cover.
    pub fn check_scope(&self, wanted: Use<'_>) -> Result<(), Refusal> {
        let beyond = |field| Err(Refusal::at(Reason::ConsentScope, field));
        if !self.recipients.iter().any(|named| named.covers(wanted.recipient, wanted.unit)) {
            return beyond("consent.recipients");
        }
        if !wanted.categories.iter().all(|category| self.data_categories.contains(category)) {
            return beyond("consent.data_categories");
        }
        if !wanted.third_persons.iter().all(|one| self.third_parties_covered.contains(one)) {
            return beyond("consent.third_parties_covered");
        }
        Ok(())
    }

    /// Until when it can be used under an agreement that allows `max_days`; what a recipient is told.
    pub fn usable_until(&self, max_days: u32) -> Timestamp {
        self.valid_until.min(self.valid_from.plus(Seconds::days(i64::from(max_days))))
    }

    /// Withdraws it for good. Returns whether it stood until now; never refused.
    pub fn withdraw(&mut self, now: Timestamp) -> bool {
        let stood = self.0.withdrawn_at.is_none();
        if stood {
            self.0.withdrawn_at = Some(now);
            self.0.events.push(ConsentEvent { kind: ConsentEventType::Withdrawn, at: now });
        }
        stood
    }

    /// The same consent with its first event, as the organisation that records it keeps it.
    #[must_use]
    pub fn recorded(mut self, now: Timestamp) -> Self {
        self.0.events = vec![ConsentEvent { kind: ConsentEventType::Given, at: now }];
        self
    }

    /// Whether another draft of the same consent says the same, whatever happened to this one since.
    pub fn is_said_by(&self, other: &Self) -> bool {
        let unmarked = |consent: &Self| ConsentDraft { events: Vec::new(), ..consent.0.clone() };
        unmarked(self) == unmarked(other)
    }
}

fn has_length(text: &str, length: std::ops::RangeInclusive<usize>) -> bool {
    length.contains(&text.chars().count()) && (*length.start() == 0 || !text.trim().is_empty())
}

fn is_language(text: &str) -> bool {
    (2..=35).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}
