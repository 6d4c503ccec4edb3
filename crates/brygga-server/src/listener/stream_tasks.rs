//! The tasks behind one connection's streams, each with a last moment.
//!
//! hyper hands a stream to an executor and forgets it. Its own deadline lives in
//! the reply's body, which is not even asked while the client's window is closed;
//! so a client that never reads would keep the call for as long as it pleases.
//! When the connection is cut, hyper drops what its tasks were doing.

use std::time::Duration;

use hyper::rt::Executor;
use tokio::time::timeout;

/// An executor for hyper whose tasks are dropped after a while, which resets their streams.
#[derive(Clone, Copy)]
pub(super) struct StreamTasks {
    pub(super) longest: Duration,
}

impl<F> Executor<F> for StreamTasks
where
    F: Future<Output = ()> + Send + 'static,
{
    fn execute(&self, stream: F) {
        let longest = self.longest;
        tokio::spawn(async move {
            if timeout(longest, stream).await.is_err() {
                tracing::debug!("a stream was reset: its reply was not read in time");
            }
        });
    }
}
