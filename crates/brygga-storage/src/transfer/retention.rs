//! Transfers that are over, for the rules of retention, and those whose sealed parts go.

use brygga_crypto::at_rest::KeySlot;
use brygga_domain::transfer::Transfer;
use brygga_domain::{Timestamp, TransferId};
use brygga_exchange::erase::{Erasure, Subject};
use brygga_exchange::transfer::KeptTransfer;

use super::{TABLE, read};
use crate::batch::Batch;
use crate::erase::CaseSlots;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::transaction::Transaction;
use crate::values::Values;

/// The rules may be asked again, with another answer.
static KEEP: Batch = Batch::new(
    "UPDATE transfer SET kept_until = step.column2, kept_section = step.column3 FROM (VALUES",
    3,
    ") AS step WHERE transfer.id = step.column1",
);

/// The digest of a request covers the personal data. Why it was kept tells of the day of birth.
static TRANSFERS: Batch = Batch::new(
    "UPDATE transfer SET erased_at = COALESCE(erased_at, step.column2), \
     request_digest = CASE WHEN request_digest IS NOT NULL THEN step.column3 END, \
     kept_until = NULL, kept_section = NULL FROM (VALUES",
    3,
    ") AS step WHERE transfer.id = step.column1",
);

static PARTS: Batch = Batch::new(
    "UPDATE transfer_part SET content = NULL, key_slot = NULL WHERE transfer_id IN (VALUES",
    1,
    ")",
);

/// A transfer that is over and still holds personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedTransfer {
    /// The transfer.
    pub transfer: Transfer,
    /// What the rules said when they were asked with the day of birth; none where they were not.
    pub kept: Option<KeptTransfer>,
}

/// A place in the order of closing: when a transfer changed last, and which it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransferPlace {
    changed_at: Timestamp,
    id: TransferId,
}

impl ClosedTransfer {
    /// Where it stands in the order of closing.
    pub const fn place(&self) -> TransferPlace {
        TransferPlace { changed_at: self.transfer.changed_at, id: self.transfer.id }
    }
}

/// Notes that transfers are kept.
pub(super) async fn keep(
    transaction: &mut Transaction<'_>,
    kept: &[KeptTransfer],
) -> Result<(), StorageError> {
    let bind = |kept: &KeptTransfer, values: &mut Values| {
        values.bytes(kept.id.as_bytes()).instant_or_null(kept.until).text(&kept.section);
    };
    transaction.write(&KEEP, kept, true, bind).await
}

/// Clears what erasures of transfers clear.
pub(crate) async fn erase(
    transaction: &mut Transaction<'_>,
    erasures: &[Erasure],
) -> Result<(), StorageError> {
    let transfers: Vec<(TransferId, Timestamp)> = erasures
        .iter()
        .filter_map(|erasure| match erasure.subject {
            Subject::Transfer(id) => Some((id, erasure.erased_at)),
            Subject::Consent(_)
            | Subject::Notice(_)
            | Subject::Offer(_)
            | Subject::Referral(_)
            | Subject::Relocation(_)
            | Subject::Signal(_) => None,
        })
        .collect();
    let bind = |(id, at): &(TransferId, Timestamp), values: &mut Values| {
        values.bytes(id.as_bytes()).instant(*at).bytes(&[0; 32]);
    };
    transaction.write(&TRANSFERS, &transfers, true, bind).await?;
    let bind = |(id, _): &(TransferId, Timestamp), values: &mut Values| {
        values.bytes(id.as_bytes());
    };
    transaction.write(&PARTS, &transfers, false, bind).await
}

impl Reader<'_> {
    /// Transfers that are over and hold personal data, those that changed first at the beginning; at most `limit`.
    pub async fn transfers_closed(
        &mut self,
        after: Option<TransferPlace>,
        limit: u32,
    ) -> Result<Vec<ClosedTransfer>, StorageError> {
        let (changed_at, id) = match &after {
            Some(place) => (place.changed_at, place.id.as_bytes().as_slice()),
            None => (Timestamp::from_millis(i64::MIN), [].as_slice()),
        };
        let mut values = Values::new();
        values.instant(changed_at).bytes(id).number(limit);
        let statement = "SELECT * FROM transfer WHERE (withdrawn_at IS NOT NULL \
             OR handed_over_at IS NOT NULL OR not_taken IS NOT NULL OR outcome = 'STAYS') \
             AND EXISTS (SELECT 1 FROM transfer_part \
             WHERE transfer_id = transfer.id AND key_slot IS NOT NULL) \
             AND (changed_at, id) > ($1, $2) ORDER BY changed_at, id LIMIT $3";
        self.rows(statement, values).await?.iter().map(closed).collect()
    }

    /// Where the keys of a transfer's parts lie.
    pub(crate) async fn transfer_slots(
        &mut self,
        id: TransferId,
    ) -> Result<Option<CaseSlots>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let statement = "SELECT id, erased_at FROM transfer WHERE id = $1";
        let Some(found) = self.row(statement, values).await? else { return Ok(None) };
        let erased_at = StoredRow::new(TABLE, "id", &found).instant_or_null("erased_at")?;
        let parts = self.transfer_parts(id).await?;
        let slots: Vec<KeySlot> =
            parts.iter().filter_map(|part| Some(part.content.as_ref()?.key_slot)).collect();
        Ok(Some(CaseSlots { slots, erased_at }))
    }
}

fn closed(found: &sqlx::any::AnyRow) -> Result<ClosedTransfer, StorageError> {
    let row = StoredRow::new(TABLE, "id", found);
    let transfer = read(found)?;
    let section = row.text_or_null("kept_section")?.map(str::to_owned);
    let until = row.instant_or_null("kept_until")?;
    let kept = section.map(|section| KeptTransfer { id: transfer.id, until, section });
    Ok(ClosedTransfer { transfer, kept })
}
