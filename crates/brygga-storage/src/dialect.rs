//! Everything in which the two databases differ. All other statements have one text for both.
//!
//! Isolation. SQLite: one writer, `BEGIN IMMEDIATE`, so decisions run one after the other.
//! PostgreSQL: READ COMMITTED, and every change is guarded: referrals and threads by the value that
//! was read, new rows by unique keys, and the two things that a decision relies on without changing
//! them by row locks: a consent (`FOR UPDATE`, so that a withdrawal sees every message that was
//! queued before it) and the state of the agreements (`FOR SHARE`).

use crate::batch::Batch;
use crate::engine::Engine;

/// In the order of their identifiers, so that two who lock several do not lock each other out.
static POSTGRES_CONSENTS: Batch =
    Batch::new("SELECT * FROM consent WHERE id IN (VALUES", 1, ") ORDER BY id FOR UPDATE");
static SQLITE_CONSENTS: Batch = Batch::new("SELECT * FROM consent WHERE id IN (VALUES", 1, ")");

/// What differs, as static texts.
pub(crate) struct Dialect {
    pub(crate) engine: Engine,
    /// Begins a transaction that writes.
    pub(crate) begin_write: &'static str,
    /// The same, where it may travel with the first statement.
    pub(crate) opening: Option<&'static str>,
    /// Begins a transaction that reads one snapshot.
    pub(crate) begin_read: &'static str,
    /// The revision of the agreements, held still until the transaction ends.
    pub(crate) agreement_revision_held: &'static str,
    /// All versions of an agreement, held still until the transaction ends, for what is counted under it; `None` where
    /// one writer at a time does that.
    pub(crate) agreement_held: Option<&'static str>,
    /// Consents, held still until the transaction ends.
    pub(crate) consents_held: &'static Batch,
    /// Waits for whoever enters documents in the register, and keeps others from it until the
    /// transaction ends; `None` where one writer at a time does that.
    pub(crate) register_held: Option<&'static str>,
    /// The size of the database in bytes.
    pub(crate) database_bytes: &'static str,
    /// Waits until no other process migrates; `None` where the file's write lock does that.
    pub(crate) migration_lock: Option<&'static str>,
    /// Moves what was committed from the log into the database; `None` where a server does that.
    pub(crate) checkpoint: Option<&'static str>,
    /// Placeholders of the migrations and what they become.
    pub(crate) tokens: &'static [(&'static str, &'static str)],
}

impl Dialect {
    /// The dialect of an engine.
    pub(crate) const fn of(engine: Engine) -> &'static Self {
        match engine {
            Engine::Postgres => &POSTGRES,
            Engine::Sqlite => &SQLITE,
        }
    }

    /// A migration's text as this engine reads it.
    pub(crate) fn render(&self, migration: &str) -> String {
        let replace = |text: String, (token, value): &(&str, &str)| text.replace(token, value);
        self.tokens.iter().fold(migration.to_owned(), replace)
    }
}

static POSTGRES: Dialect = Dialect {
    engine: Engine::Postgres,
    begin_write: "BEGIN ISOLATION LEVEL READ COMMITTED",
    opening: None,
    begin_read: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    agreement_revision_held: "SELECT agreement_revision FROM store_state WHERE id = 1 FOR SHARE",
    agreement_held: Some("SELECT id FROM agreement WHERE id = $1 ORDER BY version FOR UPDATE"),
    consents_held: &POSTGRES_CONSENTS,
    register_held: Some("LOCK TABLE register_entry IN SHARE MODE"),
    database_bytes: "SELECT pg_database_size(current_database()) AS size",
    // Any number that no other program of this database uses: "brygga" in ASCII.
    migration_lock: Some("DO $$ BEGIN PERFORM pg_advisory_xact_lock(108211559556961); END $$"),
    checkpoint: None,
    tokens: &[
        ("{{BLOB}}", "BYTEA"),
        ("{{INTEGER}}", "BIGINT"),
        ("{{SEQUENCE}}", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
        ("{{STRICT}}", ""),
        ("{{CLUSTERED}}", ""),
        ("{{BYTES}}", "octet_length"),
    ],
};

static SQLITE: Dialect = Dialect {
    engine: Engine::Sqlite,
    begin_write: "BEGIN IMMEDIATE",
    opening: Some("BEGIN IMMEDIATE"),
    begin_read: "BEGIN DEFERRED",
    agreement_revision_held: "SELECT agreement_revision FROM store_state WHERE id = 1",
    agreement_held: None,
    consents_held: &SQLITE_CONSENTS,
    register_held: None,
    database_bytes: "SELECT page_count * page_size AS size \
                     FROM pragma_page_count, pragma_page_size",
    migration_lock: None,
    checkpoint: Some("PRAGMA wal_checkpoint(PASSIVE)"),
    tokens: &[
        ("{{BLOB}}", "BLOB"),
        ("{{INTEGER}}", "INTEGER"),
        ("{{SEQUENCE}}", "INTEGER PRIMARY KEY"),
        ("{{STRICT}}", "STRICT"),
        ("{{CLUSTERED}}", "STRICT, WITHOUT ROWID"),
        ("{{BYTES}}", "length"),
    ],
};
