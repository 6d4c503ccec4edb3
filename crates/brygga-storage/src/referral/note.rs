//! Notes in between, with their text encrypted.

use brygga_domain::{MessageId, ReferralId, UnitId};
use brygga_exchange::records::{ContentAtRest, StoredNote};

use crate::batch::Batch;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::transaction::Transaction;
use crate::values::Values;

const TABLE: &str = "referral_note";

static INSERT: Batch = Batch::new(
    "INSERT INTO referral_note (id, referral_id, is_own, author_unit, written_at, key_slot, \
     content, consent_id) VALUES",
    8,
    "",
);

/// Stores notes.
pub(crate) async fn insert(
    transaction: &mut Transaction<'_>,
    notes: &[StoredNote],
) -> Result<(), StorageError> {
    let bind = |note: &StoredNote, values: &mut Values| {
        let content = note.content.as_ref();
        values
            .bytes(note.id.as_bytes())
            .bytes(note.referral_id.as_bytes())
            .number(note.is_own)
            .text_or_null(note.author_unit.as_ref().map(UnitId::as_str))
            .instant(note.written_at)
            .bytes_or_null(content.map(|held| held.key_slot.as_bytes().as_slice()))
            .bytes_or_null(content.map(|held| held.ciphertext.as_slice()))
            .bytes_or_null(note.consent_id.as_ref().map(|id| id.as_bytes().as_slice()));
    };
    transaction.write(&INSERT, notes, false, bind).await
}

impl Reader<'_> {
    /// A note.
    pub async fn note_by_id(&mut self, id: MessageId) -> Result<Option<StoredNote>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let found = self.row("SELECT * FROM referral_note WHERE id = $1", values).await?;
        found.map(|found| read(&StoredRow::new(TABLE, "id", &found))).transpose()
    }

    /// The notes of both sides of a referral, oldest first.
    pub async fn notes_by_referral(
        &mut self,
        id: ReferralId,
    ) -> Result<Vec<StoredNote>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let statement =
            "SELECT * FROM referral_note WHERE referral_id = $1 ORDER BY written_at, id";
        let found = self.rows(statement, values).await?;
        found.iter().map(|found| read(&StoredRow::new(TABLE, "id", found))).collect()
    }
}

fn read(row: &StoredRow<'_>) -> Result<StoredNote, StorageError> {
    let content = match row.bytes_or_null("content")? {
        None => None,
        Some(ciphertext) => Some(ContentAtRest {
            key_slot: row.fixed("key_slot")?,
            ciphertext: ciphertext.to_vec(),
        }),
    };
    Ok(StoredNote {
        id: row.fixed("id")?,
        referral_id: row.fixed("referral_id")?,
        is_own: row.flag("is_own")?,
        author_unit: row.coded_or_null("author_unit", |text| UnitId::parse(text).ok())?,
        written_at: row.instant("written_at")?,
        consent_id: row.fixed_or_null("consent_id")?,
        content,
    })
}
