//! What happens to a referral: the events of the target's log.

use super::{
    AdviceChannel, BusinessStatus, DeclineParty, NextStep, OutcomeResult, ReviewGround,
    ReviewResult, Status, StatusReason,
};
use crate::code::CodedTerm;
use crate::{OrgId, Reason, Refusal, Timestamp, UnitId};

/// One event of the target's log. Used in stored state and on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A function took it on: the human receipt. The status stays.
    TakenOn(TakenOn),
    /// Accepted.
    Accepted,
    /// Declined.
    Declined(Decline),
    /// Work began.
    Started,
    /// Done.
    Completed(Outcome),
    /// The source asked to cancel after acceptance.
    CancellationRequested {
        /// Why.
        reason: StatusReason,
    },
    /// Taken back.
    Cancelled {
        /// Why.
        reason: StatusReason,
    },
    /// Nobody answered in time.
    Expired,
    /// Work rests.
    PutOnHold {
        /// Why.
        reason: StatusReason,
    },
    /// Work goes on.
    Resumed,
    /// It could not be done.
    Failed {
        /// Why.
        reason: StatusReason,
    },
    /// The source marked it as made by mistake.
    EnteredInError,
    /// Nobody took it on in time: it was laid before others. The status stays.
    Escalated(Escalation),
    /// The source has read how it ended. The status stays.
    LoopClosed,
    /// The source asks for a second look at the decline. The status stays.
    ReviewRequested {
        /// Why the decline is thought wrong.
        ground: ReviewGround,
    },
    /// Somebody else than who declined has looked again. The status stays.
    Reviewed {
        /// What came of it.
        result: ReviewResult,
    },
    /// What people call it meanwhile. The status stays.
    BusinessStatusSet(BusinessStatus),
}

impl Event {
    /// The event's noun, as it stands in the audit and in metrics.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::TakenOn(_) => "taken_on",
            Self::Accepted => "accepted",
            Self::Declined(_) => "declined",
            Self::Started => "started",
            Self::Completed(_) => "completed",
            Self::CancellationRequested { .. } => "cancellation_requested",
            Self::Cancelled { .. } => "cancelled",
            Self::Expired => "expired",
            Self::PutOnHold { .. } => "put_on_hold",
            Self::Resumed => "resumed",
            Self::Failed { .. } => "failed",
            Self::EnteredInError => "entered_in_error",
            Self::Escalated(_) => "escalated",
            Self::LoopClosed => "loop_closed",
            Self::ReviewRequested { .. } => "review_requested",
            Self::Reviewed { .. } => "reviewed",
            Self::BusinessStatusSet(_) => "business_status_set",
        }
    }

    /// The status after the event; none for what changes none.
    pub(super) fn resulting_status(&self) -> Option<Status> {
        Some(match self {
            Self::TakenOn(_)
            | Self::Escalated(_)
            | Self::LoopClosed
            | Self::ReviewRequested { .. }
            | Self::Reviewed { .. }
            | Self::BusinessStatusSet(_) => return None,
            Self::Accepted => Status::Accepted,
            Self::Declined(decline) => Status::Rejected(decline.clone()),
            Self::Started | Self::Resumed => Status::InProgress,
            Self::Completed(outcome) => Status::Completed(outcome.clone()),
            Self::CancellationRequested { reason } => {
                Status::CancellationRequested { reason: *reason }
            }
            Self::Cancelled { reason } => Status::Cancelled { reason: *reason },
            Self::Expired => Status::Expired,
            Self::PutOnHold { reason } => Status::OnHold { reason: *reason },
            Self::Failed { reason } => Status::Failed { reason: *reason },
            Self::EnteredInError => Status::EnteredInError,
        })
    }
}

/// The human receipt: a function, never a person, has it in hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenOn {
    /// The function.
    pub unit: Option<UnitId>,
    /// When it promises to have acted.
    pub act_by: Timestamp,
}

/// Before whom a referral was laid because nobody had taken it on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Escalation {
    /// How far: 1 the deputy, 2 the intake; never beyond [`Self::LAST`].
    pub level: u8,
    /// The function; none for the intake.
    pub unit: Option<UnitId>,
}

impl Escalation {
    /// The last level: after it there is nobody else to ask.
    pub const LAST: u8 = 2;
}

/// A decline: who declined, why, and what the person can do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decline {
    party: DeclineParty,
    reason: StatusReason,
    next_step: Option<NextStep>,
    rerouted_to: Option<OrgId>,
    advice: Option<AdviceChannel>,
}

impl Decline {
    /// A decline; when the provider declines there must be a next step, so that nobody is
    /// sent away with nothing (KAL-02).
    ///
    /// # Errors
    /// [`Reason::NextStepMissing`] when the provider names no next step; [`Reason::AdviceMissing`] when the reason asks
    /// for an advice channel, with which only [`Self::with_advice`] makes one.
    pub fn new(
        party: DeclineParty,
        reason: StatusReason,
        next_step: Option<NextStep>,
    ) -> Result<Self, Refusal> {
        Self { party, reason, next_step, rerouted_to: None, advice: None }.check()
    }

    /// A decline that says where the person can get advice.
    ///
    /// # Errors
    /// [`Reason::NextStepMissing`] as for [`Self::new`]; [`Reason::InvalidField`] at `party` where somebody else than
    /// the provider says that there is no right to a dwelling: no rule in a node decides that.
    pub fn with_advice(
        party: DeclineParty,
        reason: StatusReason,
        next_step: Option<NextStep>,
        advice: AdviceChannel,
    ) -> Result<Self, Refusal> {
        Self { party, reason, next_step, rerouted_to: None, advice: Some(advice) }.check()
    }

    fn check(self) -> Result<Self, Refusal> {
        let is_provider = self.party == DeclineParty::Provider;
        let is_no_right = self.reason == StatusReason::NoRightToHousing;
        if is_provider && self.next_step.is_none() {
            return Err(Refusal::at(Reason::NextStepMissing, "next_step"));
        }
        if is_no_right && !is_provider {
            return Err(Refusal::at(Reason::InvalidField, "party"));
        }
        if is_no_right && self.advice.is_none() {
            return Err(Refusal::at(Reason::AdviceMissing, "advice"));
        }
        Ok(self)
    }

    /// The same decline, proposing another organisation; the source decides whether to ask there.
    ///
    /// # Errors
    /// [`Reason::InvalidField`] where the next step is not [`NextStep::OtherRecipient`].
    pub fn rerouted_to(self, organisation: OrgId) -> Result<Self, Refusal> {
        match self.next_step {
            Some(NextStep::OtherRecipient) => Ok(Self { rerouted_to: Some(organisation), ..self }),
            _ => Err(Refusal::at(Reason::InvalidField, "rerouted_to")),
        }
    }

    /// A decline by a rule in a node; the refusal's own reason stands in the receipt.
    pub const fn by_system() -> Self {
        Self {
            party: DeclineParty::System,
            reason: StatusReason::Other,
            next_step: None,
            rerouted_to: None,
            advice: None,
        }
    }

    /// Who declined.
    pub const fn party(&self) -> DeclineParty {
        self.party
    }

    /// Why.
    pub const fn reason(&self) -> StatusReason {
        self.reason
    }

    /// What happens next.
    pub const fn next_step(&self) -> Option<NextStep> {
        self.next_step
    }

    /// Where the person can get advice; none where nobody says.
    pub const fn advice(&self) -> Option<&AdviceChannel> {
        self.advice.as_ref()
    }

    /// Whom the target proposes instead; none where it proposes nobody.
    pub const fn proposal(&self) -> Option<&OrgId> {
        self.rerouted_to.as_ref()
    }
}

/// What came of a referral. There is no completion without one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The result.
    pub result: OutcomeResult,
    /// Kind of place that the person got.
    pub place_type: Option<CodedTerm>,
}
