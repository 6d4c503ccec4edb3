//! After a start and once a day, the log names the agreements that their parties are to evaluate.

use std::time::Duration;

use brygga_app::App;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::background::every;

/// Time between two reminders: whoever evaluates an agreement has weeks.
const REMIND_EVERY: Duration = Duration::from_secs(86_400);

/// Starts the reminders.
pub(crate) fn start(app: &App, stop: &watch::Receiver<bool>) -> JoinHandle<()> {
    every("evaluations", REMIND_EVERY, app, stop, |app| async move {
        remind(&app);
        Ok(())
    })
}

fn remind(app: &App) {
    for record in app.agreements_to_evaluate() {
        tracing::info!(
            agreement.id = record.terms().agreement_id.to_string(),
            agreement.version = record.terms().version,
            "an agreement is due for its evaluation"
        );
    }
}
