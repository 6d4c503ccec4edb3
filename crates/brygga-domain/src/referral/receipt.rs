//! The human receipt: has somebody taken it on, and what if nobody does?
//!
//! A function takes a referral on, with a promise. Where none does in time, the target's log lays
//! it before the deputy and then the intake, and the sender sees that, and how long it has lain.

use super::{Escalation, Referral, Side, Status};
use crate::{Seconds, Timestamp};

impl Referral {
    /// When it is to be laid before the next in line; none where it is answered, taken on, or was
    /// laid before everybody.
    pub fn escalation_due(&self) -> Option<Timestamp> {
        let level = self.escalation.as_ref().map_or(0, |laid| laid.level);
        let waits = matches!(self.status, Status::Requested) && self.taken_on.is_none();
        // Each in line gets as long as the first had.
        let step = self.request.take_on_by.millis_since(self.requested_at).max(0);
        let later = step.saturating_mul(i64::from(level));
        let due = self.take_on_due.as_millis().saturating_add(later);
        (waits && level < Escalation::LAST).then_some(Timestamp::from_millis(due))
    }

    /// Whole days in which nobody has taken it on; at the target from its arrival, at the source from
    /// its sending. None where somebody has, or it is answered.
    pub fn unhandled_days(&self, now: Timestamp) -> Option<u32> {
        if !matches!(self.status, Status::Requested) || self.taken_on.is_some() {
            return None;
        }
        let span = self.request.take_on_by.millis_since(self.requested_at);
        let since = match self.side {
            Side::Source => self.requested_at.as_millis(),
            Side::Target => self.take_on_due.as_millis().saturating_sub(span),
        };
        let days = now.as_millis().saturating_sub(since).max(0) / (Seconds::days(1).0 * 1_000);
        Some(u32::try_from(days).unwrap_or(u32::MAX))
    }

    /// Whether a function took it on and let its own promise pass.
    pub fn is_promise_overdue(&self, now: Timestamp) -> bool {
        let promised = self.taken_on.as_ref().map(|taken_on| taken_on.act_by);
        matches!(self.status, Status::Requested) && promised.is_some_and(|act_by| now >= act_by)
    }
}
