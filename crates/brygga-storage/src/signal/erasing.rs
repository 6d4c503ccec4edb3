//! What is erased of signals: their sealed parts, and the digest of what was asked for.

use brygga_domain::{NoticeId, Timestamp};
use brygga_exchange::erase::{Erasure, Subject};

use crate::CaseSlots;
use crate::batch::Batch;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::transaction::Transaction;
use crate::values::Values;

/// The digest of a request covers the personal data.
static SIGNALS: Batch = Batch::new(
    "UPDATE signal SET erased_at = COALESCE(erased_at, step.column2), \
     request_digest = CASE WHEN request_digest IS NOT NULL THEN step.column3 END FROM (VALUES",
    3,
    ") AS step WHERE signal.id = step.column1",
);

static PARTS: Batch = Batch::new(
    "UPDATE notice_part SET content = NULL, key_slot = NULL WHERE notice_id IN (VALUES",
    1,
    ")",
);

/// Clears what erasures of signals clear.
pub(crate) async fn erase(
    transaction: &mut Transaction<'_>,
    erasures: &[Erasure],
) -> Result<(), StorageError> {
    let of = |erasure: &Erasure| match erasure.subject {
        Subject::Signal(id) => Some((id, erasure.erased_at)),
        Subject::Consent(_)
        | Subject::Offer(_)
        | Subject::Referral(_)
        | Subject::Relocation(_)
        | Subject::Transfer(_) => None,
    };
    let signals: Vec<(NoticeId, Timestamp)> = erasures.iter().filter_map(of).collect();
    let bind = |(id, at): &(NoticeId, Timestamp), values: &mut Values| {
        values.bytes(id.as_bytes()).instant(*at).bytes(&[0; 32]);
    };
    transaction.write(&SIGNALS, &signals, true, bind).await?;
    let bind = |(id, _): &(NoticeId, Timestamp), values: &mut Values| {
        values.bytes(id.as_bytes());
    };
    transaction.write(&PARTS, &signals, false, bind).await
}

impl Reader<'_> {
    /// Where the keys of a signal's parts lie; none where there is no such signal.
    pub(crate) async fn signal_slots(
        &mut self,
        id: NoticeId,
    ) -> Result<Option<CaseSlots>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let statement = "SELECT id, erased_at FROM signal WHERE id = $1";
        let Some(found) = self.row(statement, values).await? else { return Ok(None) };
        let erased_at = StoredRow::new("signal", "id", &found).instant_or_null("erased_at")?;
        let parts = self.notice_parts(id).await?;
        let slots = parts.into_iter().filter_map(|part| part.content.map(|held| held.key_slot));
        Ok(Some(CaseSlots { slots: slots.collect(), erased_at }))
    }
}
