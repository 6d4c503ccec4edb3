//! Where a referral stands, and which events each status permits.

use super::{Decline, Event, Outcome, StatusReason};
use crate::{Reason, Refusal};

/// Where the work stands (FHIR Task.status). Used in stored state.
///
/// A draft has no status: it is a file of the case worker's until it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Asked for.
    Requested,
    /// Accepted by the target.
    Accepted,
    /// Work has begun.
    InProgress,
    /// The source asked to cancel after acceptance; the target has yet to confirm.
    CancellationRequested {
        /// Why the source asked.
        reason: StatusReason,
    },
    /// Declined; final.
    Rejected(Decline),
    /// Taken back; final.
    Cancelled {
        /// Why.
        reason: StatusReason,
    },
    /// Nobody answered in time; final.
    Expired,
    /// Done; final.
    Completed(Outcome),
    /// Work rests.
    OnHold {
        /// Why.
        reason: StatusReason,
    },
    /// It could not be done; final.
    Failed {
        /// Why.
        reason: StatusReason,
    },
    /// Made by mistake; final, and the only status that can follow a final one.
    EnteredInError,
}

impl Status {
    /// The stable code of the status, without its details.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Requested => "REQUESTED",
            Self::Accepted => "ACCEPTED",
            Self::InProgress => "IN_PROGRESS",
            Self::CancellationRequested { .. } => "CANCELLATION_REQUESTED",
            Self::Rejected(_) => "REJECTED",
            Self::Cancelled { .. } => "CANCELLED",
            Self::Expired => "EXPIRED",
            Self::Completed(_) => "COMPLETED",
            Self::OnHold { .. } => "ON_HOLD",
            Self::Failed { .. } => "FAILED",
            Self::EnteredInError => "ENTERED_IN_ERROR",
        }
    }

    /// Whether the work is over.
    pub const fn is_final(&self) -> bool {
        match self {
            Self::Rejected(_)
            | Self::Cancelled { .. }
            | Self::Expired
            | Self::Completed(_)
            | Self::Failed { .. }
            | Self::EnteredInError => true,
            Self::Requested
            | Self::Accepted
            | Self::InProgress
            | Self::CancellationRequested { .. }
            | Self::OnHold { .. } => false,
        }
    }

    /// Whether an event that moves the work may follow this status.
    ///
    /// # Errors
    /// [`Reason::Terminal`] from a final status, otherwise [`Reason::InvalidTransition`].
    pub(super) fn permits(&self, event: &Event) -> Result<(), Refusal> {
        let works = matches!(self, Self::Accepted | Self::InProgress | Self::OnHold { .. });
        let permitted = match event {
            Event::EnteredInError => !matches!(self, Self::EnteredInError),
            _ if self.is_final() => return Err(Refusal::new(Reason::Terminal)),
            Event::Declined(decline) if decline.proposal().is_some() => {
                matches!(self, Self::Requested)
            }
            Event::TakenOn(_) | Event::Declined(_) | Event::BusinessStatusSet(_) => true,
            Event::Accepted | Event::Expired | Event::Escalated(_) => {
                matches!(self, Self::Requested)
            }
            Event::Started => matches!(self, Self::Accepted),
            Event::Completed(_) => works || matches!(self, Self::CancellationRequested { .. }),
            Event::CancellationRequested { .. } | Event::Failed { .. } => works,
            Event::Cancelled { reason: StatusReason::ConsentWithdrawn } => true,
            Event::Cancelled { .. } => {
                matches!(self, Self::Requested | Self::CancellationRequested { .. })
            }
            Event::PutOnHold { .. } => matches!(self, Self::Accepted | Self::InProgress),
            Event::Resumed => matches!(self, Self::OnHold { .. }),
            Event::LoopClosed | Event::ReviewRequested { .. } | Event::Reviewed { .. } => false,
        };
        if permitted { Ok(()) } else { Err(Refusal::new(Reason::InvalidTransition)) }
    }
}

/// How far the request has come on its way; only meaningful at the source. Used in stored state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Durable here, waiting for the recipient's node.
    Queued,
    /// The recipient's node has signed for it.
    Delivered,
    /// The recipient's node stored it and refused it.
    Refused(Reason),
    /// It could not be delivered before it expired.
    Undeliverable,
}
