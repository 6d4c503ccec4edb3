//! Breaking the glass: access that need-to-know does not give, when it cannot wait.
//!
//! One person asks and says why, another one approves, and a log reviewer signs afterwards that
//! it was looked at. No one of the three is one of the others.

use crate::legal::coded_enum;
use crate::{AccessReviewId, BreakGlassId, Reason, ReferralId, Refusal, Seconds, Timestamp};

coded_enum!(
    /// Why it cannot wait.
    BreakGlassReason {
        /// A child may come to harm.
        ChildAtRisk = "CHILD_AT_RISK",
        /// Whoever works on it cannot be reached, and nobody was assigned.
        HandlerAbsent = "HANDLER_ABSENT",
        /// Somebody's life or health is in danger.
        LifeOrHealth = "LIFE_OR_HEALTH",
    }
);

/// Who approved, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// The second person, by the subject of the token.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// One breaking of the glass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreakGlass {
    /// Its identifier.
    pub id: BreakGlassId,
    /// The referral that is asked for. It need not exist: whoever asks is not told.
    pub referral_id: ReferralId,
    /// Who asked, by the subject of the token.
    pub opened_by: String,
    /// When.
    pub opened_at: Timestamp,
    /// Why, as a code.
    pub reason: BreakGlassReason,
    /// Why, in words.
    pub justification: String,
    /// Whoever approved it; none yet, or never.
    pub approval: Option<Approval>,
    /// The review that a log reviewer signed; none yet.
    pub review: Option<AccessReviewId>,
}

impl BreakGlass {
    /// How long an approval gives access.
    pub const ACCESS: Seconds = Seconds(60 * 60);
    /// How long somebody may approve.
    pub const APPROVAL_WITHIN: Seconds = Seconds(60 * 60);
    /// When a log reviewer must have signed, from the asking.
    pub const REVIEW_WITHIN: Seconds = Seconds::days(7);

    /// The same, approved by a second person.
    ///
    /// # Errors
    /// [`Reason::WrongActor`] for the person that asked, [`Reason::InvalidTransition`] where it is
    /// approved already or nobody approved in time.
    pub fn approved(mut self, by: &str, now: Timestamp) -> Result<Self, Refusal> {
        if by == self.opened_by {
            return Err(Refusal::at(Reason::WrongActor, "break_glass_id"));
        }
        if self.approval.is_some() || now >= self.approve_by() {
            return Err(Refusal::at(Reason::InvalidTransition, "break_glass_id"));
        }
        self.approval = Some(Approval { by: by.to_owned(), at: now });
        Ok(self)
    }

    /// The same, reviewed.
    ///
    /// # Errors
    /// [`Reason::WrongActor`] for the two that it is about, [`Reason::InvalidTransition`] where it
    /// has been reviewed.
    pub fn reviewed(mut self, by: &str, review: AccessReviewId) -> Result<Self, Refusal> {
        let approver = self.approval.as_ref().map(|approval| approval.by.as_str());
        if by == self.opened_by || approver == Some(by) {
            return Err(Refusal::at(Reason::WrongActor, "break_glass_id"));
        }
        if self.review.is_some() {
            return Err(Refusal::at(Reason::InvalidTransition, "break_glass_id"));
        }
        self.review = Some(review);
        Ok(self)
    }

    /// Until when somebody may approve.
    pub const fn approve_by(&self) -> Timestamp {
        self.opened_at.plus(Self::APPROVAL_WITHIN)
    }

    /// Until when it gives access; none before it is approved.
    pub fn open_until(&self) -> Option<Timestamp> {
        self.approval.as_ref().map(|approval| approval.at.plus(Self::ACCESS))
    }

    /// Whether it gives somebody access now.
    pub fn opens_to(&self, subject: &str, now: Timestamp) -> bool {
        self.opened_by == subject && self.open_until().is_some_and(|until| now < until)
    }

    /// When a log reviewer must have signed.
    pub const fn review_due(&self) -> Timestamp {
        self.opened_at.plus(Self::REVIEW_WITHIN)
    }

    /// Whether the mandatory review is late.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.review.is_none() && now >= self.review_due()
    }
}
