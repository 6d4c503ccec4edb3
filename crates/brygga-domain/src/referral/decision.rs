//! What people and the clock want done with a referral, decided against its present state.

use super::{
    BusinessStatus, Decline, Escalation, Event, Outcome, Referral, ReviewGround, ReviewResult,
    Side, Status, StatusReason, TakenOn,
};
use crate::stop::StopReason;
use crate::{Reason, Refusal, Timestamp};

/// A wish, from a person or from the clock, not yet decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Target: a function takes it on.
    TakeOn(TakenOn),
    /// Target: accept.
    Accept,
    /// Target: decline.
    Decline(Decline),
    /// Target: begin.
    Start,
    /// Target: finish.
    Complete(Outcome),
    /// Target: confirm that the source cancelled.
    ConfirmCancellation {
        /// Why.
        reason: StatusReason,
    },
    /// Source: take it back. Decided by the target's log when it arrives there.
    Withdraw {
        /// Why.
        reason: StatusReason,
    },
    /// The target's clock: the time to answer is over.
    Expire,
    /// Target: let it rest.
    PutOnHold {
        /// Why.
        reason: StatusReason,
    },
    /// Target: go on.
    Resume,
    /// Target: give it up.
    Fail {
        /// Why.
        reason: StatusReason,
    },
    /// Target: say what people call it meanwhile.
    SetBusinessStatus(BusinessStatus),
    /// Target: say what came of a second look.
    Review {
        /// The result.
        result: ReviewResult,
    },
    /// Source: acknowledge how it ended.
    Acknowledge,
    /// Source: ask for a second look at a decline.
    RequestReview {
        /// Why the decline is thought wrong.
        ground: ReviewGround,
    },
    /// Source: stop at once. Takes effect whatever the status.
    Stop {
        /// Why.
        reason: StopReason,
    },
    /// The target's clock: nobody took it on in time.
    Escalate(Escalation),
}

impl Command {
    /// The command's noun, as it stands in the audit and in metrics.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::TakeOn(_) => "take_on",
            Self::Accept => "accept",
            Self::Decline(_) => "decline",
            Self::Start => "start",
            Self::Complete(_) => "complete",
            Self::ConfirmCancellation { .. } => "confirm_cancellation",
            Self::Withdraw { .. } => "withdraw",
            Self::Expire => "expire",
            Self::PutOnHold { .. } => "put_on_hold",
            Self::Resume => "resume",
            Self::Fail { .. } => "fail",
            Self::SetBusinessStatus(_) => "set_business_status",
            Self::Review { .. } => "review",
            Self::Acknowledge => "acknowledge",
            Self::RequestReview { .. } => "request_review",
            Self::Stop { .. } => "stop",
            Self::Escalate(_) => "escalate",
        }
    }

    /// Which side gives it.
    pub const fn side(&self) -> Side {
        match self {
            Self::Withdraw { .. }
            | Self::Acknowledge
            | Self::RequestReview { .. }
            | Self::Stop { .. } => Side::Source,
            Self::TakeOn(_)
            | Self::Accept
            | Self::Decline(_)
            | Self::Start
            | Self::Complete(_)
            | Self::ConfirmCancellation { .. }
            | Self::Expire
            | Self::PutOnHold { .. }
            | Self::Resume
            | Self::Fail { .. }
            | Self::SetBusinessStatus(_)
            | Self::Review { .. }
            | Self::Escalate(_) => Side::Target,
        }
    }
}

impl Referral {
    /// Decides a command at the target, whose log orders the referral.
    ///
    /// A withdrawal that arrives after acceptance becomes a request to cancel (exchange guide 1.2).
    ///
    /// # Errors
    /// [`Reason::WrongActor`] at the source, [`Reason::Terminal`] where it was stopped or is final, and
    /// [`Reason::InvalidTransition`] where the command does not fit the status.
    pub fn decide(&self, command: Command, now: Timestamp) -> Result<Event, Refusal> {
        if self.side != Side::Target {
            return Err(Refusal::new(Reason::WrongActor));
        }
        if self.is_stopped && !matches!(command, Command::Stop { .. } | Command::Acknowledge) {
            return Err(Refusal::new(Reason::Terminal));
        }
        let not_yet = || Refusal::new(Reason::InvalidTransition);
        let event = match command {
            Command::TakeOn(taken_on) => Event::TakenOn(taken_on),
            Command::Accept => Event::Accepted,
            Command::Decline(decline) => Event::Declined(decline),
            Command::Start => Event::Started,
            Command::Complete(outcome) => Event::Completed(outcome),
            Command::ConfirmCancellation { reason } => self.confirm_cancellation(reason)?,
            Command::Withdraw { reason } => match self.status {
                Status::Requested => Event::Cancelled { reason },
                _ => Event::CancellationRequested { reason },
            },
            Command::Expire if now < self.answer_due => return Err(not_yet()),
            Command::Expire => Event::Expired,
            Command::PutOnHold { reason } => Event::PutOnHold { reason },
            Command::Resume => Event::Resumed,
            Command::Fail { reason } => Event::Failed { reason },
            Command::SetBusinessStatus(word) => Event::BusinessStatusSet(word),
            Command::Review { result } => Event::Reviewed { result },
            Command::Acknowledge => Event::LoopClosed,
            Command::RequestReview { ground } => Event::ReviewRequested { ground },
            Command::Stop { reason: StopReason::EnteredInError } => Event::EnteredInError,
            Command::Stop { .. } => Event::Cancelled { reason: StatusReason::ConsentWithdrawn },
            Command::Escalate(_) if self.escalation_due().is_none_or(|due| now < due) => {
                return Err(not_yet());
            }
            Command::Escalate(escalation) => Event::Escalated(escalation),
        };
        self.permits(&event)?;
        Ok(event)
    }

    fn confirm_cancellation(&self, reason: StatusReason) -> Result<Event, Refusal> {
        match self.status {
            Status::CancellationRequested { .. } => Ok(Event::Cancelled { reason }),
            _ if self.status.is_final() => Err(Refusal::new(Reason::Terminal)),
            _ => Err(Refusal::new(Reason::InvalidTransition)),
        }
    }

    /// Checks at the source what its people want, before it is sent as a proposal.
    ///
    /// # Errors
    /// [`Reason::WrongActor`] at the target and for what is no proposal, [`Reason::Terminal`] where nothing
    /// can be withdrawn, [`Reason::InvalidTransition`] where it does not fit.
    pub fn propose(&self, command: &Command) -> Result<(), Refusal> {
        if self.side != Side::Source {
            return Err(Refusal::new(Reason::WrongActor));
        }
        match command {
            Command::Withdraw { .. } if self.status.is_final() => {
                Err(Refusal::new(Reason::Terminal))
            }
            Command::Withdraw { .. } | Command::Stop { .. } => Ok(()),
            Command::Acknowledge => self.permits(&Event::LoopClosed),
            Command::RequestReview { ground } => {
                self.permits(&Event::ReviewRequested { ground: *ground })
            }
            _ => Err(Refusal::new(Reason::WrongActor)),
        }
    }
}
