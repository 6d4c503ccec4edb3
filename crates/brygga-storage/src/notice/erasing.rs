//! What is erased of notices and signals: their sealed parts, and the digests of what was asked for, which cover the
//! personal data.

use brygga_domain::{NoticeId, Timestamp};
use brygga_exchange::erase::{Erasure, Subject};

use crate::CaseSlots;
use crate::batch::Batch;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::transaction::Transaction;
use crate::values::Values;

static NOTICES: Batch = Batch::new(
    "UPDATE notice SET erased_at = COALESCE(erased_at, step.column2) FROM (VALUES",
    2,
    ") AS step WHERE notice.id = step.column1",
);

static REQUESTS: Batch = Batch::new(
    "UPDATE notice_request SET request_digest = step.column2 FROM (VALUES",
    2,
    ") AS step WHERE notice_request.notice_id = step.column1",
);

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

/// Why one was kept tells of the day of birth.
static KEPT: Batch = Batch::new("DELETE FROM notice_kept WHERE notice_id IN (VALUES", 1, ")");

/// Clears what erasures of notices and signals clear.
pub(crate) async fn erase(
    transaction: &mut Transaction<'_>,
    erasures: &[Erasure],
) -> Result<(), StorageError> {
    let (mut notices, mut signals) = (Vec::new(), Vec::new());
    for erasure in erasures {
        match erasure.subject {
            Subject::Notice(id) => notices.push((id, erasure.erased_at)),
            Subject::Signal(id) => signals.push((id, erasure.erased_at)),
            Subject::Consent(_)
            | Subject::Offer(_)
            | Subject::Referral(_)
            | Subject::Relocation(_)
            | Subject::Transfer(_) => {}
        }
    }
    let bind = |(id, at): &(NoticeId, Timestamp), values: &mut Values| {
        values.bytes(id.as_bytes()).instant(*at);
    };
    transaction.write(&NOTICES, &notices, true, bind).await?;
    let bind = |(id, _): &(NoticeId, Timestamp), values: &mut Values| {
        values.bytes(id.as_bytes()).bytes(&[0; 32]);
    };
    transaction.write(&REQUESTS, &notices, false, bind).await?;
    let bind = |(id, at): &(NoticeId, Timestamp), values: &mut Values| {
        values.bytes(id.as_bytes()).instant(*at).bytes(&[0; 32]);
    };
    transaction.write(&SIGNALS, &signals, true, bind).await?;
    let both: Vec<NoticeId> = notices.iter().chain(&signals).map(|(id, _)| *id).collect();
    let bind = |id: &NoticeId, values: &mut Values| {
        values.bytes(id.as_bytes());
    };
    transaction.write(&PARTS, &both, false, bind).await?;
    transaction.write(&KEPT, &both, false, bind).await
}

impl Reader<'_> {
    /// Where the keys of a notice's parts lie; none where there is no such notice.
    pub(crate) async fn notice_slots(
        &mut self,
        id: NoticeId,
    ) -> Result<Option<CaseSlots>, StorageError> {
        self.part_slots("SELECT id, erased_at FROM notice WHERE id = $1", id).await
    }

    /// Where the keys of a signal's parts lie; none where there is no such signal.
    pub(crate) async fn signal_slots(
        &mut self,
        id: NoticeId,
    ) -> Result<Option<CaseSlots>, StorageError> {
        self.part_slots("SELECT id, erased_at FROM signal WHERE id = $1", id).await
    }

    async fn part_slots(
        &mut self,
        statement: &'static str,
        id: NoticeId,
    ) -> Result<Option<CaseSlots>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let Some(found) = self.row(statement, values).await? else { return Ok(None) };
        let erased_at = StoredRow::new("notice", "id", &found).instant_or_null("erased_at")?;
        let parts = self.notice_parts(id).await?;
        let slots = parts.into_iter().filter_map(|part| part.content.map(|held| held.key_slot));
        Ok(Some(CaseSlots { slots: slots.collect(), erased_at }))
    }
}
