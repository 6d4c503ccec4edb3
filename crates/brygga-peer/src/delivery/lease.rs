//! Which process delivers to a recipient, where several share one store.
//!
//! Two that deliver the same message do no harm, since it has its effect once. The lease keeps
//! them from doing the work twice and from overtaking each other.

use brygga_app::App;
use brygga_domain::{OrgId, Timestamp};
use brygga_storage::{Engine, StorageError};

use crate::limits::{LEASE, LEASE_RESERVE};

/// This process's hold on one recipient.
pub(super) struct DeliveryLease {
    /// Until when it is held; none where it is not.
    until: Option<Timestamp>,
}

impl DeliveryLease {
    pub(super) const fn new() -> Self {
        Self { until: None }
    }

    /// Whether `owner` may deliver a batch to `recipient` now, and is sure to have the time.
    ///
    /// A SQLite file has one process, which needs no leave.
    pub(super) async fn hold(
        &mut self,
        app: &App,
        recipient: &OrgId,
        owner: &str,
    ) -> Result<bool, StorageError> {
        let store = &app.parts().store;
        if store.engine() == Engine::Sqlite {
            return Ok(true);
        }
        let now = app.now();
        if self.until.is_some_and(|until| now.plus(LEASE_RESERVE) <= until) {
            return Ok(true);
        }
        let until = now.plus(LEASE);
        let is_held = store.lease_acquire(recipient.as_str(), owner, now, until).await?;
        self.until = is_held.then_some(until);
        Ok(is_held)
    }

    /// Lets another process take over at once.
    pub(super) async fn release(self, app: &App, recipient: &OrgId, owner: &str) {
        if self.until.is_some() {
            // If this fails the lease runs out by itself.
            let _ = app.parts().store.lease_release(recipient.as_str(), owner).await;
        }
    }
}
