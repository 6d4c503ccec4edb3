//! How old numbers are, so that whoever publishes is reminded before nobody sees them any more.

use crate::Timestamp;

/// Of the time for which numbers are shown, the last tenth is for counting again.
const LAST_PART: i64 = 10;

/// How old the numbers of a service are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Freshness {
    /// Nobody has to do anything.
    Fresh,
    /// Soon they are no longer shown: they are to be counted again.
    Due,
    /// They are no longer shown, to some at least.
    Stale,
}

impl Freshness {
    /// Of numbers that were published at an instant and are shown until another.
    pub fn of(published_at: Timestamp, shown_until: Timestamp, now: Timestamp) -> Self {
        let last = shown_until.millis_since(published_at) / LAST_PART;
        let due = Timestamp::from_millis(shown_until.as_millis().saturating_sub(last));
        if shown_until <= now {
            Self::Stale
        } else if due <= now {
            Self::Due
        } else {
            Self::Fresh
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_tenth_is_for_counting_again() {
        let at = |minutes: i64| Timestamp::from_millis(minutes * 60_000);
        let after = |minutes| Freshness::of(at(0), at(60), at(minutes));
        assert_eq!([53, 54, 59].map(after), [Freshness::Fresh, Freshness::Due, Freshness::Due]);
        assert_eq!([60, 61].map(after), [Freshness::Stale; 2]);
        assert!(Freshness::Due < Freshness::Stale, "it only gets older");
    }
}
