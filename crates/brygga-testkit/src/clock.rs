//! A wall clock that a test turns forward or back.

use std::sync::atomic::{AtomicI64, Ordering};

use brygga_domain::{Seconds, Timestamp};
use brygga_identity::clock::{Clock, SystemClock};

/// The system's clock, moved by an offset.
#[derive(Debug, Default)]
pub struct TestClock {
    offset_millis: AtomicI64,
}

impl TestClock {
    /// Turns the clock; a negative span turns it back.
    pub fn turn(&self, by: Seconds) {
        self.offset_millis.fetch_add(by.0 * 1000, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        let offset = self.offset_millis.load(Ordering::SeqCst);
        Timestamp::from_millis(SystemClock.now().as_millis() + offset)
    }
}
