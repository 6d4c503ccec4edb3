//! What a node does because time passes. Each task ends when the node shuts down; a round that
//! fails is logged and tried again, since nothing it does is lost.

use std::future::Future;
use std::time::Duration;

use brygga_app::App;
use brygga_storage::StorageError;
use brygga_telemetry::Metrics;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use crate::standing::standing;

/// How often overdue referrals are looked for.
const EXPIRE_EVERY: Duration = Duration::from_secs(1);
/// How often agreements changed by another process on the same store are looked for, and what waits is judged again.
const AGREEMENTS_EVERY: Duration = Duration::from_secs(1);
/// How often erasures that a crash cut in two are finished.
const ERASURES_EVERY: Duration = Duration::from_secs(10);
/// How often protected relocations are looked for whose day of purge has begun.
const RELOCATIONS_EVERY: Duration = Duration::from_secs(10);
/// How often keys that an ended process left unused are looked for.
const KEYS_EVERY: Duration = Duration::from_secs(3600);
/// How often it is looked what has become late of notices and signals: each alarm is to be raised within a second.
const ALARMS_EVERY: Duration = Duration::from_millis(250);
/// How often entries of the access log that are older than five years are erased.
const ACCESS_LOG_EVERY: Duration = Duration::from_secs(600);
/// How often the gauges are set.
const STANDING_EVERY: Duration = Duration::from_secs(5);

/// Starts the clockwork; without `metrics` there is no gauge to set.
pub(crate) fn start(
    app: &App,
    checkpoint_every: Duration,
    metrics: Option<Metrics>,
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
    let escalate = every("escalate", EXPIRE_EVERY, app, stop, |app| async move {
        app.escalate_due().await.map(drop)
    });
    let stops =
        every(
            "stops",
            EXPIRE_EVERY,
            app,
            stop,
            |app| async move { app.answer_stops().await.map(drop) },
        );
    let offers = every("offers", EXPIRE_EVERY, app, stop, |app| async move {
        app.offers_round().await.map(drop)
    });
    let alarms =
        every(
            "alarms",
            ALARMS_EVERY,
            app,
            stop,
            |app| async move { app.raise_due().await.map(drop) },
        );
    let rounds = every("rounds", EXPIRE_EVERY, app, stop, |app| async move {
        app.expire_rounds().await.map(drop)
    });
    let agreements = every("agreements", AGREEMENTS_EVERY, app, stop, |app| async move {
        app.refresh_agreements().await
    });
    let monitor = every("monitor", AGREEMENTS_EVERY, app, stop, |app| async move {
        app.monitor_round().await?;
        app.verify_round().await.map(drop)
    });
    let audit = every("audit", checkpoint_every, app, stop, |app| async move {
        app.audit_checkpoint().await.map(drop)
    });
    let gauges = metrics.map(|metrics| {
        every("standing", STANDING_EVERY, app, stop, move |app| {
            let metrics = metrics.clone();
            async move { standing(&app).await.map(|standing| metrics.standing(&standing)) }
        })
    });
    let fixed = [expire, escalate, stops, offers, alarms, rounds, agreements, monitor, audit];
    fixed.into_iter().chain(ending(app, stop)).chain(gauges).collect()
}

/// What ends because its time is over.
fn ending(app: &App, stop: &watch::Receiver<bool>) -> [tokio::task::JoinHandle<()>; 4] {
    let erasures = every("erasures", ERASURES_EVERY, app, stop, |app| async move {
        app.finish_erasures().await.map(drop)
    });
    let relocations = every("relocations", RELOCATIONS_EVERY, app, stop, |app| async move {
        app.relocation_purge_round().await.map(drop)
    });
    let keys =
        every("keys", KEYS_EVERY, app, stop, |app| async move { app.sweep_keys().await.map(drop) });
    let access_log = every("access log", ACCESS_LOG_EVERY, app, stop, |app| async move {
        app.access_purge().await.map(drop)
    });
    [erasures, relocations, keys, access_log]
}

/// Runs a round again and again until the node shuts down.
pub(crate) fn every<F>(
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
            if let Err(error) = round(app.clone()).await {
                tracing::warn!(
                    task = name,
                    storage.error = error.code(),
                    "a round of background work failed"
                );
            }
        }
    })
}
