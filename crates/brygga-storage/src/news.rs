//! What a commit means to those who wait: somebody has something to be sent to, a message has
//! left the queue.

use std::collections::BTreeSet;
use std::sync::Arc;

use brygga_domain::referral::Delivery;
use brygga_domain::{MessageId, OrgId};
use brygga_exchange::WriteSet;

use crate::writer::Shared;

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
    recipients: BTreeSet<OrgId>,
    settled: Vec<Settled>,
}

impl News {
    /// Adds what one decision changes.
    pub(crate) fn add(&mut self, writes: &WriteSet) {
        self.recipients.extend(writes.recipients());
        let settled = writes.settled();
        self.settled.extend(settled.map(|(message_id, delivery)| Settled { message_id, delivery }));
    }

    /// Tells whoever listens; nobody needs to.
    pub(crate) fn tell(self, shared: &Shared) {
        for recipient in self.recipients {
            let _ = shared.notices.send(recipient);
        }
        if !self.settled.is_empty() {
            let _ = shared.settlements.send(Arc::from(self.settled));
        }
    }
}
