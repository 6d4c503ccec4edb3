//! A transaction that writes, in as few steps between threads as it can.
//!
//! SQLite works on a thread of its own, and for a single referral the way there and back costs more
//! than the work. So with SQLite the beginning travels with the first statement, and all rows travel
//! together with the commit. PostgreSQL takes one statement at a time, and each is a round trip to
//! another process; there the new rows of several tables travel as one statement,
//! `WITH … AS (INSERT …) INSERT …`, whose foreign keys are checked at its end.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use futures_util::TryStreamExt;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Either, Executor};

use crate::batch::{Batch, Placeholders, filled};
use crate::decision::{Plan, Waiting};
use crate::dialect::Dialect;
use crate::engine::Engine;
use crate::error::StorageError;
use crate::foresight::Foreseen;
use crate::reader::Reader;
use crate::values::Values;

/// Rows that travel together at most: what the largest group of new referrals writes.
const TOGETHER_MAX: usize = 128;
/// Texts that are kept for the life of the process; others are made each time.
const TEXTS_MAX: usize = 256;

/// A transaction that writes. Dropping it leaves it open; whoever made it rolls it back.
pub(crate) struct Transaction<'c> {
    connection: &'c mut AnyConnection,
    dialect: &'static Dialect,
    /// What begins the transaction, where that is still to come.
    opening: Option<&'static str>,
    waiting: Vec<Piece>,
    rows: usize,
    values: Values,
    found: Vec<AnyRow>,
}

/// A statement about some rows, and whether fewer rows than that are a conflict.
#[derive(Clone, Copy)]
struct Piece {
    batch: &'static Batch,
    rows: usize,
    is_guarded: bool,
}

/// What makes a text: its statements by address and number of rows, and what stands around them.
type TextKey = (Vec<(usize, usize)>, Engine, bool, bool);

static TEXTS: Mutex<Option<HashMap<TextKey, &'static str>>> = Mutex::new(None);

impl<'c> Transaction<'c> {
    /// A transaction that the first statement begins where the engine allows that, and that is
    /// begun already where it does not.
    pub(crate) fn new(connection: &'c mut AnyConnection, dialect: &'static Dialect) -> Self {
        let opening = dialect.opening;
        Self {
            connection,
            dialect,
            opening,
            waiting: Vec::new(),
            rows: 0,
            values: Values::new(),
            found: Vec::new(),
        }
    }

    /// Runs a decision on what is stored now and what is foreseen.
    pub(crate) async fn decide(
        &mut self,
        waiting: &mut Box<dyn Waiting>,
        foreseen: &Foreseen,
    ) -> Result<Plan, StorageError> {
        let mut reader = self.reader(foreseen);
        let plan = waiting.run(&mut reader).await?;
        self.opening = reader.opening;
        Ok(plan)
    }

    /// Reads in this transaction what a decision rests on.
    pub(crate) const fn reader<'r>(&'r mut self, foreseen: &'r Foreseen) -> Reader<'r> {
        Reader::deciding(self.connection, self.dialect, foreseen, self.opening)
    }

    /// Whether other processes may change the same store.
    pub(crate) const fn has_other_processes(&self) -> bool {
        matches!(self.dialect.engine, Engine::Postgres)
    }

    /// Writes rows, now or together with what follows.
    pub(crate) async fn write<R: Sync>(
        &mut self,
        batch: &'static Batch,
        rows: &[R],
        is_guarded: bool,
        bind: impl Fn(&R, &mut Values) + Send,
    ) -> Result<(), StorageError> {
        if rows.is_empty() {
            return Ok(());
        }
        if self.can_wait(batch, rows.len(), is_guarded) {
            self.waiting.push(Piece { batch, rows: rows.len(), is_guarded });
            self.rows += rows.len();
            rows.iter().for_each(|row| bind(row, &mut self.values));
            return Ok(());
        }
        let written = batch.run(self.direct().await?, rows, bind).await?;
        if is_guarded && written != rows.len() as u64 {
            Err(StorageError::Conflict)
        } else {
            Ok(())
        }
    }

    /// Whether rows may travel together with others. On PostgreSQL the statements of one text do not see
    /// each other's rows, and only the last tells how many it wrote.
    fn can_wait(&self, batch: &Batch, rows: usize, is_guarded: bool) -> bool {
        let fits = self.rows + rows <= TOGETHER_MAX;
        match self.dialect.engine {
            Engine::Sqlite => fits,
            Engine::Postgres => fits && !is_guarded && batch.inserts(),
        }
    }

    /// The connection, after everything that waits has been written and the transaction has begun.
    pub(crate) async fn direct(&mut self) -> Result<&mut AnyConnection, StorageError> {
        self.send(false).await?;
        if let Some(opening) = self.opening.take() {
            sqlx::raw_sql(opening).execute(&mut *self.connection).await?;
        }
        Ok(self.connection)
    }

    /// The question for consents that holds them still.
    pub(crate) const fn consents_held(&self) -> &'static Batch {
        self.dialect.consents_held
    }

    /// Asks for the rows of any of these keys, now or in one step with what else is asked.
    pub(crate) async fn ask<K: Sync>(
        &mut self,
        batch: &'static Batch,
        keys: &[K],
        bind: impl Fn(&K, &mut Values) + Send,
    ) -> Result<(), StorageError> {
        if self.dialect.opening.is_none() {
            let found = batch.find(self.direct().await?, keys, bind).await?;
            self.found.extend(found);
            return Ok(());
        }
        for (rows, keys) in filled(keys) {
            self.waiting.push(Piece { batch, rows, is_guarded: false });
            keys.for_each(|key| bind(key, &mut self.values));
        }
        Ok(())
    }

    /// What was found for all that was asked.
    pub(crate) async fn answers(&mut self) -> Result<Vec<AnyRow>, StorageError> {
        self.send(false).await?;
        Ok(std::mem::take(&mut self.found))
    }

    /// Makes everything durable; nothing where nothing was read or written.
    pub(crate) async fn commit(mut self) -> Result<(), StorageError> {
        if self.opening.is_some() && self.waiting.len() == 1 && self.rows == 1 {
            // One statement about one row is done or not, and durable when it is done.
            self.opening = None;
            return self.send(false).await.map(drop);
        }
        let is_certain = !self.waiting.iter().any(|piece| piece.is_guarded);
        let takes_commit = self.dialect.opening.is_some();
        if takes_commit && is_certain && !self.waiting.is_empty() && self.send(true).await? {
            return Ok(());
        }
        self.send(false).await?;
        if self.opening.is_none() {
            sqlx::raw_sql("COMMIT").execute(&mut *self.connection).await?;
        }
        Ok(())
    }

    /// Sends what waits in one step, with the commit where that is wanted; says whether it committed.
    async fn send(&mut self, commit: bool) -> Result<bool, StorageError> {
        if self.waiting.is_empty() {
            return Ok(false);
        }
        let pieces = std::mem::take(&mut self.waiting);
        let values = std::mem::take(&mut self.values);
        self.rows = 0;
        let skipped = usize::from(self.opening.is_some());
        let query = match text(&pieces, self.dialect.engine, self.opening, commit) {
            Cow::Borrowed(text) => sqlx::query_with(text, values.finish()?),
            // Put together from constants of this program, and too seldom seen to be kept prepared.
            Cow::Owned(text) => {
                sqlx::query_with(AssertSqlSafe(text), values.finish()?).persistent(false)
            }
        };
        if self.dialect.engine == Engine::Postgres {
            query.execute(&mut *self.connection).await?;
            return Ok(false);
        }
        let statements = skipped + pieces.len() + usize::from(commit);
        let mut results = Executor::fetch_many(&mut *self.connection, query);
        let mut place = 0_usize;
        // After the last result nothing comes, and hearing that would be another step.
        while place < statements
            && let Some(result) = results.try_next().await?
        {
            let done = match result {
                Either::Left(done) => done,
                Either::Right(row) => {
                    self.found.push(row);
                    continue;
                }
            };
            let piece = place.checked_sub(skipped).and_then(|index| pieces.get(index));
            if piece
                .is_some_and(|piece| piece.is_guarded && done.rows_affected() != piece.rows as u64)
            {
                return Err(StorageError::Conflict);
            }
            place += 1;
        }
        drop(results);
        self.opening = None;
        Ok(commit)
    }
}

/// The text of some pieces; the usual ones are kept. Plain placeholders are filled one after the
/// other, through all statements of a text.
fn text(
    pieces: &[Piece],
    engine: Engine,
    opening: Option<&'static str>,
    commit: bool,
) -> Cow<'static, str> {
    let shape = pieces.iter().map(|piece| (std::ptr::from_ref(piece.batch).addr(), piece.rows));
    let key: TextKey = (shape.collect(), engine, opening.is_some(), commit);
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    let texts = texts.get_or_insert_with(HashMap::new);
    if let Some(text) = texts.get(&key) {
        return Cow::Borrowed(text);
    }
    let text = match engine {
        Engine::Postgres => one_statement(pieces),
        Engine::Sqlite => several_statements(pieces, opening, commit),
    };
    if texts.len() >= TEXTS_MAX {
        return Cow::Owned(text);
    }
    let text: &'static str = text.leak();
    texts.insert(key, text);
    Cow::Borrowed(text)
}

fn several_statements(pieces: &[Piece], opening: Option<&'static str>, commit: bool) -> String {
    let mut parts: Vec<String> = opening.into_iter().map(str::to_owned).collect();
    parts.extend(pieces.iter().map(|piece| piece.batch.text(piece.rows, Placeholders::Plain)));
    parts.extend(commit.then(|| "COMMIT".to_owned()));
    parts.join("; ")
}

fn one_statement(pieces: &[Piece]) -> String {
    let mut text = String::new();
    let mut first = 0;
    for (place, piece) in pieces.iter().enumerate() {
        let statement = piece.batch.text_from(first, piece.rows, Placeholders::Numbered);
        first += piece.batch.values(piece.rows);
        let is_last = place + 1 == pieces.len();
        // Writing to a String cannot fail.
        let _ = match (place, is_last) {
            (0, true) => write!(text, "{statement}"),
            (_, true) => write!(text, " {statement}"),
            (0, false) => write!(text, "WITH w0 AS ({statement})"),
            (_, false) => write!(text, ", w{place} AS ({statement})"),
        };
    }
    text
}
