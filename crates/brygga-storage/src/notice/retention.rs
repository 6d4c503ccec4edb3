//! Notices and signals that hold personal data, for the rules of retention.

use brygga_domain::{ConversationId, NoticeId, Timestamp};
use brygga_exchange::erase::Subject;
use brygga_exchange::notice::KeptNotice;
use sqlx::any::AnyRow;

use super::TABLE;
use crate::batch::Batch;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::transaction::Transaction;
use crate::values::Values;

/// The rules may be asked again, with another answer.
static KEEP: Batch = Batch::new(
    "INSERT INTO notice_kept (notice_id, until, section) VALUES",
    3,
    " ON CONFLICT (notice_id) DO UPDATE SET until = excluded.until, section = excluded.section",
);

/// What holds personal data, and whether anything can still follow it.
const HELD: &str = "SELECT told.*, notice_kept.until, notice_kept.section FROM ( \
     SELECT id, 'NOTICE' AS what, protected, changed_at, \
         CASE WHEN not_taken IS NOT NULL OR kind IN ('WITHDRAWN', 'LAPSED', 'EXECUTED') \
         THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END AS is_over FROM notice \
     UNION ALL SELECT id, 'SIGNAL', CAST(0 AS BIGINT), changed_at, \
         CASE WHEN not_taken IS NOT NULL OR outcome IS NOT NULL \
         THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END FROM signal \
     ) AS told LEFT JOIN notice_kept ON notice_kept.notice_id = told.id \
     WHERE EXISTS (SELECT 1 FROM notice_part WHERE notice_id = told.id AND key_slot IS NOT NULL) \
     AND (changed_at, id) > ($1, $2) ORDER BY changed_at, id LIMIT $3";

/// A notice or a signal that holds personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldNotice {
    /// Which.
    pub id: NoticeId,
    /// Whether it is a notice or a signal, as something to erase.
    pub subject: Subject,
    /// Whether the person is protected.
    pub is_protected: bool,
    /// When anything was told of it last.
    pub changed_at: Timestamp,
    /// Whether nothing can follow it.
    pub is_over: bool,
    /// What the rules said when they were asked with the day of birth; none where they were not.
    pub kept: Option<KeptNotice>,
}

/// A place in the order of what was told last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoticePlace {
    changed_at: Timestamp,
    id: NoticeId,
}

impl HeldNotice {
    /// Where it stands in the order.
    pub const fn place(&self) -> NoticePlace {
        NoticePlace { changed_at: self.changed_at, id: self.id }
    }

    /// Its thread.
    pub const fn conversation(&self) -> ConversationId {
        ConversationId::from_bytes(*self.id.as_bytes())
    }
}

/// Notes that notices and signals are kept.
pub(super) async fn keep(
    transaction: &mut Transaction<'_>,
    kept: &[KeptNotice],
) -> Result<(), StorageError> {
    let bind = |kept: &KeptNotice, values: &mut Values| {
        values.bytes(kept.id.as_bytes()).instant_or_null(kept.until).text(&kept.section);
    };
    transaction.write(&KEEP, kept, false, bind).await
}

impl Reader<'_> {
    /// Notices and signals that hold personal data, those of which something was told longest ago first; at most `limit`.
    pub async fn notices_held(
        &mut self,
        after: Option<NoticePlace>,
        limit: u32,
    ) -> Result<Vec<HeldNotice>, StorageError> {
        let (changed_at, id) = match &after {
            Some(place) => (place.changed_at, place.id.as_bytes().as_slice()),
            None => (Timestamp::from_millis(i64::MIN), [].as_slice()),
        };
        let mut values = Values::new();
        values.instant(changed_at).bytes(id).number(limit);
        self.rows(HELD, values).await?.iter().map(held).collect()
    }
}

fn held(found: &AnyRow) -> Result<HeldNotice, StorageError> {
    let row = StoredRow::new(TABLE, "id", found);
    let id = row.fixed("id")?;
    let subject = |what: &str| match what {
        "NOTICE" => Some(Subject::Notice(id)),
        "SIGNAL" => Some(Subject::Signal(id)),
        _ => None,
    };
    let section = row.text_or_null("section")?.map(str::to_owned);
    let until = row.instant_or_null("until")?;
    Ok(HeldNotice {
        id,
        subject: row.coded("what", subject)?,
        is_protected: row.flag("protected")?,
        changed_at: row.instant("changed_at")?,
        is_over: row.flag("is_over")?,
        kept: section.map(|section| KeptNotice { id, until, section }),
    })
}
