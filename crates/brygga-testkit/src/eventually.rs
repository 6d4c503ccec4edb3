//! Waiting for what other nodes do: until it holds, and not a moment longer.

use std::future::Future;
use std::time::Duration;

/// Longest wait before a test fails.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often the condition is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Waits until `look` finds something, and returns it.
///
/// # Panics
/// When nothing is found in time; `what` says what was waited for.
pub async fn eventually<T, F>(what: &str, mut look: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let found = tokio::time::timeout(PATIENCE, async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    });
    found.await.unwrap_or_else(|_| panic!("not in time: {what}"))
}

/// Checks that something stays as it is for a while, for facts of the form "nothing happens".
///
/// # Panics
/// As soon as `look` finds otherwise.
pub async fn holds_for<F>(what: &str, span: Duration, mut look: impl FnMut() -> F)
where
    F: Future<Output = bool>,
{
    let end = tokio::time::Instant::now() + span;
    while tokio::time::Instant::now() < end {
        assert!(look().await, "does not hold: {what}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
