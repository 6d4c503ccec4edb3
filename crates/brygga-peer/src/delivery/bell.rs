//! How couriers are told that there is work, and that their recipient is up.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use brygga_domain::OrgId;
use tokio::sync::Notify;

/// The bells of all couriers: one for each recipient that ever had something to get.
#[derive(Default)]
pub(super) struct Bells(Mutex<HashMap<OrgId, Arc<Bell>>>);

/// What one courier listens to.
#[derive(Default)]
pub(super) struct Bell {
    /// Something may be due. Rung while the courier is under way, it is heard afterwards.
    pub(super) work: Notify,
    /// The recipient is up. Heard only by a courier that pauses.
    pub(super) seen: Notify,
}

impl Bells {
    /// Tells the courier of `recipient` that something may be due. Returns the bell of a
    /// courier that does not exist and has to be started.
    pub(super) fn ring(&self, recipient: &OrgId) -> Option<Arc<Bell>> {
        let mut bells = self.bells();
        if let Some(bell) = bells.get(recipient) {
            bell.work.notify_one();
            // Only this map has it when the courier has gone, which takes a defect.
            return (Arc::strong_count(bell) == 1).then(|| Arc::clone(bell));
        }
        let bell = Arc::<Bell>::default();
        bell.work.notify_one();
        bells.insert(recipient.clone(), Arc::clone(&bell));
        Some(bell)
    }

    /// Tells the courier of `recipient`, if there is one that pauses, that it is up.
    pub(super) fn seen(&self, recipient: &OrgId) {
        if let Some(bell) = self.bells().get(recipient) {
            bell.seen.notify_waiters();
        }
    }

    fn bells(&self) -> MutexGuard<'_, HashMap<OrgId, Arc<Bell>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
