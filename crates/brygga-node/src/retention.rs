//! Once a day, what is past its time is purged; also after a start where the last round is a day old.

use std::time::Duration;

use brygga_app::{App, AppError, RetentionPlan};
use brygga_config::RetentionSettings;
use brygga_domain::Seconds;
use brygga_storage::StorageError;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::background::every;

/// How often it is asked whether a day has passed, so that a machine that slept is not a day late.
const ASK_EVERY: Duration = Duration::from_secs(60);
/// Time between two rounds, by the node's clock.
const ROUND_EVERY: Seconds = Seconds::days(1);

/// Starts the rounds.
pub(crate) fn start(
    app: &App,
    settings: &RetentionSettings,
    stop: &watch::Receiver<bool>,
) -> JoinHandle<()> {
    let plan = plan(settings);
    every("retention", ASK_EVERY, app, stop, move |app| async move { round(&app, &plan).await })
}

async fn round(app: &App, plan: &RetentionPlan) -> Result<(), StorageError> {
    let last = app.retention_last().await?;
    if last.is_some_and(|last| app.now() < last.at.plus(ROUND_EVERY)) {
        return Ok(());
    }
    match app.retention_round(plan).await {
        Ok(_) => Ok(()),
        Err(AppError::Storage(error)) => Err(error),
        // Without a place in the registry nobody knows which law holds for the organisation.
        Err(AppError::Refused(_)) => Ok(()),
    }
}

fn plan(settings: &RetentionSettings) -> RetentionPlan {
    let seconds = |span: Duration| Seconds(i64::try_from(span.as_secs()).unwrap_or(i64::MAX));
    RetentionPlan {
        list_only: settings.list_only,
        outbox: seconds(settings.outbox),
        inbox: seconds(settings.inbox),
    }
}
