//! `brygga migrate`: the database's schema.

use brygga_storage::Store;
use clap::Args;
use serde_json::json;

use crate::cli::Invocation;
use crate::failure::Failure;
use crate::output::Answer;
use crate::store_address::store_settings;

/// Bring the database up to this program's schema
///
/// Makes the file of a new SQLite database. Running it again changes nothing.
#[derive(Args)]
#[command(after_help = "Example:\n  brygga migrate --dir /etc/brygga")]
pub(crate) struct MigrateArgs {}

impl MigrateArgs {
    pub(crate) async fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        let store = store_settings(&at.node.settings()?)?;
        let report = Store::migrate(&store.url).await?;
        let done = match report.applied.len() {
            0 => "there was nothing to do".to_owned(),
            _ => format!("applied {}", report.applied.join(", ")),
        };
        let value = json!({"version": report.version, "applied": report.applied});
        Ok(Answer::new(value).line(format!("The schema is at {}; {done}", report.version)))
    }
}
