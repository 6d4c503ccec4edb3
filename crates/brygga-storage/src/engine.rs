//! Which database this is, and where it lies.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::error::StorageError;

/// Statements that a connection to PostgreSQL keeps prepared: all of this program's in all sizes.
const POSTGRES_PREPARED: u16 = 400;

/// TLS only where the address asks for it, and then verified: TLS to whoever answers protects from
/// nobody. What production settings take without it does not leave the machine.
const PLAIN: &str = "&sslmode=disable";

/// The kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Engine {
    /// A server that several processes of a node share.
    Postgres,
    /// A file of one process.
    Sqlite,
}

impl Engine {
    /// The name in settings, logs and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Postgres => "postgresql",
            Self::Sqlite => "sqlite",
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where the database lies. It may hold a password: `Debug` shows the engine only.
#[derive(Clone)]
pub(crate) enum Location {
    Postgres(String),
    Sqlite(PathBuf),
}

impl Location {
    /// Reads `sqlite:PATH` or `postgres://…`.
    pub(crate) fn parse(url: &str) -> Result<Self, StorageError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let is_plain = !path.is_empty() && !path.contains('?') && path != ":memory:";
            return if is_plain { Ok(Self::Sqlite(path.into())) } else { Err(StorageError::Url) };
        }
        let is_postgres = url.starts_with("postgres://") || url.starts_with("postgresql://");
        if is_postgres { Ok(Self::Postgres(url.to_owned())) } else { Err(StorageError::Url) }
    }

    pub(crate) const fn engine(&self) -> Engine {
        match self {
            Self::Postgres(_) => Engine::Postgres,
            Self::Sqlite(_) => Engine::Sqlite,
        }
    }

    /// The file, where there is one.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::Postgres(_) => None,
            Self::Sqlite(path) => Some(path),
        }
    }

    /// The address as the driver reads it. The file must exist: it is made with its mode by us.
    pub(crate) fn driver_url(&self) -> String {
        match self {
            Self::Postgres(url) => {
                let join = if url.contains('?') { '&' } else { '?' };
                let names_tls = url.contains("sslmode=") || url.contains("ssl-mode=");
                let tls = if names_tls { "" } else { PLAIN };
                format!("{url}{join}statement-cache-capacity={POSTGRES_PREPARED}{tls}")
            }
            Self::Sqlite(path) => {
                let path = percent_encoded(path.as_os_str().as_encoded_bytes());
                format!("sqlite:{path}?mode=rw&cache=private")
            }
        }
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Location({})", self.engine())
    }
}

fn percent_encoded(path: &[u8]) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path {
        if byte.is_ascii_alphanumeric() || b"/._-".contains(byte) {
            encoded.push(char::from(*byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_engines_are_told_apart() {
        assert_eq!(Location::parse("sqlite:data/b.db").unwrap().engine(), Engine::Sqlite);
        assert_eq!(Location::parse("postgres://h/b").unwrap().engine(), Engine::Postgres);
    }

    #[test]
    fn an_address_with_options_or_of_another_database_is_refused() {
        for url in ["sqlite:", "sqlite:a.db?mode=memory", "sqlite::memory:", "mysql://h/b"] {
            assert_eq!(Location::parse(url).unwrap_err(), StorageError::Url);
        }
    }

    #[test]
    fn a_password_is_not_shown() {
        let location = Location::parse("postgres://u:hemligt@h/b").unwrap();
        assert_eq!(format!("{location:?}"), "Location(postgresql)");
    }

    #[test]
    fn options_of_an_address_are_kept_and_tls_is_never_unverified() {
        for (url, more) in [
            ("postgres://h/b", "?statement-cache-capacity=400&sslmode=disable"),
            ("postgres://h/b?sslmode=verify-full", "&statement-cache-capacity=400"),
        ] {
            assert_eq!(Location::parse(url).unwrap().driver_url(), format!("{url}{more}"));
        }
    }

    #[test]
    fn a_path_with_space_and_percent_stays_one_path() {
        let location = Location::parse("sqlite:a b%20.db").unwrap();
        assert_eq!(location.driver_url(), "sqlite:a%20b%2520.db?mode=rw&cache=private");
    }
}
