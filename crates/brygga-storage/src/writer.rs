//! The writer: takes what waits, stores it in one transaction, and answers after the commit.
//!
//! One durable commit for many decisions is what buys throughput. A process has one writer; those of
//! several processes on one PostgreSQL are kept apart by the guards of [`crate::dialect`].
//!
//! Where a group fails, each of its decisions is repeated alone, so that one that cannot be stored
//! does not fail the others. Where the database fails as a whole, all are told so. After a failed
//! write to disk nothing is believed any more: a second fsync may succeed although the first lost
//! data, so the store is broken until the process starts anew (PostgreSQL's rule).

use std::sync::Arc;
use std::time::Duration;

use sqlx::{AnyConnection, Row};
use tokio::sync::{broadcast, mpsc, watch};

use crate::connect;
use crate::decision::Waiting;
use crate::dialect::Dialect;
use crate::engine::Location;
use crate::error::StorageError;
use crate::group;
use crate::news::{OutboxNotice, Settled};

/// Most decisions in one transaction. A larger group costs hardly less for each, and whoever sends
/// what it stores has to wait longer for the first of it (measured: 64 is a quarter slower on
/// PostgreSQL).
const GROUP_MAX: usize = 16;
/// How often a decision is repeated alone when somebody else was faster.
const ATTEMPTS: u32 = 5;
/// Decisions after which the log is moved into the database. More often writes the same pages again
/// and again; more seldom makes the one pause longer.
const CHECKPOINT_DECISIONS: usize = 1024;
/// Pages in the log from which readers are waited for, so that it starts again from its beginning.
const LOG_PAGES_MOST: i64 = 50_000;
/// Quiet time after which the log is moved into the database.
const IDLE: Duration = Duration::from_secs(1);

/// What the writer shares with whoever uses the store.
pub(crate) struct Shared {
    pub(crate) location: Location,
    pub(crate) dialect: &'static Dialect,
    pub(crate) notices: broadcast::Sender<OutboxNotice>,
    pub(crate) settlements: broadcast::Sender<Arc<[Settled]>>,
    /// How often own services have changed.
    pub(crate) capacity: watch::Sender<u64>,
    pub(crate) broken: watch::Sender<bool>,
    pub(crate) closing: watch::Sender<bool>,
}

/// One task with one connection.
pub(crate) struct Writer {
    shared: Arc<Shared>,
    queue: mpsc::Receiver<Box<dyn Waiting>>,
    /// None after a failure that left its state unknown.
    connection: Option<AnyConnection>,
    /// Decisions since the log was last moved into the database.
    since_checkpoint: usize,
}

impl Writer {
    pub(crate) const fn new(
        shared: Arc<Shared>,
        queue: mpsc::Receiver<Box<dyn Waiting>>,
        connection: AnyConnection,
    ) -> Self {
        Self { shared, queue, connection: Some(connection), since_checkpoint: 0 }
    }

    /// Works until the store is closed and everything that waited is answered.
    pub(crate) async fn run(mut self) {
        while let Some(mut group) = self.next_group().await {
            group.retain(|waiting| !waiting.is_abandoned());
            if !group.is_empty() {
                self.since_checkpoint += group.len();
                self.settle(group).await;
            }
            if self.since_checkpoint >= CHECKPOINT_DECISIONS {
                self.checkpoint().await;
            }
        }
        self.checkpoint().await;
        if let Some(connection) = self.connection {
            // The work is committed; a connection that does not close is closed by the exit.
            let _ = sqlx::Connection::close(connection).await;
        }
    }

    /// What waits now; empty after a quiet time, none when the store is closed.
    async fn next_group(&mut self) -> Option<Vec<Box<dyn Waiting>>> {
        let mut group = Vec::new();
        let mut closing = self.shared.closing.subscribe();
        if *closing.borrow_and_update() {
            self.queue.close();
        }
        let taken = tokio::select! {
            biased;
            taken = self.queue.recv_many(&mut group, GROUP_MAX) => Some(taken),
            _ = closing.changed() => {
                self.queue.close();
                None
            }
            () = tokio::time::sleep(IDLE), if self.since_checkpoint > 0 => None,
        };
        match taken {
            Some(0) => None,
            Some(_) => Some(group),
            None => {
                self.checkpoint().await;
                Some(Vec::new())
            }
        }
    }

    /// Stores a group and answers it.
    async fn settle(&mut self, mut group: Vec<Box<dyn Waiting>>) {
        if *self.shared.broken.borrow() {
            return answer_all(group, &Err(StorageError::Broken));
        }
        if group.len() > 1 {
            match self.store(&mut group).await {
                Err(error) if !error.is_of_the_whole() => {
                    tracing::debug!(
                        storage.error = error.code(),
                        storage.group = group.len(),
                        "group is repeated one by one"
                    );
                }
                outcome => return answer_all(group, &outcome),
            }
        }
        for waiting in group {
            self.settle_alone(waiting).await;
        }
    }

    async fn settle_alone(&mut self, waiting: Box<dyn Waiting>) {
        let mut alone = [waiting];
        let mut outcome = self.store(&mut alone).await;
        for _ in 1..ATTEMPTS {
            if !outcome.as_ref().is_err_and(StorageError::is_conflict) {
                break;
            }
            outcome = self.store(&mut alone).await;
        }
        let [waiting] = alone;
        if let Err(error) = &outcome {
            tracing::warn!(
                storage.decision = waiting.name(),
                storage.error = error.code(),
                "decision was not stored"
            );
        }
        waiting.answer(outcome);
    }

    /// Runs decisions and stores what they want in one transaction; all of it or nothing.
    async fn store(&mut self, group: &mut [Box<dyn Waiting>]) -> Result<(), StorageError> {
        match self.attempt(group, true).await {
            // Something was there that was hoped to be absent, or somebody else was faster.
            Err(error) if error.is_conflict() => self.attempt(group, false).await,
            outcome => outcome,
        }
    }

    async fn attempt(
        &mut self,
        group: &mut [Box<dyn Waiting>],
        hope: bool,
    ) -> Result<(), StorageError> {
        if *self.shared.broken.borrow() {
            return Err(StorageError::Broken);
        }
        let mut connection = self.begin().await?;
        let stored = group::transact(&mut connection, self.shared.dialect, group, hope).await;
        match stored {
            Ok(news) => {
                self.connection = Some(connection);
                news.tell(&self.shared);
                Ok(())
            }
            Err(error) => {
                // SQLite has rolled some failures back by itself; then the connection is made anew.
                if sqlx::raw_sql("ROLLBACK").execute(&mut connection).await.is_ok() {
                    self.connection = Some(connection);
                }
                Err(self.noted(error))
            }
        }
    }

    /// A connection in a transaction, or ready for one that its first statement begins. One that was lost while nothing was under way is made anew.
    async fn begin(&mut self) -> Result<AnyConnection, StorageError> {
        let dialect = self.shared.dialect;
        if dialect.opening.is_some() {
            return match self.connection.take() {
                Some(connection) => Ok(connection),
                None => connect::writer(&self.shared.location).await,
            };
        }
        let begin = dialect.begin_write;
        if let Some(mut connection) = self.connection.take() {
            match sqlx::raw_sql(begin).execute(&mut connection).await.map_err(StorageError::from) {
                Ok(_) => return Ok(connection),
                Err(StorageError::Unavailable) => {}
                Err(error) => {
                    self.connection = Some(connection);
                    return Err(self.noted(error));
                }
            }
        }
        let mut connection = connect::writer(&self.shared.location).await?;
        sqlx::raw_sql(begin).execute(&mut connection).await?;
        Ok(connection)
    }

    /// Moves what was committed from SQLite's log into the database.
    async fn checkpoint(&mut self) {
        self.since_checkpoint = 0;
        let (Some(passive), Some(connection)) =
            (self.shared.dialect.checkpoint, self.connection.as_mut())
        else {
            return;
        };
        let mut moved = sqlx::raw_sql(passive).fetch_one(&mut *connection).await;
        let pages = moved.as_ref().ok().and_then(|row| row.try_get::<i64, _>(1).ok());
        if pages.is_some_and(|pages| pages > LOG_PAGES_MOST) {
            let restart = "PRAGMA wal_checkpoint(RESTART)";
            moved = sqlx::raw_sql(restart).fetch_one(&mut *connection).await;
        }
        match moved.map_err(StorageError::from) {
            Ok(_) => {}
            Err(error) => {
                let error = self.noted(error);
                tracing::warn!(storage.error = error.code(), "checkpoint failed");
            }
        }
    }

    /// Breaks the store where the error says so.
    fn noted(&self, error: StorageError) -> StorageError {
        if error == StorageError::Broken {
            tracing::error!("a write failed on its way to the disk; the store is broken");
            self.shared.broken.send_replace(true);
        }
        error
    }
}

fn answer_all(group: Vec<Box<dyn Waiting>>, outcome: &Result<(), StorageError>) {
    for waiting in group {
        waiting.answer(outcome.clone());
    }
}
