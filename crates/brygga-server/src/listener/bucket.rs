//! A token bucket, kept as one instant (the generic cell rate algorithm).

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Lets `burst` calls through at once and `per_second` in the long run.
pub(super) struct Bucket {
    interval: Duration,
    tolerance: Duration,
    /// When the bucket will be full again; in the past when it is full.
    full_at: Mutex<Instant>,
}

impl Bucket {
    /// A full bucket. Zero calls per second or a zero burst count as one.
    pub(super) fn new(per_second: u32, burst: u32, now: Instant) -> Self {
        let interval = Duration::from_secs(1) / per_second.max(1);
        Self { interval, tolerance: interval * (burst.max(1) - 1), full_at: Mutex::new(now) }
    }

    /// Takes one token at `now`; `false` when there is none.
    pub(super) fn take(&self, now: Instant) -> bool {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let start = (*full_at).max(now);
        if start - now > self.tolerance {
            return false;
        }
        *full_at = start + self.interval;
        true
    }

    /// Whether forgetting this bucket and making a new one would change nothing.
    pub(super) fn is_full(&self, now: Instant) -> bool {
        *self.full_at.lock().unwrap_or_else(PoisonError::into_inner) <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_then_one_call_per_interval() {
        let start = Instant::now();
        let bucket = Bucket::new(10, 3, start);
        assert_eq!((0..5).filter(|_| bucket.take(start)).count(), 3);
        assert!(!bucket.take(start + Duration::from_millis(99)));
        assert!(bucket.take(start + Duration::from_millis(100)));
        assert!(!bucket.take(start + Duration::from_millis(100)));
    }

    #[test]
    fn rest_never_saves_up_more_than_the_burst() {
        let start = Instant::now();
        let bucket = Bucket::new(10, 3, start);
        assert!(bucket.take(start));
        assert!(!bucket.is_full(start));
        let later = start + Duration::from_secs(60);
        assert!(bucket.is_full(later));
        assert_eq!((0..5).filter(|_| bucket.take(later)).count(), 3);
    }
}
