//! The database as a finding: reachable, migrated, safe and whole.

use brygga_config::Settings;
use brygga_storage::{StorageError, Store};

use super::Finding;
use crate::cli::Language;
use crate::store_address::store_settings;

pub(super) async fn findings(settings: &Settings) -> Vec<Finding> {
    let address = match store_settings(settings) {
        Ok(address) => address,
        Err(failure) => {
            let problem = failure.text(Language::En);
            return vec![Finding::error("STORE_URL", problem, "correct [storage] in brygga.toml")];
        }
    };
    let store = match Store::open(&address).await {
        Ok(store) => store,
        Err(error) => return vec![Finding::error(error.code(), error.to_string(), fix(&error))],
    };
    let found = store.check().await;
    store.close().await;
    let faults = found.into_iter().filter_map(|found| Some((found.subject, found.problem?)));
    let finding = |(subject, problem): (&str, String)| {
        let code = format!("STORE_{}", subject.to_uppercase());
        Finding::error(&code, problem, "see the runbook before starting the node")
    };
    faults.map(finding).collect()
}

const fn fix(error: &StorageError) -> &'static str {
    match error {
        StorageError::Unmigrated { .. } => "brygga migrate",
        StorageError::Unavailable => "start the database, or for a new node: brygga migrate",
        StorageError::Url => "correct [storage] in brygga.toml",
        StorageError::WeakSetting { .. } => "change the setting at the database server",
        _ => "see the runbook before starting the node",
    }
}
