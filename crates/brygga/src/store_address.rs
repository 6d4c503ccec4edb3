//! Where the node's database and its vault are, as the store wants to be told.

use brygga_config::{Settings, StorageUrl};
use brygga_crypto::SystemRandom;
use brygga_storage::{MigrationReport, StorageError, StoreSettings, Vault};
use rand_core::Rng;

use crate::failure::Failure;

/// The store's own settings, with the address from its private file where it has one.
pub(crate) fn store_settings(settings: &Settings) -> Result<StoreSettings, Failure> {
    let url = url_text(&settings.storage_url()?);
    Ok(StoreSettings { url, max_readers: settings.storage.max_readers })
}

/// The vault's address, from its private file where it has one.
pub(crate) fn vault_address(settings: &Settings) -> Result<String, Failure> {
    Ok(url_text(&settings.vault_url()?))
}

/// Brings the vault up to date; a new one gets a random name.
pub(crate) async fn migrate_vault(settings: &Settings) -> Result<MigrationReport, Failure> {
    let mut name = [0; 16];
    SystemRandom.fill_bytes(&mut name);
    Ok(Vault::migrate(&vault_address(settings)?, name).await?)
}

fn url_text(url: &StorageUrl) -> String {
    match url {
        StorageUrl::Postgres(url) => url.expose().to_owned(),
        StorageUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
    }
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        Self::other(error.code(), error.to_string())
    }
}
