//! Delivers to one recipient, one batch after the other.

use std::sync::Arc;

use brygga_crypto::SystemRandom;
use brygga_domain::OrgId;
use brygga_exchange::records::OutboxEntry;
use brygga_storage::StorageError;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use crate::limits::MAX_BATCH_BYTES;

use super::Office;
use super::batch::Batch;
use super::bell::Bell;
use super::budget::CallBudget;
use super::failures::Failures;
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
    failures: Failures,
    budget: CallBudget,
}

/// How a round ended.
enum Round {
    /// Nothing more is due that has not been announced.
    Done,
    /// Another process delivers to the recipient.
    Elsewhere,
    /// The recipient gave no answer that can be used.
    Failed,
    /// More may be due.
    Full,
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
            failures: Failures::default(),
            budget: CallBudget::full(),
        }
    }

    /// Delivers whenever the bell rings, until the node stops.
    pub(super) async fn run(mut self, bell: Arc<Bell>) {
        loop {
            tokio::select! {
                biased;
                () = stopped(&mut self.stopping) => break,
                () = bell.work.notified() => self.deliver(&bell).await,
            }
        }
        let Self { office, recipient, lease, .. } = self;
        lease.release(&office.app, &recipient, &office.owner).await;
    }

    /// Delivers until nothing more is due.
    async fn deliver(&mut self, bell: &Bell) {
        let mut express = bell.take_express();
        while !*self.stopping.borrow() {
            let round = self.round(express.take()).await.unwrap_or_else(|error| {
                tracing::warn!(peer = %self.recipient, storage.error = error.code(), "delivery failed");
                Round::Failed
            });
            match round {
                Round::Done => return bell.wait_for_express(),
                Round::Elsewhere => return,
                Round::Full => {}
                Round::Failed => {
                    let pause = self.pace.failed(&mut SystemRandom);
                    tokio::select! {
                        () = stopped(&mut self.stopping) => return,
                        () = bell.seen.notified() => {}
                        () = sleep(pause) => {}
                    }
                }
            }
        }
    }

    /// Sends one batch, or the message that was handed over, and stores what came back.
    async fn round(&mut self, express: Option<Arc<OutboxEntry>>) -> Result<Round, StorageError> {
        let Office { app, channels, owner, .. } = &*self.office;
        if !self.lease.hold(app, &self.recipient, owner).await? {
            return Ok(Round::Elsewhere);
        }
        let wait = self.budget.spend(Instant::now());
        // Messages gather meanwhile. A sleep of nothing would still last until the next tick.
        if !wait.is_zero() {
            sleep(wait).await;
        }
        let limit = self.pace.batch();
        let _place = self.office.places.take(limit).await;
        let due = match express {
            // After a wait it may have been stopped.
            Some(entry) if wait.is_zero() => vec![Arc::unwrap_or_clone(entry)],
            _ => app.outbox_due(&self.recipient, limit, MAX_BATCH_BYTES).await?.0,
        };
        if due.is_empty() {
            return Ok(Round::Done);
        }
        let bytes: usize = due.iter().map(|entry| entry.envelope.len()).sum();
        // An envelope is far smaller than half a batch, so that nothing was left out below it.
        let is_full = due.len() == limit as usize || bytes > MAX_BATCH_BYTES / 2;
        let mut batch = Batch::new(due);
        let begun = Instant::now();
        let answer = batch.send(channels, &self.recipient).await;
        let took = begun.elapsed();
        if let Ok(answer) = &answer {
            self.office.hints.heard(&self.recipient, answer.registry_sequence);
        }
        let settlement = batch.settle(app, answer, &mut self.failures);
        for (entry, reply) in &settlement.replies {
            let observer = &self.office.observer;
            observer.attempted(&self.recipient, &entry.message_type, reply.into(), took);
        }
        app.settle(settlement.replies).await?;
        if let Some(failure) = settlement.failure {
            tracing::warn!(peer = %self.recipient, error.type = failure, "batch not delivered");
            return Ok(Round::Failed);
        }
        self.pace.answered();
        Ok(if is_full { Round::Full } else { Round::Done })
    }
}

/// Resolves when the node stops, or when whoever could stop it is gone.
async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error means that the sender is gone, and the deliverer with it.
    let _ = stopping.wait_for(|stop| *stop).await;
}
