//! Referrals: the row, the log of events, the work list and the personal data at rest.

/// What a [`Referral`] is read from: everything but the personal data, which can be large.
macro_rules! referral_columns {
    () => {
        "referral.id, referral.side, referral.source, referral.target, referral.target_unit, \
         referral.status, referral.version, referral.requested_at, referral.changed_at, \
         referral.respond_by, referral.answer_due, referral.priority, referral.subject, referral.service_type, \
         referral.host_municipality, referral.home_municipality, referral.acute_duty, \
         referral.source_unit, referral.contact_policy, referral.recipient_chosen_by_person, \
         referral.agreement_id, referral.agreement_version, referral.rule_id, referral.ground, \
         referral.gdpr_basis, referral.data_categories, referral.consent_id, \
         referral.consent_valid_until, referral.eligibility, referral.counts_since, referral.status_reason, referral.declined_by, \
         referral.next_step, referral.outcome, referral.place_type, referral.taken_on_unit, \
         referral.taken_on_act_by, referral.take_on_by, referral.take_on_due, \
         referral.escalation_level, referral.escalated_unit, referral.about_child, \
         referral.part_of, referral.offer_id, referral.rerouted_to, referral.business_status, \
         referral.loop_closed_at, referral.review, referral.is_stopped, referral.shared_unit, referral.advice"
    };
}

mod list;
pub(crate) mod note;
mod row;

use brygga_crypto::Digest;
use brygga_domain::referral::{Delivery, Referral};
use brygga_domain::{ConsentId, MessageId, ReferralId, Timestamp, UnitId};
use brygga_exchange::Key;
use brygga_exchange::records::{ContentAtRest, NewReferral, ReferralEvent};

use crate::batch::Batch;
use crate::error::StorageError;
use crate::outbox;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::transaction::Transaction;
use crate::values::Values;

pub use list::{ReferralFilter, ReferralListed};
pub(crate) use row::{side_from_text, side_to_text};

const TABLE: &str = "referral";

static INSERT: Batch = Batch::new(
    "INSERT INTO referral (id, side, source, target, target_unit, own_unit, status, version, \
     requested_at, changed_at, respond_by, answer_due, idempotency_key, request_digest, request_message, \
     priority, subject, service_type, host_municipality, home_municipality, acute_duty, \
     source_unit, contact_policy, recipient_chosen_by_person, agreement_id, agreement_version, \
     rule_id, ground, gdpr_basis, data_categories, consent_id, consent_valid_until, \
     eligibility, counts_since, status_reason, declined_by, next_step, outcome, place_type, taken_on_unit, taken_on_act_by, \
     take_on_by, take_on_due, escalate_at, about_child, part_of, offer_id, key_slot, content, shared_unit) VALUES",
    50,
    "",
);

static UPDATE: Batch = Batch::new(
    "UPDATE referral SET status = step.column3, version = step.column4, \
     changed_at = step.column5, status_reason = step.column6, declined_by = step.column7, \
     next_step = step.column8, outcome = step.column9, place_type = step.column10, \
     taken_on_unit = step.column11, taken_on_act_by = step.column12, \
     rerouted_to = step.column13, escalate_at = step.column14, \
     escalation_level = step.column15, escalated_unit = step.column16, \
     business_status = step.column17, loop_closed_at = step.column18, review = step.column19, \
     is_stopped = step.column20, advice = step.column21 FROM (VALUES",
    21,
    ") AS step WHERE referral.id = step.column1 AND referral.version = step.column2",
);

static INSERT_EVENT: Batch = Batch::new(
    "INSERT INTO referral_event (referral_seq, version, progressed) \
     SELECT referral.seq, step.column2, step.column3 FROM (VALUES",
    3,
    ") AS step JOIN referral ON referral.id = step.column1",
);

/// A referral's request on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferralSent {
    /// Function that asks; none for the own intake.
    pub source_unit: Option<UnitId>,
    /// Function that made it on behalf of that one; none where that did.
    pub shared_unit: Option<UnitId>,
    /// The message that carries it.
    pub request_message: MessageId,
    /// How far it has come.
    pub delivery: Delivery,
}

/// Stores referrals that begin.
pub(crate) async fn insert(
    transaction: &mut Transaction<'_>,
    new: &[NewReferral],
) -> Result<(), StorageError> {
    transaction.write(&INSERT, new, false, row::bind_new).await
}

/// Stores referrals that changed, each only where it still has the version that was read.
pub(crate) async fn update(
    transaction: &mut Transaction<'_>,
    changed: &[(Referral, u32)],
) -> Result<(), StorageError> {
    let bind = |(referral, before): &(Referral, u32), values: &mut Values| {
        values.bytes(referral.id.as_bytes()).number(*before);
        row::bind_progress(referral, values);
    };
    transaction.write(&UPDATE, changed, true, bind).await
}

/// Stores events; an event of a version that is held already is a conflict.
pub(crate) async fn insert_events(
    transaction: &mut Transaction<'_>,
    events: &[ReferralEvent],
) -> Result<(), StorageError> {
    let bind = |event: &ReferralEvent, values: &mut Values| {
        values.bytes(event.referral_id.as_bytes()).number(event.version).bytes(&event.progressed);
    };
    transaction.write(&INSERT_EVENT, events, true, bind).await
}

impl Reader<'_> {
    /// The referral.
    pub async fn referral_by_id(
        &mut self,
        id: ReferralId,
    ) -> Result<Option<Referral>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let statement = concat!("SELECT ", referral_columns!(), " FROM referral WHERE id = $1");
        let found = self.row(statement, values).await?;
        found.map(|found| row::referral(&StoredRow::new(TABLE, "id", &found))).transpose()
    }

    /// The referral that was made under a caller's key, and the digest of the request that made it.
    pub async fn referral_by_idempotency_key(
        &mut self,
        key: [u8; 16],
    ) -> Result<Option<(Referral, Digest)>, StorageError> {
        if self.foreseen.is_absent(&Key::Idempotency(key)) {
            return Ok(None);
        }
        let mut values = Values::new();
        values.bytes(&key);
        let statement = concat!(
            "SELECT request_digest, ",
            referral_columns!(),
            " FROM referral WHERE idempotency_key = $1"
        );
        let found = self.row(statement, values).await?;
        let Some(found) = found else { return Ok(None) };
        let stored = StoredRow::new(TABLE, "id", &found);
        Ok(Some((row::referral(&stored)?, stored.fixed("request_digest")?)))
    }

    /// The message that carried a referral's request.
    pub async fn referral_request_message(
        &mut self,
        id: ReferralId,
    ) -> Result<Option<MessageId>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let statement = "SELECT id, request_message FROM referral WHERE id = $1";
        let found = self.row(statement, values).await?;
        let read = |found| StoredRow::new(TABLE, "id", &found).fixed("request_message");
        found.map(read).transpose()
    }

    /// The log of a referral, oldest first.
    pub async fn referral_events(
        &mut self,
        id: ReferralId,
    ) -> Result<Vec<ReferralEvent>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let statement = "SELECT referral_seq, referral_event.version, progressed \
                         FROM referral JOIN referral_event ON referral_seq = referral.seq \
                         WHERE referral.id = $1 ORDER BY referral_event.version";
        let found = self.rows(statement, values).await?;
        found.iter().map(|found| row::event(id, found)).collect()
    }

    /// The personal data of a referral, encrypted; none where there was none or it is erased.
    pub async fn referral_content(
        &mut self,
        id: ReferralId,
    ) -> Result<Option<ContentAtRest>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let statement = "SELECT id, key_slot, content FROM referral \
                         WHERE id = $1 AND content IS NOT NULL";
        let found = self.row(statement, values).await?;
        found.map(|found| row::content(&StoredRow::new(TABLE, "id", &found))).transpose()
    }

    /// At the source, how far the message that carried a referral's request has come; none at the target.
    pub async fn referral_delivery(
        &mut self,
        id: ReferralId,
    ) -> Result<Option<Delivery>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let statement = "SELECT referral.id, side, outbox.state AS outbox_state, \
                         outbox.refusal AS outbox_refusal FROM referral \
                         LEFT JOIN outbox ON outbox.message_id = referral.request_message \
                         WHERE referral.id = $1";
        let found = self.row(statement, values).await?;
        let Some(found) = found else { return Ok(None) };
        outbox::delivery(&StoredRow::new(TABLE, "id", &found))
    }

    /// How far a referral's request has come; none where this node did not send it.
    pub async fn referral_sent(
        &mut self,
        id: ReferralId,
    ) -> Result<Option<ReferralSent>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let statement = "SELECT request_message, side, outbox.state AS outbox_state, \
                         outbox.refusal AS outbox_refusal, referral.source_unit, referral.shared_unit FROM referral \
                         LEFT JOIN outbox ON outbox.message_id = referral.request_message \
                         WHERE referral.id = $1 AND referral.side = 'SOURCE'";
        let Some(found) = self.row(statement, values).await? else { return Ok(None) };
        let stored = StoredRow::new(TABLE, "request_message", &found);
        let delivery = outbox::delivery(&stored)?;
        Ok(Some(ReferralSent {
            source_unit: stored.coded_or_null("source_unit", |text| UnitId::parse(text).ok())?,
            shared_unit: stored.coded_or_null("shared_unit", |text| UnitId::parse(text).ok())?,
            request_message: stored.fixed("request_message")?,
            delivery: stored.parsed("outbox_state", delivery, |known| known)?,
        }))
    }

    /// Requests at the target that nobody has taken on and that are to be laid before the next in line, the
    /// longest overdue first; at most `limit`.
    pub async fn referrals_to_escalate(
        &mut self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<ReferralId>, StorageError> {
        let mut values = Values::new();
        values.instant(now).number(limit);
        let statement = "SELECT id FROM referral WHERE escalate_at IS NOT NULL \
                         AND escalate_at <= $1 ORDER BY escalate_at LIMIT $2";
        let found = self.rows(statement, values).await?;
        found.iter().map(|found| StoredRow::new(TABLE, "id", found).fixed("id")).collect()
    }

    /// Requests at the target that were laid before everybody and that nobody has taken on.
    pub async fn referrals_unhandled(&mut self) -> Result<u64, StorageError> {
        let statement = "SELECT COUNT(*) AS id FROM referral WHERE side = 'TARGET' \
                         AND status = 'REQUESTED' AND escalation_level = 2 \
                         AND taken_on_act_by IS NULL";
        let found = self.row(statement, Values::new()).await?;
        let count = found.map(|found| StoredRow::new(TABLE, "id", &found).count("id"));
        Ok(count.transpose()?.unwrap_or(0))
    }

    /// Referrals that this node sent on the ground of a consent, oldest first.
    pub async fn referrals_by_consent(
        &mut self,
        consent_id: ConsentId,
    ) -> Result<Vec<Referral>, StorageError> {
        let mut values = Values::new();
        values.bytes(consent_id.as_bytes());
        let statement = concat!(
            "SELECT ",
            referral_columns!(),
            " FROM referral WHERE referral.side = 'SOURCE' AND referral.consent_id IS NOT NULL \
             AND referral.consent_id = $1 ORDER BY referral.seq"
        );
        let found = self.rows(statement, values).await?;
        found.iter().map(|found| row::referral(&StoredRow::new(TABLE, "id", found))).collect()
    }

    /// Requests at the target that nobody answered in time, the longest overdue first; at most `limit`.
    pub async fn referrals_due(
        &mut self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<ReferralId>, StorageError> {
        let mut values = Values::new();
        values.instant(now).number(limit);
        let statement = "SELECT id FROM referral WHERE side = 'TARGET' AND status = 'REQUESTED' \
                         AND answer_due <= $1 ORDER BY answer_due LIMIT $2";
        let found = self.rows(statement, values).await?;
        found.iter().map(|found| StoredRow::new(TABLE, "id", found).fixed("id")).collect()
    }
}
