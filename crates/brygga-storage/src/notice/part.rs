//! The sealed parts of notices, encrypted.

use brygga_domain::NoticeId;
use brygga_exchange::notice::{NoticePart, StoredNoticePart};
use brygga_exchange::records::ContentAtRest;

use crate::batch::Batch;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::transaction::Transaction;
use crate::values::Values;

const TABLE: &str = "notice_part";

static INSERT: Batch = Batch::new(
    "INSERT INTO notice_part (id, notice_id, part, is_own, key_slot, content) VALUES",
    6,
    "",
);

/// Stores parts.
pub(super) async fn insert(
    transaction: &mut Transaction<'_>,
    parts: &[StoredNoticePart],
) -> Result<(), StorageError> {
    let bind = |part: &StoredNoticePart, values: &mut Values| {
        let content = part.content.as_ref();
        values
            .bytes(part.id.as_bytes())
            .bytes(part.notice_id.as_bytes())
            .text(part.part.as_str())
            .number(part.is_own)
            .bytes_or_null(content.map(|held| held.key_slot.as_bytes().as_slice()))
            .bytes_or_null(content.map(|held| held.ciphertext.as_slice()));
    };
    transaction.write(&INSERT, parts, false, bind).await
}

impl Reader<'_> {
    /// The sealed parts of a notice, in the order of their messages.
    pub async fn notice_parts(
        &mut self,
        id: NoticeId,
    ) -> Result<Vec<StoredNoticePart>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let statement = "SELECT * FROM notice_part WHERE notice_id = $1 ORDER BY id";
        let found = self.rows(statement, values).await?;
        found.iter().map(|found| read(&StoredRow::new(TABLE, "id", found))).collect()
    }
}

fn read(row: &StoredRow<'_>) -> Result<StoredNoticePart, StorageError> {
    let content = match row.bytes_or_null("content")? {
        None => None,
        Some(ciphertext) => Some(ContentAtRest {
            key_slot: row.fixed("key_slot")?,
            ciphertext: ciphertext.to_vec(),
        }),
    };
    Ok(StoredNoticePart {
        id: row.fixed("id")?,
        notice_id: row.fixed("notice_id")?,
        part: row.coded("part", NoticePart::parse)?,
        is_own: row.flag("is_own")?,
        content,
    })
}
