//! Which process delivers to a recipient, where several share one store.
//!
//! Two that deliver the same message do no harm, since it has its effect once. The lease keeps
//! them from doing the work twice and from overtaking each other.

use brygga_app::App;
use brygga_domain::{OrgId, Timestamp};
use brygga_storage::{Engine, StorageError};

use crate::limits::{LEASE, LEASE_PATIENCE, LEASE_RESERVE};

/// What this process knows of the lease on one recipient.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum DeliveryLease {
    /// Nothing.
    #[default]
    Unknown,
    /// It has it, until then.
    Held(Timestamp),
    /// Another process has it; it is asked for again then.
    Elsewhere(Timestamp),
}

impl DeliveryLease {
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
        if let Some(known) = self.known(now) {
            return Ok(known);
        }
        let until = now.plus(LEASE);
        let is_held = store.lease_acquire(recipient.as_str(), owner, now, until).await?;
        *self = if is_held { Self::Held(until) } else { Self::Elsewhere(now.plus(LEASE_PATIENCE)) };
        Ok(is_held)
    }

    /// Whether it is held, where that is known without asking.
    fn known(self, now: Timestamp) -> Option<bool> {
        match self {
            Self::Held(until) if now.plus(LEASE_RESERVE) <= until => Some(true),
            Self::Elsewhere(until) if now < until => Some(false),
            _ => None,
        }
    }

    /// Lets another process take over at once.
    pub(super) async fn release(self, app: &App, recipient: &OrgId, owner: &str) {
        if let Self::Held(_) = self {
            // If this fails the lease runs out by itself.
            let _ = app.parts().store.lease_release(recipient.as_str(), owner).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use brygga_domain::Seconds;

    use super::*;
    use crate::limits::CALL_DEADLINE;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    #[test]
    fn a_lease_is_relied_on_only_while_it_outlasts_a_batch() {
        let held = DeliveryLease::Held(NOW.plus(LEASE));
        let last = NOW.plus(LEASE).minus(LEASE_RESERVE);
        assert_eq!((held.known(NOW), held.known(last)), (Some(true), Some(true)));
        assert_eq!(held.known(Timestamp::from_millis(last.as_millis() + 1)), None);
        assert!(LEASE_RESERVE > Seconds(CALL_DEADLINE.as_secs().cast_signed()));
    }

    #[test]
    fn a_lease_of_another_process_is_asked_for_again_after_a_while() {
        let lease = DeliveryLease::Elsewhere(NOW.plus(LEASE_PATIENCE));
        assert_eq!(lease.known(NOW), Some(false));
        assert_eq!(lease.known(NOW.plus(LEASE_PATIENCE)), None);
        assert_eq!(DeliveryLease::Unknown.known(NOW), None);
    }
}
