//! What a publisher says of a service: append-only, each under the next sequence.

use std::collections::BTreeSet;
use std::ops::Deref;

use super::{Line, LineKey, Period, Service};
use crate::{Reason, Refusal, Seconds, Timestamp};

/// Most lines of a service.
const LINES_MAX: usize = 16;
/// Longest time for which numbers can be relied on: 90 days, for dwellings that nobody counts daily.
const VALIDITY_MAX: Seconds = Seconds::days(90);

/// A publication as somebody wrote it; nothing about it is certain until [`Self::check`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicationDraft {
    /// The service.
    pub service: Service,
    /// How much there is, no line twice. 1 to 16.
    pub lines: Vec<Line>,
    /// Rises with each publication of the service, from 1 on.
    pub sequence: u64,
    /// When it was made.
    pub published_at: Timestamp,
    /// When the numbers are no longer to be relied on; at most 90 days later.
    pub valid_until: Timestamp,
}

impl PublicationDraft {
    /// Checks the numbers by themselves (INV-2, INV-4), and that no more are published than a permit allows (R15).
    ///
    /// # Errors
    /// [`Reason::CapacityInvariant`] for numbers that cannot be, [`Reason::LicenceRequired`] at `lines.counts` above the
    /// permit, else [`Reason::InvalidField`].
    pub fn check(self) -> Result<Publication, Refusal> {
        let keys: BTreeSet<LineKey> = self.lines.iter().map(|line| line.key).collect();
        if keys.len() != self.lines.len() || !(1..=LINES_MAX).contains(&keys.len()) {
            return Err(Refusal::at(Reason::InvalidField, "lines"));
        }
        let end = self.published_at.plus(VALIDITY_MAX);
        if self.valid_until <= self.published_at || self.valid_until > end {
            return Err(Refusal::at(Reason::InvalidField, "valid_until"));
        }
        self.lines.iter().try_for_each(Line::check)?;
        let persons = self.persons();
        if self.service.permit.as_ref().is_some_and(|permit| permit.max_persons < persons) {
            return Err(Refusal::at(Reason::LicenceRequired, "lines.counts"));
        }
        Ok(Publication(self))
    }

    /// All places there are, in whatever period; a line that does not count them has one.
    pub fn places(&self) -> u32 {
        self.lines.iter().map(|line| line.counts.map_or(1, |counts| counts.total())).sum()
    }

    /// Most persons who can be there at once: the same place may be used by one by day and another by night.
    fn persons(&self) -> u32 {
        let in_period = |period| {
            let of_it = self.lines.iter().filter(move |line| line.key.period == period);
            of_it.filter_map(|line| line.counts.ok()).map(|counts| counts.total()).sum::<u32>()
        };
        in_period(Period::RoundTheClock) + in_period(Period::Day).max(in_period(Period::Night))
    }
}

/// A checked publication. It reads like the draft and cannot be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication(PublicationDraft);

impl Deref for Publication {
    type Target = PublicationDraft;

    fn deref(&self) -> &PublicationDraft {
        &self.0
    }
}

impl Publication {
    /// A line by its key.
    pub fn line(&self, key: LineKey) -> Option<&Line> {
        self.lines.iter().find(|line| line.key == key)
    }

    /// When the numbers are no longer to be relied on where an agreement asks for fresher ones; none where it does not.
    pub fn relied_on_until(&self, fresh: Option<Seconds>) -> Timestamp {
        fresh.map_or(self.valid_until, |span| self.valid_until.min(self.published_at.plus(span)))
    }

    /// The next publication, in which so many more or fewer places of some lines are occupied.
    ///
    /// # Errors
    /// [`Reason::CapacityInvariant`] where more would be occupied than there are places, or less than none.
    pub fn moved(&self, moves: &[(LineKey, i64)], now: Timestamp) -> Result<Self, Refusal> {
        let mut draft = self.0.clone();
        draft.sequence = draft.sequence.saturating_add(1);
        // The numbers are as old as they were: nobody has counted anew.
        draft.published_at = draft.published_at.min(now);
        for (key, places) in moves {
            let line = draft.lines.iter_mut().find(|line| line.key == *key);
            // A line that does not count places has nothing to move.
            let Some(Line { counts: Ok(counts), .. }) = line else { continue };
            let occupied = u32::try_from(i64::from(counts.occupied) + places);
            counts.occupied = occupied
                .map_err(|_| Refusal::at(Reason::CapacityInvariant, "lines.counts.occupied"))?;
        }
        draft.check()
    }
}
