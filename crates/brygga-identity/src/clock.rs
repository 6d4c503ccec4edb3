//! Wall time as an argument.
//!
//! Validity of certificates, tokens and agreements is judged in wall time, and
//! wall time jumps. Whoever judges takes a [`Clock`], so that a test can set it
//! and so that exactly one line of the node reads the system's own.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use brygga_domain::Timestamp;

/// Tells the wall time.
pub trait Clock: Send + Sync + fmt::Debug {
    /// The instant now. It may go backwards; use it for validity, never for order.
    fn now(&self) -> Timestamp;
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    /// A machine set before 1970 reads as 1970, at which no certificate is valid.
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "the one place where wall time enters")]
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }
}
