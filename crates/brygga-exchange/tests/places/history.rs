//! What the claimants saw, and whether one counter of places could have answered them all in some order.
//!
//! A place is surely taken from the moment that its holder was told so until somebody began to give it back, or its time
//! was past on the publisher's clock. More of these at one moment than there are places cannot be put in any order: a
//! grant follows a release. A place may be taken from the question until its end; a refusal needs a moment at which all
//! of them may be.

use std::collections::BTreeMap;

use brygga_domain::{HoldId, Timestamp};

/// What was seen of one hold, in steps of the world.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) places: u32,
    pub(crate) asked: usize,
    pub(crate) granted: Option<usize>,
    pub(crate) refused: Option<usize>,
    /// As it was told last.
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) is_confirmed: bool,
    /// When somebody began to give it back.
    pub(crate) released: Option<usize>,
}

/// Everything that was seen.
#[derive(Clone, Debug, Default)]
pub(crate) struct History {
    pub(crate) holds: BTreeMap<HoldId, Seen>,
    /// The latest instant that the publisher's clock had shown by each step.
    pub(crate) clock: Vec<Timestamp>,
}

impl History {
    pub(crate) fn step(&self) -> usize {
        self.clock.len()
    }

    /// A step passes, in which the publisher's clock shows an instant.
    pub(crate) fn passes(&mut self, shown: Timestamp) {
        let latest = self.clock.last().map_or(shown, |last| shown.max(*last));
        self.clock.push(latest);
    }

    /// From when until when a place was surely taken.
    fn surely(&self, seen: &Seen) -> Option<(usize, usize)> {
        let from = seen.granted?;
        let past = seen
            .expires_at
            .filter(|_| !seen.is_confirmed)
            .map(|end| self.clock.iter().position(|shown| end <= *shown).unwrap_or(usize::MAX));
        let until = past.unwrap_or(usize::MAX).min(seen.released.unwrap_or(usize::MAX));
        (from < until).then_some((from, until))
    }

    /// Checks that no more than so many places were surely taken at one moment.
    pub(crate) fn check(&self, places: u32) {
        let sure: Vec<_> = self
            .holds
            .iter()
            .filter_map(|(id, seen)| Some((id, seen.places, self.surely(seen)?)))
            .collect();
        for (_, _, (moment, _)) in &sure {
            let taken =
                sure.iter().filter(|(_, _, (from, until))| from <= moment && moment < until);
            let ids: Vec<_> = taken.clone().map(|(id, ..)| id.to_string()).collect();
            let sum: u32 = taken.map(|(_, count, _)| count).sum();
            assert!(sum <= places, "at step {moment} {sum} of {places} are taken by {ids:?}");
        }
        for (id, seen) in &self.holds {
            let Some(refused) = seen.refused else { continue };
            let others = self.holds.iter().filter(|(other, _)| *other != id);
            let may =
                others.filter(|(_, other)| other.granted.is_some() || other.refused.is_none());
            let may = may.filter(|(_, other)| other.asked < refused);
            let sum: u32 = may.map(|(_, other)| other.places).sum();
            assert!(places < sum.saturating_add(seen.places), "{id} was refused what was free");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(asked: usize, granted: usize, released: Option<usize>) -> Seen {
        Seen { places: 1, asked, granted: Some(granted), released, ..Seen::default() }
    }

    fn history(all: [Seen; 2]) -> History {
        let ids = (1_u8..).map(|number| HoldId::from_bytes([number; 16]));
        History { holds: ids.zip(all).collect(), clock: Vec::new() }
    }

    #[test]
    fn a_grant_follows_a_release() {
        history([seen(0, 1, Some(2)), seen(0, 3, None)]).check(1);
        history([seen(0, 1, None), seen(0, 3, None)]).check(2);
    }

    #[test]
    #[should_panic(expected = "2 of 1 are taken")]
    fn a_grant_before_a_release_is_found() {
        history([seen(0, 1, Some(4)), seen(0, 3, None)]).check(1);
    }

    #[test]
    #[should_panic(expected = "was refused what was free")]
    fn a_refusal_before_anybody_asked_is_found() {
        let refused = Seen { places: 1, refused: Some(2), ..Seen::default() };
        history([seen(3, 4, None), refused]).check(1);
    }
}
