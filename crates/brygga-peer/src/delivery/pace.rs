//! How much is sent at once, and how long nothing is sent after a failure.

use std::time::Duration;

use brygga_domain::{Seconds, Timestamp};
use brygga_exchange::retry::RetryPolicy;
use rand_core::Rng;

use crate::limits::MAX_BATCH_MESSAGES;

/// The pace for one recipient.
///
/// After a failure a single message goes ahead of the others: it finds out whether the recipient
/// is back while they wait, and if one message is what makes a batch fail, the
/// others get past it. Each success doubles the batch again.
#[derive(Debug)]
pub(super) struct Pace {
    policy: RetryPolicy,
    failures: u32,
    batch: u32,
}

impl Pace {
    /// Waits as `policy` says, but never longer than `longest`.
    pub(super) fn new(policy: RetryPolicy, longest: Seconds) -> Self {
        let max = policy.max.min(longest);
        let policy = RetryPolicy { first: policy.first.min(max), max };
        Self { policy, failures: 0, batch: MAX_BATCH_MESSAGES }
    }

    /// Messages in the next batch, at most.
    pub(super) const fn batch(&self) -> u32 {
        self.batch
    }

    /// The recipient answered a batch.
    pub(super) fn answered(&mut self) {
        self.failures = 0;
        self.batch = self.batch.saturating_mul(2).min(MAX_BATCH_MESSAGES);
    }

    /// A batch got no answer that can be used. Returns how long to wait before the next.
    pub(super) fn failed(&mut self, rng: &mut dyn Rng) -> Duration {
        self.failures = self.failures.saturating_add(1);
        self.batch = 1;
        let pause = self.policy.next_attempt(self.failures, Timestamp::from_millis(0), rng);
        Duration::from_millis(pause.as_millis().unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use brygga_crypto::SystemRandom;

    use super::*;

    #[test]
    fn after_a_failure_one_message_goes_ahead_and_batches_grow_again() {
        let mut pace = Pace::new(RetryPolicy::default(), Seconds(30));
        assert_eq!(pace.batch(), 64);
        pace.failed(&mut SystemRandom);
        assert_eq!(pace.batch(), 1);
        for expected in [2, 4, 8, 16, 32, 64, 64] {
            pace.answered();
            assert_eq!(pace.batch(), expected);
        }
    }

    #[test]
    fn pauses_grow_to_the_longest_and_begin_anew_after_an_answer() {
        let mut pace = Pace::new(RetryPolicy::default(), Seconds(30));
        assert!(pace.failed(&mut SystemRandom) <= Duration::from_secs(1));
        for _ in 0..40 {
            assert!(pace.failed(&mut SystemRandom) <= Duration::from_secs(30));
        }
        assert!(pace.failed(&mut SystemRandom) >= Duration::from_secs(15));
        pace.answered();
        assert!(pace.failed(&mut SystemRandom) <= Duration::from_secs(1));
    }
}
