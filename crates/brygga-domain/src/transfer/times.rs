//! What is to be done until when. Everything is computed from stored days and instants, so that nothing has to run for it
//! and nothing is lost when a node stops.

use jiff::civil::Date;

use super::{Transfer, TransferStatus, month_after};
use crate::legal::coded_enum;
use crate::swedish_day::swedish_day;
use crate::{Timestamp, calendar};

/// Months that IVO has for its decision (29:11).
const IVO_MONTHS: i32 = 3;
/// Weeks in which a decision can be appealed, from its day (FL 44 §).
const APPEAL_WEEKS: i32 = 3;

coded_enum!(
    /// What is waited for.
    Due {
        /// The position of the one that is asked, "genast" (29:10).
        Position = "POSITION",
        /// The same at the latest, after which IVO can be asked (29:11).
        Reply = "REPLY",
        /// IVO's decision (29:11).
        IvoDecision = "IVO_DECISION",
        /// An appeal (FL 44 §); after it somebody verifies laga kraft.
        Appeal = "APPEAL",
        /// The hand-over, which has no day in law.
        HandOver = "HAND_OVER",
    }
);

/// The days of one transfer. None where what it counts from has not happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// Last day for the position, and when it is over.
    pub position_ends: Option<Date>,
    /// Last day of the month for the reply.
    pub month_ends: Option<Date>,
    /// When the month is over.
    pub month_over: Option<Timestamp>,
    /// Last day for IVO's decision.
    pub ivo_ends: Option<Date>,
    /// Last day for an appeal.
    pub appeal_ends: Option<Date>,
}

/// Last day on which a decision of a day can be appealed.
pub(super) fn appeal_ends(decided_on: Date) -> Date {
    calendar::weeks_after(decided_on, APPEAL_WEEKS)
}

impl Times {
    pub(super) fn of(transfer: &Transfer) -> Self {
        let month = transfer.arrived_at.map(month_after);
        let position = transfer.arrived_at.map(|arrived| {
            calendar::working_days_after(swedish_day(arrived), transfer.position_days)
        });
        Self {
            position_ends: position,
            month_ends: month.map(|(last, _)| last),
            month_over: month.map(|(_, over)| over),
            ivo_ends: transfer.applied_on.map(|on| calendar::months_after(on, IVO_MONTHS)),
            appeal_ends: transfer.decided.map(|(on, _)| appeal_ends(on)),
        }
    }
}

impl Transfer {
    /// What is waited for next, until which day where the law or the agreement has one.
    pub fn due(&self, now: Timestamp) -> Option<(Due, Option<Date>)> {
        let times = self.times();
        Some(match self.status(now) {
            TransferStatus::Requested => (Due::Position, times.position_ends),
            TransferStatus::NoReply => (Due::Reply, times.month_ends),
            TransferStatus::IvoApplied => (Due::IvoDecision, times.ivo_ends),
            TransferStatus::IvoDecided => (Due::Appeal, times.appeal_ends),
            TransferStatus::Agreed => (Due::HandOver, None),
            TransferStatus::Final if !self.is_over(now) => (Due::HandOver, None),
            TransferStatus::Appealed
            | TransferStatus::Disagreed
            | TransferStatus::Final
            | TransferStatus::HandedOver
            | TransferStatus::Withdrawn
            | TransferStatus::NotTaken => return None,
        })
    }

    /// Whether the day of what is waited for is past.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        let day = self.due(now).and_then(|(_, day)| day);
        day.is_some_and(|day| day < swedish_day(now))
    }

    /// Whether the other had, or took, more than the month (29:11). It stays so when it answers.
    pub fn breaches(&self, now: Timestamp) -> bool {
        let silent_until = self.answer.map_or(now, |(_, at)| at);
        let was_open =
            self.withdrawn_at.is_none_or(|at| silent_until <= at || self.answer.is_some());
        was_open && self.times().month_over.is_some_and(|over| over <= silent_until)
    }
}
