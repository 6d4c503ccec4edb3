//! Why something was not stored or not read, sorted by who has to act.
//!
//! No variant carries content: a database's own message may quote a row, so only its code is kept.

use sqlx::error::{DatabaseError, ErrorKind};

/// Why something was not stored or not read. Unless a variant says otherwise nothing was stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StorageError {
    /// A durable write failed in a way that no later success can be trusted after.
    /// Every call fails from now on; the process has to end and start anew.
    #[error("the database failed to make a write durable; the node must be restarted")]
    Broken,
    /// Too many decisions are waiting, or another process holds the lock. Repeat later.
    #[error("the database is busy")]
    Busy,
    /// Somebody else was faster, five times in a row. Read again and repeat.
    #[error("the stored state changed meanwhile")]
    Conflict,
    /// A statement that cannot succeed: a defect of this program.
    #[error("the database refused a statement (code {code})")]
    Database {
        /// SQLSTATE, or SQLite's extended result code; `-` where there is none.
        code: String,
    },
    /// The decision itself panicked: a defect of this program.
    #[error("the decision {name} panicked")]
    Defect {
        /// Name of the decision.
        name: &'static str,
    },
    /// No room on the volume. Reading goes on; writing does when there is room again.
    #[error("the volume of the database is full")]
    Full,
    /// A row that this program cannot have written.
    #[error("inconsistent row in {table}, column {column}, id {id}")]
    Inconsistent {
        /// Table.
        table: &'static str,
        /// Column.
        column: &'static str,
        /// The row's random identifier as hexadecimal digits, or its number.
        id: String,
    },
    /// A migration that was run is not the one that this program knows.
    #[error("migration {version} was changed after it was run")]
    MigrationChanged {
        /// Number of the migration.
        version: i64,
    },
    /// The server cannot be reached. A write in progress may or may not have been stored: repeat
    /// it with the same identifiers.
    #[error("the database cannot be reached")]
    Unavailable,
    /// The schema is older or newer than this program.
    #[error("the schema is at {found}, this program needs {required}; run `brygga migrate`")]
    Unmigrated {
        /// Newest migration that was run; 0 for an empty database.
        found: i64,
        /// Newest migration of this program.
        required: i64,
    },
    /// The address is not one of a database that is supported.
    #[error("not an address of a database: sqlite:PATH or postgres://")]
    Url,
    /// A setting under which acknowledged writes could be lost or erased content survive.
    #[error("{setting} is {found}, must be {required}")]
    WeakSetting {
        /// Name of the setting.
        setting: &'static str,
        /// What it is.
        found: String,
        /// What it must be.
        required: &'static str,
    },
}

impl StorageError {
    /// The stable code of the error, for logs, scripts and the runbook.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Broken => "STORE_BROKEN",
            Self::Busy => "STORE_BUSY",
            Self::Conflict => "STORE_CONFLICT",
            Self::Database { .. } => "STORE_DATABASE",
            Self::Defect { .. } => "STORE_DEFECT",
            Self::Full => "STORE_FULL",
            Self::Inconsistent { .. } => "STORE_INCONSISTENT",
            Self::MigrationChanged { .. } => "STORE_MIGRATION_CHANGED",
            Self::Unavailable => "STORE_UNAVAILABLE",
            Self::Unmigrated { .. } => "STORE_UNMIGRATED",
            Self::Url => "STORE_URL",
            Self::WeakSetting { .. } => "STORE_WEAK_SETTING",
        }
    }

    /// Whether the same decision, read anew, can succeed at once.
    pub(crate) const fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict)
    }

    /// Whether the fault is the database's as a whole, so that repeating a decision alone is useless.
    pub(crate) const fn is_of_the_whole(&self) -> bool {
        matches!(self, Self::Broken | Self::Full | Self::Unavailable)
    }
}

impl From<sqlx::Error> for StorageError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(error) => of_code(&*error),
            sqlx::Error::PoolTimedOut => Self::Busy,
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unavailable,
            sqlx::Error::Configuration(_) => Self::Url,
            _ => Self::Database { code: "-".to_owned() },
        }
    }
}

fn of_code(error: &dyn DatabaseError) -> StorageError {
    if matches!(error.kind(), ErrorKind::UniqueViolation) {
        return StorageError::Conflict;
    }
    let code = error.code().unwrap_or_default();
    // SQLSTATEs have five characters, SQLite's codes at most four digits.
    let sorted = if code.len() == 5 { of_sqlstate(&code) } else { of_sqlite_code(&code) };
    sorted.unwrap_or(StorageError::Database { code: code.into_owned() })
}

/// PostgreSQL, appendix A.
fn of_sqlstate(code: &str) -> Option<StorageError> {
    Some(match code {
        // Serialization failure, deadlock.
        "40001" | "40P01" => StorageError::Conflict,
        "53100" => StorageError::Full,
        // I/O error, corrupted data, corrupted index.
        "58030" | "XX001" | "XX002" => StorageError::Broken,
        // Shutdown, crash of a server process, start-up, read-only standby.
        "57P01" | "57P02" | "57P03" | "25006" => StorageError::Unavailable,
        // Lock not available, statement timeout.
        "55P03" | "57014" => StorageError::Busy,
        _ if code.starts_with("08") => StorageError::Unavailable,
        _ if code.starts_with("53") => StorageError::Busy,
        _ => return None,
    })
}

/// <https://www.sqlite.org/rescode.html>; the low byte is the primary code.
fn of_sqlite_code(code: &str) -> Option<StorageError> {
    const BUSY: u32 = 5;
    const LOCKED: u32 = 6;
    const IO_ERROR: u32 = 10;
    const CORRUPT: u32 = 11;
    const FULL: u32 = 13;
    const CANNOT_OPEN: u32 = 14;
    const NOT_A_DATABASE: u32 = 26;
    Some(match code.parse::<u32>().ok()? & 0xff {
        BUSY | LOCKED => StorageError::Busy,
        IO_ERROR | CORRUPT | NOT_A_DATABASE => StorageError::Broken,
        FULL => StorageError::Full,
        CANNOT_OPEN => StorageError::Unavailable,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_fsync_breaks_the_store_and_a_full_disk_does_not() {
        assert_eq!(of_sqlite_code("1034"), Some(StorageError::Broken));
        assert_eq!(of_sqlite_code("13"), Some(StorageError::Full));
        assert_eq!(of_sqlstate("58030"), Some(StorageError::Broken));
        assert_eq!(of_sqlstate("53100"), Some(StorageError::Full));
    }

    #[test]
    fn a_deadlock_is_a_conflict_and_a_syntax_error_is_neither() {
        assert_eq!(of_sqlstate("40P01"), Some(StorageError::Conflict));
        assert_eq!(of_sqlstate("42601"), None);
        assert_eq!(of_sqlite_code("1"), None);
    }

    #[test]
    fn an_address_that_does_not_parse_is_not_repeated() {
        let error = StorageError::from(sqlx::Error::Configuration("postgres://u:secret@h".into()));
        assert!(!error.to_string().contains("secret"));
    }
}
