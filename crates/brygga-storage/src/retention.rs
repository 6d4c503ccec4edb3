//! What is over: closed cases for the rules of retention, and messages that nobody asks for again.
//!
//! Messages are looked for with a reader and deleted a few at a time, so that the writer is never
//! held up for long. None of it needs an index that every message would pay for.

use std::sync::Arc;

use brygga_domain::referral::Referral;
use brygga_domain::{MessageId, OrgId, Timestamp};
use brygga_exchange::retention::KeptCase;
use sqlx::any::AnyRow;

use crate::batch::Batch;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::store::Store;
use crate::transaction::Transaction;
use crate::values::Values;

/// Messages that are looked at, and at most deleted, in one step.
const STEP: u32 = 500;

static DELETE_SENT: Batch =
    Batch::new("DELETE FROM outbox WHERE state = 'DELIVERED' AND seq IN (VALUES", 1, ")");

static DELETE_RECEIVED: Batch =
    Batch::new("DELETE FROM inbox WHERE (sender, message_id) IN (VALUES", 2, ")");

/// The rules may be asked again, with another answer.
static KEEP: Batch = Batch::new(
    "INSERT INTO retention_kept (referral_id, until, section) VALUES",
    3,
    " ON CONFLICT (referral_id) DO UPDATE SET until = excluded.until, section = excluded.section",
);

/// A case that is over and still holds personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedCase {
    /// The referral.
    pub referral: Referral,
    /// Message that carried its request.
    pub request_message: MessageId,
    /// When the consent it rests on was withdrawn; none where it stands, or was recorded elsewhere.
    pub consent_withdrawn_at: Option<Timestamp>,
    /// What the rules said when they were asked with the day of birth; none where they were not.
    pub kept: Option<KeptCase>,
    /// Place in the order of closing.
    pub place: ClosedPlace,
}

/// A place in the order of closing; the default is before the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClosedPlace {
    closed_at: Timestamp,
    seq: i64,
}

impl ClosedPlace {
    /// The place as 16 bytes, for whoever asks for the next page.
    pub fn to_bytes(self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.closed_at.as_millis().to_be_bytes());
        bytes[8..].copy_from_slice(&self.seq.to_be_bytes());
        bytes
    }

    /// Reads what [`Self::to_bytes`] has written; none for another length.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (closed_at, seq) = bytes.split_first_chunk()?;
        let closed_at = Timestamp::from_millis(i64::from_be_bytes(*closed_at));
        Some(Self { closed_at, seq: i64::from_be_bytes(seq.try_into().ok()?) })
    }
}

impl Default for ClosedPlace {
    fn default() -> Self {
        Self { closed_at: Timestamp::from_millis(i64::MIN), seq: 0 }
    }
}

/// Notes that cases are kept.
pub(crate) async fn insert_kept(
    transaction: &mut Transaction<'_>,
    kept: &[KeptCase],
) -> Result<(), StorageError> {
    let bind = |kept: &KeptCase, values: &mut Values| {
        values
            .bytes(kept.referral_id.as_bytes())
            .instant_or_null(kept.until)
            .text(&kept.section);
    };
    transaction.write(&KEEP, kept, false, bind).await
}

impl Reader<'_> {
    /// Closed cases that hold personal data, those that closed first at the beginning; at most `limit`.
    pub async fn referrals_closed(
        &mut self,
        after: ClosedPlace,
        limit: u32,
    ) -> Result<Vec<ClosedCase>, StorageError> {
        let mut values = Values::new();
        values.instant(after.closed_at).number(after.seq).number(limit);
        let statement = "SELECT referral.id, referral.seq, changed_at, request_message, \
             consent.withdrawn_at AS consent_withdrawn_at, retention_kept.until, section \
             FROM referral LEFT JOIN consent ON consent.id = referral.consent_id \
             LEFT JOIN retention_kept ON retention_kept.referral_id = referral.id \
             WHERE status IN ('REJECTED', 'CANCELLED', 'EXPIRED', 'COMPLETED', 'FAILED', \
             'ENTERED_IN_ERROR') AND referral.key_slot IS NOT NULL \
             AND (changed_at, referral.seq) > ($1, $2) ORDER BY changed_at, referral.seq LIMIT $3";
        let mut cases = Vec::new();
        for found in &self.rows(statement, values).await? {
            let row = StoredRow::new("referral", "id", found);
            let id = row.fixed("id")?;
            let Some(referral) = self.referral_by_id(id).await? else { continue };
            let section = row.text_or_null("section")?.map(str::to_owned);
            let until = row.instant_or_null("until")?;
            let kept = section.map(|section| KeptCase { referral_id: id, until, section });
            cases.push(ClosedCase {
                referral,
                request_message: row.fixed("request_message")?,
                consent_withdrawn_at: row.instant_or_null("consent_withdrawn_at")?,
                kept,
                place: ClosedPlace { closed_at: row.instant("changed_at")?, seq: row.number("seq")? },
            });
        }
        Ok(cases)
    }

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
            purged += self.delete(&DELETE_SENT, over.map(|sent| sent.place).collect(), bind).await?;
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
