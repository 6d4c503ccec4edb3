//! Where the node's database is, as the store wants to be told.

use brygga_config::{Settings, StorageUrl};
use brygga_storage::{StorageError, StoreSettings};

use crate::failure::Failure;

/// The store's own settings, with the address from its private file where it has one.
pub(crate) fn store_settings(settings: &Settings) -> Result<StoreSettings, Failure> {
    let url = match settings.storage_url()? {
        StorageUrl::Postgres(url) => url.expose().to_owned(),
        StorageUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
    };
    Ok(StoreSettings { url, max_readers: settings.storage.max_readers })
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        Self::other(error.code(), error.to_string())
    }
}
