//! What the engine itself costs: one durable insert for each call, and nothing else.
//!
//! `brygga bench` divides its figures by this floor, so it must be neither slower nor quicker than
//! a plain program: the connections are the store's own with the store's own durability, each
//! insert commits by itself, nothing is read, and no table has an index that the row does not need.
//! No node uses it.

use std::fmt;

use sqlx::any::AnyPoolOptions;
use sqlx::{AnyConnection, AnyPool, Connection, Row};
use tokio::sync::Mutex;

use crate::connect;
use crate::engine::{Engine, Location};
use crate::error::StorageError;
use crate::guard;
use crate::values::Values;

const INSERT: &str = "INSERT INTO floor (payload) VALUES ($1)";
const SQLITE_TABLE: &str = "CREATE TABLE floor (id INTEGER PRIMARY KEY, payload BLOB NOT NULL)";
const POSTGRES_TABLE: &str = "CREATE TABLE floor \
    (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, payload BYTEA NOT NULL)";
/// SQLite moves its log by itself, as it does for a program that says nothing about it.
const SQLITE_DEFAULT_CHECKPOINT: &str = "PRAGMA wal_autocheckpoint = 1000";

/// A table that takes payloads, in a database of its own.
pub struct Floor {
    connections: Connections,
    version: String,
}

enum Connections {
    /// SQLite has one writer; whoever comes meanwhile waits for it.
    One(Mutex<AnyConnection>),
    /// PostgreSQL commits side by side.
    Pool(AnyPool),
}

impl Floor {
    /// Makes the table in an empty database; a SQLite file is made if it is absent.
    ///
    /// `connections` is how many write to PostgreSQL at the same time, at least 1.
    ///
    /// # Errors
    /// As `Store::open`: a setting under which writes could be lost is refused here too.
    pub async fn create(url: &str, connections: u32) -> Result<Self, StorageError> {
        let location = Location::parse(url)?;
        if let Some(path) = location.path() {
            connect::create_file(path)?;
        }
        guard::check_file(&location)?;
        let mut first = connect::writer(&location).await?;
        guard::check_settings(&mut first, location.engine()).await?;
        let version = version(&mut first, location.engine()).await?;
        let connections = match location.engine() {
            Engine::Sqlite => {
                sqlx::raw_sql(SQLITE_DEFAULT_CHECKPOINT).execute(&mut first).await?;
                sqlx::raw_sql(SQLITE_TABLE).execute(&mut first).await?;
                Connections::One(Mutex::new(first))
            }
            Engine::Postgres => {
                sqlx::raw_sql(POSTGRES_TABLE).execute(&mut first).await?;
                first.close().await?;
                let pool = AnyPoolOptions::new()
                    .max_connections(connections.max(1))
                    .test_before_acquire(false)
                    .connect_lazy(url)?;
                Connections::Pool(pool)
            }
        };
        Ok(Self { connections, version })
    }

    /// Inserts one payload; durable when this returns.
    ///
    /// # Errors
    /// [`StorageError`] when it was not stored.
    pub async fn insert(&self, payload: &[u8]) -> Result<(), StorageError> {
        let mut values = Values::new();
        values.bytes(payload);
        let insert = sqlx::query_with(INSERT, values.finish()?);
        match &self.connections {
            Connections::One(connection) => insert.execute(&mut *connection.lock().await).await?,
            Connections::Pool(pool) => insert.execute(pool).await?,
        };
        Ok(())
    }

    /// The kind of database.
    pub const fn engine(&self) -> Engine {
        match self.connections {
            Connections::One(_) => Engine::Sqlite,
            Connections::Pool(_) => Engine::Postgres,
        }
    }

    /// The engine's own version, as it says it.
    pub fn version(&self) -> &str {
        &self.version
    }
}

async fn version(connection: &mut AnyConnection, engine: Engine) -> Result<String, StorageError> {
    let statement = match engine {
        Engine::Postgres => "SELECT current_setting('server_version') AS value",
        Engine::Sqlite => "SELECT sqlite_version() AS value",
    };
    Ok(sqlx::query(statement).fetch_one(connection).await?.try_get("value")?)
}

impl fmt::Debug for Floor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Floor").field("engine", &self.engine()).finish_non_exhaustive()
    }
}
