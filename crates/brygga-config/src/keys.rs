//! `[keys]`: where the node's own keys lie.

use std::path::PathBuf;

use crate::error::SettingsError;
use crate::section::Section;

/// `[keys]`: where the node's own keys lie.
#[derive(Clone, Debug)]
pub struct KeysSettings {
    /// The directory with the signing key, the sealing key and the key-encryption key.
    ///
    /// Mode 0700, its files 0600 ([`crate::check_key_directory`]). The key-encryption key
    /// is what erasure rests on: the directory is not part of an ordinary backup.
    pub directory: PathBuf,
}

impl KeysSettings {
    pub(crate) fn read(mut section: Section<'_>) -> Result<Self, SettingsError> {
        let settings = Self { directory: section.path_or("directory", Some("keys"))? };
        section.finish()?;
        Ok(settings)
    }
}
