//! How often a recipient is called, so that it never has to refuse.
//!
//! A peer that is called too often answers with a refusal, and a refusal costs a pause. Waiting
//! some milliseconds before a call costs nothing: messages gather meanwhile and travel together.

use std::time::Duration;

use tokio::time::Instant;

use crate::limits::{CALL_BURST, CALLS_PER_SECOND};

/// From one call to the next in the long run.
const INTERVAL: Duration = Duration::from_nanos(1_000_000_000 / CALLS_PER_SECOND as u64);

/// The calls that one recipient can still take, as the instant at which it will have rested
/// from those that were made (a generic cell rate algorithm).
#[derive(Debug)]
pub(super) struct CallBudget(Option<Instant>);

impl CallBudget {
    /// Nothing has been spent.
    pub(super) const fn full() -> Self {
        Self(None)
    }

    /// Spends a call, and returns how long to wait before it is made.
    pub(super) fn spend(&mut self, now: Instant) -> Duration {
        let rested = self.0.map_or(now, |rested| rested.max(now));
        self.0 = Some(rested + INTERVAL);
        rested.duration_since(now).saturating_sub(INTERVAL * (CALL_BURST - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_goes_at_once_and_then_calls_keep_their_distance() {
        let start = Instant::now();
        let mut budget = CallBudget::full();
        for _ in 0..CALL_BURST {
            assert_eq!(budget.spend(start), Duration::ZERO);
        }
        assert_eq!(budget.spend(start), INTERVAL);
        assert_eq!(budget.spend(start + INTERVAL), INTERVAL);
        assert_eq!(budget.spend(start + INTERVAL * 3), Duration::ZERO);
    }

    #[test]
    fn rest_fills_it_up_to_one_burst_and_no_further() {
        let start = Instant::now();
        let mut budget = CallBudget::full();
        budget.spend(start);
        let later = start + Duration::from_secs(3600);
        let waits = std::iter::repeat_with(|| budget.spend(later));
        assert_eq!(waits.take_while(Duration::is_zero).count(), CALL_BURST as usize);
    }
}
