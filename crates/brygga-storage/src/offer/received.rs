//! Others' open referrals, which hold nothing about a person, and the own claims of them.

use brygga_domain::offer::{OfferEnd, OwnClaim, ReceivedOffer};
use brygga_domain::{OfferId, OrgId, Timestamp, UnitId};
use brygga_exchange::offer::OfferWrites;
use sqlx::any::AnyRow;

use super::row;
use crate::batch::Batch;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::text_form::{units_from_text, units_to_text};
use crate::transaction::Transaction;
use crate::values::Values;

const TABLE: &str = "received_offer";

static INSERT: Batch = Batch::new(
    "INSERT INTO received_offer (id, source, priority, subject, service_type, host_municipality, \
     home_municipality, acute_duty, source_unit, about_child, claim_by, agreement_id, \
     agreement_version, units, received_at, claimed_by, claimed_unit, claimed_at, end_reason, \
     ended_at, referral_id, revision) VALUES",
    22,
    "",
);

static UPDATE: Batch = Batch::new(
    "UPDATE received_offer SET claimed_by = step.column3, claimed_unit = step.column4, \
     claimed_at = step.column5, end_reason = step.column6, ended_at = step.column7, \
     referral_id = step.column8, revision = step.column9 FROM (VALUES",
    9,
    ") AS step WHERE received_offer.id = step.column1 AND received_offer.revision = step.column2",
);

/// Stores what a decision changes about others' offers.
pub(super) async fn write(
    transaction: &mut Transaction<'_>,
    writes: &OfferWrites,
) -> Result<(), StorageError> {
    let bind = |offer: &ReceivedOffer, values: &mut Values| {
        values.bytes(offer.id.as_bytes()).text(offer.source.as_str());
        row::bind_asked(&offer.asked, values);
        values
            .bytes(offer.agreement_id.as_bytes())
            .number(offer.agreement_version)
            .text(&units_to_text(&offer.units))
            .instant(offer.received_at);
        bind_progress(offer, values);
    };
    transaction.write(&INSERT, &writes.received, false, bind).await?;
    let bind = |(offer, before): &(ReceivedOffer, u32), values: &mut Values| {
        values.bytes(offer.id.as_bytes()).number(*before);
        bind_progress(offer, values);
    };
    transaction.write(&UPDATE, &writes.received_changed, true, bind).await
}

/// Puts what changes, in the order of the update's columns.
fn bind_progress(offer: &ReceivedOffer, values: &mut Values) {
    let claim = offer.claim.as_ref();
    values
        .text_or_null(claim.map(|claim| claim.by.as_str()))
        .text_or_null(claim.and_then(|claim| claim.unit.as_ref()).map(UnitId::as_str))
        .instant_or_null(claim.map(|claim| claim.at))
        .text_or_null(offer.end.map(|(end, _)| end.as_str()))
        .instant_or_null(offer.end.map(|(_, at)| at))
        .bytes_or_null(offer.referral_id.as_ref().map(|id| id.as_bytes().as_slice()))
        .number(offer.revision);
}

impl Reader<'_> {
    /// An offer of another organisation.
    pub async fn received_offer_by_id(
        &mut self,
        id: OfferId,
    ) -> Result<Option<ReceivedOffer>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let found = self.row("SELECT * FROM received_offer WHERE id = $1", values).await?;
        found.as_ref().map(read).transpose()
    }

    /// Others' offers that are open here and not past their time unless they are claimed, and claims that
    /// were lost since `lost_since`; those that end first at the beginning, at most `limit`.
    pub async fn received_offers_live(
        &mut self,
        now: Timestamp,
        lost_since: Timestamp,
        limit: u32,
    ) -> Result<Vec<ReceivedOffer>, StorageError> {
        let mut values = Values::new();
        values.instant(now).number(limit);
        let open = "SELECT * FROM received_offer WHERE end_reason IS NULL \
                    AND (claim_by > $1 OR claimed_by IS NOT NULL) ORDER BY claim_by, id LIMIT $2";
        let mut found = self.rows(open, values).await?;
        let mut values = Values::new();
        values.instant(lost_since).number(limit);
        let lost = "SELECT * FROM received_offer WHERE claimed_by IS NOT NULL \
                    AND end_reason IS NOT NULL AND end_reason <> 'CLAIMED_BY_YOU' \
                    AND ended_at > $1 ORDER BY ended_at LIMIT $2";
        found.extend(self.rows(lost, values).await?);
        found.iter().map(read).collect()
    }
}

fn read(found: &AnyRow) -> Result<ReceivedOffer, StorageError> {
    let row = StoredRow::new(TABLE, "id", found);
    let claim = match row.text_or_null("claimed_by")? {
        None => None,
        Some(by) => Some(OwnClaim {
            unit: row.coded_or_null("claimed_unit", |text| UnitId::parse(text).ok())?,
            by: by.to_owned(),
            at: row.instant("claimed_at")?,
        }),
    };
    let end = match row.coded_or_null("end_reason", OfferEnd::parse)? {
        None => None,
        Some(end) => Some((end, row.instant("ended_at")?)),
    };
    Ok(ReceivedOffer {
        id: row.fixed("id")?,
        source: row.coded("source", |text| OrgId::parse(text).ok())?,
        asked: row::asked(&row)?,
        agreement_id: row.fixed("agreement_id")?,
        agreement_version: row.count("agreement_version")?,
        units: row.coded("units", units_from_text)?,
        received_at: row.instant("received_at")?,
        claim,
        end,
        referral_id: row.fixed_or_null("referral_id")?,
        revision: row.count("revision")?,
    })
}
