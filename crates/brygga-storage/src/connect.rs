//! Connections: one kind that writes, one that reads.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::str::FromStr;
use std::time::{Duration, Instant};

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyConnection, AnyPool, ConnectOptions, Connection};

use crate::engine::{Engine, Location};
use crate::error::StorageError;
use crate::values::Values;

/// How long a new connection, or a free reader, is waited for.
const ACQUIRE: Duration = Duration::from_secs(5);

/// After which a file that is busy is tried again.
const SOON: Duration = Duration::from_millis(20);

/// How long a connection that has just been used is taken to be alive.
const TRUSTED: Duration = Duration::from_secs(1);

/// Set on every connection to SQLite. The log is moved into the database by the writer, which
/// hears of a failure, and never by SQLite in passing, which would hide it.
const SQLITE_WRITER: &str = "PRAGMA busy_timeout = 5000;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA secure_delete = ON;
    PRAGMA mmap_size = 0;
    PRAGMA wal_autocheckpoint = 0;
    PRAGMA cache_size = -16384;
    PRAGMA temp_store = MEMORY;";

const SQLITE_READER: &str = "PRAGMA busy_timeout = 5000;
    PRAGMA synchronous = FULL;
    PRAGMA mmap_size = 0;
    PRAGMA wal_autocheckpoint = 0;
    PRAGMA cache_size = -8192;
    PRAGMA temp_store = MEMORY;
    PRAGMA query_only = ON;";

/// The vault. What is changed is first kept in a journal, which is gone with the commit; EXTRA makes
/// its going durable too.
const SQLITE_VAULT: &str = "PRAGMA busy_timeout = 5000;
    PRAGMA journal_mode = DELETE;
    PRAGMA synchronous = EXTRA;
    PRAGMA foreign_keys = ON;
    PRAGMA secure_delete = ON;
    PRAGMA mmap_size = 0;
    PRAGMA temp_store = MEMORY;";

/// A transaction that a lost process left open must not hold its locks for ever.
const POSTGRES_SESSION: &str = "SET lock_timeout = '5s';
    SET idle_in_transaction_session_timeout = '30s';
    SET client_min_messages = 'warning'";

/// A connection that writes.
pub(crate) async fn writer(location: &Location) -> Result<AnyConnection, StorageError> {
    connect(location, SQLITE_WRITER).await
}

/// The connection to a vault.
pub(crate) async fn vault(location: &Location) -> Result<AnyConnection, StorageError> {
    connect(location, SQLITE_VAULT).await
}

async fn connect(location: &Location, sqlite: &'static str) -> Result<AnyConnection, StorageError> {
    let options = options(location)?;
    let connecting = tokio::time::timeout(ACQUIRE, AnyConnection::connect_with(&options));
    let mut connection = connecting.await.map_err(|_| StorageError::Unavailable)??;
    let settings = match location.engine() {
        Engine::Postgres => POSTGRES_SESSION,
        Engine::Sqlite => sqlite,
    };
    // SQLite waits for nobody while somebody else turns the log on, as several do who open a new file.
    let end = Instant::now() + ACQUIRE;
    loop {
        match sqlx::raw_sql(settings).execute(&mut connection).await.map_err(StorageError::from) {
            Err(StorageError::Busy) if Instant::now() < end => tokio::time::sleep(SOON).await,
            set => return set.map(|_| connection),
        }
    }
}

/// The connections that read, opened when they are needed.
pub(crate) fn readers(location: &Location, most: u32) -> Result<AnyPool, StorageError> {
    let settings = match location.engine() {
        Engine::Postgres => POSTGRES_SESSION,
        Engine::Sqlite => SQLITE_READER,
    };
    let pool = AnyPoolOptions::new()
        .max_connections(most.max(1))
        .acquire_timeout(ACQUIRE)
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for > TRUSTED {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .after_connect(move |connection, _| {
            Box::pin(async move { sqlx::raw_sql(settings).execute(connection).await.map(|_| ()) })
        });
    Ok(pool.connect_lazy_with(options(location)?))
}

/// Makes the file of a new SQLite database, for its owner's eyes only; its log files inherit the mode.
pub(crate) fn create_file(path: &Path) -> Result<(), StorageError> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) if error.kind() == ErrorKind::StorageFull => Err(StorageError::Full),
        Err(_) => Err(StorageError::Unavailable),
    }
}

/// Writes a consistent copy of a SQLite database to a new file, for its owner's eyes only.
pub(crate) async fn copy_to(
    connection: &mut AnyConnection,
    file: &Path,
) -> Result<(), StorageError> {
    if file.exists() {
        return Err(StorageError::Conflict);
    }
    // SQLite takes an empty file for a new one, and leaves it the mode that it has.
    create_file(file)?;
    let mut values = Values::new();
    values.text(file.to_str().ok_or(StorageError::Url)?);
    sqlx::query_with("VACUUM INTO $1", values.finish()?).execute(connection).await?;
    File::open(file).and_then(|file| file.sync_all()).map_err(|_| StorageError::Broken)
}

fn options(location: &Location) -> Result<AnyConnectOptions, StorageError> {
    // Idempotent: the drivers are a list of constants.
    sqlx::any::install_default_drivers();
    let options = AnyConnectOptions::from_str(&location.driver_url())?;
    Ok(options.disable_statement_logging())
}
