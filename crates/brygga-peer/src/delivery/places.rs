//! Places for the batches under way to all recipients together, since each takes memory.

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::limits::MAX_BATCHES;

/// The places of one process.
pub(super) struct Places(Semaphore);

impl Default for Places {
    fn default() -> Self {
        Self(Semaphore::new(MAX_BATCHES))
    }
}

impl Places {
    /// Waits for a place for a batch of at most so many messages. A courier that sends one to find
    /// out whether its recipient is back needs none, so that those who wait for the dead take no
    /// place from the living.
    pub(super) async fn take(&self, messages: u32) -> Option<SemaphorePermit<'_>> {
        // The semaphore is never closed; an error would only lift the limit.
        if messages > 1 { self.0.acquire().await.ok() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    /// What the future says when it is asked once.
    fn ask<T>(future: impl Future<Output = T>) -> Poll<T> {
        pin!(future).poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn the_65th_batch_waits_until_one_has_ended_and_a_single_message_never_does() {
        let places = Places::default();
        let mut under_way: Vec<_> = (0..64).map(|_| ask(places.take(2))).collect();
        assert!(under_way.iter().all(|place| matches!(place, Poll::Ready(Some(_)))));
        assert!(ask(places.take(2)).is_pending());
        assert!(matches!(ask(places.take(1)), Poll::Ready(None)));
        under_way.pop();
        assert!(matches!(ask(places.take(2)), Poll::Ready(Some(_))));
    }
}
