//! What a case waits for, until when. Everything is computed from instants that its record has, so that nothing is lost
//! when a node stops; the law counts in Swedish days, and every time ends with one.

use jiff::Span;
use jiff::civil::Date;

use crate::calendar::{months_after, over_after, weeks_after, working_days_after};
use crate::legal::coded_enum;
use crate::swedish_day::{start_of_swedish_day, swedish_day};
use crate::{Reason, Refusal, Timestamp};

use super::{Position, Relocation, Route, Side, Stage};

/// Months after which silence can be taken to IVO (SoL 29:11).
const STATUTORY_MONTHS: i32 = 1;
/// Months that IVO has for its decision (SoL 29:11).
const IVO_MONTHS: i32 = 3;
/// Weeks in which a decision can be appealed (FL 44 §).
const APPEAL_WEEKS: i32 = 3;
/// Whole days for which a case is kept after that of its end.
const KEPT_DAYS: i64 = 30;
/// Whole days for which an offer that nobody took is kept after that of its end.
const OFFER_KEPT_DAYS: i64 = 1;

coded_enum!(
    /// What is waited for.
    DueKind {
        /// The destination's position, "genast" (SoL 29:10).
        Position = "POSITION_DUE",
        /// The same at the latest; after it the origin can apply to IVO (SoL 29:11).
        Statutory = "STATUTORY_DUE",
        /// IVO's decision (SoL 29:11).
        Ivo = "IVO_DUE",
        /// An appeal (FL 44 §).
        Appeal = "APPEAL_DUE",
        /// The review of withheld insight (lag 2024:79 5:4).
        Review = "REVIEW_DUE",
        /// A disclosure that answers the own offer.
        OfferEnds = "OFFER_ENDS",
        /// The end of what is kept.
        Purge = "PURGE_DUE",
    }
);

/// One thing that is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// What.
    pub kind: DueKind,
    /// From when on it is late.
    pub at: Timestamp,
}

impl Relocation {
    /// All that the case waits for, the earliest first. `position_days` is what the network agreed on.
    pub fn dues(&self, position_days: u32) -> Vec<Due> {
        let mut dues = Vec::new();
        let mut due = |kind, at: Option<Timestamp>| dues.extend(at.map(|at| Due { kind, at }));
        if self.stage.is_over() {
            due(DueKind::Purge, self.purge_at());
            return dues;
        }
        if matches!(self.stage, Stage::Disclosed | Stage::Opened) {
            let last = |day| working_days_after(day, position_days);
            due(DueKind::Position, self.opened_at.map(|opened| over_after(opened, last)));
            due(DueKind::Statutory, self.statutory_due());
        }
        match (self.stage, self.decided_at) {
            (Stage::Escalated, None) => due(DueKind::Ivo, self.ivo_due()),
            (Stage::Escalated, Some(decided)) => due(DueKind::Appeal, Some(appeal_due(decided))),
            _ => {}
        }
        if let (Stage::Refused, Some((Position::Refused(_), at))) = (self.stage, self.position) {
            due(DueKind::Appeal, Some(appeal_due(at)));
        }
        if self.stage == Stage::Offered {
            due(DueKind::OfferEnds, self.own_offer.map(|offer| offer.until));
        }
        for one in &self.withheld {
            due(DueKind::Review, Some(one.review_due));
        }
        dues.sort_by_key(|due| due.at);
        dues
    }

    /// What is due first; it may be late. The end of a case that is over is nobody's to wait for.
    pub fn next_due(&self, position_days: u32) -> Option<Due> {
        self.dues(position_days).into_iter().find(|due| due.kind != DueKind::Purge)
    }

    /// The last day on which what is due first is in time, as its first instant in Sweden: a day tells less than an
    /// instant.
    pub fn due_on(&self, position_days: u32) -> Option<Timestamp> {
        let due = self.next_due(position_days)?;
        let in_time = Timestamp::from_millis(due.at.as_millis().saturating_sub(1));
        Some(start_of_swedish_day(swedish_day(in_time)))
    }

    /// The day from which the case is to be purged, as its first instant in Sweden: a while after its end, or after that
    /// of an offer that nobody took.
    pub fn purge_on(&self) -> Option<Timestamp> {
        let untaken = self.own_offer.filter(|_| self.stage == Stage::Offered);
        self.purge_at().or(untaken.map(|offer| days_after(offer.until, OFFER_KEPT_DAYS)))
    }

    /// From when on silence can be taken to IVO: a month after the disclosure was opened, or told where nobody has said
    /// that it was (SoL 29:11). None before that, and by another route than a transfer.
    pub fn statutory_due(&self) -> Option<Timestamp> {
        let asked = self.opened_at.or(self.disclosed_at);
        let asked = asked.filter(|_| self.route == Some(Route::Transfer))?;
        Some(over_after(asked, |day| months_after(day, STATUTORY_MONTHS)))
    }

    /// IVO's decision has reached the origin; three weeks later it is final unless somebody appeals. Again it replaces
    /// what was noted.
    ///
    /// # Errors
    /// [`Reason::InvalidTransition`] where IVO was not asked; [`Reason::InvalidField`] at `at` for an instant before that
    /// or after `now`.
    pub fn decision_received(&mut self, at: Timestamp, now: Timestamp) -> Result<(), Refusal> {
        self.must(Side::Origin, &[Stage::Escalated])?;
        if at > now || self.escalated_at.is_some_and(|asked| at < asked) {
            return Err(Refusal::at(Reason::InvalidField, "at"));
        }
        self.decided_at = Some(at);
        Ok(())
    }

    fn ivo_due(&self) -> Option<Timestamp> {
        self.escalated_at.map(|asked| over_after(asked, |day| months_after(day, IVO_MONTHS)))
    }

    fn purge_at(&self) -> Option<Timestamp> {
        let ended = self.ended_at.filter(|_| self.stage.is_over())?;
        Some(days_after(ended, KEPT_DAYS))
    }
}

fn appeal_due(decided: Timestamp) -> Timestamp {
    over_after(decided, |day| weeks_after(day, APPEAL_WEEKS))
}

/// The first instant after so many whole days that follow the day of an instant.
fn days_after(at: Timestamp, days: i64) -> Timestamp {
    over_after(at, |day: Date| day.saturating_add(Span::new().days(days)))
}

#[cfg(test)]
mod tests;
