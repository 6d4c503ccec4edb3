//! Calls for places of this organisation; those that it was asked by stand in `received.rs`.

mod received;
mod row;

use brygga_crypto::Digest;
use brygga_domain::capacity::{Call, CallState};
use brygga_domain::{CallId, OrgId, Timestamp};
use brygga_exchange::call::{CallWrites, NewCall};
use sqlx::any::AnyRow;

use crate::batch::Batch;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::text_form::{organisations_from_text, organisations_to_text};
use crate::transaction::Transaction;
use crate::values::Values;

const TABLE: &str = "call";

static INSERT: Batch = Batch::new(
    "INSERT INTO call (id, idempotency_key, request_digest, service_type, place_for, period, \
     places, with_child, ttl, answer_by, agreement_id, agreement_version, parties, placed_at, \
     state, taken_by, hold_id, changed_at, revision) VALUES",
    19,
    "",
);

static UPDATE: Batch = Batch::new(
    "UPDATE call SET state = step.column3, taken_by = step.column4, hold_id = step.column5, \
     changed_at = step.column6, revision = step.column7 FROM (VALUES",
    7,
    ") AS step WHERE call.id = step.column1 AND call.revision = step.column2",
);

/// Stores what a decision changes about calls.
pub(crate) async fn write(
    transaction: &mut Transaction<'_>,
    writes: &CallWrites,
) -> Result<(), StorageError> {
    let bind = |new: &NewCall, values: &mut Values| {
        let NewCall { call, idempotency } = new;
        values
            .bytes(call.id.as_bytes())
            .bytes(&idempotency.key)
            .bytes(idempotency.request_digest.as_bytes());
        row::bind_wanted(&call.wanted, values);
        values
            .bytes(call.agreement_id.as_bytes())
            .number(call.agreement_version)
            .text(&organisations_to_text(&call.parties))
            .instant(call.placed_at);
        bind_progress(call, values);
    };
    transaction.write(&INSERT, &writes.new, false, bind).await?;
    let bind = |(call, before): &(Call, u32), values: &mut Values| {
        values.bytes(call.id.as_bytes()).number(*before);
        bind_progress(call, values);
    };
    transaction.write(&UPDATE, &writes.changed, true, bind).await?;
    received::write(transaction, writes).await
}

/// Puts what changes, in the order of the update's columns.
fn bind_progress(call: &Call, values: &mut Values) {
    let (by, hold) = match &call.state {
        CallState::Taken { by, hold } => (Some(by), Some(hold)),
        CallState::Open | CallState::CalledOff | CallState::Lapsed => (None, None),
    };
    values
        .text(call.state.as_str())
        .text_or_null(by.map(OrgId::as_str))
        .bytes_or_null(hold.map(|hold| hold.as_bytes().as_slice()))
        .instant(call.changed_at)
        .number(call.revision);
}

impl Reader<'_> {
    /// An own call.
    pub async fn call_by_id(&mut self, id: CallId) -> Result<Option<Call>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let found = self.row("SELECT * FROM call WHERE id = $1", values).await?;
        found.as_ref().map(read).transpose()
    }

    /// The call that was placed under a caller's key, and the digest of that request.
    pub async fn call_by_idempotency_key(
        &mut self,
        key: [u8; 16],
    ) -> Result<Option<(Call, Digest)>, StorageError> {
        let mut values = Values::new();
        values.bytes(&key);
        let found = self.row("SELECT * FROM call WHERE idempotency_key = $1", values).await?;
        let Some(found) = found else { return Ok(None) };
        let digest = StoredRow::new(TABLE, "id", &found).fixed("request_digest")?;
        Ok(Some((read(&found)?, digest)))
    }

    /// Own open calls whose time is past, those that ended first at the beginning; at most `limit`.
    pub async fn calls_past(
        &mut self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<CallId>, StorageError> {
        let mut values = Values::new();
        values.instant(now).number(limit);
        let statement = "SELECT id FROM call WHERE state = 'OPEN' AND answer_by <= $1 \
                         ORDER BY answer_by, id LIMIT $2";
        let found = self.rows(statement, values).await?;
        found.iter().map(|found| StoredRow::new(TABLE, "id", found).fixed("id")).collect()
    }

    /// Own calls that changed after an instant, the newest first; at most `limit`.
    pub async fn calls_since(
        &mut self,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<Call>, StorageError> {
        let mut values = Values::new();
        values.instant(since).number(limit);
        let statement = "SELECT * FROM call WHERE changed_at > $1 \
                         ORDER BY changed_at DESC, id LIMIT $2";
        self.rows(statement, values).await?.iter().map(read).collect()
    }
}

fn read(found: &AnyRow) -> Result<Call, StorageError> {
    let row = StoredRow::new(TABLE, "id", found);
    let state = match row.text("state")? {
        "OPEN" => CallState::Open,
        "TAKEN" => CallState::Taken {
            by: row.coded("taken_by", |text| OrgId::parse(text).ok())?,
            hold: row.fixed("hold_id")?,
        },
        "CALLED_OFF" => CallState::CalledOff,
        "LAPSED" => CallState::Lapsed,
        _ => return Err(row.inconsistent("state")),
    };
    Ok(Call {
        id: row.fixed("id")?,
        wanted: row::wanted(&row)?,
        agreement_id: row.fixed("agreement_id")?,
        agreement_version: row.count("agreement_version")?,
        parties: row.coded("parties", organisations_from_text)?,
        placed_at: row.instant("placed_at")?,
        state,
        changed_at: row.instant("changed_at")?,
        revision: row.count("revision")?,
    })
}
