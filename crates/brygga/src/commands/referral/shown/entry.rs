//! A referral as JSON: codes, identifiers and instants as they travel.

use brygga_proto::agreement::v1::{Priority, SubjectArea};
use brygga_proto::local::v1::{DeliveryStatus, Referral, ReviewState, Side};
use brygga_proto::referral::v1::{
    BusinessStatus, CauseLevel, ChildAgeBand, ContactPolicy, ReferralContent, ReferralRequested,
    ReferralStatus,
};
use brygga_proto::types::v1::{Code, DisclosureGround, GdprBasis, ThirdPersonRelation};
use serde_json::{Value, json};

use super::event;
use crate::identifier::show;
use crate::when;
use crate::wire_code;

/// A referral without content.
pub(super) fn referral(referral: &Referral) -> Value {
    let instant = |at| when::from_proto(at).map(when::rfc3339);
    json!({
        "referral_id": show(&referral.referral_id),
        "side": wire_code::show::<Side>(referral.side),
        "source": referral.source,
        "target": referral.target,
        "target_unit": referral.target_unit,
        "version": referral.version,
        "status": wire_code::show::<ReferralStatus>(referral.status),
        "delivery_status": wire_code::show::<DeliveryStatus>(referral.delivery_status),
        "refusal_reason": referral.refusal_reason,
        "request": referral.request.as_ref().map(request),
        "agreement_id": show(&referral.agreement_id),
        "agreement_version": referral.agreement_version,
        "rule_id": referral.rule_id,
        "disclosure_ground": wire_code::show::<DisclosureGround>(referral.disclosure_ground),
        "gdpr_basis": wire_code::show::<GdprBasis>(referral.gdpr_basis),
        "requested_at": instant(referral.requested_at),
        "changed_at": instant(referral.changed_at),
        "acute_duty_holder": referral.acute_duty_holder,
        "presumed_expired": referral.presumed_expired,
        "call_duty_phone": referral.call_duty_phone,
        "duty_phone": referral.duty_phone,
        "taken_on_by": referral.taken_on_by,
        "last_event": referral.last_event.as_ref().map(event::entry),
        "effective_service_type": referral.effective_service_type,
        "unhandled_days": referral.unhandled_days,
        "escalation_level": referral.escalation_level,
        "escalated_to": referral.escalated_to,
        "promise_overdue": referral.promise_overdue,
        "loop_closed_at": instant(referral.loop_closed_at),
        "business_status": wire_code::show::<BusinessStatus>(referral.business_status),
        "part_of": show(&referral.part_of),
        "review": wire_code::show::<ReviewState>(referral.review),
        "responsible_municipality": referral.responsible_municipality,
        "follow_up_open": referral.follow_up_open,
        "processing_stopped": referral.processing_stopped,
        "erased_at": instant(referral.erased_at),
    })
}

fn request(request: &ReferralRequested) -> Value {
    let instant = |at| when::from_proto(at).map(when::rfc3339);
    json!({
        "priority": wire_code::show::<Priority>(request.priority),
        "subject": wire_code::show::<SubjectArea>(request.subject),
        "service_type": request.service_type.as_ref().map(code),
        "host_municipality": request.host_municipality,
        "home_municipality": request.home_municipality,
        "acute_duty": request.acute_duty,
        "source_unit": request.source_unit,
        "respond_by": instant(request.respond_by),
        "consent": request.consent.as_ref().map(|consent| json!({
            "consent_id": show(&consent.consent_id),
            "valid_until": instant(consent.valid_until),
        })),
        "contact_policy": wire_code::show::<ContactPolicy>(request.contact_policy),
        "recipient_chosen_by_person": request.recipient_chosen_by_person,
    })
}

/// The opened content.
pub(super) fn content(content: &ReferralContent) -> Value {
    let bands = |numbers: &[i32]| {
        numbers.iter().map(|number| wire_code::show::<ChildAgeBand>(*number)).collect::<Vec<_>>()
    };
    json!({
        "name": content.name,
        "personal_identity_number": content.personal_identity_number,
        "contact": content.contact,
        "household": content.household.as_ref().map(|household| json!({
            "size": household.size,
            "adults": household.adults,
            "child_age_bands": bands(&household.child_age_bands),
        })),
        "homelessness_situation": content.homelessness_situation,
        "cause_level": wire_code::show::<CauseLevel>(content.cause_level),
        "housing_needs": content.housing_needs.iter().map(code).collect::<Vec<_>>(),
        "support_needs": content.support_needs.iter().map(code).collect::<Vec<_>>(),
        "note": content.note,
        "third_persons": content.third_persons.iter().map(|other| json!({
            "relation": wire_code::show::<ThirdPersonRelation>(other.relation),
            "name": other.name,
        })).collect::<Vec<_>>(),
    })
}

fn code(code: &Code) -> Value {
    json!({
        "list": code.list,
        "list_version": code.list_version,
        "code": code.code,
        "broader": code.broader,
    })
}
