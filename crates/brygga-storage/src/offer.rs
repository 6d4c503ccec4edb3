//! Open referrals of this organisation; those that it was told of stand in `received.rs`.

mod received;
mod row;

use brygga_crypto::Digest;
use brygga_domain::offer::Offer;
use brygga_domain::{ConsentId, OfferId, Timestamp};
use brygga_exchange::Key;
use brygga_exchange::offer::{NewOffer, OfferWrites};
use brygga_exchange::records::ContentAtRest;
use sqlx::any::AnyRow;

use crate::batch::Batch;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::transaction::Transaction;
use crate::values::Values;

const TABLE: &str = "offer";

static INSERT: Batch = Batch::new(
    "INSERT INTO offer (id, idempotency_key, request_digest, key_slot, content, priority, subject, \
     service_type, host_municipality, home_municipality, acute_duty, source_unit, about_child, \
     claim_by, agreement_id, agreement_version, ground, gdpr_basis, data_categories, \
     third_persons, consent_id, contact_policy, part_of, affirmations, made_by, made_at, parties, state, \
     claimant, claimant_unit, claimed_at, referral_id, revision) VALUES",
    33,
    "",
);

static UPDATE: Batch = Batch::new(
    "UPDATE offer SET parties = step.column3, state = step.column4, claimant = step.column5, \
     claimant_unit = step.column6, claimed_at = step.column7, referral_id = step.column8, \
     revision = step.column9 FROM (VALUES",
    9,
    ") AS step WHERE offer.id = step.column1 AND offer.revision = step.column2",
);

/// Stores what a decision changes about offers.
pub(crate) async fn write(
    transaction: &mut Transaction<'_>,
    writes: &OfferWrites,
) -> Result<(), StorageError> {
    transaction.write(&INSERT, &writes.new, false, bind_new).await?;
    let bind = |(offer, before): &(Offer, u32), values: &mut Values| {
        values.bytes(offer.id.as_bytes()).number(*before);
        row::bind_progress(offer, values);
    };
    transaction.write(&UPDATE, &writes.changed, true, bind).await?;
    received::write(transaction, writes).await
}

fn bind_new(new: &NewOffer, values: &mut Values) {
    let NewOffer { offer, idempotency, content } = new;
    values
        .bytes(offer.id.as_bytes())
        .bytes(&idempotency.key)
        .bytes(idempotency.request_digest.as_bytes())
        .bytes(content.key_slot.as_bytes())
        .bytes(&content.ciphertext);
    row::bind_asked(&offer.asked, values);
    row::bind_basis(&offer.basis, values);
    values.text(&offer.made_by).instant(offer.made_at);
    row::bind_progress(offer, values);
}

impl Reader<'_> {
    /// An own offer.
    pub async fn offer_by_id(&mut self, id: OfferId) -> Result<Option<Offer>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let found = self.row("SELECT * FROM offer WHERE id = $1", values).await?;
        found.as_ref().map(read).transpose()
    }

    /// The offer that was made under a caller's key, and the digest of the request that made it.
    pub async fn offer_by_idempotency_key(
        &mut self,
        key: [u8; 16],
    ) -> Result<Option<(Offer, Digest)>, StorageError> {
        if self.foreseen.is_absent(&Key::Idempotency(key)) {
            return Ok(None);
        }
        let mut values = Values::new();
        values.bytes(&key);
        let found = self.row("SELECT * FROM offer WHERE idempotency_key = $1", values).await?;
        let Some(found) = found else { return Ok(None) };
        let digest = StoredRow::new(TABLE, "id", &found).fixed("request_digest")?;
        Ok(Some((read(&found)?, digest)))
    }

    /// The personal data of an own offer, encrypted; none where they are erased.
    pub async fn offer_content(
        &mut self,
        id: OfferId,
    ) -> Result<Option<ContentAtRest>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let statement = "SELECT id, key_slot, content FROM offer \
                         WHERE id = $1 AND content IS NOT NULL";
        let Some(found) = self.row(statement, values).await? else { return Ok(None) };
        let row = StoredRow::new(TABLE, "id", &found);
        let ciphertext = row.bytes("content")?.to_vec();
        Ok(Some(ContentAtRest { key_slot: row.fixed("key_slot")?, ciphertext }))
    }

    /// Own offers that are not over, those that end first at the beginning; at most `limit`.
    pub async fn offers_live(&mut self, limit: u32) -> Result<Vec<Offer>, StorageError> {
        let mut values = Values::new();
        values.number(limit);
        let statement = "SELECT * FROM offer WHERE state IN ('OPEN', 'CLAIMING') \
                         ORDER BY claim_by, id LIMIT $1";
        self.rows(statement, values).await?.iter().map(read).collect()
    }

    /// Own offers whose claim waits for its referral, and open ones past their time; at most `limit`.
    pub async fn offers_due(
        &mut self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Offer>, StorageError> {
        let mut values = Values::new();
        values.instant(now).number(limit);
        let statement = "SELECT * FROM offer WHERE state IN ('OPEN', 'CLAIMING') \
                         AND (state = 'CLAIMING' OR claim_by <= $1) ORDER BY claim_by, id LIMIT $2";
        self.rows(statement, values).await?.iter().map(read).collect()
    }

    /// Own offers that are over and still hold content; at most `limit`.
    pub async fn offers_to_erase(&mut self, limit: u32) -> Result<Vec<OfferId>, StorageError> {
        let mut values = Values::new();
        values.number(limit);
        let statement = "SELECT id FROM offer WHERE state IN ('CLAIMED', 'WITHDRAWN', 'EXPIRED') \
                         AND key_slot IS NOT NULL ORDER BY claim_by LIMIT $1";
        let found = self.rows(statement, values).await?;
        found.iter().map(|found| StoredRow::new(TABLE, "id", found).fixed("id")).collect()
    }

    /// Own offers that rest on a consent and are not over.
    pub async fn offers_by_consent(&mut self, id: ConsentId) -> Result<Vec<Offer>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let statement = "SELECT * FROM offer WHERE state IN ('OPEN', 'CLAIMING') \
                         AND consent_id = $1 ORDER BY id";
        self.rows(statement, values).await?.iter().map(read).collect()
    }
}

fn read(found: &AnyRow) -> Result<Offer, StorageError> {
    row::offer(&StoredRow::new(TABLE, "id", found))
}
