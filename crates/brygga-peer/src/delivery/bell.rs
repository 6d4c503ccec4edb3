//! How couriers are told that there is work, and that their recipient is up.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use brygga_domain::OrgId;
use brygga_exchange::records::OutboxEntry;
use brygga_storage::OutboxNotice;
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
    express: Mutex<Express>,
}

/// A message that a courier with nothing else to do is handed instead of looking it up.
///
/// It is handed over at once or not at all: one that has waited may have been stopped meanwhile.
#[derive(Default)]
enum Express {
    /// The courier is busy.
    #[default]
    Closed,
    /// Something may be due that it has to look up.
    Due,
    /// This is all that has become due since it waits.
    Loaded(Arc<OutboxEntry>),
    /// It waits, and nothing is due.
    Open,
}

impl Bell {
    /// The courier waits from now on. What was announced while it was busy it has to look up.
    pub(super) fn wait_for_express(&self) {
        let mut express = self.express();
        if matches!(*express, Express::Closed) {
            *express = Express::Open;
        }
    }

    /// What the courier is handed; none where it has to look.
    pub(super) fn take_express(&self) -> Option<Arc<OutboxEntry>> {
        match std::mem::take(&mut *self.express()) {
            Express::Loaded(entry) => Some(entry),
            Express::Closed | Express::Due | Express::Open => None,
        }
    }

    fn announce(&self, alone: Option<&Arc<OutboxEntry>>) {
        let mut express = self.express();
        *express = match (&*express, alone) {
            (Express::Open, Some(entry)) => Express::Loaded(Arc::clone(entry)),
            _ => Express::Due,
        };
        drop(express);
        self.work.notify_one();
    }

    fn express(&self) -> MutexGuard<'_, Express> {
        self.express.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Bells {
    /// Tells the courier of a recipient that something may be due. Returns the bell of a
    /// courier that does not exist and has to be started.
    pub(super) fn ring(&self, notice: &OutboxNotice) -> Option<Arc<Bell>> {
        let mut bells = self.bells();
        if let Some(bell) = bells.get(&notice.recipient) {
            bell.announce(notice.alone.as_ref());
            // Only this map has it when the courier has gone, which takes a defect.
            return (Arc::strong_count(bell) == 1).then(|| Arc::clone(bell));
        }
        let bell = Arc::<Bell>::default();
        bell.work.notify_one();
        bells.insert(notice.recipient.clone(), Arc::clone(&bell));
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

#[cfg(test)]
mod tests {
    use brygga_crypto::sha256;
    use brygga_domain::{ConversationId, MessageId, Timestamp};
    use brygga_exchange::records::OutboxState;

    use super::*;

    fn notice(id: u8, is_alone: bool) -> OutboxNotice {
        let recipient = OrgId::parse("kommun:0881").unwrap();
        let entry = OutboxEntry {
            message_id: MessageId::from_bytes([id; 16]),
            recipient: recipient.clone(),
            conversation: ConversationId::from_bytes([id; 16]),
            message_type: "referral.requested".to_owned(),
            envelope: vec![id],
            at_rest: None,
            cover: None,
            header_digest: sha256(&[&[id]]),
            created_at: Timestamp::from_millis(0),
            expires_at: Timestamp::from_millis(1),
            attempts: 0,
            state: OutboxState::Queued {
                next_attempt_at: Timestamp::from_millis(0),
                last_failure: None,
            },
        };
        OutboxNotice { recipient, alone: is_alone.then(|| Arc::new(entry)) }
    }

    /// What the courier is handed after these notices; it waits from the one at `waits_from` on.
    fn handed(notices: &[OutboxNotice], waits_from: usize) -> Option<u8> {
        let bell = Bell::default();
        for (place, notice) in notices.iter().enumerate() {
            if place == waits_from {
                bell.wait_for_express();
            }
            bell.announce(notice.alone.as_ref());
        }
        bell.take_express().map(|entry| entry.envelope[0])
    }

    #[test]
    fn only_a_courier_that_waits_is_handed_a_message_and_only_one_by_itself() {
        let (one, two, many) = (notice(1, true), notice(2, true), notice(3, false));
        assert_eq!(handed(std::slice::from_ref(&one), 0), Some(1));
        assert_eq!(handed(std::slice::from_ref(&one), 1), None);
        assert_eq!(handed(&[one.clone(), two.clone()], 0), None);
        assert_eq!(handed(&[one.clone(), many.clone()], 0), None);
        assert_eq!(handed(&[many], 0), None);
        assert_eq!(handed(&[one, two], 1), None, "the first would be forgotten");
    }
}
