//! The request itself: half of it in the payload, half in the header.

use brygga_domain::code::SERVICE_TYPE;
use brygga_domain::referral::{ContactPolicy, Grant, Referral, Request, RequestParts};
use brygga_domain::{OrgId, Reason, Refusal};
use brygga_proto::referral::v1 as proto;

use crate::code;
use crate::consent;
use crate::eligibility::{eligibility_from_proto, eligibility_to_proto};
use crate::envelope::Header;
use crate::field::{from_bytes_or_none, from_text_or_none, invalid, required, text_or_empty};
use crate::time;

pub(crate) fn requested_to_proto(referral: &Referral) -> proto::ReferralRequested {
    let request = &referral.request;
    proto::ReferralRequested {
        referral_id: referral.id.as_bytes().to_vec(),
        priority: code::number_or_unset(Some(request.priority)),
        subject: code::number_or_unset(Some(request.subject)),
        service_type: Some(code::term_to_proto(&request.service_type)),
        host_municipality: text_or_empty(request.host_municipality.as_ref()),
        home_municipality: text_or_empty(request.home_municipality.as_ref()),
        acute_duty: request.acute_duty,
        source_unit: text_or_empty(request.source_unit.as_ref()),
        respond_by: Some(time::to_proto(request.respond_by)),
        consent: referral.grant.consent.map(consent::statement_to_proto),
        contact_policy: code::number_or_unset(Some(request.contact_policy)),
        recipient_chosen_by_person: request.recipient_chosen_by_person,
        about_child: request.about_child,
        part_of: bytes_or_empty(request.part_of.map(|id| *id.as_bytes())),
        offer_id: bytes_or_empty(request.offer.map(|id| *id.as_bytes())),
        take_on_by: Some(time::to_proto(request.take_on_by)),
        eligibility: referral.grant.eligibility.as_ref().map(eligibility_to_proto),
        hold: None,
    }
}

fn bytes_or_empty(id: Option<[u8; 16]>) -> Vec<u8> {
    id.map(|bytes| bytes.to_vec()).unwrap_or_default()
}

/// Whom it is between stands in the header, what is asked in the payload.
pub(super) fn parts(
    payload: proto::ReferralRequested,
    header: &Header,
) -> Result<RequestParts, Refusal> {
    let grant = grant(&payload, header)?;
    Ok(RequestParts {
        source: header.sender.clone(),
        target: header.recipient.clone(),
        target_unit: header.recipient_unit.clone(),
        request: request(payload)?,
        grant,
    })
}

fn request(payload: proto::ReferralRequested) -> Result<Request, Refusal> {
    let respond_by = time::from_proto(payload.respond_by, "payload.respond_by")?;
    let take_on_by = time::from_proto_or_none(payload.take_on_by, "payload.take_on_by")?;
    Ok(Request {
        priority: code::read(payload.priority, "payload.priority")?,
        subject: code::read(payload.subject, "payload.subject")?,
        service_type: code::term_of(SERVICE_TYPE, payload.service_type, "payload.service_type")?,
        host_municipality: municipality(&payload.host_municipality, "payload.host_municipality")?,
        home_municipality: municipality(&payload.home_municipality, "payload.home_municipality")?,
        acute_duty: payload.acute_duty,
        source_unit: from_text_or_none(&payload.source_unit, "payload.source_unit")?,
        respond_by,
        contact_policy: code::read_or_unset(payload.contact_policy, "payload.contact_policy")?
            .unwrap_or(ContactPolicy::ViaRequester),
        recipient_chosen_by_person: payload.recipient_chosen_by_person,
        about_child: payload.about_child,
        part_of: from_bytes_or_none(&payload.part_of, "payload.part_of")?,
        offer: from_bytes_or_none(&payload.offer_id, "payload.offer_id")?,
        take_on_by: take_on_by.unwrap_or(respond_by),
    })
}

fn grant(payload: &proto::ReferralRequested, header: &Header) -> Result<Grant, Refusal> {
    let sealed = header
        .sealed
        .as_ref()
        .ok_or(Refusal::at(Reason::GroundMissing, "header.disclosure_ground"))?;
    let (agreement_id, agreement_version) = required(header.agreement, "header.agreement_id")?;
    let consent = payload.consent.as_ref().map(consent::statement_from_proto).transpose()?;
    if sealed.ground.rests_on_consent() && consent.is_none() {
        return Err(Refusal::at(Reason::ConsentMissing, "payload.consent"));
    }
    Ok(Grant {
        agreement_id,
        agreement_version,
        rule_id: String::new(),
        ground: sealed.ground,
        gdpr_basis: sealed.gdpr_basis,
        data_categories: sealed.data_categories.clone(),
        consent,
        eligibility: payload.eligibility.clone().map(eligibility_from_proto).transpose()?,
        // The recipient's own gate says so.
        counts_since: None,
    })
}

/// A municipality, real or of the demonstration; empty means none.
pub(crate) fn municipality(text: &str, field: &'static str) -> Result<Option<OrgId>, Refusal> {
    let organisation: Option<OrgId> = from_text_or_none(text, field)?;
    match &organisation {
        Some(named) if named.kommunkod().is_none() && !text.starts_with("demo:") => {
            Err(invalid(field))
        }
        _ => Ok(organisation),
    }
}
