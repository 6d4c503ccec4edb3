//! Delivers to one recipient: a few batches under way at once, no message before its elders.
//!
//! While the recipient stores one batch, this node signs and stores what the next one holds, and
//! the receipts of the one before. Messages of one thread never travel in two batches at once, so
//! nothing overtakes within a thread.

use std::collections::HashSet;
use std::sync::Arc;

use brygga_app::DueMessages;
use brygga_crypto::SystemRandom;
use brygga_domain::{ConversationId, MessageId, OrgId};
use brygga_exchange::records::OutboxEntry;
use brygga_storage::StorageError;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::limits::{MAX_BATCH_BYTES, MAX_BATCH_MESSAGES, MAX_UNDER_WAY};

use super::Office;
use super::bell::Bell;
use super::budget::CallBudget;
use super::carriage::{Carriage, Carried};
use super::lease::DeliveryLease;
use super::pace::Pace;

/// The task of one recipient.
pub(super) struct Courier {
    office: Arc<Office>,
    recipient: OrgId,
    /// Becomes true when the node stops.
    stopping: watch::Receiver<bool>,
    lease: DeliveryLease,
    pace: Pace,
    budget: CallBudget,
    under_way: JoinSet<Carried>,
    messages: HashSet<MessageId>,
    /// Threads of the messages under way.
    threads: HashSet<ConversationId>,
    /// Whether something is due that waits for its thread.
    is_held_back: bool,
}

impl Courier {
    pub(super) fn new(
        office: Arc<Office>,
        recipient: OrgId,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        let longest = office.channels.limits().longest_pause;
        let pace = Pace::new(office.app.parts().retry, longest);
        Self {
            office,
            recipient,
            stopping,
            lease: DeliveryLease::default(),
            pace,
            budget: CallBudget::full(),
            under_way: JoinSet::new(),
            messages: HashSet::new(),
            threads: HashSet::new(),
            is_held_back: false,
        }
    }

    /// Delivers whenever the bell rings, until the node stops; what is under way is finished.
    pub(super) async fn run(mut self, bell: Arc<Bell>) {
        let mut is_due = false;
        while !*self.stopping.borrow() {
            if is_due && self.under_way.len() < self.most_under_way() {
                match self.send_next().await {
                    Ok(more) => is_due = more,
                    Err(error) => {
                        tracing::warn!(peer = %self.recipient, storage.error = error.code(), "delivery failed");
                        self.pause(&bell).await;
                    }
                }
                continue;
            }
            tokio::select! {
                biased;
                () = stopped(&mut self.stopping) => {}
                Some(carried) = self.under_way.join_next() => {
                    if !self.arrived(carried.ok()) {
                        self.pause(&bell).await;
                        is_due = true;
                    }
                    is_due |= std::mem::take(&mut self.is_held_back);
                }
                () = bell.work.notified() => is_due = true,
            }
        }
        while self.under_way.join_next().await.is_some() {}
        let Self { office, recipient, lease, .. } = self;
        lease.release(&office.app, &recipient, &office.owner).await;
    }

    /// After a failure one batch by itself, until the recipient answers again.
    const fn most_under_way(&self) -> usize {
        if self.pace.batch() < MAX_BATCH_MESSAGES { 1 } else { MAX_UNDER_WAY }
    }

    /// Sends the next batch; says whether more may be due that can go at once.
    async fn send_next(&mut self) -> Result<bool, StorageError> {
        let Office { app, owner, .. } = &*self.office;
        if !self.lease.hold(app, &self.recipient, owner).await? {
            return Ok(false);
        }
        let wait = self.budget.spend(Instant::now());
        // Messages gather meanwhile. A sleep of nothing would still last until the next tick.
        if !wait.is_zero() {
            sleep(wait).await;
        }
        let limit = self.pace.batch();
        let place = self.office.places.take(limit).await;
        // Those under way are still queued, so that they are found again.
        let batches = 1 + self.under_way.len();
        let found = MAX_BATCH_MESSAGES.saturating_mul(u32::try_from(batches).unwrap_or(1));
        let found = app.outbox_due(&self.recipient, found, MAX_BATCH_BYTES * batches).await?;
        let (due, is_full) = self.next_batch(found, limit);
        if due.is_empty() {
            return Ok(false);
        }
        self.messages.extend(due.iter().map(|entry| entry.message_id));
        self.threads.extend(due.iter().map(|entry| entry.conversation));
        let carriage = Carriage::new(Arc::clone(&self.office), self.recipient.clone(), due, place);
        self.under_way.spawn(carriage.carry());
        Ok(is_full)
    }

    /// The oldest messages of threads that are not under way, as many as one batch holds, and
    /// whether it could hold no more.
    fn next_batch(&mut self, found: DueMessages, limit: u32) -> (Vec<OutboxEntry>, bool) {
        let mut bytes = 0;
        let mut due: Vec<OutboxEntry> = Vec::new();
        for entry in found.0 {
            if self.messages.contains(&entry.message_id) {
                continue;
            }
            if self.threads.contains(&entry.conversation) {
                self.is_held_back = true;
                continue;
            }
            bytes += entry.envelope.len();
            let is_beyond = bytes > MAX_BATCH_BYTES && !due.is_empty();
            if due.len() == limit as usize || is_beyond {
                return (due, true);
            }
            due.push(entry);
        }
        let is_full = due.len() == limit as usize || bytes > MAX_BATCH_BYTES / 2;
        (due, is_full)
    }

    /// A batch has come to its end; says whether the recipient gave a usable answer.
    fn arrived(&mut self, carried: Option<Carried>) -> bool {
        let Some(Carried { messages, is_answered }) = carried else {
            // A defect: nobody knows any more what was under way, so everything is looked for anew.
            self.under_way.abort_all();
            self.threads.clear();
            self.messages.clear();
            return false;
        };
        for (message, thread) in messages {
            self.messages.remove(&message);
            self.threads.remove(&thread);
        }
        if is_answered {
            self.pace.answered();
        }
        is_answered
    }

    /// Waits for what is under way, and then until it is time to try again, or the recipient is seen.
    async fn pause(&mut self, bell: &Bell) {
        while let Some(carried) = self.under_way.join_next().await {
            self.arrived(carried.ok());
        }
        let pause = self.pace.failed(&mut SystemRandom);
        tokio::select! {
            () = stopped(&mut self.stopping) => {}
            () = bell.seen.notified() => {}
            () = sleep(pause) => {}
        }
    }
}

/// Resolves when the node stops, or when whoever could stop it is gone.
async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error means that the sender is gone, and the deliverer with it.
    let _ = stopping.wait_for(|stop| *stop).await;
}
