//! `[audit]`: the node's Merkle log.

use std::time::Duration;

use crate::error::SettingsError;
use crate::section::Section;

/// `[audit]`: the node's Merkle log.
#[derive(Clone, Debug)]
pub struct AuditSettings {
    /// Time between signed checkpoints; at most a minute, so that no more than a minute of
    /// the log could ever be rewritten unseen.
    pub checkpoint: Duration,
}

impl AuditSettings {
    pub(crate) fn read(mut section: Section<'_>) -> Result<Self, SettingsError> {
        let seconds = section.number("checkpoint_seconds", 10, 1..=60)?;
        section.finish()?;
        Ok(Self { checkpoint: Duration::from_secs(u64::from(seconds)) })
    }
}
