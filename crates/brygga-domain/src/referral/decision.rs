//! What people and the clock want done with a referral, decided against its present state.

use super::{Decline, Event, Outcome, Referral, Side, Status, StatusReason, TakenOn};
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
        }
    }

    /// Which side gives it.
    pub const fn side(&self) -> Side {
        match self {
            Self::Withdraw { .. } => Side::Source,
            _ => Side::Target,
        }
    }
}

impl Referral {
    /// Decides a command at the target, whose log orders the referral.
    ///
    /// A withdrawal that arrives after acceptance becomes a request to cancel (exchange guide 1.2).
    ///
    /// # Errors
    /// [`Reason::WrongActor`] at the source, [`Reason::Terminal`] and [`Reason::InvalidTransition`]
    /// where the command does not fit the status.
    pub fn decide(&self, command: Command, now: Timestamp) -> Result<Event, Refusal> {
        if self.side != Side::Target {
            return Err(Refusal::new(Reason::WrongActor));
        }
        let event = match command {
            Command::TakeOn(taken_on) => Event::TakenOn(taken_on),
            Command::Accept => Event::Accepted,
            Command::Decline(decline) => Event::Declined(decline),
            Command::Start => Event::Started,
            Command::Complete(outcome) => Event::Completed(outcome),
            Command::ConfirmCancellation { reason } => match self.status {
                Status::CancellationRequested { .. } => Event::Cancelled { reason },
                _ if self.status.is_final() => return Err(Refusal::new(Reason::Terminal)),
                _ => return Err(Refusal::new(Reason::InvalidTransition)),
            },
            Command::Withdraw { reason } => match self.status {
                Status::Requested => Event::Cancelled { reason },
                _ => Event::CancellationRequested { reason },
            },
            Command::Expire if now < self.answer_due => {
                return Err(Refusal::new(Reason::InvalidTransition));
            }
            Command::Expire => Event::Expired,
        };
        self.status.permits(&event)?;
        Ok(event)
    }

    /// Checks a withdrawal at the source before it is sent as a proposal.
    ///
    /// # Errors
    /// [`Reason::WrongActor`] at the target, [`Reason::Terminal`] where nothing can be withdrawn.
    pub fn propose_withdrawal(&self) -> Result<(), Refusal> {
        match self.side {
            Side::Target => Err(Refusal::new(Reason::WrongActor)),
            Side::Source if self.status.is_final() => Err(Refusal::new(Reason::Terminal)),
            Side::Source => Ok(()),
        }
    }
}
