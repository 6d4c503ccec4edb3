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

/// The stable code of a storage error.
pub(crate) const fn code(error: &StorageError) -> &'static str {
    match error {
        StorageError::Broken => "STORE_BROKEN",
        StorageError::Busy => "STORE_BUSY",
        StorageError::Conflict => "STORE_CONFLICT",
        StorageError::Database { .. } => "STORE_DATABASE",
        StorageError::Defect { .. } => "STORE_DEFECT",
        StorageError::Full => "STORE_FULL",
        StorageError::Inconsistent { .. } => "STORE_INCONSISTENT",
        StorageError::MigrationChanged { .. } => "STORE_MIGRATION_CHANGED",
        StorageError::Unavailable => "STORE_UNAVAILABLE",
        StorageError::Unmigrated { .. } => "STORE_UNMIGRATED",
        StorageError::Url => "STORE_URL",
        StorageError::WeakSetting { .. } => "STORE_WEAK_SETTING",
    }
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        Self::other(code(&error), error.to_string())
    }
}
