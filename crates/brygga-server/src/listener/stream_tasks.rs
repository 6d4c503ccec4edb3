//! The tasks behind one connection's streams, which end when it does.
//!
//! hyper hands each stream to an executor and forgets it. Here every task has a
//! last moment, for a client that never reads its reply, and all are aborted when
//! the connection is cut, so that a revoked peer's calls stop with it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::rt::Executor;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// An executor for hyper. Dropping the last clone aborts what still runs.
#[derive(Clone)]
pub(super) struct StreamTasks {
    tasks: Arc<Mutex<JoinSet<()>>>,
    longest: Duration,
}

impl StreamTasks {
    /// Tasks that are dropped after `longest`, which resets their streams.
    pub(super) fn new(longest: Duration) -> Self {
        Self { tasks: Arc::default(), longest }
    }
}

impl<F> Executor<F> for StreamTasks
where
    F: Future<Output = ()> + Send + 'static,
{
    fn execute(&self, stream: F) {
        let longest = self.longest;
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(async move {
            if timeout(longest, stream).await.is_err() {
                tracing::debug!("a stream was reset: its reply was not read in time");
            }
        });
    }
}
