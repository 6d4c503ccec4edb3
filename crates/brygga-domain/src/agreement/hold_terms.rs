//! How long capacity under an agreement can be relied on, and how long a place is held.

use std::ops::RangeInclusive;

use crate::{Reason, Refusal, Seconds};

/// Shortest and longest time for which numbers are shown, in seconds: a minute to 30 days.
const FRESH: RangeInclusive<i64> = 60..=2_592_000;
/// Shortest and longest hold, in seconds: a minute to a week.
const HOLD: RangeInclusive<i64> = 60..=604_800;
/// Most extensions of a hold.
const EXTENSIONS_MAX: u32 = 20;
/// Most days in which re-entry can be asked for: three years.
const REENTRY_DAYS_MAX: u32 = 1_095;

/// What the parties agree on about holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HoldTerms {
    /// From a publication until its numbers are no longer shown; none for as long as the publisher says.
    pub fresh: Option<Seconds>,
    /// Longest hold.
    pub hold: Seconds,
    /// How often a hold can be extended.
    pub extensions_max: u32,
    /// Days after a departure in which a place of re-entry can be asked for; 0 for no such right.
    pub reentry_days: u32,
}

impl Default for HoldTerms {
    /// 90 minutes, two extensions, no re-entry.
    fn default() -> Self {
        Self { fresh: None, hold: Seconds(5_400), extensions_max: 2, reentry_days: 0 }
    }
}

impl HoldTerms {
    pub(super) fn check(&self) -> Result<(), Refusal> {
        let sound = [
            (self.fresh.is_none_or(|span| FRESH.contains(&span.0)), "terms.holds.fresh_seconds"),
            (HOLD.contains(&self.hold.0), "terms.holds.hold_seconds"),
            (self.extensions_max <= EXTENSIONS_MAX, "terms.holds.extensions_max"),
            (self.reentry_days <= REENTRY_DAYS_MAX, "terms.holds.reentry_days"),
        ];
        match sound.iter().find(|(holds, _)| !holds) {
            Some((_, field)) => Err(Refusal::at(Reason::InvalidField, field)),
            None => Ok(()),
        }
    }
}
