//! Messages received, so that a repeat gets the very same receipt.

use brygga_domain::{MessageId, OrgId};
use brygga_exchange::Key;
use brygga_exchange::records::InboxEntry;

use crate::batch::Batch;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::transaction::Transaction;
use crate::values::Values;

static INSERT: Batch = Batch::new(
    "INSERT INTO inbox (sender, message_id, envelope_digest, receipt, received_at) VALUES",
    5,
    "",
);

/// Stores messages received; one that is held already is a conflict.
pub(crate) async fn insert(
    transaction: &mut Transaction<'_>,
    entries: &[InboxEntry],
) -> Result<(), StorageError> {
    let bind = |entry: &InboxEntry, values: &mut Values| {
        values
            .text(entry.sender.as_str())
            .bytes(entry.message_id.as_bytes())
            .bytes(entry.envelope_digest.as_bytes())
            .bytes(&entry.receipt)
            .instant(entry.received_at);
    };
    transaction.write(&INSERT, entries, false, bind).await
}

impl Reader<'_> {
    /// What was answered to a message.
    pub async fn inbox_entry(
        &mut self,
        sender: &OrgId,
        message_id: MessageId,
    ) -> Result<Option<InboxEntry>, StorageError> {
        if self.foreseen.is_absent(&Key::Inbox(sender.clone(), message_id)) {
            return Ok(None);
        }
        let mut values = Values::new();
        values.text(sender.as_str()).bytes(message_id.as_bytes());
        let statement = "SELECT message_id, envelope_digest, receipt, received_at FROM inbox \
                         WHERE sender = $1 AND message_id = $2";
        let Some(found) = self.row(statement, values).await? else { return Ok(None) };
        let row = StoredRow::new("inbox", "message_id", &found);
        Ok(Some(InboxEntry {
            sender: sender.clone(),
            message_id,
            envelope_digest: row.fixed("envelope_digest")?,
            receipt: row.bytes("receipt")?.to_vec(),
            received_at: row.instant("received_at")?,
        }))
    }
}
