//! What a node does because time passes. Each task ends when the node shuts down; a round that
//! fails is logged and tried again, since nothing it does is lost.

use std::future::Future;
use std::time::Duration;

use brygga_app::App;
use brygga_storage::StorageError;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

/// How often overdue referrals are looked for.
const EXPIRE_EVERY: Duration = Duration::from_secs(1);
/// How often agreements changed by another process on the same store are looked for.
const AGREEMENTS_EVERY: Duration = Duration::from_secs(1);

/// Starts the clockwork.
pub(crate) fn start(
    app: &App,
    checkpoint_every: Duration,
    stop: &watch::Receiver<bool>,
) -> Vec<tokio::task::JoinHandle<()>> {
    let expire =
        every(
            "expire",
            EXPIRE_EVERY,
            app,
            stop,
            |app| async move { app.expire_due().await.map(drop) },
        );
    let agreements = every("agreements", AGREEMENTS_EVERY, app, stop, |app| async move {
        app.refresh_agreements().await
    });
    let audit = every("audit", checkpoint_every, app, stop, |app| async move {
        app.audit_checkpoint().await.map(drop)
    });
    vec![expire, agreements, audit]
}

fn every<F>(
    name: &'static str,
    period: Duration,
    app: &App,
    stop: &watch::Receiver<bool>,
    round: impl Fn(App) -> F + Send + 'static,
) -> tokio::task::JoinHandle<()>
where
    F: Future<Output = Result<(), StorageError>> + Send,
{
    let (app, mut stop) = (app.clone(), stop.clone());
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return,
                _ = ticks.tick() => {}
            }
            if round(app.clone()).await.is_err() {
                tracing::warn!(error.type = "storage", task = name, "a round of background work failed");
            }
        }
    })
}
