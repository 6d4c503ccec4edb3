//! `[storage]`: the database of the node.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::endpoint::is_loopback_host;
use crate::error::{Code, SettingsError};
use crate::private_file::check_private_file;
use crate::secret::Secret;
use crate::section::Section;

const URL_FORM: &str = "sqlite:path/to/file.db, or postgres://user@host/database";

/// `[storage]`: the database of the node.
#[derive(Clone, Debug)]
pub struct StorageSettings {
    /// Where the address of the database stands.
    pub location: StorageLocation,
    /// Where the address of the vault stands, which keeps the keys of cases; none where it is
    /// `vault.db` in the key directory. Never a part of an ordinary backup.
    pub vault: Option<StorageLocation>,
    /// Connections that read at the same time, at most.
    pub max_readers: u32,
}

/// Where the address of the database stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StorageLocation {
    /// In a file of its own, `url_file` or `vault_file`, because it holds a password.
    File(PathBuf),
    /// In the settings, `url` or `vault`.
    Inline(StorageUrl),
}

/// The address of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StorageUrl {
    /// A PostgreSQL server; the whole address is a secret because it may hold a password.
    Postgres(Secret),
    /// A SQLite file, absolute or relative to the settings file's directory as given.
    Sqlite(PathBuf),
}

/// The text is not the address of a database. It never says which text: it may be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct StorageUrlError;

impl fmt::Display for StorageUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(URL_FORM)
    }
}

impl StorageSettings {
    pub(crate) fn read(mut section: Section<'_>) -> Result<Self, SettingsError> {
        let location = StorageLocation::read(&mut section, "url", "url_file")?;
        let default = || section.base_dir().join("data/brygga.db");
        let location =
            location.unwrap_or_else(|| StorageLocation::Inline(StorageUrl::Sqlite(default())));
        let vault = StorageLocation::read(&mut section, "vault", "vault_file")?;
        let max_readers = section.number("max_readers", 4, 1..=64)?;
        section.finish()?;
        Ok(Self { location, vault, max_readers })
    }
}

impl StorageLocation {
    /// Reads one of two keys: the address itself, or the file that holds it.
    fn read(
        section: &mut Section<'_>,
        inline_key: &'static str,
        file_key: &'static str,
    ) -> Result<Option<Self>, SettingsError> {
        match (section.text(inline_key)?, section.path(file_key)?) {
            (Some(_), Some(_)) => {
                let problem = format!("{inline_key} is set as well");
                Err(section.error(file_key, Code::BothGiven, problem, "one of the two"))
            }
            (None, file) => Ok(file.map(Self::File)),
            (Some(text), None) => {
                let url = StorageUrl::parse(&text, section.base_dir()).map_err(|error| {
                    let problem = "not an address of a database";
                    section.error(inline_key, Code::NotAStorageUrl, problem, error.to_string())
                })?;
                Ok(Some(Self::Inline(url)))
            }
        }
    }

    /// The address itself, read from the file that `key` names where it names one.
    pub(crate) fn resolve(&self, key: &str, base_dir: &Path) -> Result<StorageUrl, SettingsError> {
        let file = match self {
            Self::Inline(url) => return Ok(url.clone()),
            Self::File(file) => file,
        };
        let refuse = |code, problem: String, allowed: &str| {
            SettingsError::new(file, key, code, problem, allowed)
        };
        check_private_file(file).map_err(|error| {
            refuse(Code::PrivateFile, error.to_string(), "a file with mode 0600")
        })?;
        let text = std::fs::read_to_string(file).map_err(|error| {
            refuse(Code::FileUnreadable, error.kind().to_string(), "a file with one address")
        })?;
        StorageUrl::parse(text.trim(), base_dir).map_err(|error| {
            let problem = "the file does not hold an address of a database".to_owned();
            refuse(Code::NotAStorageUrl, problem, &error.to_string())
        })
    }
}

impl StorageUrl {
    fn parse(text: &str, base_dir: &Path) -> Result<Self, StorageUrlError> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let plain = !path.is_empty() && !path.starts_with("//") && !path.contains([':', '?']);
            return if plain {
                Ok(Self::Sqlite(base_dir.join(path)))
            } else {
                Err(StorageUrlError)
            };
        }
        match Authority::read(text) {
            Some(_) => Ok(Self::Postgres(Secret::new(text))),
            None => Err(StorageUrlError),
        }
    }

    /// Whether the address itself holds a password.
    pub(crate) fn has_password(&self) -> bool {
        match self {
            Self::Postgres(url) => Authority::read(url.expose()).is_some_and(|a| a.password),
            Self::Sqlite(_) => false,
        }
    }

    /// Whether rows would travel between machines without a verified TLS connection.
    pub(crate) fn is_remote_plaintext(&self) -> bool {
        match self {
            Self::Postgres(url) => {
                Authority::read(url.expose()).is_some_and(|a| !a.local && !a.verified)
            }
            Self::Sqlite(_) => false,
        }
    }
}

/// The parts of a PostgreSQL address that rules are about.
struct Authority {
    password: bool,
    local: bool,
    verified: bool,
}

impl Authority {
    fn read(text: &str) -> Option<Self> {
        let rest =
            text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://"))?;
        let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = address.split_once('/')?;
        if database.is_empty() || text.contains(char::is_whitespace) {
            return None;
        }
        let (user, host_port) = authority.rsplit_once('@').unwrap_or(("", authority));
        let host = match host_port.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
            _ => host_port,
        };
        // Parameters decide over the address before them, so they are looked at as well.
        let values = |names: &'static [&str]| {
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.filter(|(key, _)| names.contains(key)).map(|(_, value)| value)
        };
        let mut hosts = values(&["host", "hostaddr"]).peekable();
        let local = match hosts.peek() {
            None => is_local(host),
            Some(_) => hosts.all(is_local),
        };
        let mut modes = values(&["sslmode", "ssl-mode"]).peekable();
        Some(Self {
            password: user.contains(':') || values(&["password"]).next().is_some(),
            local,
            verified: modes.peek().is_some() && modes.all(|mode| mode == "verify-full"),
        })
    }
}

/// Whether a host is this machine: loopback, or the directory of a socket.
fn is_local(host: &str) -> bool {
    host.is_empty()
        || host.starts_with('/')
        || host.to_ascii_lowercase().starts_with("%2f")
        || is_loopback_host(host)
}
