//! Where a referral stands, and which events each status permits.

use super::{Decline, Event, Outcome, StatusReason};
use crate::{Reason, Refusal};

/// Where the work stands (FHIR Task.status). Used in stored state.
///
/// `ON_HOLD`, `FAILED` and `ENTERED_IN_ERROR` of the exchange guide's machine have no value here yet.
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
        }
    }

    /// Whether nothing can follow.
    pub const fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Rejected(_) | Self::Cancelled { .. } | Self::Expired | Self::Completed(_)
        )
    }

    /// Whether the event may follow this status.
    ///
    /// # Errors
    /// [`Reason::Terminal`] from a final status, otherwise [`Reason::InvalidTransition`].
    pub fn permits(&self, event: &Event) -> Result<(), Refusal> {
        if self.is_final() {
            return Err(Refusal::new(Reason::Terminal));
        }
        let permitted = match event {
            Event::TakenOn(_) | Event::Declined(_) => true,
            Event::Accepted => matches!(self, Self::Requested),
            Event::Started => matches!(self, Self::Accepted),
            Event::Completed(_) => !matches!(self, Self::Requested),
            Event::CancellationRequested { .. } => {
                matches!(self, Self::Accepted | Self::InProgress)
            }
            Event::Cancelled { .. } => {
                matches!(self, Self::Requested | Self::CancellationRequested { .. })
            }
            Event::Expired => matches!(self, Self::Requested),
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
