//! A decision on its way to the writer: run as often as needed, answered once, after the commit.

use std::panic::AssertUnwindSafe;

use brygga_exchange::{Key, WriteSet};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::oneshot;

use crate::error::StorageError;
use crate::reader::Reader;

/// What a decision wants stored and what it answers once that is durable.
#[derive(Clone, Debug)]
pub struct Decision<T> {
    /// What is stored, in one transaction; may be empty.
    pub writes: WriteSet,
    /// Given to the caller after the commit.
    pub answer: T,
    /// What the decision rests on besides what it changes. A decision that changes one of these
    /// and one that rests on it are never decided on the same reading.
    pub read_keys: Vec<Key>,
}

/// What the writer needs to know of a decision that has run.
pub(crate) struct Plan {
    pub(crate) writes: WriteSet,
    pub(crate) read_keys: Vec<Key>,
}

/// How a decision goes about it.
pub(crate) enum Manner {
    /// It writes by itself, through the reader's connection, instead of returning writes.
    Direct,
    /// It returns writes, and asks for these keys first.
    Foreseeing(Vec<Key>, Expectation),
}

/// What a decision expects of the keys that it asks for first, consents aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// Nothing; they are looked up.
    Unknown,
    /// They are not there, because the decision begins something. They are not looked up: where it
    /// does insert them, the unique keys of the tables tell whether that was right, and where it
    /// does not, it is decided anew on what is there.
    Absent,
}

/// A decision whose type the writer does not know.
pub(crate) trait Waiting: Send {
    fn name(&self) -> &'static str;

    fn manner(&self) -> &Manner;

    /// Whether nobody waits for the answer any more.
    fn is_abandoned(&self) -> bool;

    /// Decides on what is stored now, and keeps the answer back.
    fn run<'a>(
        &'a mut self,
        reader: &'a mut Reader<'_>,
    ) -> BoxFuture<'a, Result<Plan, StorageError>>;

    /// Gives the answer of the last run, or the error.
    fn answer(self: Box<Self>, outcome: Result<(), StorageError>);
}

/// A decision with its type.
pub(crate) struct Call<T, F> {
    pub(crate) name: &'static str,
    pub(crate) manner: Manner,
    pub(crate) decide: F,
    pub(crate) held_back: Option<T>,
    pub(crate) reply: oneshot::Sender<Result<T, StorageError>>,
}

impl<T, F> Waiting for Call<T, F>
where
    T: Send + 'static,
    F: for<'r> Fn(&'r mut Reader<'_>) -> BoxFuture<'r, Result<Decision<T>, StorageError>>
        + Send
        + Sync
        + 'static,
{
    fn name(&self) -> &'static str {
        self.name
    }

    fn manner(&self) -> &Manner {
        &self.manner
    }

    fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn run<'a>(
        &'a mut self,
        reader: &'a mut Reader<'_>,
    ) -> BoxFuture<'a, Result<Plan, StorageError>> {
        Box::pin(async move {
            // One defect must not end the task that writes for everybody. What the decision
            // touched is thrown away: the transaction is rolled back, the answer never given.
            let decided = AssertUnwindSafe(async { (self.decide)(reader).await }).catch_unwind();
            let decided = decided.await.map_err(|_| StorageError::Defect { name: self.name })?;
            let Decision { writes, answer, read_keys } = decided?;
            self.held_back = Some(answer);
            Ok(Plan { writes, read_keys })
        })
    }

    fn answer(self: Box<Self>, outcome: Result<(), StorageError>) {
        let answer = match (outcome, self.held_back) {
            (Ok(()), Some(answer)) => Ok(answer),
            (Ok(()), None) => Err(StorageError::Defect { name: self.name }),
            (Err(error), _) => Err(error),
        };
        // Whoever has gone does not hear it.
        let _ = self.reply.send(answer);
    }
}
