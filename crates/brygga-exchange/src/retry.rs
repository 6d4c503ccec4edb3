//! When a message that failed is tried again: exponential, jittered, for as long as it lives.

use brygga_domain::{Seconds, Timestamp};
use rand_core::Rng;

/// How eagerly messages are retried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Longest wait after the first failure.
    pub first: Seconds,
    /// Longest wait after any failure.
    pub max: Seconds,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { first: Seconds(1), max: Seconds(300) }
    }
}

impl RetryPolicy {
    /// The instant of the next attempt after `failures` of the message itself: between half of the step and the
    /// whole step after `now`, so that nodes which lost the same peer do not return in step.
    pub fn next_attempt(&self, failures: u32, now: Timestamp, rng: &mut dyn Rng) -> Timestamp {
        let doublings = failures.saturating_sub(1).min(20);
        let step_millis =
            self.first.0.saturating_mul(1000 << doublings).min(self.max.0 * 1000).max(2);
        let half = step_millis / 2;
        let jitter = i64::try_from(rng.next_u64() % half.unsigned_abs()).unwrap_or(0);
        Timestamp::from_millis(now.as_millis().saturating_add(half + jitter))
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_core::SeedableRng;

    use super::*;

    #[test]
    fn waits_double_up_to_the_limit_and_never_stop() {
        let policy = RetryPolicy::default();
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        for (failures, at_least, at_most) in
            [(1, 500, 1_000), (2, 1_000, 2_000), (5, 8_000, 16_000), (200, 150_000, 300_000)]
        {
            let wait =
                policy.next_attempt(failures, Timestamp::from_millis(0), &mut rng).as_millis();
            assert!((at_least..=at_most).contains(&wait), "{failures} failures wait {wait} ms");
        }
    }
}
