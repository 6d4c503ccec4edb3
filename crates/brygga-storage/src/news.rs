//! What a commit means to those who wait: somebody has something to be sent to, a message has
//! left the queue, a service stands otherwise.

use std::collections::BTreeMap;
use std::sync::Arc;

use brygga_domain::referral::Delivery;
use brygga_domain::{MessageId, OrgId};
use brygga_exchange::WriteSet;
use brygga_exchange::records::OutboxEntry;

use crate::writer::Shared;

/// A larger envelope is read from the store by whoever sends it, so that notices stay small.
const MAX_ENVELOPE_IN_NOTICE: usize = 16 * 1024;

/// Somebody has something new to be sent to, durably.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxNotice {
    /// Who.
    pub recipient: OrgId,
    /// The message, where there is just one, it begins its thread and is not large.
    pub alone: Option<Arc<OutboxEntry>>,
}

/// A message that has left the queue, durably.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The message.
    pub message_id: MessageId,
    /// How it left; never [`Delivery::Queued`].
    pub delivery: Delivery,
}

/// The news of one transaction, told after its commit.
#[derive(Default)]
pub(crate) struct News {
    notices: BTreeMap<OrgId, Option<Arc<OutboxEntry>>>,
    settled: Vec<Settled>,
    tells_capacity: bool,
}

impl News {
    /// Adds what one decision changes.
    pub(crate) fn add(&mut self, writes: &WriteSet) {
        for recipient in writes.recipients() {
            let is_first = !self.notices.contains_key(&recipient);
            let alone = writes
                .alone_to(&recipient)
                .filter(|entry| is_first && entry.envelope.len() <= MAX_ENVELOPE_IN_NOTICE);
            self.notices.insert(recipient, alone.cloned().map(Arc::new));
        }
        self.tells_capacity |= writes.capacity.tells();
        let settled = writes.settled();
        self.settled.extend(settled.map(|(message_id, delivery)| Settled { message_id, delivery }));
    }

    /// Tells whoever listens; nobody needs to.
    pub(crate) fn tell(self, shared: &Shared) {
        for (recipient, alone) in self.notices {
            let _ = shared.notices.send(OutboxNotice { recipient, alone });
        }
        if self.tells_capacity {
            shared.capacity.send_modify(|changes| *changes += 1);
        }
        if !self.settled.is_empty() {
            let _ = shared.settlements.send(Arc::from(self.settled));
        }
    }
}
