//! One batch on its way: sent, answered, and its receipts stored.

use std::sync::Arc;

use brygga_domain::{ConversationId, MessageId, OrgId};
use brygga_exchange::records::OutboxEntry;
use brygga_storage::StorageError;
use tokio::time::Instant;

use super::Office;
use super::batch::Batch;
use super::places::Place;

/// A batch that is ready to go.
pub(super) struct Carriage {
    office: Arc<Office>,
    recipient: OrgId,
    messages: Vec<(MessageId, ConversationId)>,
    batch: Batch,
    /// Given back when the batch has ended.
    _place: Option<Place>,
}

/// How a batch has ended.
pub(super) struct Carried {
    /// Its messages and their threads.
    pub(super) messages: Vec<(MessageId, ConversationId)>,
    /// Whether the recipient gave an answer that can be used, and it is stored.
    pub(super) is_answered: bool,
}

impl Carriage {
    pub(super) fn new(
        office: Arc<Office>,
        recipient: OrgId,
        due: Vec<OutboxEntry>,
        place: Option<Place>,
    ) -> Self {
        let messages = due.iter().map(|entry| (entry.message_id, entry.conversation)).collect();
        Self { office, recipient, messages, batch: Batch::new(due), _place: place }
    }

    /// Sends the batch and stores what came back.
    pub(super) async fn carry(mut self) -> Carried {
        let recipient = self.recipient.clone();
        let messages = std::mem::take(&mut self.messages);
        let failure = match self.deliver().await {
            Ok(failure) => failure,
            Err(error) => Some(error.code()),
        };
        if let Some(failure) = failure {
            tracing::warn!(peer = %recipient, error.type = failure, "batch not delivered");
        }
        Carried { messages, is_answered: failure.is_none() }
    }

    /// Returns why the recipient gave no usable answer; none where it did.
    async fn deliver(mut self) -> Result<Option<&'static str>, StorageError> {
        let Office { app, channels, hints, observer, .. } = &*self.office;
        let begun = Instant::now();
        let answer = self.batch.send(channels, &self.recipient).await;
        let took = begun.elapsed();
        if let Ok(answer) = &answer {
            hints.heard(&self.recipient, answer.registry_sequence);
        }
        let settlement = self.batch.settle(app, answer);
        for (entry, reply) in &settlement.replies {
            observer.attempted(&self.recipient, &entry.message_type, reply.into(), took);
        }
        app.settle(settlement.replies).await?;
        Ok(settlement.failure)
    }
}
