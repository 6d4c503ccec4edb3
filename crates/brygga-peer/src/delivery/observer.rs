//! What delivery tells whoever counts.

use std::time::Duration;

use brygga_domain::OrgId;
use brygga_exchange::settle::{Again, Reply};
use brygga_wire::Verdict;

/// How one attempt to deliver a message ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The recipient stored and accepted it.
    Delivered,
    /// It could not be attributed there, and the same bytes never can.
    GivenUp,
    /// The recipient stored and refused it.
    Refused,
    /// It is tried again, or given up if its time is over.
    Retried,
}

/// Hears of each attempt. It is called on the way of every message, so it must not block.
pub trait DeliveryObserver: Send + Sync {
    /// A message of type `message_type` was in a batch to `recipient` that took `took`.
    fn attempted(&self, recipient: &OrgId, message_type: &str, outcome: Outcome, took: Duration);
}

/// Counts nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unobserved;

impl DeliveryObserver for Unobserved {
    fn attempted(&self, _: &OrgId, _: &str, _: Outcome, _: Duration) {}
}

impl From<&Reply> for Outcome {
    fn from(reply: &Reply) -> Self {
        match reply {
            Reply::Receipt { statement, .. } => match statement.verdict {
                Verdict::Accepted { .. } => Self::Delivered,
                Verdict::Refused { .. } => Self::Refused,
            },
            Reply::Failure { again: Again::After(_), .. } => Self::Retried,
            Reply::Failure { again: Again::Never, .. } => Self::GivenUp,
        }
    }
}
