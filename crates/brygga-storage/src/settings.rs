//! What the store needs to know to open.

use std::fmt;

/// Where the database is and how many may read at once.
#[derive(Clone)]
pub struct StoreSettings {
    /// `sqlite:PATH` or `postgres://…`; may hold a password, so it is never shown.
    pub url: String,
    /// Connections that read at the same time, at most; at least 1.
    pub max_readers: u32,
}

impl fmt::Debug for StoreSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreSettings")
            .field("max_readers", &self.max_readers)
            .finish_non_exhaustive()
    }
}
