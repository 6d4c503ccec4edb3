//! `[retention]`: what is purged when its time has come.
//!
//! How long a case is kept is law and no setting; it stands in `brygga-policy`.

use std::time::Duration;

use crate::error::SettingsError;
use crate::section::Section;

const SECONDS_PER_DAY: u64 = 24 * 60 * 60;

/// `[retention]`: what is purged when its time has come.
#[derive(Clone, Debug)]
pub struct RetentionSettings {
    /// Whether cases past their time are only listed and never erased by themselves.
    pub list_only: bool,
    /// How long a delivered message is kept after its receipt, at least.
    pub outbox: Duration,
    /// How long a received message is remembered, so that a repeat gets the same answer. Longer than
    /// the node itself repeats, and in the default longer than any other may be set to.
    pub inbox: Duration,
}

impl RetentionSettings {
    pub(crate) fn read(mut section: Section<'_>) -> Result<Self, SettingsError> {
        let days = |number: u32| Duration::from_secs(u64::from(number) * SECONDS_PER_DAY);
        let list_only = section.flag("list_only")?;
        let outbox = section.number("outbox_days", 30, 7..=3650)?;
        let inbox = section.number("inbox_days", 120, 30..=3650)?;
        section.finish()?;
        Ok(Self { list_only, outbox: days(outbox), inbox: days(inbox) })
    }
}
