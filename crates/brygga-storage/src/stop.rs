//! Orders to stop processing, at both ends.

use brygga_domain::referral::Side;
use brygga_domain::stop::{ProcessingStop, StillHeld, StopAnswer, StopReason};
use brygga_domain::{ConsentId, OrgId, ReferralId, StopId, Timestamp};
use brygga_exchange::records::StoredStop;

use crate::batch::Batch;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::referral::{side_from_text, side_to_text};
use crate::row::StoredRow;
use crate::transaction::Transaction;
use crate::values::Values;

const TABLE: &str = "processing_stop";

/// An order does not change but for its answer, which stands once it is there.
static UPSERT: Batch = Batch::new(
    "INSERT INTO processing_stop (id, side, peer, referral_id, reason, requested_at, answered_at, \
     held, statute, evidence) VALUES",
    10,
    " ON CONFLICT (id) DO UPDATE SET answered_at = excluded.answered_at, held = excluded.held, \
     statute = excluded.statute, evidence = excluded.evidence \
     WHERE processing_stop.answered_at IS NULL",
);

/// Stores orders, new or answered.
pub(crate) async fn upsert(
    transaction: &mut Transaction<'_>,
    stops: &[StoredStop],
) -> Result<(), StorageError> {
    let bind = |StoredStop { stop, evidence }: &StoredStop, values: &mut Values| {
        let answer = stop.answer.as_ref();
        let statute = match answer.map(|answer| &answer.held) {
            Some(StillHeld::RetainedBecause { statute }) => Some(statute.as_str()),
            _ => None,
        };
        values
            .bytes(stop.id.as_bytes())
            .text(side_to_text(stop.side))
            .text(stop.peer.as_str())
            .bytes(stop.referral_id.as_bytes())
            .text(stop.reason.as_str())
            .instant(stop.requested_at)
            .instant_or_null(answer.map(|answer| answer.at))
            .text_or_null(answer.map(|answer| held_to_text(&answer.held)))
            .text_or_null(statute)
            .bytes_or_null(evidence.as_deref());
    };
    transaction.write(&UPSERT, stops, true, bind).await
}

macro_rules! stop_statement {
    ($rest:literal) => {
        concat!(
            "SELECT id, side, peer, referral_id, reason, requested_at, answered_at, held, statute \
             FROM processing_stop ",
            $rest
        )
    };
}

impl Reader<'_> {
    /// The order.
    pub async fn stop_by_id(&mut self, id: StopId) -> Result<Option<ProcessingStop>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let found = self.row(stop_statement!("WHERE id = $1"), values).await?;
        found.map(|found| read(&StoredRow::new(TABLE, "id", &found))).transpose()
    }

    /// Every order about a referral, oldest first.
    pub async fn stops_by_referral(
        &mut self,
        id: ReferralId,
    ) -> Result<Vec<ProcessingStop>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        self.stops(stop_statement!("WHERE referral_id = $1 ORDER BY id"), values).await
    }

    /// Every order about what rested on a consent, oldest first.
    pub async fn stops_by_consent(
        &mut self,
        id: ConsentId,
    ) -> Result<Vec<ProcessingStop>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let statement = stop_statement!(
            "WHERE side = 'SOURCE' AND referral_id IN (SELECT referral.id FROM referral \
             WHERE referral.side = 'SOURCE' AND referral.consent_id IS NOT NULL \
             AND referral.consent_id = $1) ORDER BY id"
        );
        self.stops(statement, values).await
    }

    /// Orders that wait for an answer, oldest first; at most `limit`.
    pub async fn stops_waiting(
        &mut self,
        side: Side,
        limit: u32,
    ) -> Result<Vec<ProcessingStop>, StorageError> {
        let mut values = Values::new();
        values.text(side_to_text(side)).number(limit);
        let statement = stop_statement!(
            "WHERE answered_at IS NULL AND side = $1 ORDER BY requested_at LIMIT $2"
        );
        self.stops(statement, values).await
    }

    /// Orders of this source that were given before an instant and have no answer.
    pub async fn stops_overdue(&mut self, before: Timestamp) -> Result<u64, StorageError> {
        let mut values = Values::new();
        values.instant(before);
        let statement = "SELECT COUNT(*) AS id FROM processing_stop WHERE answered_at IS NULL \
                         AND side = 'SOURCE' AND requested_at < $1";
        let found = self.row(statement, values).await?;
        let count = found.map(|found| StoredRow::new(TABLE, "id", &found).count("id"));
        Ok(count.transpose()?.unwrap_or(0))
    }

    async fn stops(
        &mut self,
        statement: &'static str,
        values: Values,
    ) -> Result<Vec<ProcessingStop>, StorageError> {
        let found = self.rows(statement, values).await?;
        found.iter().map(|found| read(&StoredRow::new(TABLE, "id", found))).collect()
    }
}

fn read(row: &StoredRow<'_>) -> Result<ProcessingStop, StorageError> {
    Ok(ProcessingStop {
        id: row.fixed("id")?,
        side: row.coded("side", side_from_text)?,
        peer: row.coded("peer", |text| OrgId::parse(text).ok())?,
        referral_id: row.fixed("referral_id")?,
        reason: row.coded("reason", StopReason::parse)?,
        requested_at: row.instant("requested_at")?,
        answer: match row.instant_or_null("answered_at")? {
            None => None,
            Some(at) => Some(StopAnswer { at, held: held(row)? }),
        },
    })
}

fn held(row: &StoredRow<'_>) -> Result<StillHeld, StorageError> {
    Ok(match row.text("held")? {
        "ERASED" => StillHeld::Erased,
        "NOTHING_HELD" => StillHeld::NothingHeld,
        "RETAINED" => StillHeld::RetainedBecause { statute: row.text("statute")?.to_owned() },
        _ => return Err(row.inconsistent("held")),
    })
}

const fn held_to_text(held: &StillHeld) -> &'static str {
    match held {
        StillHeld::Erased => "ERASED",
        StillHeld::NothingHeld => "NOTHING_HELD",
        StillHeld::RetainedBecause { .. } => "RETAINED",
    }
}
