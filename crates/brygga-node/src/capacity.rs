//! Capacity as time passes: what others are told follows every change, holds end, and what others tell is judged again.

use std::time::Duration;

use brygga_app::App;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::background::every;

/// How often another process's changes are looked for, and who sees what is judged again.
const SHOW_EVERY: Duration = Duration::from_secs(1);
/// How often holds whose time is past are looked for.
const EXPIRE_EVERY: Duration = Duration::from_secs(1);
/// How often calls that nobody answered in time are looked for.
const LAPSE_EVERY: Duration = Duration::from_secs(1);
/// How often it is looked whether others may be told of protected housing.
const TELL_EVERY: Duration = Duration::from_secs(60);
/// How often what others tell is judged again by the agreements.
const JUDGE_EVERY: Duration = Duration::from_secs(1);

/// How often what was heard before it could be seen is looked for.
const TAKE_UP_EVERY: Duration = Duration::from_secs(5);

/// Starts it.
pub(crate) fn start(app: &App, stop: &watch::Receiver<bool>) -> Vec<JoinHandle<()>> {
    let show = tokio::spawn(show(app.clone(), stop.clone()));
    let expire =
        every(
            "holds",
            EXPIRE_EVERY,
            app,
            stop,
            |app| async move { app.holds_expire().await.map(drop) },
        );
    let lapse =
        every(
            "calls",
            LAPSE_EVERY,
            app,
            stop,
            |app| async move { app.calls_lapse().await.map(drop) },
        );
    let tell = every("telling", TELL_EVERY, app, stop, |app| async move {
        app.capacity_tell().await.map(drop)
    });
    let judge = every("replica", JUDGE_EVERY, app, stop, |app| async move {
        app.capacity_judge();
        Ok(())
    });
    let take_up = every("heard before", TAKE_UP_EVERY, app, stop, |app| async move {
        app.capacity_take_up().await
    });
    vec![show, expire, lapse, tell, judge, take_up]
}

/// Brings what others are told up to date: at once when this process has changed it, and every second.
async fn show(app: App, mut stop: watch::Receiver<bool>) {
    let mut changes = app.parts().store.capacity_changes();
    let mut anew = true;
    loop {
        if let Err(error) = app.capacity_show(anew).await {
            tracing::warn!(storage.error = error.code(), "what others are told could not be read");
        }
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            changed = timeout(SHOW_EVERY, changes.changed()) => anew = changed.is_err(),
        }
    }
}
