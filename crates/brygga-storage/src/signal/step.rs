//! The steps that follow a signal.

use std::collections::BTreeMap;

use brygga_domain::NoticeId;
use brygga_domain::signal::{Signal, SignalStep, StepReason, TakenStep};
use brygga_exchange::signal::SignalWrites;

use crate::batch::Batch;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::transaction::Transaction;
use crate::values::Values;

const TABLE: &str = "signal_step";

static INSERT: Batch = Batch::new(
    "INSERT INTO signal_step (signal_id, place, message_id, step, at, is_late, reason, notice_id) VALUES",
    8,
    "",
);

static OF_SIGNALS: Batch = Batch::new(
    "SELECT * FROM signal_step WHERE signal_id IN (VALUES",
    1,
    ") ORDER BY signal_id, place",
);

/// Stores the steps that are new.
pub(super) async fn insert(
    transaction: &mut Transaction<'_>,
    writes: &SignalWrites,
) -> Result<(), StorageError> {
    let changed = writes.changed.iter().map(|changed| (&changed.signal, changed.known));
    let all = writes.new.iter().map(|new| (&new.signal, 0)).chain(changed);
    let rows: Vec<(NoticeId, u32, TakenStep)> = all
        .flat_map(|(signal, known)| {
            let places = (0_u32..).zip(&signal.steps).skip(known);
            places.map(|(place, step)| (signal.id, place, *step))
        })
        .collect();
    let bind = |(id, place, taken): &(NoticeId, u32, TakenStep), values: &mut Values| {
        values
            .bytes(id.as_bytes())
            .number(*place)
            .bytes(taken.message_id.as_bytes())
            .text(taken.step.as_str())
            .instant(taken.at)
            .number(taken.is_late)
            .text_or_null(taken.reason.map(StepReason::as_str))
            .bytes_or_null(taken.notice.as_ref().map(|id| id.as_bytes().as_slice()));
    };
    transaction.write(&INSERT, &rows, false, bind).await
}

impl Reader<'_> {
    /// The signals with their steps.
    pub(super) async fn with_steps(
        &mut self,
        mut signals: Vec<Signal>,
    ) -> Result<Vec<Signal>, StorageError> {
        let bind = |signal: &Signal, values: &mut Values| {
            values.bytes(signal.id.as_bytes());
        };
        let mut taken: BTreeMap<NoticeId, Vec<TakenStep>> = BTreeMap::new();
        for found in &OF_SIGNALS.find(self.connection, &signals, bind).await? {
            let row = StoredRow::new(TABLE, "signal_id", found);
            taken.entry(row.fixed("signal_id")?).or_default().push(read(&row)?);
        }
        for signal in &mut signals {
            signal.steps = taken.remove(&signal.id).unwrap_or_default();
        }
        Ok(signals)
    }
}

fn read(row: &StoredRow<'_>) -> Result<TakenStep, StorageError> {
    Ok(TakenStep {
        message_id: row.fixed("message_id")?,
        step: row.coded("step", SignalStep::parse)?,
        at: row.instant("at")?,
        is_late: row.flag("is_late")?,
        reason: row.coded_or_null("reason", StepReason::parse)?,
        notice: row.fixed_or_null("notice_id")?,
    })
}
