//! What `brygga doctor` asks of a store.

use sqlx::{AnyConnection, Connection, Row};

use crate::connect;
use crate::engine::Engine;
use crate::error::StorageError;
use crate::guard;
use crate::migrate;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::store::Store;
use crate::values::Values;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreFinding {
    /// What was looked at: `reachable`, `file`, `settings`, `schema`, `integrity`, `audit`.
    pub subject: &'static str,
    /// What is wrong; none where it is as it must be.
    pub problem: Option<String>,
}

/// How large the database is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DatabaseSize {
    /// Bytes of the database, without SQLite's log.
    pub bytes: u64,
    /// Referrals.
    pub referrals: u64,
    /// Messages received.
    pub inbox: u64,
    /// Messages made, delivered ones included.
    pub outbox: u64,
    /// Leaves of the audit log, those without a place in the tree included.
    pub audit_leaves: u64,
}

impl Store {
    /// Looks at the database with a connection of its own, and names what is wrong.
    pub async fn check(&self) -> Vec<StoreFinding> {
        let location = &self.shared.location;
        let mut findings = vec![finding("file", guard::check_file(location))];
        let mut connection = match connect::writer(location).await {
            Ok(connection) => connection,
            Err(error) => {
                findings.push(finding("reachable", Err(error)));
                return findings;
            }
        };
        findings.push(finding("reachable", Ok(())));
        let settings = guard::check_settings(&mut connection, self.engine()).await;
        findings.push(finding("settings", settings));
        findings.push(finding(
            "schema",
            migrate::require_current(&mut connection, migrate::all()).await,
        ));
        findings.push(finding("integrity", integrity(&mut connection, self.engine()).await));
        findings.push(finding("audit", audit_has_no_gap(&mut connection).await));
        // Nothing was written.
        let _ = connection.close().await;
        findings
    }
}

impl Reader<'_> {
    /// How large the database is. Counts rows: for people, not for every request.
    pub async fn database_size(&mut self) -> Result<DatabaseSize, StorageError> {
        let Some(found) = self.row(self.dialect.database_bytes, Values::new()).await? else {
            return Ok(DatabaseSize::default());
        };
        let bytes = StoredRow::new("database", "size", &found).count("size")?;
        let statement = "SELECT (SELECT COUNT(*) FROM referral) AS referrals, \
                         (SELECT COUNT(*) FROM inbox) AS inbox, \
                         (SELECT COUNT(*) FROM outbox) AS outbox, \
                         (SELECT COUNT(*) FROM audit_leaf) AS audit_leaves";
        let Some(found) = self.row(statement, Values::new()).await? else {
            return Ok(DatabaseSize { bytes, ..DatabaseSize::default() });
        };
        let row = StoredRow::new("database", "referrals", &found);
        Ok(DatabaseSize {
            bytes,
            referrals: row.count("referrals")?,
            inbox: row.count("inbox")?,
            outbox: row.count("outbox")?,
            audit_leaves: row.count("audit_leaves")?,
        })
    }
}

fn finding(subject: &'static str, outcome: Result<(), StorageError>) -> StoreFinding {
    StoreFinding { subject, problem: outcome.err().map(|error| error.to_string()) }
}

/// Asks SQLite to read every page; a PostgreSQL server is asked whether it checks its own.
async fn integrity(connection: &mut AnyConnection, engine: Engine) -> Result<(), StorageError> {
    let (setting, statement, required) = match engine {
        Engine::Postgres => {
            ("data_checksums", "SELECT current_setting('data_checksums') AS value", "on")
        }
        Engine::Sqlite => ("quick_check", "PRAGMA quick_check(1)", "ok"),
    };
    let found: String = sqlx::query(statement).fetch_one(connection).await?.try_get(0)?;
    let is_sound = found == required;
    // What SQLite says names pages and rows, never their content.
    if is_sound { Ok(()) } else { Err(StorageError::WeakSetting { setting, found, required }) }
}

/// The counter, the highest place and the number of places agree.
async fn audit_has_no_gap(connection: &mut AnyConnection) -> Result<(), StorageError> {
    let statement = "SELECT audit_size, \
                     (SELECT COUNT(*) FROM audit_leaf WHERE leaf_index IS NOT NULL) AS places, \
                     (SELECT COALESCE(MAX(leaf_index) + 1, 0) FROM audit_leaf \
                      WHERE leaf_index IS NOT NULL) AS highest \
                     FROM store_state WHERE id = 1";
    let found = sqlx::query(statement).fetch_one(connection).await?;
    let row = StoredRow::new("store_state", "audit_size", &found);
    let size = row.number("audit_size")?;
    let agrees = row.number("places")? == size && row.number("highest")? == size;
    if agrees { Ok(()) } else { Err(row.inconsistent("audit_size")) }
}
