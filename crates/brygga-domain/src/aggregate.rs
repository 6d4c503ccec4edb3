//! Aggregates: how many referrals a party received, counted at its own node and never about anybody.
//!
//! A referral is counted in one table only: that of its agreement, of the party that received it, and of the
//! [`Quarter`] in which it arrived. No two tables overlap, so none can be subtracted from another, and what is hidden
//! in a table has to be hidden there only ([`Table::publish`]).

mod count;
mod quarter;
mod sum;
mod table;
mod teller;
#[cfg(test)]
mod tests;

pub use count::Count;
pub use quarter::Quarter;
pub use sum::{Sum, Sums};
pub use table::{Contribution, Table};
pub use teller::{TellerAggregate, TellerState};

use crate::legal::coded_enum;

coded_enum!(
    /// How far a referral had come when it was counted. Few classes, so that fewer of them are small.
    AggregateOutcome {
        /// Nobody had answered.
        Unanswered = "UNANSWERED",
        /// Accepted, and not finished.
        Accepted = "ACCEPTED",
        /// Declined.
        Declined = "DECLINED",
        /// Completed.
        Completed = "COMPLETED",
        /// Accepted, and it could not be done.
        Failed = "FAILED",
        /// Taken back by the sender.
        Withdrawn = "WITHDRAWN",
        /// Nobody answered in time.
        Expired = "EXPIRED",
    }
);

impl AggregateOutcome {
    /// The class of a status, by its stable code ([`crate::referral::Status::as_str`]); none for what was made by mistake and for what
    /// is no status.
    pub fn of_status(code: &str) -> Option<Self> {
        Some(match code {
            "REQUESTED" => Self::Unanswered,
            "ACCEPTED" | "IN_PROGRESS" | "ON_HOLD" | "CANCELLATION_REQUESTED" => Self::Accepted,
            "REJECTED" => Self::Declined,
            "COMPLETED" => Self::Completed,
            "FAILED" => Self::Failed,
            "CANCELLED" => Self::Withdrawn,
            "EXPIRED" => Self::Expired,
            _ => return None,
        })
    }
}
