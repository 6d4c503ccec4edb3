//! `brygga migrate`: the schema of the database and of its vault.

use brygga_storage::Store;
use clap::Args;
use serde_json::json;

use crate::cli::Invocation;
use crate::failure::Failure;
use crate::output::Answer;
use crate::progress::Progress;
use crate::store_address::{migrate_vault, store_settings};

/// Bring the database and its vault up to this program's schema
///
/// Makes the files of a new SQLite database and vault. Running it again changes nothing.
#[derive(Args)]
#[command(after_help = "Example:\n  brygga migrate --dir /etc/brygga")]
pub(crate) struct MigrateArgs {}

impl MigrateArgs {
    pub(crate) async fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        let settings = at.node.settings()?;
        let store = store_settings(&settings)?;
        let progress = Progress::begin("migrate");
        let report = Store::migrate(&store.url).await?;
        drop(progress);
        let vault = migrate_vault(&settings).await?;
        let applied = [report.applied, vault.applied].concat();
        let done = match applied.len() {
            0 => "there was nothing to do".to_owned(),
            _ => format!("applied {}", applied.join(", ")),
        };
        let value = json!({
            "version": report.version, "vault_version": vault.version, "applied": applied,
        });
        Ok(Answer::new(value).line(format!("The schema is at {}; {done}", report.version)))
    }
}
