//! The sealed parts of transfers, encrypted.

use brygga_domain::TransferId;
use brygga_exchange::records::ContentAtRest;
use brygga_exchange::transfer::{StoredPart, TransferPart};

use crate::batch::Batch;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::transaction::Transaction;
use crate::values::Values;

const TABLE: &str = "transfer_part";

static INSERT: Batch = Batch::new(
    "INSERT INTO transfer_part (id, transfer_id, part, is_own, key_slot, content) VALUES",
    6,
    "",
);

/// Stores parts.
pub(super) async fn insert(
    transaction: &mut Transaction<'_>,
    parts: &[StoredPart],
) -> Result<(), StorageError> {
    let bind = |part: &StoredPart, values: &mut Values| {
        let content = part.content.as_ref();
        values
            .bytes(part.id.as_bytes())
            .bytes(part.transfer_id.as_bytes())
            .text(part.part.as_str())
            .number(part.is_own)
            .bytes_or_null(content.map(|held| held.key_slot.as_bytes().as_slice()))
            .bytes_or_null(content.map(|held| held.ciphertext.as_slice()));
    };
    transaction.write(&INSERT, parts, false, bind).await
}

impl Reader<'_> {
    /// The sealed parts of a transfer, in the order of their messages.
    pub async fn transfer_parts(
        &mut self,
        id: TransferId,
    ) -> Result<Vec<StoredPart>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let statement = "SELECT * FROM transfer_part WHERE transfer_id = $1 ORDER BY id";
        let found = self.rows(statement, values).await?;
        found.iter().map(|found| read(&StoredRow::new(TABLE, "id", found))).collect()
    }
}

fn read(row: &StoredRow<'_>) -> Result<StoredPart, StorageError> {
    let content = match row.bytes_or_null("content")? {
        None => None,
        Some(ciphertext) => Some(ContentAtRest {
            key_slot: row.fixed("key_slot")?,
            ciphertext: ciphertext.to_vec(),
        }),
    };
    Ok(StoredPart {
        id: row.fixed("id")?,
        transfer_id: row.fixed("transfer_id")?,
        part: row.coded("part", TransferPart::parse)?,
        is_own: row.flag("is_own")?,
        content,
    })
}
