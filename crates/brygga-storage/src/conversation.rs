//! Threads of messages: the heads of their hash chains.

use brygga_crypto::Digest;
use brygga_domain::{ConversationId, OrgId};
use brygga_exchange::Key;
use brygga_exchange::records::Chain;
use brygga_exchange::write_set::ChainStep;

use crate::batch::Batch;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::transaction::Transaction;
use crate::values::Values;

static INSERT: Batch = Batch::new(
    "INSERT INTO conversation (conversation_id, peer, sent_head, received_head) VALUES",
    4,
    "",
);

static UPDATE: Batch = Batch::new(
    "UPDATE conversation SET sent_head = step.column3, received_head = step.column4 FROM (VALUES",
    6,
    ") AS step WHERE conversation.conversation_id = step.column1 \
     AND conversation.peer = step.column2 \
     AND conversation.sent_head IS NOT DISTINCT FROM step.column5 \
     AND conversation.received_head IS NOT DISTINCT FROM step.column6",
);

/// Stores threads, each only where it is still what was read.
pub(crate) async fn step(
    transaction: &mut Transaction<'_>,
    steps: &[ChainStep],
) -> Result<(), StorageError> {
    let (grown, new): (Vec<&ChainStep>, Vec<&ChainStep>) =
        steps.iter().partition(|step| step.before.is_some());
    transaction.write(&INSERT, &new, false, |step, values| bind_after(step, values)).await?;
    let bind = |step: &&ChainStep, values: &mut Values| {
        bind_after(step, values);
        bind_heads(step.before.unwrap_or_default(), values);
    };
    transaction.write(&UPDATE, &grown, true, bind).await
}

fn bind_after(step: &ChainStep, values: &mut Values) {
    values.bytes(step.conversation.as_bytes()).text(step.peer.as_str());
    bind_heads(step.after, values);
}

fn bind_heads(chain: Chain, values: &mut Values) {
    let bytes = |head: &Option<Digest>| head.map(|head| *head.as_bytes());
    values
        .bytes_or_null(bytes(&chain.sent_head).as_ref().map(<[u8; 32]>::as_slice))
        .bytes_or_null(bytes(&chain.received_head).as_ref().map(<[u8; 32]>::as_slice));
}

impl Reader<'_> {
    /// Whether nobody has a message in the conversation, as far as was looked up for the decision or
    /// is hoped; `false` where that is not known.
    pub fn is_new_conversation(&self, conversation: ConversationId, peer: &OrgId) -> bool {
        self.foreseen.is_absent(&Key::Conversation(conversation, peer.clone()))
    }

    /// The thread with a peer; none where it has no message yet.
    pub async fn chain(
        &mut self,
        conversation: ConversationId,
        peer: &OrgId,
    ) -> Result<Option<Chain>, StorageError> {
        if self.foreseen.is_absent(&Key::Conversation(conversation, peer.clone())) {
            return Ok(None);
        }
        let mut values = Values::new();
        values.bytes(conversation.as_bytes()).text(peer.as_str());
        let statement = "SELECT conversation_id, sent_head, received_head FROM conversation \
                         WHERE conversation_id = $1 AND peer = $2";
        let Some(found) = self.row(statement, values).await? else { return Ok(None) };
        let row = StoredRow::new("conversation", "conversation_id", &found);
        let sent_head = row.fixed_or_null("sent_head")?;
        Ok(Some(Chain { sent_head, received_head: row.fixed_or_null("received_head")? }))
    }
}
