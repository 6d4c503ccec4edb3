//! `[delivery]`: how the outbox tries again.

use std::time::Duration;

use crate::error::SettingsError;
use crate::section::Section;

const SECONDS_PER_DAY: u64 = 24 * 60 * 60;

/// `[delivery]`: how the outbox tries again.
#[derive(Clone, Debug)]
pub struct DeliverySettings {
    /// The wait after the first failure; it doubles until `retry_max`.
    pub retry_first: Duration,
    /// The longest wait.
    pub retry_max: Duration,
    /// How long a message is tried; at least seven days, so that a long holiday at the
    /// receiver loses nothing.
    pub give_up: Duration,
}

impl DeliverySettings {
    pub(crate) fn read(mut section: Section<'_>) -> Result<Self, SettingsError> {
        let seconds = |number: u32| Duration::from_secs(u64::from(number));
        let first = section.number("retry_first_seconds", 2, 1..=300)?;
        let max = section.number("retry_max_seconds", 900, 1..=3600)?;
        let days = section.number("give_up_days", 14, 7..=90)?;
        section.finish()?;
        Ok(Self {
            retry_first: seconds(first),
            retry_max: seconds(max),
            give_up: Duration::from_secs(u64::from(days) * SECONDS_PER_DAY),
        })
    }
}
