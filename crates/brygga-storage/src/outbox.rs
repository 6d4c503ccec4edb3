//! Messages that this node owes others.

use brygga_domain::referral::Delivery;
use brygga_domain::{AgreementId, ConsentId, MessageId, OrgId, Reason, Timestamp};
use brygga_exchange::records::{ContentAtRest, OutboxEntry, OutboxState};
use brygga_exchange::write_set::{Covered, OutboxChange};
use sqlx::any::AnyRow;

use crate::batch::Batch;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::transaction::Transaction;
use crate::values::Values;

const TABLE: &str = "outbox";

static INSERT: Batch = Batch::new(
    "INSERT INTO outbox (message_id, recipient, conversation, message_type, envelope, \
     key_slot, cover, header_digest, created_at, expires_at, attempts, state, next_attempt_at, failure, \
     receipt, refusal) VALUES",
    16,
    "",
);

/// A message that waits may become anything. A receipt is the truth whatever was thought before it
/// came, and an operator may revive a dead letter, which alone leaves the attempts as they are; but
/// never what a withdrawal stopped, not even where the withdrawal came a moment before.
static UPDATE: Batch = Batch::new(
    "UPDATE outbox SET attempts = step.column2, state = step.column3, \
     next_attempt_at = step.column4, failure = step.column5, receipt = step.column6, \
     refusal = step.column7 FROM (VALUES",
    7,
    ") AS step WHERE outbox.message_id = step.column1 AND (outbox.state = 'QUEUED' \
     OR step.column3 = 'DELIVERED' \
     OR (outbox.state = 'DEAD' AND outbox.attempts = step.column2 \
     AND outbox.failure <> 'SEND_CONSENT_WITHDRAWN'))",
);

/// What was delivered meanwhile cannot be taken back.
static COVER: Batch = Batch::new(
    "UPDATE outbox SET envelope = outbox.cover, key_slot = NULL, cover = NULL, \
     expires_at = step.column2 FROM (VALUES",
    2,
    ") AS step WHERE outbox.message_id = step.column1 AND outbox.state <> 'DELIVERED' \
     AND outbox.cover IS NOT NULL",
);

/// How many messages are in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutboxCounts {
    /// Waiting for their next attempt.
    pub queued: u64,
    /// Signed for.
    pub delivered: u64,
    /// Waiting for a human.
    pub dead: u64,
    /// When the oldest waiting message was made.
    pub oldest_queued_at: Option<Timestamp>,
}

/// Which messages are wanted, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxFilter {
    /// Only dead ones; otherwise only queued ones.
    pub dead: bool,
    /// Only those after this place, from [`OutboxListed::place`] of the page before; 0 for the first.
    pub after: i64,
    /// At most so many.
    pub limit: u32,
}

/// One message in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxListed {
    /// The message.
    pub entry: OutboxEntry,
    /// Place in the order of sending.
    pub place: i64,
}

/// Stores messages to send, in this order.
pub(crate) async fn insert(
    transaction: &mut Transaction<'_>,
    entries: &[OutboxEntry],
) -> Result<(), StorageError> {
    let bind = |entry: &OutboxEntry, values: &mut Values| {
        values
            .bytes(entry.message_id.as_bytes())
            .text(entry.recipient.as_str())
            .bytes(entry.conversation.as_bytes())
            .text(&entry.message_type)
            .bytes(entry.stored())
            .bytes_or_null(entry.at_rest.as_ref().map(|held| held.key_slot.as_bytes().as_slice()))
            .bytes_or_null(entry.cover.as_deref())
            .bytes(entry.header_digest.as_bytes())
            .instant(entry.created_at)
            .instant(entry.expires_at)
            .number(entry.attempts);
        bind_state(&entry.state, values);
    };
    transaction.write(&INSERT, entries, false, bind).await
}

/// Stores what became of messages. The fate of a delivered message is final; one whose fate was
/// decided meanwhile keeps it.
pub(crate) async fn update(
    transaction: &mut Transaction<'_>,
    changes: &[OutboxChange],
) -> Result<(), StorageError> {
    let bind = |change: &OutboxChange, values: &mut Values| {
        values.bytes(change.message_id.as_bytes()).number(change.attempts);
        bind_state(&change.state, values);
    };
    transaction.write(&UPDATE, changes, false, bind).await
}

/// Puts covers in the place of their messages.
pub(crate) async fn cover(
    transaction: &mut Transaction<'_>,
    covered: &[Covered],
) -> Result<(), StorageError> {
    let bind = |one: &Covered, values: &mut Values| {
        values.bytes(one.message_id.as_bytes()).instant(one.tried_until);
    };
    transaction.write(&COVER, covered, false, bind).await
}

fn bind_state(state: &OutboxState, values: &mut Values) {
    let (name, next_attempt_at, failure, receipt, refusal) = match state {
        OutboxState::Queued { next_attempt_at, last_failure } => {
            ("QUEUED", Some(*next_attempt_at), *last_failure, None, None)
        }
        OutboxState::Delivered { receipt, refusal } => {
            ("DELIVERED", None, None, Some(receipt.as_slice()), *refusal)
        }
        OutboxState::Dead { reason } => ("DEAD", None, Some(*reason), None, None),
    };
    values
        .text(name)
        .instant_or_null(next_attempt_at)
        .text_or_null(failure.map(Reason::as_str))
        .bytes_or_null(receipt)
        .text_or_null(refusal.map(Reason::as_str));
}

impl Reader<'_> {
    /// What is due for a recipient, in the order in which it was made: at most `limit` messages
    /// and `most_bytes` of envelopes, but always the first one.
    ///
    /// A message waits for those before it in its thread, so that nothing overtakes.
    pub async fn outbox_due(
        &mut self,
        recipient: &OrgId,
        now: Timestamp,
        limit: u32,
        most_bytes: usize,
    ) -> Result<Vec<OutboxEntry>, StorageError> {
        let mut values = Values::new();
        values.text(recipient.as_str()).instant(now).number(limit);
        let statement = "SELECT * FROM outbox WHERE state = 'QUEUED' AND recipient = $1 \
                         AND next_attempt_at <= $2 AND NOT EXISTS (SELECT 1 FROM outbox AS earlier \
                         WHERE earlier.state = 'QUEUED' \
                         AND earlier.conversation = outbox.conversation \
                         AND earlier.seq < outbox.seq AND earlier.recipient = outbox.recipient \
                         AND earlier.next_attempt_at > $2) ORDER BY seq LIMIT $3";
        let found = self.rows(statement, values).await?;
        let mut due: Vec<OutboxEntry> = Vec::with_capacity(found.len());
        let mut bytes = 0;
        for found in &found {
            let entry = entry(found)?;
            bytes += entry.stored().len();
            if bytes > most_bytes && !due.is_empty() {
                break;
            }
            due.push(entry);
        }
        Ok(due)
    }

    /// Recipients for whom something is due.
    pub async fn outbox_recipients_due(
        &mut self,
        now: Timestamp,
    ) -> Result<Vec<OrgId>, StorageError> {
        let mut values = Values::new();
        values.instant(now);
        let statement = "SELECT recipient FROM outbox WHERE state = 'QUEUED' \
                         AND next_attempt_at <= $1 GROUP BY recipient ORDER BY recipient";
        let found = self.rows(statement, values).await?;
        let read = |found| {
            let row = StoredRow::new(TABLE, "recipient", found);
            row.coded("recipient", |text| OrgId::parse(text).ok())
        };
        found.iter().map(read).collect()
    }

    /// The message.
    pub async fn outbox_entry(
        &mut self,
        message_id: MessageId,
    ) -> Result<Option<OutboxEntry>, StorageError> {
        let mut values = Values::new();
        values.bytes(message_id.as_bytes());
        let found = self.row("SELECT * FROM outbox WHERE message_id = $1", values).await?;
        found.as_ref().map(entry).transpose()
    }

    /// One page of queued or dead messages, oldest first.
    pub async fn outbox_list(
        &mut self,
        filter: &OutboxFilter,
    ) -> Result<Vec<OutboxListed>, StorageError> {
        let mut values = Values::new();
        values.number(filter.after).number(filter.limit);
        let statement = if filter.dead {
            "SELECT * FROM outbox WHERE state = 'DEAD' AND seq > $1 ORDER BY seq LIMIT $2"
        } else {
            "SELECT * FROM outbox WHERE state = 'QUEUED' AND seq > $1 ORDER BY seq LIMIT $2"
        };
        let found = self.rows(statement, values).await?;
        let read = |found| {
            let place = StoredRow::new(TABLE, "message_id", found).number("seq")?;
            Ok(OutboxListed { entry: entry(found)?, place })
        };
        found.iter().map(read).collect()
    }

    /// How many messages are in each state.
    pub async fn outbox_counts(&mut self) -> Result<OutboxCounts, StorageError> {
        let statement = "SELECT \
            (SELECT COUNT(*) FROM outbox WHERE state = 'QUEUED') AS queued, \
            (SELECT COUNT(*) FROM outbox WHERE state = 'DEAD') AS dead, \
            (SELECT COUNT(*) FROM outbox) AS stored, \
            (SELECT MIN(created_at) FROM outbox WHERE state = 'QUEUED') AS oldest";
        let Some(found) = self.row(statement, Values::new()).await? else {
            return Ok(OutboxCounts::default());
        };
        let row = StoredRow::new(TABLE, "queued", &found);
        let (queued, dead): (u64, u64) = (row.count("queued")?, row.count("dead")?);
        let stored: u64 = row.count("stored")?;
        let delivered = stored.saturating_sub(queued + dead);
        let oldest_queued_at = row.instant_or_null("oldest")?;
        Ok(OutboxCounts { queued, delivered, dead, oldest_queued_at })
    }

    /// Requests and notes that wait to be sent and rest on a consent of this node, themselves or as a part
    /// of their referral: what a withdrawal takes back.
    pub async fn outbox_queued_by_consent(
        &mut self,
        consent_id: ConsentId,
    ) -> Result<Vec<OutboxEntry>, StorageError> {
        let mut values = Values::new();
        values.bytes(consent_id.as_bytes());
        // A referral's thread has the referral's id, and a note the id of its message. From the queue,
        // which is short, to the others.
        let statement = "SELECT * FROM outbox WHERE state = 'QUEUED' \
                         AND message_type IN ('referral.requested', 'referral.noted') \
                         AND (EXISTS (SELECT 1 FROM referral WHERE referral.id = outbox.conversation \
                         AND referral.side = 'SOURCE' AND referral.consent_id = $1) \
                         OR EXISTS (SELECT 1 FROM referral_note WHERE \
                         referral_note.id = outbox.message_id AND referral_note.consent_id = $1)) \
                         ORDER BY seq";
        let found = self.rows(statement, values).await?;
        found.iter().map(entry).collect()
    }

    /// The agreements under which content waits to be sent, and whether there are requests among it.
    pub async fn outbox_agreements(
        &mut self,
    ) -> Result<Vec<(AgreementId, u32, bool)>, StorageError> {
        let statement = "SELECT referral.agreement_id, referral.agreement_version, \
                         COUNT(CASE outbox.message_type WHEN 'referral.requested' THEN 1 END) \
                         AS requests \
                         FROM outbox JOIN referral ON referral.id = outbox.conversation \
                         WHERE outbox.state = 'QUEUED' \
                         AND (outbox.message_type = 'referral.requested' \
                         OR (outbox.message_type = 'referral.noted' AND outbox.cover IS NOT NULL)) \
                         GROUP BY referral.agreement_id, referral.agreement_version";
        let found = self.rows(statement, Values::new()).await?;
        let read = |found| {
            let row = StoredRow::new("referral", "agreement_id", found);
            let requests: u64 = row.count("requests")?;
            Ok((row.fixed("agreement_id")?, row.count("agreement_version")?, requests > 0))
        };
        found.iter().map(read).collect()
    }

    /// Requests and notes that wait to be sent under an agreement and still have their content.
    pub async fn outbox_queued_by_agreement(
        &mut self,
        agreement_id: AgreementId,
        version: u32,
    ) -> Result<Vec<OutboxEntry>, StorageError> {
        let mut values = Values::new();
        values.bytes(agreement_id.as_bytes()).number(version);
        let statement = "SELECT * FROM outbox WHERE state = 'QUEUED' \
                         AND (message_type = 'referral.requested' \
                         OR (message_type = 'referral.noted' AND cover IS NOT NULL)) \
                         AND EXISTS (SELECT 1 FROM referral WHERE referral.id = outbox.conversation \
                         AND referral.agreement_id = $1 AND referral.agreement_version = $2) \
                         ORDER BY seq";
        let found = self.rows(statement, values).await?;
        found.iter().map(entry).collect()
    }
}

/// How far a referral's request has come, from a row with `side`, `outbox_state` and `outbox_refusal`;
/// none at the target.
pub(crate) fn delivery(row: &StoredRow<'_>) -> Result<Option<Delivery>, StorageError> {
    let refusal = row.coded_or_null("outbox_refusal", Reason::parse)?;
    Ok(match (row.text_or_null("outbox_state")?, refusal) {
        // What was sent and is not in the outbox any more was delivered: nothing else is deleted.
        (None, _) => (row.text("side")? == "SOURCE").then_some(Delivery::Delivered),
        (Some("QUEUED"), _) => Some(Delivery::Queued),
        (Some("DELIVERED"), None) => Some(Delivery::Delivered),
        (Some("DELIVERED"), Some(reason)) => Some(Delivery::Refused(reason)),
        (Some("DEAD"), _) => Some(Delivery::Undeliverable),
        (Some(_), _) => return Err(row.inconsistent("outbox_state")),
    })
}

pub(crate) fn entry(found: &AnyRow) -> Result<OutboxEntry, StorageError> {
    let row = StoredRow::new(TABLE, "message_id", found);
    let failure = row.coded_or_null("failure", Reason::parse)?;
    let state = match row.text("state")? {
        "QUEUED" => OutboxState::Queued {
            next_attempt_at: row.instant("next_attempt_at")?,
            last_failure: failure,
        },
        "DELIVERED" => OutboxState::Delivered {
            receipt: row.bytes("receipt")?.to_vec(),
            refusal: row.coded_or_null("refusal", Reason::parse)?,
        },
        "DEAD" => OutboxState::Dead { reason: row.parsed("failure", failure, |known| known)? },
        _ => return Err(row.inconsistent("state")),
    };
    let stored = row.bytes("envelope")?.to_vec();
    let (envelope, at_rest) = match row.bytes_or_null("key_slot")? {
        None => (stored, None),
        Some(_) => {
            let key_slot = row.fixed("key_slot")?;
            (Vec::new(), Some(ContentAtRest { key_slot, ciphertext: stored }))
        }
    };
    Ok(OutboxEntry {
        message_id: row.fixed("message_id")?,
        recipient: row.coded("recipient", |text| OrgId::parse(text).ok())?,
        conversation: row.fixed("conversation")?,
        message_type: row.text("message_type")?.to_owned(),
        envelope,
        at_rest,
        cover: row.bytes_or_null("cover")?.map(<[u8]>::to_vec),
        header_digest: row.fixed("header_digest")?,
        created_at: row.instant("created_at")?,
        expires_at: row.instant("expires_at")?,
        attempts: row.count("attempts")?,
        state,
    })
}
