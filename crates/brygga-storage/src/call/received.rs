//! Others' calls for places, and how the own answers to them stand.

use brygga_domain::capacity::{CallEnd, ReceivedCall, ReceivedCallState};
use brygga_domain::{CallId, OrgId, Reason, Timestamp};
use brygga_exchange::call::CallWrites;
use sqlx::any::AnyRow;

use super::row;
use crate::batch::Batch;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::transaction::Transaction;
use crate::values::Values;

const TABLE: &str = "received_call";

static INSERT: Batch = Batch::new(
    "INSERT INTO received_call (id, caller, service_type, place_for, period, places, with_child, \
     ttl, answer_by, agreement_id, agreement_version, received_at, state, hold_id, reason, \
     changed_at, revision) VALUES",
    17,
    "",
);

static UPDATE: Batch = Batch::new(
    "UPDATE received_call SET state = step.column3, hold_id = step.column4, \
     reason = step.column5, changed_at = step.column6, revision = step.column7 FROM (VALUES",
    7,
    ") AS step WHERE received_call.id = step.column1 AND received_call.revision = step.column2",
);

/// Stores what a decision changes about others' calls.
pub(super) async fn write(
    transaction: &mut Transaction<'_>,
    writes: &CallWrites,
) -> Result<(), StorageError> {
    let bind = |call: &ReceivedCall, values: &mut Values| {
        values.bytes(call.id.as_bytes()).text(call.caller.as_str());
        row::bind_wanted(&call.wanted, values);
        values
            .bytes(call.agreement_id.as_bytes())
            .number(call.agreement_version)
            .instant(call.received_at);
        bind_progress(call, values);
    };
    transaction.write(&INSERT, &writes.received, false, bind).await?;
    let bind = |(call, before): &(ReceivedCall, u32), values: &mut Values| {
        values.bytes(call.id.as_bytes()).number(*before);
        bind_progress(call, values);
    };
    transaction.write(&UPDATE, &writes.received_changed, true, bind).await
}

/// Puts what changes, in the order of the update's columns.
fn bind_progress(call: &ReceivedCall, values: &mut Values) {
    let reason = match call.state {
        ReceivedCallState::Refused(reason) => Some(reason),
        _ => None,
    };
    values
        .text(call.state.as_str())
        .bytes_or_null(call.state.hold().as_ref().map(|hold| hold.as_bytes().as_slice()))
        .text_or_null(reason.map(Reason::as_str))
        .instant(call.changed_at)
        .number(call.revision);
}

impl Reader<'_> {
    /// A call of another organisation.
    pub async fn received_call_by_id(
        &mut self,
        id: CallId,
    ) -> Result<Option<ReceivedCall>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let found = self.row("SELECT * FROM received_call WHERE id = $1", values).await?;
        found.as_ref().map(read).transpose()
    }

    /// Others' calls that changed after an instant, the newest first; at most `limit`.
    pub async fn received_calls_since(
        &mut self,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<ReceivedCall>, StorageError> {
        let mut values = Values::new();
        values.instant(since).number(limit);
        let statement = "SELECT * FROM received_call WHERE changed_at > $1 \
                         ORDER BY changed_at DESC, id LIMIT $2";
        self.rows(statement, values).await?.iter().map(read).collect()
    }
}

fn read(found: &AnyRow) -> Result<ReceivedCall, StorageError> {
    let row = StoredRow::new(TABLE, "id", found);
    let state = match row.text("state")? {
        "OPEN" => ReceivedCallState::Open,
        "ANSWERED" => ReceivedCallState::Answered(row.fixed("hold_id")?),
        "REFUSED" => ReceivedCallState::Refused(row.coded("reason", Reason::parse)?),
        "WON" => ReceivedCallState::Won(row.fixed("hold_id")?),
        _ => ReceivedCallState::Ended(row.coded("state", CallEnd::parse)?),
    };
    Ok(ReceivedCall {
        id: row.fixed("id")?,
        caller: row.coded("caller", |text| OrgId::parse(text).ok())?,
        wanted: row::wanted(&row)?,
        agreement_id: row.fixed("agreement_id")?,
        agreement_version: row.count("agreement_version")?,
        received_at: row.instant("received_at")?,
        state,
        changed_at: row.instant("changed_at")?,
        revision: row.count("revision")?,
    })
}
