//! Signals about somebody's home, and the steps that follow them. Their sealed parts stand among those of notices.

mod step;

use std::collections::BTreeSet;

use brygga_crypto::Digest;
use brygga_domain::lateness::Lateness;
use brygga_domain::notice::NoticeSide;
use brygga_domain::signal::{
    PriorityMark, Signal, SignalAlarm, SignalOutcome, SignalSubject, SignalTimes,
};
use brygga_domain::{DisclosureGround, NoticeId, OrgId, Reason, Timestamp, UnitId};
use brygga_exchange::signal::{ChangedSignal, NewSignal, SignalWrites};
use jiff::civil::Date;
use sqlx::any::AnyRow;

use crate::batch::Batch;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::transaction::Transaction;
use crate::values::Values;

const TABLE: &str = "signal";

static INSERT: Batch = Batch::new(
    "INSERT INTO signal (id, side, sender, recipient, sender_unit, recipient_unit, subject, replaces, contact_days, \
     on_site_hours, take_on_days, ground, message_id, agreement_id, agreement_version, rule_id, sent_at, \
     idempotency_key, request_digest, its_day, priority, rank, arrived_at, not_taken, outcome, raised, due_at, \
     changed_at, revision) VALUES",
    29,
    "",
);

static UPDATE: Batch = Batch::new(
    "UPDATE signal SET its_day = step.column3, priority = step.column4, rank = step.column5, \
     arrived_at = step.column6, not_taken = step.column7, outcome = step.column8, raised = step.column9, \
     due_at = step.column10, changed_at = step.column11, revision = step.column12 FROM (VALUES",
    12,
    ") AS step WHERE signal.id = step.column1 AND signal.revision = step.column2",
);

/// Stores what a decision changes about signals.
pub(crate) async fn write(
    transaction: &mut Transaction<'_>,
    writes: &SignalWrites,
) -> Result<(), StorageError> {
    transaction.write(&INSERT, &writes.new, false, bind_new).await?;
    let bind = |changed: &ChangedSignal, values: &mut Values| {
        values.bytes(changed.signal.id.as_bytes()).number(changed.before);
        bind_progress(&changed.signal, values);
    };
    transaction.write(&UPDATE, &writes.changed, true, bind).await?;
    step::insert(transaction, writes).await
}

fn bind_new(new: &NewSignal, values: &mut Values) {
    let signal = &new.signal;
    let given = new.idempotency.as_ref();
    values
        .bytes(signal.id.as_bytes())
        .text(signal.side.as_str())
        .text(signal.sender.as_str())
        .text(signal.recipient.as_str())
        .text_or_null(signal.sender_unit.as_ref().map(UnitId::as_str))
        .text_or_null(signal.recipient_unit.as_ref().map(UnitId::as_str))
        .text(signal.subject.as_str())
        .bytes_or_null(signal.replaces.as_ref().map(|id| id.as_bytes().as_slice()))
        .number(signal.times.contact_days)
        .number(signal.times.on_site_hours)
        .number(signal.times.take_on_days)
        .text(signal.ground.as_str())
        .bytes(signal.message_id.as_bytes())
        .bytes(signal.agreement_id.as_bytes())
        .number(signal.agreement_version)
        .text(&signal.rule_id)
        .instant(signal.sent_at)
        .bytes_or_null(given.map(|given| given.key.as_slice()))
        .bytes_or_null(given.map(|given| given.request_digest.as_bytes().as_slice()));
    bind_progress(signal, values);
}

/// Puts what changes, in the order of the update's columns.
fn bind_progress(signal: &Signal, values: &mut Values) {
    let on = signal.on.map(|day| day.to_string());
    let marks: Vec<_> = signal.priority.iter().map(|mark| mark.as_str()).collect();
    values
        .text_or_null(on.as_deref())
        .text(&marks.join(","))
        .number(signal.rank)
        .instant_or_null(signal.arrived_at)
        .text_or_null(signal.not_taken.map(Reason::as_str))
        .text_or_null(signal.outcome.map(SignalOutcome::as_str))
        .text_or_null(signal.lateness.raised.map(SignalAlarm::as_str))
        .instant_or_null(signal.lateness.due_at)
        .instant(signal.changed_at)
        .number(signal.revision);
}

impl Reader<'_> {
    /// A signal with its steps.
    pub async fn signal_by_id(&mut self, id: NoticeId) -> Result<Option<Signal>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let found = self.row("SELECT * FROM signal WHERE id = $1", values).await?;
        let Some(found) = found else { return Ok(None) };
        Ok(self.with_steps(vec![read(&found)?]).await?.pop())
    }

    /// The signal that was sent under a caller's key, as it stands now, and the digest of that request.
    pub async fn signal_by_idempotency_key(
        &mut self,
        key: [u8; 16],
    ) -> Result<Option<(Signal, Digest)>, StorageError> {
        let mut values = Values::new();
        values.bytes(&key);
        let found = self.row("SELECT * FROM signal WHERE idempotency_key = $1", values).await?;
        let Some(found) = found else { return Ok(None) };
        let digest = StoredRow::new(TABLE, "id", &found).fixed("request_digest")?;
        let signal = self.with_steps(vec![read(&found)?]).await?.pop();
        Ok(signal.map(|signal| (signal, digest)))
    }

    /// The signal and those that it goes on from or that go on from it, however far, in the order of sending; at most `limit`.
    pub async fn signal_chain(
        &mut self,
        id: NoticeId,
        limit: u32,
    ) -> Result<Vec<Signal>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes()).number(limit);
        let statement = "WITH RECURSIVE earlier (id, replaces) AS ( \
                             SELECT id, replaces FROM signal WHERE id = $1 \
                             UNION SELECT signal.id, signal.replaces FROM signal \
                             JOIN earlier ON signal.id = earlier.replaces), \
                         chain (id) AS (SELECT id FROM earlier \
                             UNION SELECT signal.id FROM signal JOIN chain ON signal.replaces = chain.id) \
                         SELECT signal.* FROM signal JOIN chain ON signal.id = chain.id \
                         ORDER BY sent_at, signal.id LIMIT $2";
        let found = self.rows(statement, values).await?;
        let signals = found.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        self.with_steps(signals).await
    }

    /// Signals that are open, and those that changed after an instant, at most `limit`: first what the agreement puts first,
    /// then what came first.
    pub async fn signals_since(
        &mut self,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<Signal>, StorageError> {
        let mut values = Values::new();
        values.instant(since).number(limit);
        let statement = "SELECT * FROM signal WHERE changed_at > $1 \
                         OR (not_taken IS NULL AND outcome IS NULL) \
                         ORDER BY outcome IS NOT NULL, rank, sent_at, id LIMIT $2";
        let found = self.rows(statement, values).await?;
        let signals = found.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        self.with_steps(signals).await
    }

    /// Signals of which something has become late or is to be looked at, at most `limit`; what was due first at the beginning.
    pub async fn signals_due(
        &mut self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Signal>, StorageError> {
        let mut values = Values::new();
        values.instant(now).number(limit);
        let statement = "SELECT * FROM signal WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2";
        let found = self.rows(statement, values).await?;
        let signals = found.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        self.with_steps(signals).await
    }

    /// Open rounds of visits whose last day is before a day, at most `limit`.
    pub async fn rounds_to_expire(
        &mut self,
        today: Date,
        limit: u32,
    ) -> Result<Vec<NoticeId>, StorageError> {
        let mut values = Values::new();
        values.text(&today.to_string()).number(limit);
        let statement = "SELECT id FROM signal WHERE subject = 'VISIT_ROUND' AND outcome IS NULL \
                         AND its_day < $1 ORDER BY its_day, id LIMIT $2";
        let found = self.rows(statement, values).await?;
        found.iter().map(|found| StoredRow::new(TABLE, "id", found).fixed("id")).collect()
    }
}

fn read(found: &AnyRow) -> Result<Signal, StorageError> {
    let row = StoredRow::new(TABLE, "id", found);
    let organisation = |text: &str| OrgId::parse(text).ok();
    let unit = |text: &str| UnitId::parse(text).ok();
    let day = |text: &str| text.parse::<Date>().ok();
    Ok(Signal {
        id: row.fixed("id")?,
        side: row.coded("side", NoticeSide::parse)?,
        sender: row.coded("sender", organisation)?,
        recipient: row.coded("recipient", organisation)?,
        sender_unit: row.coded_or_null("sender_unit", unit)?,
        recipient_unit: row.coded_or_null("recipient_unit", unit)?,
        subject: row.coded("subject", SignalSubject::parse)?,
        replaces: row.fixed_or_null("replaces")?,
        on: row.coded_or_null("its_day", day)?,
        priority: row.coded("priority", marks)?,
        rank: row.count("rank")?,
        times: SignalTimes {
            contact_days: row.count("contact_days")?,
            on_site_hours: row.count("on_site_hours")?,
            take_on_days: row.count("take_on_days")?,
        },
        ground: row.coded("ground", DisclosureGround::parse)?,
        message_id: row.fixed("message_id")?,
        agreement_id: row.fixed("agreement_id")?,
        agreement_version: row.count("agreement_version")?,
        rule_id: row.text("rule_id")?.to_owned(),
        sent_at: row.instant("sent_at")?,
        arrived_at: row.instant_or_null("arrived_at")?,
        not_taken: row.coded_or_null("not_taken", Reason::parse)?,
        steps: Vec::new(),
        outcome: row.coded_or_null("outcome", SignalOutcome::parse)?,
        lateness: Lateness {
            raised: row.coded_or_null("raised", SignalAlarm::parse)?,
            due_at: row.instant_or_null("due_at")?,
        },
        changed_at: row.instant("changed_at")?,
        revision: row.count("revision")?,
    })
}

fn marks(text: &str) -> Option<BTreeSet<PriorityMark>> {
    text.split(',').filter(|code| !code.is_empty()).map(PriorityMark::parse).collect()
}
