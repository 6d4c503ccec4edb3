//! Narrowing: the person takes part of a consent back. Nothing can be added; that is a new consent.

use super::{Consent, ConsentEvent, ConsentEventType, ConsentRecipient};
use crate::{DataCategory, Reason, Refusal, Timestamp};

/// What is left of a consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Narrowing {
    /// Recipients that may still receive; a whole organisation may become one of its functions.
    pub recipients: Vec<ConsentRecipient>,
    /// Kinds of data that may still be sent.
    pub data_categories: Vec<DataCategory>,
    /// Until when it holds; none leaves it.
    pub valid_until: Option<Timestamp>,
}

impl Consent {
    /// Narrows it. Returns whether anything changed.
    ///
    /// # Errors
    /// [`Reason::ConsentWithdrawn`] where it does not stand, [`Reason::InvalidField`] where something
    /// would be added or nothing would be left.
    pub fn narrow(&mut self, left: Narrowing, now: Timestamp) -> Result<bool, Refusal> {
        if self.withdrawn_at.is_some() {
            return Err(Refusal::at(Reason::ConsentWithdrawn, "consent_id"));
        }
        let valid_until = left.valid_until.unwrap_or(self.valid_until);
        let named = |one: &ConsentRecipient| {
            self.recipients.iter().any(|held| held.covers(&one.organisation, one.unit.as_ref()))
        };
        let sound = [
            (!left.recipients.is_empty() && left.recipients.iter().all(named), "recipients"),
            (
                !left.data_categories.is_empty()
                    && left.data_categories.iter().all(|one| self.data_categories.contains(one)),
                "data_categories",
            ),
            (self.valid_from < valid_until && valid_until <= self.valid_until, "valid_until"),
        ];
        if let Some((_, field)) = sound.iter().find(|(holds, _)| !holds) {
            return Err(Refusal::at(Reason::InvalidField, field));
        }
        let changes = left.recipients != self.recipients
            || left.data_categories != self.data_categories
            || valid_until != self.valid_until;
        if changes {
            self.0.recipients = left.recipients;
            self.0.data_categories = left.data_categories;
            self.0.valid_until = valid_until;
            self.0.events.push(ConsentEvent { kind: ConsentEventType::Narrowed, at: now });
        }
        Ok(changes)
    }
}
