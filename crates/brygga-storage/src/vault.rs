//! The vault: the keys of cases, in a store of its own that ordinary backups leave out.
//!
//! The database names a slot, the vault holds the slot's key, wrapped by the node's key-encryption
//! key. Erasure empties the slot: then no copy of the database, however old, opens any more.
//! Keys are made in batches beforehand, so that a referral costs no commit here.
//!
//! Not SQLite's log but its rollback journal: a log keeps old pages in a file beside the vault, a
//! journal is gone with the commit. NOT protected: blocks of a disk that no file owns any more, and
//! copies of the vault. What they hold opens until the key-encryption key they were wrapped by is gone.

mod erasing;
mod slot;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use sqlx::{AnyConnection, Connection};
use tokio::sync::{Mutex, watch};

use crate::dialect::Dialect;
use crate::engine::{Engine, Location};
use crate::error::StorageError;
use crate::migrate::{self, MigrationReport};
use crate::row::StoredRow;
use crate::values::Values;
use crate::{connect, guard};

pub use erasing::Erasing;
pub use slot::{SlotState, SlotTurn, StoredSlot};

/// The vault of a node. Cheap to clone; all clones are the same vault.
#[derive(Clone)]
pub struct Vault(Arc<Inner>);

struct Inner {
    location: Location,
    name: [u8; 16],
    /// One call at a time. None after a failure that left its state unknown.
    connection: Mutex<Option<AnyConnection>>,
    broken: watch::Sender<bool>,
}

impl Vault {
    /// Opens a vault that has been migrated.
    ///
    /// # Errors
    /// As `Store::open`; [`StorageError::WeakSetting`] also where a destroyed key could survive in
    /// the file or beside it.
    pub async fn open(url: &str) -> Result<Self, StorageError> {
        let location = Location::parse(url)?;
        let mut connection = checked(&location).await?;
        migrate::require_current(&mut connection, migrate::vault()).await?;
        let found = sqlx::query("SELECT id, name FROM vault WHERE id = 1")
            .fetch_one(&mut connection)
            .await?;
        let name = StoredRow::new("vault", "id", &found).fixed("name")?;
        let connection = Mutex::new(Some(connection));
        let broken = watch::Sender::new(false);
        Ok(Self(Arc::new(Inner { location, name, connection, broken })))
    }

    /// Brings a vault's schema up to this program's, making the file of a new SQLite vault for its
    /// owner's eyes only. `name` is drawn at random by the caller; a vault that has one keeps it.
    ///
    /// # Errors
    /// As `Store::migrate`.
    pub async fn migrate(url: &str, name: [u8; 16]) -> Result<MigrationReport, StorageError> {
        let location = Location::parse(url)?;
        if let Some(path) = location.path() {
            connect::create_file(path)?;
        }
        let mut connection = checked(&location).await?;
        let dialect = Dialect::of(location.engine());
        let report = migrate::run(&mut connection, dialect, migrate::vault()).await?;
        let mut values = Values::new();
        values.bytes(&name);
        let put = "INSERT INTO vault (id, name) VALUES (1, $1) ON CONFLICT (id) DO NOTHING";
        sqlx::query_with(put, values.finish()?).execute(&mut connection).await?;
        connection.close().await?;
        Ok(report)
    }

    /// The vault's random name, which its database knows.
    pub fn name(&self) -> [u8; 16] {
        self.0.name
    }

    /// The kind of database.
    pub fn engine(&self) -> Engine {
        self.0.location.engine()
    }

    /// Returns when the vault is broken and the process has to end; never before.
    pub async fn broken(&self) {
        let mut broken = self.0.broken.subscribe();
        // The sender lives as long as this vault.
        let _ = broken.wait_for(|broken| *broken).await;
    }

    /// Writes a copy of a SQLite vault to a new file. NOT a part of any ordinary backup: who has the
    /// copy and the key-encryption key opens what was erased since.
    ///
    /// # Errors
    /// [`StorageError::Url`] for a vault on a server, which its own tools copy.
    pub async fn copy_to(&self, file: &Path) -> Result<(), StorageError> {
        if self.engine() != Engine::Sqlite {
            return Err(StorageError::Url);
        }
        let file = file.to_owned();
        self.run(move |connection| {
            Box::pin(async move { connect::copy_to(connection, &file).await })
        })
        .await
    }

    /// Closes the connection; whatever is called afterwards opens another.
    pub async fn close(&self) {
        if let Some(connection) = self.0.connection.lock().await.take() {
            // Everything is committed; what does not close is closed by the exit.
            let _ = connection.close().await;
        }
    }

    /// Runs one piece of work, alone. Where it fails its connection is dropped, which undoes what
    /// was not committed.
    async fn run<T, W>(&self, work: W) -> Result<T, StorageError>
    where
        W: for<'c> FnOnce(&'c mut AnyConnection) -> BoxFuture<'c, Result<T, StorageError>>,
    {
        let mut held = self.0.connection.lock().await;
        if *self.0.broken.borrow() {
            return Err(StorageError::Broken);
        }
        let mut connection = match held.take() {
            Some(connection) => connection,
            None => connect::vault(&self.0.location).await?,
        };
        let done = work(&mut connection).await;
        match &done {
            Ok(_) => *held = Some(connection),
            Err(StorageError::Broken) => {
                tracing::error!("a write failed on its way to the disk; the vault is broken");
                self.0.broken.send_replace(true);
            }
            Err(_) => {}
        }
        done
    }

    /// Runs one statement, which is a transaction by itself.
    async fn write(&self, statement: &'static str, values: Values) -> Result<(), StorageError> {
        self.run(move |connection| {
            Box::pin(async move {
                sqlx::query_with(statement, values.finish()?).execute(connection).await?;
                Ok(())
            })
        })
        .await
    }

    fn dialect(&self) -> &'static Dialect {
        Dialect::of(self.engine())
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("engine", &self.engine()).finish_non_exhaustive()
    }
}

async fn checked(location: &Location) -> Result<AnyConnection, StorageError> {
    guard::check_file(location)?;
    let mut connection = connect::vault(location).await?;
    guard::check_vault(&mut connection, location.engine()).await?;
    Ok(connection)
}
