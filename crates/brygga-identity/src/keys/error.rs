//! What can be wrong with a key file. The texts name files, never contents.

use std::io;
use std::path::{Path, PathBuf};

use brygga_domain::UnitId;

/// Why keys were not made or not read.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// Something lies there already; a key is never overwritten.
    #[error("{} exists already; a key is never overwritten", .0.display())]
    Exists(PathBuf),
    /// The system refused.
    #[error("{} cannot be read or written: {source}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Not one line of the kind of key that belongs in this file.
    #[error("{} does not hold a key of its kind", .0.display())]
    Malformed(PathBuf),
    /// A key that every node has is absent.
    #[error("{} is missing", .0.display())]
    Missing(PathBuf),
    /// A file among the keys that no key has the name of.
    #[error("{} is not a name of a key", .0.display())]
    Name(PathBuf),
    /// The group or everyone may read, write or enter it.
    #[error("{} is open to others; run: chmod {mode} {}", path.display(), path.display())]
    Permissions {
        /// The file or directory.
        path: PathBuf,
        /// The mode that it should have, in octal.
        mode: &'static str,
    },
    /// The name of the unit is that of the intake's own key file.
    #[error("a unit cannot be named {0}: the organisation's own intake has that key file")]
    ReservedUnit(UnitId),
}

impl KeysError {
    pub(super) fn io(path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::NotFound => Self::Missing(path.to_owned()),
            io::ErrorKind::AlreadyExists => Self::Exists(path.to_owned()),
            _ => Self::Io { path: path.to_owned(), source },
        }
    }

    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Exists(_) => "KEY_EXISTS",
            Self::Io { .. } => "KEY_IO",
            Self::Malformed(_) => "KEY_MALFORMED",
            Self::Missing(_) => "KEY_MISSING",
            Self::Name(_) => "KEY_NAME",
            Self::Permissions { .. } => "KEY_PERMISSIONS",
            Self::ReservedUnit(_) => "KEY_RESERVED_UNIT",
        }
    }
}
