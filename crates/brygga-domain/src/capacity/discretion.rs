//! When it is told that something has changed in protected housing: so coarsely that nobody reads from the time when
//! somebody came or left (R11). Whoever watches learns that a place was taken, and not when.

use super::Statement;
use crate::{Seconds, Timestamp};

/// Longest time that is added to the next full hour.
const JITTER: Seconds = Seconds::hours(3);
/// What the instants of a statement are rounded to.
const GRAIN: Seconds = Seconds::hours(6);
const HOUR: Seconds = Seconds::hours(1);

/// When a change is told: at the next full hour at the earliest, and within three hours of it, evenly spread over the
/// values of `random`. What changes until then is told in the same statement and gets no moment of its own; otherwise
/// the statements would count those who come and go.
pub const fn told_at(changed_at: Timestamp, random: u64) -> Timestamp {
    let span = JITTER.0.unsigned_abs() as u128 * 1_000;
    // The high half of the product lies below the span, for any random number.
    let wait = ((span * random as u128) >> u64::BITS) as i64;
    Timestamp::from_millis(began(changed_at, HOUR).plus(HOUR).as_millis() + wait)
}

impl Statement {
    /// When it was made, first and last: of protected housing only the six hours are told.
    pub fn made_between(&self) -> [Timestamp; 2] {
        let last =
            if self.service.is_protected() { self.made_at.plus(GRAIN) } else { self.made_at };
        [self.made_at, last]
    }

    /// The same without a sequence that would count who came and left, and with its instants rounded down to six hours, which is longer than a change can wait: they are signed when
    /// something changes, and would tell it. The publisher can be relied on for six hours at least.
    pub(super) fn discreet(self) -> Self {
        let published_at = began(self.published_at, GRAIN);
        Self {
            sequence: self.revision.into(),
            published_at,
            valid_until: began(self.valid_until, GRAIN).max(published_at.plus(GRAIN)),
            made_at: began(self.made_at, GRAIN),
            ..self
        }
    }
}

/// The beginning of the period of a length in which an instant lies, counted from 1970.
const fn began(at: Timestamp, length: Seconds) -> Timestamp {
    Timestamp::from_millis(at.as_millis() - at.as_millis().rem_euclid(length.0 * 1_000))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOUR_MILLIS: i64 = 3_600_000;
    const NOON: i64 = 1_790_000_000_000 - 1_790_000_000_000 % (24 * HOUR_MILLIS) + 12 * HOUR_MILLIS;

    proptest! {
        #[test]
        fn a_change_is_told_after_its_hour_and_within_four(at in any::<i32>(), random: u64) {
            let changed_at = Timestamp::from_millis(NOON + i64::from(at));
            let waited = told_at(changed_at, random).millis_since(changed_at);
            prop_assert!((1..=4 * HOUR_MILLIS).contains(&waited), "{}", waited);
        }
    }

    #[test]
    fn two_changes_within_an_hour_cannot_be_told_apart() {
        for random in [0, 1, u64::MAX / 2, u64::MAX] {
            let early = told_at(Timestamp::from_millis(NOON), random);
            let late = told_at(Timestamp::from_millis(NOON + HOUR_MILLIS - 1), random);
            assert_eq!(early, late);
        }
    }

    #[test]
    fn the_moments_are_evenly_spread() {
        const DRAWS: u64 = 36_000;
        let mut quarters = [0_u32; 12];
        // Weyl's sequence: any long run of it is even, and no two are near.
        for draw in 0..DRAWS {
            let random = draw.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let told = told_at(Timestamp::from_millis(NOON), random).as_millis();
            let quarter = (told - NOON - HOUR_MILLIS) / (HOUR_MILLIS / 4);
            quarters[usize::try_from(quarter).unwrap()] += 1;
        }
        for count in quarters {
            assert!((2_900..=3_100).contains(&count), "{quarters:?}");
        }
    }

    #[test]
    fn a_rounded_instant_is_the_beginning_of_its_period() {
        let at = |millis| Timestamp::from_millis(millis);
        assert_eq!(began(at(NOON + 1), HOUR), at(NOON));
        assert_eq!(began(at(NOON), HOUR), at(NOON));
        assert_eq!(began(at(NOON + 5 * HOUR_MILLIS), GRAIN), at(NOON));
        assert_eq!(began(at(-1), HOUR), at(-HOUR_MILLIS));
    }
}
