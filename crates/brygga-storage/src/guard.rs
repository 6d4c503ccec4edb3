//! Refuses a database that could lose what was acknowledged or keep what was erased.
//!
//! What was set is read back: a library, a server or a file that quietly does otherwise is found
//! at the start and not after the first power cut.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use sqlx::{AnyConnection, Row};

use crate::engine::{Engine, Location};
use crate::error::StorageError;

/// Older versions can corrupt a database in WAL mode (sqlite.org/wal.html#walresetbug).
const SQLITE_OLDEST: (u32, u32, u32) = (3, 51, 3);
/// PostgreSQL 15, as `server_version_num` counts.
const POSTGRES_OLDEST: i64 = 150_000;

/// File systems on which locks or durable writes cannot be relied on.
const NETWORK_FILE_SYSTEMS: [&str; 13] = [
    "9p",
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "fuse.glusterfs",
    "fuse.sshfs",
    "glusterfs",
    "lustre",
    "nfs",
    "nfs4",
    "smb3",
    "smbfs",
];

/// A setting, how it is read as text, and the values that are safe.
type Check = (&'static str, &'static str, fn(&str) -> bool, &'static str);

const SQLITE: &[Check] = &[
    (
        "sqlite_version",
        "SELECT sqlite_version() AS value",
        |v| parse_version(v).is_some_and(|v| v >= SQLITE_OLDEST),
        "at least 3.51.3",
    ),
    (
        "journal_mode",
        "SELECT journal_mode AS value FROM pragma_journal_mode",
        |v| v == "wal",
        "wal",
    ),
    (
        "synchronous",
        "SELECT CAST(synchronous AS TEXT) AS value FROM pragma_synchronous",
        |v| v == "2" || v == "3",
        "FULL (2) or EXTRA (3)",
    ),
    (
        "foreign_keys",
        "SELECT CAST(foreign_keys AS TEXT) AS value FROM pragma_foreign_keys",
        |v| v == "1",
        "ON (1)",
    ),
    (
        "secure_delete",
        "SELECT CAST(secure_delete AS TEXT) AS value FROM pragma_secure_delete",
        |v| v == "1",
        "ON (1)",
    ),
];

/// A destroyed key must survive neither in the file nor beside it.
const SQLITE_VAULT: &[Check] = &[
    SQLITE[0],
    (
        "journal_mode of the vault",
        "SELECT journal_mode AS value FROM pragma_journal_mode",
        |v| v == "delete" || v == "truncate",
        "delete or truncate",
    ),
    (
        "synchronous of the vault",
        "SELECT CAST(synchronous AS TEXT) AS value FROM pragma_synchronous",
        |v| v == "3",
        "EXTRA (3)",
    ),
    (
        "secure_delete of the vault",
        "SELECT CAST(secure_delete AS TEXT) AS value FROM pragma_secure_delete",
        |v| v == "1",
        "ON (1)",
    ),
];

const POSTGRES: &[Check] = &[
    (
        "server_version_num",
        "SELECT current_setting('server_version_num') AS value",
        |v| v.parse::<i64>().is_ok_and(|v| v >= POSTGRES_OLDEST),
        "at least 15",
    ),
    (
        "synchronous_commit",
        "SELECT current_setting('synchronous_commit') AS value",
        |v| matches!(v, "on" | "remote_write" | "remote_apply"),
        "on, remote_write or remote_apply",
    ),
    ("fsync", "SELECT current_setting('fsync') AS value", |v| v == "on", "on"),
    (
        "full_page_writes",
        "SELECT current_setting('full_page_writes') AS value",
        |v| v == "on",
        "on",
    ),
    (
        "data_sync_retry",
        "SELECT current_setting('data_sync_retry') AS value",
        |v| v == "off",
        "off",
    ),
];

/// Reads back what a writing connection runs under.
pub(crate) async fn check_settings(
    connection: &mut AnyConnection,
    engine: Engine,
) -> Result<(), StorageError> {
    let checks = match engine {
        Engine::Postgres => POSTGRES,
        Engine::Sqlite => SQLITE,
    };
    check_all(connection, checks).await
}

/// Reads back what the connection to a vault runs under.
pub(crate) async fn check_vault(
    connection: &mut AnyConnection,
    engine: Engine,
) -> Result<(), StorageError> {
    let checks = match engine {
        Engine::Postgres => POSTGRES,
        Engine::Sqlite => SQLITE_VAULT,
    };
    check_all(connection, checks).await
}

async fn check_all(
    connection: &mut AnyConnection,
    checks: &'static [Check],
) -> Result<(), StorageError> {
    for (setting, statement, is_safe, required) in checks {
        let row = sqlx::query(*statement).fetch_one(&mut *connection).await?;
        let found: String = row.try_get("value")?;
        if !is_safe(&found) {
            return Err(StorageError::WeakSetting { setting, found, required });
        }
    }
    Ok(())
}

/// Looks at the file of a SQLite database; says nothing about a server's.
pub(crate) fn check_file(location: &Location) -> Result<(), StorageError> {
    let Some(path) = location.path() else { return Ok(()) };
    let metadata = std::fs::metadata(path).map_err(|_| StorageError::Unavailable)?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        let found = format!("{mode:04o}");
        return Err(StorageError::WeakSetting { setting: "file mode", found, required: "0600" });
    }
    let mounts = std::fs::read_to_string("/proc/mounts").unwrap_or_default();
    let path = path.canonicalize().map_err(|_| StorageError::Unavailable)?;
    match file_system(&path, &mounts) {
        Some(found) if NETWORK_FILE_SYSTEMS.contains(&found) => Err(StorageError::WeakSetting {
            setting: "file system",
            found: found.to_owned(),
            required: "a local one",
        }),
        _ => Ok(()),
    }
}

/// The type of the file system that holds a path, as `/proc/mounts` tells; the last of several
/// mounts on one place is the one that is seen.
fn file_system<'m>(path: &Path, mounts: &'m str) -> Option<&'m str> {
    let mounts = mounts.lines().filter_map(|line| {
        let mut fields = line.split(' ').skip(1);
        Some((fields.next()?, fields.next()?))
    });
    mounts
        .filter(|(place, _)| path.starts_with(place.replace("\\040", " ")))
        .max_by_key(|(place, _)| place.len())
        .map(|(_, kind)| kind)
}

fn parse_version(text: &str) -> Option<(u32, u32, u32)> {
    let mut parts = text.split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??, parts.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str =
        "/dev/a / ext4 rw 0 0\nfs:/x /srv nfs4 rw 0 0\n/dev/b /srv/fast xfs rw 0 0\n";

    #[test]
    fn the_innermost_mount_decides() {
        assert_eq!(file_system(Path::new("/srv/b.db"), MOUNTS), Some("nfs4"));
        assert_eq!(file_system(Path::new("/srv/fast/b.db"), MOUNTS), Some("xfs"));
        assert_eq!(file_system(Path::new("/srvother/b.db"), MOUNTS), Some("ext4"));
    }

    #[test]
    fn versions_compare_as_numbers() {
        assert!(parse_version("3.51.3") >= Some(SQLITE_OLDEST));
        assert!(parse_version("3.51.10") >= Some(SQLITE_OLDEST));
        assert!(parse_version("3.9.30") < Some(SQLITE_OLDEST));
        assert_eq!(parse_version("unknown"), None);
    }
}
