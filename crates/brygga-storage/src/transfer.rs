//! Cases that move between municipalities; their sealed parts stand in `part.rs`.

mod part;
mod retention;

use brygga_crypto::Digest;
use brygga_domain::transfer::{
    Finality, Outcome, Position, Transfer, TransferDirection, TransferSide,
};
use brygga_domain::{OrgId, Reason, Timestamp, TransferId, UnitId};
use brygga_exchange::transfer::{NewTransfer, TransferWrites};
use jiff::civil::Date;
use sqlx::any::AnyRow;

pub(crate) use retention::erase;
pub use retention::{ClosedTransfer, TransferPlace};

use crate::batch::Batch;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::transaction::Transaction;
use crate::values::Values;

const TABLE: &str = "transfer";

static INSERT: Batch = Batch::new(
    "INSERT INTO transfer (id, side, requester, asked, requester_unit, asked_unit, direction, \
     about_child, agreement_id, agreement_version, rule_id, position_days, requested_at, \
     idempotency_key, request_digest, arrived_at, not_taken, position, answered_at, applied_on, \
     decided_on, decided, appealed_on, appealed_by, final_on, outcome, after_appeal, \
     withdrawn_at, handed_over_at, changed_at, revision) VALUES",
    31,
    "",
);

static UPDATE: Batch = Batch::new(
    "UPDATE transfer SET arrived_at = step.column3, not_taken = step.column4, \
     position = step.column5, answered_at = step.column6, applied_on = step.column7, \
     decided_on = step.column8, decided = step.column9, appealed_on = step.column10, \
     appealed_by = step.column11, final_on = step.column12, outcome = step.column13, \
     after_appeal = step.column14, withdrawn_at = step.column15, handed_over_at = step.column16, \
     changed_at = step.column17, revision = step.column18 FROM (VALUES",
    18,
    ") AS step WHERE transfer.id = step.column1 AND transfer.revision = step.column2",
);

/// Stores what a decision changes about transfers.
pub(crate) async fn write(
    transaction: &mut Transaction<'_>,
    writes: &TransferWrites,
) -> Result<(), StorageError> {
    transaction.write(&INSERT, &writes.new, false, bind_new).await?;
    let bind = |(transfer, before): &(Transfer, u32), values: &mut Values| {
        values.bytes(transfer.id.as_bytes()).number(*before);
        bind_progress(transfer, values);
    };
    transaction.write(&UPDATE, &writes.changed, true, bind).await?;
    part::insert(transaction, &writes.parts).await?;
    retention::keep(transaction, &writes.kept).await
}

fn bind_new(new: &NewTransfer, values: &mut Values) {
    let NewTransfer { transfer, idempotency } = new;
    let idempotency = idempotency.as_ref();
    values
        .bytes(transfer.id.as_bytes())
        .text(transfer.side.as_str())
        .text(transfer.requester.as_str())
        .text(transfer.asked.as_str())
        .text_or_null(transfer.requester_unit.as_ref().map(UnitId::as_str))
        .text_or_null(transfer.asked_unit.as_ref().map(UnitId::as_str))
        .text(transfer.direction.as_str())
        .number(transfer.about_child)
        .bytes(transfer.agreement_id.as_bytes())
        .number(transfer.agreement_version)
        .text(&transfer.rule_id)
        .number(transfer.position_days)
        .instant(transfer.requested_at)
        .bytes_or_null(idempotency.map(|one| one.key.as_slice()))
        .bytes_or_null(idempotency.map(|one| one.request_digest.as_bytes().as_slice()));
    bind_progress(transfer, values);
}

/// Puts what changes, in the order of the update's columns.
fn bind_progress(transfer: &Transfer, values: &mut Values) {
    let day = |day: Option<Date>| day.map(|day| day.to_string());
    let (position, answered_at) = transfer.answer.unzip();
    let (decided_on, decided) = transfer.decided.unzip();
    let appealed = transfer.appealed.as_ref();
    let finality = transfer.finalised;
    values
        .instant_or_null(transfer.arrived_at)
        .text_or_null(transfer.not_taken.map(Reason::as_str))
        .text_or_null(position.map(Position::as_str))
        .instant_or_null(answered_at)
        .text_or_null(day(transfer.applied_on).as_deref())
        .text_or_null(day(decided_on).as_deref())
        .text_or_null(decided.map(Outcome::as_str))
        .text_or_null(day(appealed.map(|(on, _)| *on)).as_deref())
        .text_or_null(appealed.map(|(_, by)| by.as_str()))
        .text_or_null(day(finality.map(|one| one.on)).as_deref())
        .text_or_null(finality.map(|one| one.outcome.as_str()))
        .number_or_null(finality.map(|one| one.after_appeal))
        .instant_or_null(transfer.withdrawn_at)
        .instant_or_null(transfer.handed_over_at)
        .instant(transfer.changed_at)
        .number(transfer.revision);
}

impl Reader<'_> {
    /// A transfer.
    pub async fn transfer_by_id(
        &mut self,
        id: TransferId,
    ) -> Result<Option<Transfer>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let found = self.row("SELECT * FROM transfer WHERE id = $1", values).await?;
        found.as_ref().map(read).transpose()
    }

    /// The transfer that was asked for under a caller's key, and the digest of that request.
    pub async fn transfer_by_idempotency_key(
        &mut self,
        key: [u8; 16],
    ) -> Result<Option<(Transfer, Digest)>, StorageError> {
        let mut values = Values::new();
        values.bytes(&key);
        let found = self.row("SELECT * FROM transfer WHERE idempotency_key = $1", values).await?;
        let Some(found) = found else { return Ok(None) };
        let digest = StoredRow::new(TABLE, "id", &found).fixed("request_digest")?;
        Ok(Some((read(&found)?, digest)))
    }

    /// Transfers that are not over, and those that changed after an instant; what changed last first, at most `limit`.
    pub async fn transfers_since(
        &mut self,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<Transfer>, StorageError> {
        let mut values = Values::new();
        values.instant(since).number(limit);
        let statement = "SELECT * FROM transfer WHERE changed_at > $1 \
                         OR (withdrawn_at IS NULL AND handed_over_at IS NULL AND not_taken IS NULL \
                         AND (outcome IS NULL OR outcome = 'MOVES')) \
                         ORDER BY changed_at DESC, id LIMIT $2";
        self.rows(statement, values).await?.iter().map(read).collect()
    }
}

fn read(found: &AnyRow) -> Result<Transfer, StorageError> {
    let row = StoredRow::new(TABLE, "id", found);
    let organisation = |text: &str| OrgId::parse(text).ok();
    let unit = |text: &str| UnitId::parse(text).ok();
    let position = row.coded_or_null("position", Position::parse)?;
    let decided = row.coded_or_null("decided", Outcome::parse)?;
    let appealed_by = row.coded_or_null("appealed_by", organisation)?;
    Ok(Transfer {
        id: row.fixed("id")?,
        side: row.coded("side", TransferSide::parse)?,
        requester: row.coded("requester", organisation)?,
        asked: row.coded("asked", organisation)?,
        requester_unit: row.coded_or_null("requester_unit", unit)?,
        asked_unit: row.coded_or_null("asked_unit", unit)?,
        direction: row.coded("direction", TransferDirection::parse)?,
        about_child: row.flag("about_child")?,
        agreement_id: row.fixed("agreement_id")?,
        agreement_version: row.count("agreement_version")?,
        rule_id: row.text("rule_id")?.to_owned(),
        position_days: row.count("position_days")?,
        requested_at: row.instant("requested_at")?,
        arrived_at: row.instant_or_null("arrived_at")?,
        not_taken: row.coded_or_null("not_taken", Reason::parse)?,
        answer: position.zip(row.instant_or_null("answered_at")?),
        applied_on: day(&row, "applied_on")?,
        decided: day(&row, "decided_on")?.zip(decided),
        appealed: day(&row, "appealed_on")?.zip(appealed_by),
        finalised: finality(&row)?,
        withdrawn_at: row.instant_or_null("withdrawn_at")?,
        handed_over_at: row.instant_or_null("handed_over_at")?,
        changed_at: row.instant("changed_at")?,
        revision: row.count("revision")?,
    })
}

fn finality(row: &StoredRow<'_>) -> Result<Option<Finality>, StorageError> {
    let Some(on) = day(row, "final_on")? else { return Ok(None) };
    let outcome = row.coded("outcome", Outcome::parse)?;
    Ok(Some(Finality { on, outcome, after_appeal: row.flag("after_appeal")? }))
}

fn day(row: &StoredRow<'_>, column: &'static str) -> Result<Option<Date>, StorageError> {
    row.coded_or_null(column, |text| text.parse().ok())
}
