//! `[registry]`: where the signed list of members comes from.

use std::path::PathBuf;
use std::time::Duration;

use toml::Value;

use crate::error::SettingsError;
use crate::section::Section;

/// `[registry]`: where the signed list of members comes from.
#[derive(Clone, Debug)]
pub struct RegistrySettings {
    /// The registry document in use; the node replaces it when a newer signed one arrives.
    pub file: PathBuf,
    /// The trust anchor: the federation operators and how many of them must sign.
    pub operators_file: PathBuf,
    /// Files where newer registry documents may appear.
    pub mirrors: Vec<PathBuf>,
    /// Time between looks at the mirrors.
    pub poll: Duration,
}

impl RegistrySettings {
    pub(crate) fn read(mut section: Section<'_>) -> Result<Self, SettingsError> {
        let file = section.path_or("file", Some("registry/registry.json"))?;
        let operators_file = section.path_or("operators_file", Some("registry/anchor.json"))?;
        let mut mirrors = Vec::new();
        for value in section.list("mirrors")? {
            match value {
                Value::String(path) if !path.is_empty() => {
                    mirrors.push(section.base_dir().join(path));
                }
                other => return Err(section.wrong_type("mirrors", "a list of file paths", &other)),
            }
        }
        let seconds = section.number("poll_seconds", 1, 1..=3600)?;
        section.finish()?;
        let poll = Duration::from_secs(u64::from(seconds));
        Ok(Self { file, operators_file, mirrors, poll })
    }
}
