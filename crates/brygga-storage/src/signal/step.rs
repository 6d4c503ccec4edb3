//! The steps that follow a signal.

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
    "INSERT INTO signal_step (signal_id, place, message_id, step, at, is_late, reason) VALUES",
    7,
    "",
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
            .text_or_null(taken.reason.map(StepReason::as_str));
    };
    transaction.write(&INSERT, &rows, false, bind).await
}

impl Reader<'_> {
    /// The signals with their steps, each of which is read on its own: a list is short, and most signals have few.
    pub(super) async fn with_steps(
        &mut self,
        mut signals: Vec<Signal>,
    ) -> Result<Vec<Signal>, StorageError> {
        let statement = "SELECT * FROM signal_step WHERE signal_id = $1 ORDER BY place";
        for signal in &mut signals {
            let mut values = Values::new();
            values.bytes(signal.id.as_bytes());
            let found = self.rows(statement, values).await?;
            let steps = found.iter().map(|row| read(&StoredRow::new(TABLE, "signal_id", row)));
            signal.steps = steps.collect::<Result<_, _>>()?;
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
    })
}
