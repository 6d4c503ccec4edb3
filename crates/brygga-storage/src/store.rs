//! The store of a node: opened once, shared by everything that decides or reads.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use brygga_exchange::{Key, WriteSet};
use futures_util::future::BoxFuture;
use sqlx::{AnyConnection, AnyPool, Connection};
use tokio::sync::{Mutex, broadcast, mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::decision::{Call, Decision, Expectation, Manner, Waiting};
use crate::dialect::Dialect;
use crate::engine::{Engine, Location};
use crate::error::StorageError;
use crate::migrate::{self, MigrationReport};
use crate::news::{OutboxNotice, Settled};
use crate::reader::Reader;
use crate::settings::StoreSettings;
use crate::writer::{Shared, Writer};
use crate::{connect, guard};

/// Decisions that wait for the writer; more are refused at once with [`StorageError::Busy`].
const QUEUE_MAX: usize = 4096;
/// Notices of messages, new or settled, that a slow listener can fall behind.
const NOTICES_MAX: usize = 1024;

/// The store of a node. Cheap to clone; all clones are the same store.
#[derive(Clone)]
pub struct Store {
    queue: mpsc::Sender<Box<dyn Waiting>>,
    readers: AnyPool,
    pub(crate) shared: Arc<Shared>,
    writer: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl Store {
    /// Opens a database that has been migrated.
    ///
    /// # Errors
    /// [`StorageError::WeakSetting`] where acknowledged writes could be lost,
    /// [`StorageError::Unmigrated`] and [`StorageError::MigrationChanged`] where the schema is not
    /// this program's, [`StorageError::Unavailable`] where there is no database to reach.
    pub async fn open(settings: &StoreSettings) -> Result<Self, StorageError> {
        let location = Location::parse(&settings.url)?;
        let first = open_checked(&location).await?;
        let readers = connect::readers(&location, settings.max_readers)?;
        let (queue, waiting) = mpsc::channel(QUEUE_MAX);
        let shared = Arc::new(Shared {
            dialect: Dialect::of(location.engine()),
            notices: broadcast::Sender::new(NOTICES_MAX),
            settlements: broadcast::Sender::new(NOTICES_MAX),
            capacity: watch::Sender::new(0),
            broken: watch::Sender::new(false),
            closing: watch::Sender::new(false),
            location,
        });
        let writer = tokio::spawn(Writer::new(Arc::clone(&shared), waiting, first).run());
        Ok(Self { queue, readers, shared, writer: Arc::new(Mutex::new(Some(writer))) })
    }

    /// Brings a database's schema up to this program's, making the file of a new SQLite database.
    ///
    /// # Errors
    /// [`StorageError::MigrationChanged`] and [`StorageError::Unmigrated`] (from a newer program);
    /// then nothing was changed.
    pub async fn migrate(url: &str) -> Result<MigrationReport, StorageError> {
        let location = Location::parse(url)?;
        if let Some(path) = location.path() {
            connect::create_file(path)?;
        }
        guard::check_file(&location)?;
        let mut connection = connect::writer(&location).await?;
        guard::check_settings(&mut connection, location.engine()).await?;
        let dialect = Dialect::of(location.engine());
        let report = migrate::run(&mut connection, dialect, migrate::all()).await?;
        connection.close().await?;
        Ok(report)
    }

    /// Writes a consistent copy of a SQLite database to a new file, for its owner's eyes only. The
    /// node may be running.
    ///
    /// # Errors
    /// [`StorageError::Url`] for PostgreSQL, which its own tools copy; [`StorageError::Conflict`]
    /// where there is a file already.
    pub async fn copy_to(url: &str, file: &Path) -> Result<(), StorageError> {
        let location = Location::parse(url)?;
        if location.engine() != Engine::Sqlite {
            return Err(StorageError::Url);
        }
        let mut connection = open_checked(&location).await?;
        connect::copy_to(&mut connection, file).await?;
        connection.close().await?;
        Ok(())
    }

    /// The kind of database.
    pub fn engine(&self) -> Engine {
        self.shared.dialect.engine
    }

    /// Makes a decision and stores what it wants in one transaction; returns its answer when that is durable.
    ///
    /// `decide` reads through the [`Reader`] and must depend on nothing that changes from one run
    /// to the next: it is run again when somebody else was faster. `name` is for logs, for example
    /// `referral.accept`. A caller that goes away before its turn has nothing decided.
    ///
    /// # Errors
    /// What `decide` returns, and what [`StorageError`] tells of the database.
    pub async fn decide<T, F>(&self, name: &'static str, decide: F) -> Result<T, StorageError>
    where
        T: Send + 'static,
        F: for<'r> Fn(&'r mut Reader<'_>) -> BoxFuture<'r, Result<Decision<T>, StorageError>>
            + Send
            + Sync
            + 'static,
    {
        self.decide_on(name, Vec::new(), Expectation::Unknown, decide).await
    }

    /// As [`Self::decide`], for a decision that begins by asking for `keys`: those of decisions that
    /// wait at the same time are looked up together, or not at all where they are expected to be absent.
    ///
    /// Only idempotency keys, consents, conversations and messages received are looked up. Naming
    /// a key that is not asked for is harmless.
    ///
    /// # Errors
    /// As [`Self::decide`].
    pub async fn decide_on<T, F>(
        &self,
        name: &'static str,
        keys: Vec<Key>,
        expectation: Expectation,
        decide: F,
    ) -> Result<T, StorageError>
    where
        T: Send + 'static,
        F: for<'r> Fn(&'r mut Reader<'_>) -> BoxFuture<'r, Result<Decision<T>, StorageError>>
            + Send
            + Sync
            + 'static,
    {
        self.wait_for(name, Manner::Foreseeing(keys, expectation), decide).await
    }

    /// Reads one snapshot of what is stored.
    ///
    /// # Errors
    /// What `read` returns; [`StorageError::Busy`] where no reader gets free in time.
    pub async fn read<T, F>(&self, read: F) -> Result<T, StorageError>
    where
        F: for<'r> FnOnce(&'r mut Reader<'_>) -> BoxFuture<'r, Result<T, StorageError>>,
    {
        if *self.shared.broken.borrow() {
            return Err(StorageError::Broken);
        }
        let dialect = self.shared.dialect;
        let mut snapshot = self.readers.begin_with(dialect.begin_read).await?;
        let mut reader = Reader::new(&mut snapshot, dialect);
        let answer = read(&mut reader).await;
        snapshot.rollback().await?;
        answer
    }

    /// Reads with one statement, which is a snapshot by itself and needs no transaction.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub async fn glance<T, F>(&self, read: F) -> Result<T, StorageError>
    where
        F: for<'r> FnOnce(&'r mut Reader<'_>) -> BoxFuture<'r, Result<T, StorageError>>,
    {
        if *self.shared.broken.borrow() {
            return Err(StorageError::Broken);
        }
        let mut connection = self.readers.acquire().await?;
        read(&mut Reader::new(&mut connection, self.shared.dialect)).await
    }

    /// Hears whom a stored decision has something new for.
    ///
    /// A listener that lags hears `Lagged` and has to look for itself with
    /// [`Reader::outbox_recipients_due`]; other processes' decisions are not heard at all.
    pub fn outbox_notices(&self) -> broadcast::Receiver<OutboxNotice> {
        self.shared.notices.subscribe()
    }

    /// Hears which messages have left the queue, those of one commit together.
    ///
    /// A listener that lags hears `Lagged` and has to look for itself; other processes' decisions
    /// are not heard at all.
    pub fn settlements(&self) -> broadcast::Receiver<Arc<[Settled]>> {
        self.shared.settlements.subscribe()
    }

    /// Hears that own services have changed; other processes' decisions are not heard at all.
    pub fn capacity_changes(&self) -> watch::Receiver<u64> {
        self.shared.capacity.subscribe()
    }

    /// Returns when the store is broken and the process has to end; never before.
    pub async fn broken(&self) {
        let mut broken = self.shared.broken.subscribe();
        // The sender lives as long as this store.
        let _ = broken.wait_for(|broken| *broken).await;
    }

    /// Answers what waits, takes nothing more, and closes all connections.
    pub async fn close(&self) {
        self.shared.closing.send_replace(true);
        if let Some(writer) = self.writer.lock().await.take()
            && writer.await.is_err()
        {
            tracing::error!("the writer ended badly");
        }
        self.readers.close().await;
    }

    /// Runs statements that are no decision, in one transaction.
    pub(crate) async fn direct<T, F>(&self, name: &'static str, run: F) -> Result<T, StorageError>
    where
        T: Send + 'static,
        F: for<'r> Fn(&'r mut Reader<'_>) -> BoxFuture<'r, Result<T, StorageError>>
            + Send
            + Sync
            + 'static,
    {
        self.wait_for(name, Manner::Direct, move |reader| {
            let running = run(reader);
            Box::pin(async move {
                let answer = running.await?;
                Ok(Decision { writes: WriteSet::default(), answer, read_keys: Vec::new() })
            })
        })
        .await
    }

    /// Queues a decision and waits for its answer.
    async fn wait_for<T, F>(
        &self,
        name: &'static str,
        manner: Manner,
        decide: F,
    ) -> Result<T, StorageError>
    where
        T: Send + 'static,
        F: for<'r> Fn(&'r mut Reader<'_>) -> BoxFuture<'r, Result<Decision<T>, StorageError>>
            + Send
            + Sync
            + 'static,
    {
        if *self.shared.broken.borrow() {
            return Err(StorageError::Broken);
        }
        let (reply, answer) = oneshot::channel();
        let call = Call { name, manner, decide, held_back: None, reply };
        self.queue.try_send(Box::new(call)).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => StorageError::Busy,
            mpsc::error::TrySendError::Closed(_) => StorageError::Unavailable,
        })?;
        answer.await.unwrap_or(Err(StorageError::Unavailable))
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("engine", &self.engine()).finish_non_exhaustive()
    }
}

async fn open_checked(location: &Location) -> Result<AnyConnection, StorageError> {
    guard::check_file(location)?;
    let mut connection = connect::writer(location).await?;
    guard::check_settings(&mut connection, location.engine()).await?;
    migrate::require_current(&mut connection, migrate::all()).await?;
    Ok(connection)
}
