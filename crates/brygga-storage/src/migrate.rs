//! Migrations: append-only, one change a file, one text for both databases with a few placeholders.
//!
//! Each runs in a transaction together with its entry in `schema_version`, so a crash leaves the
//! old schema or the new one. The entry holds the digest of the file: a migration that was
//! rewritten after it ran is found and refused.

use brygga_crypto::{Digest, sha256};
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use crate::dialect::Dialect;
use crate::error::StorageError;
use crate::values::Values;

/// One migration as it stands in the repository.
pub(crate) struct Migration {
    pub(crate) name: &'static str,
    pub(crate) text: &'static str,
}

macro_rules! migrations {
    ($($name:literal),* $(,)?) => {
        &[$(Migration {
            name: $name,
            text: include_str!(concat!("../migrations/", $name, ".sql")),
        }),*]
    };
}

/// All migrations; the first is number 1.
const MIGRATIONS: &[Migration] = migrations![
    "0001_referral",
    "0002_referral_event",
    "0003_agreement",
    "0004_consent",
    "0005_conversation",
    "0006_outbox",
    "0007_inbox",
    "0008_audit",
    "0009_delivery_lease",
    "0010_store_state",
    "0011_note",
    "0012_processing_stop",
    "0013_referral_note",
    "0014_register",
    "0015_access",
    "0016_retention",
    "0017_offer",
    "0018_aggregate",
    "0019_quota",
    "0020_capacity",
    "0021_unmet_need",
    "0022_call",
    "0023_relay",
    "0024_transfer",
    "0025_relocation",
    "0026_notice",
    "0027_signal",
];

/// The vault's own; the first is number 1.
const VAULT: &[Migration] = migrations!["vault/0001_slot", "vault/0002_vault"];

/// What a migration did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationReport {
    /// Names of the migrations that ran now, in order; empty where there was nothing to do.
    pub applied: Vec<&'static str>,
    /// Number of the newest migration.
    pub version: i64,
}

const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_version (
    version {{INTEGER}} NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    checksum {{BLOB}} NOT NULL
) {{STRICT}}";

/// Runs what has not run yet.
pub(crate) async fn run(
    connection: &mut AnyConnection,
    dialect: &Dialect,
    migrations: &[Migration],
) -> Result<MigrationReport, StorageError> {
    let mut applied = Vec::new();
    loop {
        sqlx::raw_sql(dialect.begin_write).execute(&mut *connection).await?;
        let step = run_next(connection, dialect, migrations).await;
        let end = if step.is_ok() { "COMMIT" } else { "ROLLBACK" };
        let ended = sqlx::raw_sql(end).execute(&mut *connection).await;
        match step? {
            Some(name) => applied.push(name),
            None => break,
        }
        ended?;
    }
    Ok(MigrationReport { applied, version: newest(migrations) })
}

/// Runs the first migration that has not run, and names it.
async fn run_next(
    connection: &mut AnyConnection,
    dialect: &Dialect,
    migrations: &[Migration],
) -> Result<Option<&'static str>, StorageError> {
    if let Some(lock) = dialect.migration_lock {
        sqlx::raw_sql(lock).execute(&mut *connection).await?;
    }
    let table = AssertSqlSafe(dialect.render(TABLE));
    sqlx::raw_sql(table).execute(&mut *connection).await?;
    let found = compare(connection, migrations).await?;
    let Some(next) = usize::try_from(found).ok().and_then(|found| migrations.get(found)) else {
        return Ok(None);
    };
    let text = AssertSqlSafe(dialect.render(next.text));
    sqlx::raw_sql(text).execute(&mut *connection).await?;
    let mut values = Values::new();
    values.number(found + 1).text(next.name).bytes(checksum(next).as_bytes());
    let entry = "INSERT INTO schema_version (version, name, checksum) VALUES ($1, $2, $3)";
    sqlx::query_with(entry, values.finish()?).execute(&mut *connection).await?;
    Ok(Some(next.name))
}

/// Refuses a schema that is not exactly this program's.
pub(crate) async fn require_current(
    connection: &mut AnyConnection,
    migrations: &[Migration],
) -> Result<(), StorageError> {
    let found = match compare(connection, migrations).await {
        // There is no table yet.
        Err(StorageError::Database { .. }) => 0,
        other => other?,
    };
    let required = newest(migrations);
    if found == required { Ok(()) } else { Err(StorageError::Unmigrated { found, required }) }
}

/// The migrations of this program.
pub(crate) const fn all() -> &'static [Migration] {
    MIGRATIONS
}

/// The migrations of a vault.
pub(crate) const fn vault() -> &'static [Migration] {
    VAULT
}

/// The number of the newest migration that ran, after comparing each that ran with ours.
async fn compare(
    connection: &mut AnyConnection,
    migrations: &[Migration],
) -> Result<i64, StorageError> {
    let required = newest(migrations);
    let rows = sqlx::query("SELECT version, checksum FROM schema_version ORDER BY version")
        .fetch_all(&mut *connection)
        .await?;
    let mut found = 0;
    for row in &rows {
        let version: i64 = row.try_get("version")?;
        let migration = usize::try_from(version - 1).ok().and_then(|index| migrations.get(index));
        let Some(migration) = migration else {
            return Err(StorageError::Unmigrated { found: version, required });
        };
        if row.try_get::<&[u8], _>("checksum")? != checksum(migration).as_bytes() {
            return Err(StorageError::MigrationChanged { version });
        }
        found = version;
    }
    Ok(found)
}

fn newest(migrations: &[Migration]) -> i64 {
    // A list in this file cannot be longer than an i64 counts.
    i64::try_from(migrations.len()).unwrap_or(i64::MAX)
}

fn checksum(migration: &Migration) -> Digest {
    sha256(&[migration.text.as_bytes()])
}
