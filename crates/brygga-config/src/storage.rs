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
    /// Connections that read at the same time, at most.
    pub max_readers: u32,
}

/// Where the address of the database stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StorageLocation {
    /// In a file of its own, `url_file`, because it holds a password.
    File(PathBuf),
    /// In the settings, `url`.
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
        let inline = section.text("url")?;
        let file = section.path("url_file")?;
        let location = match (inline, file) {
            (Some(_), Some(_)) => {
                let problem = "url is set as well";
                return Err(section.error("url_file", Code::BothGiven, problem, "one of the two"));
            }
            (None, Some(file)) => StorageLocation::File(file),
            (inline, None) => {
                let text = inline.unwrap_or_else(|| "sqlite:data/brygga.db".to_owned());
                let url = StorageUrl::parse(&text, section.base_dir()).map_err(|error| {
                    let problem = "not an address of a database";
                    section.error("url", Code::NotAStorageUrl, problem, error.to_string())
                })?;
                StorageLocation::Inline(url)
            }
        };
        let settings = Self { location, max_readers: section.number("max_readers", 4, 1..=64)? };
        section.finish()?;
        Ok(settings)
    }

    /// The address itself, read from `url_file` where the settings name one.
    pub(crate) fn resolve(&self, base_dir: &Path) -> Result<StorageUrl, SettingsError> {
        let file = match &self.location {
            StorageLocation::Inline(url) => return Ok(url.clone()),
            StorageLocation::File(file) => file,
        };
        let refuse = |code, problem: String, allowed: &str| {
            SettingsError::new(file, "storage.url_file", code, problem, allowed)
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
