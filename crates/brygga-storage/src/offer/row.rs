//! An offer as a row: the one place that knows which column holds what.

use brygga_domain::agreement::{Priority, SubjectArea};
use brygga_domain::offer::{Claim, Offer, OfferBasis, OfferState, OpenRequest};
use brygga_domain::referral::ContactPolicy;
use brygga_domain::{DisclosureGround, GdprBasis, OrgId, UnitId};

use crate::error::StorageError;
use crate::row::StoredRow;
use crate::text_form::{
    affirmations_from_text, affirmations_to_text, categories_from_text, categories_to_text,
    organisations_from_text, organisations_to_text, relations_from_text, relations_to_text,
    term_from_text, term_to_text,
};
use crate::values::Values;

/// Puts what every party is told.
pub(super) fn bind_asked(asked: &OpenRequest, values: &mut Values) {
    values
        .text(asked.priority.as_str())
        .text(asked.subject.as_str())
        .text(&term_to_text(&asked.service_type))
        .text_or_null(asked.host_municipality.as_ref().map(OrgId::as_str))
        .text_or_null(asked.home_municipality.as_ref().map(OrgId::as_str))
        .number(asked.acute_duty)
        .text_or_null(asked.source_unit.as_ref().map(UnitId::as_str))
        .number(asked.about_child)
        .instant(asked.claim_by);
}

/// Puts on what the content is disclosed.
pub(super) fn bind_basis(basis: &OfferBasis, values: &mut Values) {
    values
        .bytes(basis.agreement_id.as_bytes())
        .number(basis.agreement_version)
        .text(basis.ground.as_str())
        .text(basis.gdpr_basis.as_str())
        .text(&categories_to_text(&basis.data_categories))
        .text(&relations_to_text(&basis.third_persons))
        .bytes_or_null(basis.consent_id.as_ref().map(|id| id.as_bytes().as_slice()))
        .text(basis.contact_policy.as_str())
        .bytes_or_null(basis.part_of.as_ref().map(|id| id.as_bytes().as_slice()))
        .text(&affirmations_to_text(&basis.affirmations));
}

/// Puts what changes, in the order of the update's columns.
pub(super) fn bind_progress(offer: &Offer, values: &mut Values) {
    let claim = offer.state.claim();
    let referral_id = match &offer.state {
        OfferState::Claimed { referral_id, .. } => Some(referral_id.as_bytes().as_slice()),
        _ => None,
    };
    values
        .text(&organisations_to_text(&offer.parties))
        .text(offer.state.as_str())
        .text_or_null(claim.map(|claim| claim.by.as_str()))
        .text_or_null(claim.and_then(|claim| claim.unit.as_ref()).map(UnitId::as_str))
        .instant_or_null(claim.map(|claim| claim.at))
        .bytes_or_null(referral_id)
        .number(offer.revision);
}

/// Reads a row.
pub(super) fn offer(row: &StoredRow<'_>) -> Result<Offer, StorageError> {
    Ok(Offer {
        id: row.fixed("id")?,
        asked: asked(row)?,
        basis: OfferBasis {
            agreement_id: row.fixed("agreement_id")?,
            agreement_version: row.count("agreement_version")?,
            ground: row.coded("ground", DisclosureGround::parse)?,
            gdpr_basis: row.coded("gdpr_basis", GdprBasis::parse)?,
            data_categories: row.coded("data_categories", categories_from_text)?,
            third_persons: row.coded("third_persons", relations_from_text)?,
            consent_id: row.fixed_or_null("consent_id")?,
            contact_policy: row.coded("contact_policy", ContactPolicy::parse)?,
            part_of: row.fixed_or_null("part_of")?,
            affirmations: row.coded("affirmations", affirmations_from_text)?,
        },
        made_by: row.text("made_by")?.to_owned(),
        made_at: row.instant("made_at")?,
        parties: row.coded("parties", organisations_from_text)?,
        state: state(row)?,
        revision: row.count("revision")?,
    })
}

/// Reads what every party is told.
pub(super) fn asked(row: &StoredRow<'_>) -> Result<OpenRequest, StorageError> {
    let organisation = |text: &str| OrgId::parse(text).ok();
    Ok(OpenRequest {
        priority: row.coded("priority", Priority::parse)?,
        subject: row.coded("subject", SubjectArea::parse)?,
        service_type: row.coded("service_type", term_from_text)?,
        host_municipality: row.coded_or_null("host_municipality", organisation)?,
        home_municipality: row.coded_or_null("home_municipality", organisation)?,
        acute_duty: row.flag("acute_duty")?,
        source_unit: row.coded_or_null("source_unit", |text| UnitId::parse(text).ok())?,
        about_child: row.flag("about_child")?,
        claim_by: row.instant("claim_by")?,
    })
}

fn state(row: &StoredRow<'_>) -> Result<OfferState, StorageError> {
    let claim = || {
        Ok::<_, StorageError>(Claim {
            by: row.coded("claimant", |text| OrgId::parse(text).ok())?,
            unit: row.coded_or_null("claimant_unit", |text| UnitId::parse(text).ok())?,
            at: row.instant("claimed_at")?,
        })
    };
    Ok(match row.text("state")? {
        "OPEN" => OfferState::Open,
        "CLAIMING" => OfferState::Claiming(claim()?),
        "CLAIMED" => {
            OfferState::Claimed { claim: claim()?, referral_id: row.fixed("referral_id")? }
        }
        "WITHDRAWN" => OfferState::Withdrawn,
        "EXPIRED" => OfferState::Expired,
        _ => return Err(row.inconsistent("state")),
    })
}
