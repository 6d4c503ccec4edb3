//! Stopping: the source takes the ground of a referral away, the target stops at once and says
//! what it still holds (GDPR article 7.3; exchange guide 3.3).
//!
//! An order to stop is never refused, takes effect whatever the referral's state, and has a thread
//! of its own, so that nothing can hold it up.

use crate::legal::coded_enum;
use crate::referral::{Side, StatusReason};
use crate::{ConversationId, OrgId, ReferralId, Seconds, StopId, Timestamp};

/// How long a recipient that is online may take to answer; later, somebody has to call it.
pub const ANSWER_WITHIN: Seconds = Seconds(60);

coded_enum!(
    /// Why processing must stop.
    StopReason {
        /// The person withdrew the consent.
        ConsentWithdrawn = "CONSENT_WITHDRAWN",
        /// The person narrowed the consent, and it covers the referral no more.
        ConsentNarrowed = "CONSENT_NARROWED",
        /// The referral was made by mistake.
        EnteredInError = "ENTERED_IN_ERROR",
    }
);

impl StopReason {
    /// The same as the reason of a status.
    pub const fn status_reason(self) -> StatusReason {
        match self {
            Self::ConsentWithdrawn | Self::ConsentNarrowed => StatusReason::ConsentWithdrawn,
            Self::EnteredInError => StatusReason::EnteredInError,
        }
    }
}

/// What a target still holds after it has stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StillHeld {
    /// The key is destroyed; a tombstone without personal data remains.
    Erased,
    /// Kept, closed to everyday work, because a law demands it.
    RetainedBecause {
        /// The section, for example `SoL 16:1`. 1 to 64 characters.
        statute: String,
    },
    /// It never arrived.
    NothingHeld,
}

/// The answer to an order to stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StopAnswer {
    /// When the target stopped, on its clock.
    pub at: Timestamp,
    /// What it still holds.
    pub held: StillHeld,
}

/// An order to stop, as one of its two ends holds it. Used in stored state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessingStop {
    /// The same at both ends.
    pub id: StopId,
    /// Which end this is: the source orders, the target answers.
    pub side: Side,
    /// The organisation at the other end.
    pub peer: OrgId,
    /// Referral that must not be worked on any more.
    pub referral_id: ReferralId,
    /// Why.
    pub reason: StopReason,
    /// When it was ordered, or arrived.
    pub requested_at: Timestamp,
    /// The answer; at the target none until what is to be erased is erased.
    pub answer: Option<StopAnswer>,
}

impl ProcessingStop {
    /// The thread of its two messages: its own id.
    pub const fn conversation(&self) -> ConversationId {
        ConversationId::from_bytes(*self.id.as_bytes())
    }

    /// Whether the answer is later than it should be.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.answer.is_none() && now > self.requested_at.plus(ANSWER_WITHIN)
    }
}
