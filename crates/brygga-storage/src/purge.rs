//! Messages that nobody asks for again.
//!
//! They are looked for with a reader and deleted a few at a time, so that the writer is never held up
//! for long. None of it needs an index that every message would pay for.

use std::sync::Arc;

use brygga_domain::{MessageId, OrgId, Timestamp};
use sqlx::any::AnyRow;

use crate::batch::Batch;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::store::Store;
use crate::values::Values;

/// Messages that are looked at, and at most deleted, in one step.
const STEP: u32 = 500;

static DELETE_SENT: Batch =
    Batch::new("DELETE FROM outbox WHERE state = 'DELIVERED' AND seq IN (VALUES", 1, ")");

static DELETE_RECEIVED: Batch =
    Batch::new("DELETE FROM inbox WHERE (sender, message_id) IN (VALUES", 2, ")");

impl Store {
    /// Deletes delivered messages whose last day was before an instant; returns how many.
    ///
    /// A message that waits, or waits for a human, stays however old it is.
    pub async fn outbox_purge(&self, before: Timestamp) -> Result<u64, StorageError> {
        let (mut after, mut purged) = (0, 0);
        loop {
            let found = self.glance(move |reader| Box::pin(reader.sent_after(after))).await?;
            let over = found.iter().filter(|sent| sent.is_delivered && sent.expires_at < before);
            let bind = |place: &i64, values: &mut Values| {
                values.number(*place);
            };
            purged +=
                self.delete(&DELETE_SENT, over.map(|sent| sent.place).collect(), bind).await?;
            // Those that follow were made later, and end later still.
            match found.last().filter(|last| is_full(&found) && last.created_at < before) {
                Some(last) => after = last.place,
                None => return Ok(purged),
            }
        }
    }

    /// Forgets messages that were received before an instant; returns how many. A repeat of one of
    /// them is told that it is out of order, since its thread has gone on from it.
    pub async fn inbox_purge(&self, before: Timestamp) -> Result<u64, StorageError> {
        let (mut after, mut purged) = (None::<(OrgId, MessageId)>, 0);
        loop {
            let place = after.clone();
            let found = self.glance(move |reader| Box::pin(reader.received_after(place))).await?;
            let over = found.iter().filter(|received| received.received_at < before).cloned();
            let bind = |received: &Received, values: &mut Values| {
                values.text(received.sender.as_str()).bytes(received.message_id.as_bytes());
            };
            purged += self.delete(&DELETE_RECEIVED, over.collect(), bind).await?;
            match found.last().filter(|_| is_full(&found)) {
                Some(last) => after = Some((last.sender.clone(), last.message_id)),
                None => return Ok(purged),
            }
        }
    }

    /// Deletes rows in a transaction of its own.
    async fn delete<R: Clone + Send + Sync + 'static>(
        &self,
        batch: &'static Batch,
        rows: Vec<R>,
        bind: fn(&R, &mut Values),
    ) -> Result<u64, StorageError> {
        if rows.is_empty() {
            return Ok(0);
        }
        let rows = Arc::new(rows);
        self.direct("retention.purge", move |reader| {
            let rows = Arc::clone(&rows);
            Box::pin(async move { batch.run(reader.connection, &rows, bind).await })
        })
        .await
    }
}

impl Reader<'_> {
    /// Messages in the order of sending.
    async fn sent_after(&mut self, place: i64) -> Result<Vec<Sent>, StorageError> {
        let mut values = Values::new();
        values.number(place).number(STEP);
        let statement = "SELECT seq, state, created_at, expires_at FROM outbox \
                         WHERE seq > $1 ORDER BY seq LIMIT $2";
        let found = self.rows(statement, values).await?;
        found.iter().map(sent).collect()
    }

    /// Messages received, by sender and identifier.
    async fn received_after(
        &mut self,
        place: Option<(OrgId, MessageId)>,
    ) -> Result<Vec<Received>, StorageError> {
        let mut values = Values::new();
        match &place {
            Some((sender, message)) => values.text(sender.as_str()).bytes(message.as_bytes()),
            None => values.text("").bytes(&[]),
        };
        values.number(STEP);
        let statement = "SELECT sender, message_id, received_at FROM inbox \
                         WHERE (sender, message_id) > ($1, $2) ORDER BY sender, message_id LIMIT $3";
        let found = self.rows(statement, values).await?;
        found.iter().map(received).collect()
    }
}

/// What decides whether a sent message is still needed.
struct Sent {
    place: i64,
    is_delivered: bool,
    created_at: Timestamp,
    expires_at: Timestamp,
}

/// What decides whether a received message is still needed.
#[derive(Clone)]
struct Received {
    sender: OrgId,
    message_id: MessageId,
    received_at: Timestamp,
}

fn sent(found: &AnyRow) -> Result<Sent, StorageError> {
    let row = StoredRow::new("outbox", "seq", found);
    Ok(Sent {
        place: row.number("seq")?,
        is_delivered: row.text("state")? == "DELIVERED",
        created_at: row.instant("created_at")?,
        expires_at: row.instant("expires_at")?,
    })
}

fn received(found: &AnyRow) -> Result<Received, StorageError> {
    let row = StoredRow::new("inbox", "message_id", found);
    Ok(Received {
        sender: row.coded("sender", |text| OrgId::parse(text).ok())?,
        message_id: row.fixed("message_id")?,
        received_at: row.instant("received_at")?,
    })
}

/// Whether more may follow.
fn is_full<T>(found: &[T]) -> bool {
    u32::try_from(found.len()).is_ok_and(|count| count == STEP)
}
