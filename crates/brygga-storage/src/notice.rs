//! Notices of evictions. Their sealed parts stand in `part.rs`, with those of signals, and so does what becomes of both.

mod erasing;
mod part;
mod retention;

pub(crate) use erasing::erase;
pub use retention::{HeldNotice, NoticePlace};

use brygga_crypto::Digest;
use brygga_domain::lateness::Lateness;
use brygga_domain::notice::{CaseNumber, EvictionNotice, NoticeAlarm, NoticeKind, NoticeSide};
use brygga_domain::{NoticeId, OrgId, Reason, Timestamp, UnitId};
use brygga_exchange::notice::{ChangedNotice, NewNotice, NoticeWrites};
use brygga_exchange::records::IdempotencyKey;
use sqlx::any::AnyRow;

use crate::batch::Batch;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::transaction::Transaction;
use crate::values::Values;

const TABLE: &str = "notice";

static INSERT: Batch = Batch::new(
    "INSERT INTO notice (id, side, sender, recipient, sender_unit, recipient_unit, protected, \
     case_number, agreement_id, agreement_version, rule_id, kind, \
     message_id, sent_at, arrived_at, not_taken, confirmed_at, raised, due_at, with_children, until, changed_at, revision) \
     VALUES",
    23,
    "",
);

static UPDATE: Batch = Batch::new(
    "UPDATE notice SET kind = step.column3, message_id = step.column4, sent_at = step.column5, \
     arrived_at = step.column6, not_taken = step.column7, confirmed_at = step.column8, \
     raised = step.column9, due_at = step.column10, with_children = step.column11, until = step.column12, \
     changed_at = step.column13, revision = step.column14 FROM (VALUES",
    14,
    ") AS step WHERE notice.id = step.column1 AND notice.revision = step.column2",
);

static REQUEST: Batch = Batch::new(
    "INSERT INTO notice_request (idempotency_key, notice_id, request_digest) VALUES",
    3,
    "",
);

/// How much lies past its time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RaisedCounts {
    /// Notices of evictions, without those of protected persons.
    pub notices: u64,
    /// Signals.
    pub signals: u64,
    /// When the signal came that has waited longest for somebody who works with it; none where all have somebody.
    pub unhandled_since: Option<Timestamp>,
}

/// Stores what a decision changes about notices.
pub(crate) async fn write(
    transaction: &mut Transaction<'_>,
    writes: &NoticeWrites,
) -> Result<(), StorageError> {
    transaction.write(&INSERT, &writes.new, false, bind_new).await?;
    let bind = |changed: &ChangedNotice, values: &mut Values| {
        values.bytes(changed.notice.id.as_bytes()).number(changed.before);
        bind_progress(&changed.notice, values);
    };
    transaction.write(&UPDATE, &writes.changed, true, bind).await?;
    let new = writes.new.iter().map(|new| (new.notice.id, &new.idempotency));
    let changed = writes.changed.iter().map(|one| (one.notice.id, &one.idempotency));
    let requests: Vec<(NoticeId, &IdempotencyKey)> =
        new.chain(changed).filter_map(|(id, given)| Some((id, given.as_ref()?))).collect();
    let bind = |(id, given): &(NoticeId, &IdempotencyKey), values: &mut Values| {
        values.bytes(&given.key).bytes(id.as_bytes()).bytes(given.request_digest.as_bytes());
    };
    transaction.write(&REQUEST, &requests, false, bind).await?;
    part::insert(transaction, &writes.parts).await?;
    retention::keep(transaction, &writes.kept).await
}

fn bind_new(new: &NewNotice, values: &mut Values) {
    let notice = &new.notice;
    values
        .bytes(notice.id.as_bytes())
        .text(notice.side.as_str())
        .text(notice.sender.as_str())
        .text(notice.recipient.as_str())
        .text_or_null(notice.sender_unit.as_ref().map(UnitId::as_str))
        .text_or_null(notice.recipient_unit.as_ref().map(UnitId::as_str))
        .number(notice.protected)
        .text(notice.case_number.as_str())
        .bytes(notice.agreement_id.as_bytes())
        .number(notice.agreement_version)
        .text(&notice.rule_id);
    bind_progress(notice, values);
}

/// Puts what changes, in the order of the update's columns.
fn bind_progress(notice: &EvictionNotice, values: &mut Values) {
    let until = notice.until.map(|day| day.to_string());
    values
        .text(notice.kind.as_str())
        .bytes(notice.message_id.as_bytes())
        .instant(notice.sent_at)
        .instant_or_null(notice.arrived_at)
        .text_or_null(notice.not_taken.map(Reason::as_str))
        .instant_or_null(notice.confirmed_at)
        .text_or_null(notice.lateness.raised.map(NoticeAlarm::as_str))
        .instant_or_null(notice.lateness.due_at)
        .number(notice.with_children)
        .text_or_null(until.as_deref())
        .instant(notice.changed_at)
        .number(notice.revision);
}

impl Reader<'_> {
    /// A notice.
    pub async fn notice_by_id(
        &mut self,
        id: NoticeId,
    ) -> Result<Option<EvictionNotice>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let found = self.row("SELECT * FROM notice WHERE id = $1", values).await?;
        found.as_ref().map(read).transpose()
    }

    /// The notice of which a message was sent under a caller's key, as it stands now, and the digest of that request.
    pub async fn notice_by_idempotency_key(
        &mut self,
        key: [u8; 16],
    ) -> Result<Option<(EvictionNotice, Digest)>, StorageError> {
        let mut values = Values::new();
        values.bytes(&key);
        let statement = "SELECT notice.*, notice_request.request_digest FROM notice_request \
                         JOIN notice ON notice.id = notice_request.notice_id \
                         WHERE notice_request.idempotency_key = $1";
        let found = self.row(statement, values).await?;
        let Some(found) = found else { return Ok(None) };
        let digest = StoredRow::new(TABLE, "id", &found).fixed("request_digest")?;
        Ok(Some((read(&found)?, digest)))
    }

    /// Notices of which something has become late or is to be looked at, at most `limit`; what was due first at the beginning.
    pub async fn notices_due(
        &mut self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<EvictionNotice>, StorageError> {
        let mut values = Values::new();
        values.instant(now).number(limit);
        let statement = "SELECT * FROM notice WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2";
        self.rows(statement, values).await?.iter().map(read).collect()
    }

    /// How many notices, and how many signals, have an alarm that holds, and what has waited longest.
    pub async fn raised_counts(&mut self) -> Result<RaisedCounts, StorageError> {
        let statement = "SELECT (SELECT COUNT(*) FROM notice WHERE raised IS NOT NULL AND protected = 0) AS notices, \
                         (SELECT COUNT(*) FROM signal WHERE raised IS NOT NULL) AS signals, \
                         (SELECT MIN(COALESCE(arrived_at, sent_at)) FROM signal \
                         WHERE outcome IS NULL AND not_taken IS NULL AND NOT EXISTS (SELECT 1 FROM signal_step \
                         WHERE signal_id = signal.id AND step = 'TAKEN_ON')) AS unhandled_since";
        let found = self.row(statement, Values::new()).await?;
        let Some(found) = found else { return Ok(RaisedCounts::default()) };
        let row = StoredRow::new(TABLE, "notices", &found);
        Ok(RaisedCounts {
            notices: row.count("notices")?,
            signals: row.count("signals")?,
            unhandled_since: row.instant_or_null("unhandled_since")?,
        })
    }

    /// How many notices wait at the municipality for a confirmation, and of how many of them it is late; without those of
    /// protected persons.
    pub async fn notices_waiting(&mut self) -> Result<(u64, u64), StorageError> {
        let statement = "SELECT COUNT(*) AS waiting, COUNT(raised) AS late FROM notice WHERE side = 'RECIPIENT' \
                         AND protected = 0 AND confirmed_at IS NULL AND kind IN ('SCHEDULED', 'REMOVAL')";
        let Some(found) = self.row(statement, Values::new()).await? else { return Ok((0, 0)) };
        let row = StoredRow::new(TABLE, "waiting", &found);
        Ok((row.count("waiting")?, row.count("late")?))
    }

    /// Notices that are not over, and those that changed after an instant; what changed last first, at most `limit`.
    pub async fn notices_since(
        &mut self,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<EvictionNotice>, StorageError> {
        let mut values = Values::new();
        values.instant(since).number(limit);
        let statement = "SELECT * FROM notice WHERE changed_at > $1 \
                         OR (not_taken IS NULL AND kind NOT IN ('WITHDRAWN', 'LAPSED', 'EXECUTED')) \
                         ORDER BY changed_at DESC, id LIMIT $2";
        self.rows(statement, values).await?.iter().map(read).collect()
    }
}

fn read(found: &AnyRow) -> Result<EvictionNotice, StorageError> {
    let row = StoredRow::new(TABLE, "id", found);
    let organisation = |text: &str| OrgId::parse(text).ok();
    let unit = |text: &str| UnitId::parse(text).ok();
    Ok(EvictionNotice {
        id: row.fixed("id")?,
        side: row.coded("side", NoticeSide::parse)?,
        sender: row.coded("sender", organisation)?,
        recipient: row.coded("recipient", organisation)?,
        sender_unit: row.coded_or_null("sender_unit", unit)?,
        recipient_unit: row.coded_or_null("recipient_unit", unit)?,
        protected: row.flag("protected")?,
        case_number: row.coded("case_number", CaseNumber::parse)?,
        with_children: row.flag("with_children")?,
        kind: row.coded("kind", NoticeKind::parse)?,
        until: row.coded_or_null("until", |day| day.parse().ok())?,
        message_id: row.fixed("message_id")?,
        agreement_id: row.fixed("agreement_id")?,
        agreement_version: row.count("agreement_version")?,
        rule_id: row.text("rule_id")?.to_owned(),
        sent_at: row.instant("sent_at")?,
        arrived_at: row.instant_or_null("arrived_at")?,
        not_taken: row.coded_or_null("not_taken", Reason::parse)?,
        confirmed_at: row.instant_or_null("confirmed_at")?,
        lateness: Lateness {
            raised: row.coded_or_null("raised", NoticeAlarm::parse)?,
            due_at: row.instant_or_null("due_at")?,
        },
        changed_at: row.instant("changed_at")?,
        revision: row.count("revision")?,
    })
}
