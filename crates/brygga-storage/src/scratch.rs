//! Databases that live as long as a measurement or a demonstration, on a server that lends them.

use std::fmt;

use sqlx::{AnyConnection, AssertSqlSafe, Connection};

use crate::connect;
use crate::engine::{Engine, Location};
use crate::error::StorageError;

/// A new PostgreSQL database, empty, which nobody else knows of.
///
/// It stays when this is dropped; [`Self::remove`] takes it away.
pub struct ScratchDatabase {
    server: Location,
    name: String,
    url: String,
}

impl ScratchDatabase {
    /// Makes a database on the server of `server_url`, whose user may make databases.
    ///
    /// Its name is `brygga_scratch_` and `number`, which the caller draws at random.
    ///
    /// # Errors
    /// [`StorageError::Url`] for another address than `postgres://server/database`, and what the
    /// server says.
    pub async fn create(server_url: &str, number: u64) -> Result<Self, StorageError> {
        let server = Location::parse(server_url)?;
        let (address, options) = server_url.split_once('?').unwrap_or((server_url, ""));
        let is_postgres = server.engine() == Engine::Postgres;
        // Two slashes of the scheme, one before the database.
        if !is_postgres || address.matches('/').count() < 3 {
            return Err(StorageError::Url);
        }
        let (host, _) = address.rsplit_once('/').ok_or(StorageError::Url)?;
        let name = format!("brygga_scratch_{number:016x}");
        let mark = if options.is_empty() { "" } else { "?" };
        let url = format!("{host}/{name}{mark}{options}");
        run(&server, format!("CREATE DATABASE {name}")).await?;
        Ok(Self { server, name, url })
    }

    /// Its address; may hold the server's password.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Drops it with everything in it, and cuts whoever is still connected.
    ///
    /// # Errors
    /// What the server says; then it is still there.
    pub async fn remove(self) -> Result<(), StorageError> {
        run(&self.server, format!("DROP DATABASE {} WITH (FORCE)", self.name)).await
    }
}

impl fmt::Debug for ScratchDatabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScratchDatabase").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Runs a statement whose only variable part is a name of letters and digits made here.
async fn run(server: &Location, statement: String) -> Result<(), StorageError> {
    let mut connection: AnyConnection = connect::writer(server).await?;
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}
