//! A referral as the organisation's own staff see it.

use brygga_domain::Timestamp;
use brygga_domain::referral::{Delivery, Referral, Review, ReviewResult, Side, Status};
use brygga_proto::local::v1 as proto;
use brygga_proto::referral::v1 as referral_proto;
use brygga_proto::referral::v1::ReferralStatus;
use prost::Message;

use crate::code;
use crate::content::{ReferralContent, content_to_proto};
use crate::eligibility::eligibility_to_proto;
use crate::field::text_or_empty;
use crate::referral::requested_to_proto;
use crate::time;

use super::note::{NoteShown, note_to_proto};

/// A referral without content, as it stands now.
///
/// `duty_phone` is the number of the way in for organisations that the target has published, else
/// one from this node's own list, and none where nobody knows a number; it is shown only while
/// people have to take the telephone. `last_event` is the newest payload in the referral's log;
/// bytes that cannot be read show as none.
pub fn referral_to_proto(
    referral: &Referral,
    delivery: &Delivery,
    now: Timestamp,
    duty_phone: Option<&str>,
    last_event: Option<&[u8]>,
) -> proto::Referral {
    let call_duty_phone = referral.must_call_duty_phone(delivery, now);
    let (delivery_status, refusal_reason) = delivery_to_proto(referral.side, delivery);
    let escalation = referral.escalation.as_ref();
    let taken_on_by = referral.taken_on.as_ref().and_then(|taken_on| taken_on.unit.as_ref());
    proto::Referral {
        referral_id: referral.id.as_bytes().to_vec(),
        side: side_to_proto(referral.side).into(),
        source: referral.source.to_string(),
        target: referral.target.to_string(),
        target_unit: text_or_empty(referral.target_unit.as_ref()),
        version: referral.version,
        status: status_to_proto(&referral.status).into(),
        delivery_status: delivery_status.into(),
        refusal_reason: refusal_reason.to_owned(),
        request: Some(requested_to_proto(referral)),
        agreement_id: referral.grant.agreement_id.as_bytes().to_vec(),
        agreement_version: referral.grant.agreement_version,
        rule_id: referral.grant.rule_id.clone(),
        disclosure_ground: code::number_or_unset(Some(referral.grant.ground)),
        gdpr_basis: code::number_or_unset(Some(referral.grant.gdpr_basis)),
        requested_at: Some(time::to_proto(referral.requested_at)),
        changed_at: Some(time::to_proto(referral.changed_at)),
        acute_duty_holder: text_or_empty(referral.acute_duty_holder()),
        presumed_expired: referral.is_overdue(now),
        call_duty_phone,
        duty_phone: duty_phone.filter(|_| call_duty_phone).unwrap_or_default().to_owned(),
        taken_on_by: text_or_empty(taken_on_by),
        last_event: last_event.and_then(event),
        effective_service_type: referral.request.service_type.effective().to_owned(),
        unhandled_days: referral.unhandled_days(now).unwrap_or(0),
        escalation_level: escalation.map_or(0, |laid| laid.level.into()),
        escalated_to: text_or_empty(escalation.and_then(|laid| laid.unit.as_ref())),
        promise_overdue: referral.is_promise_overdue(now),
        loop_closed_at: referral.loop_closed_at.map(time::to_proto),
        business_status: code::number_or_unset(referral.business_status),
        part_of: referral.request.part_of.map(|id| id.as_bytes().to_vec()).unwrap_or_default(),
        review: review_to_proto(referral.review).into(),
        responsible_municipality: text_or_empty(referral.responsible_municipality()),
        follow_up_open: referral.needs_follow_up(),
        processing_stopped: referral.is_stopped,
        erased_at: None,
        eligibility: referral.grant.eligibility.as_ref().map(eligibility_to_proto),
    }
}

const fn review_to_proto(review: Option<Review>) -> proto::ReviewState {
    match review {
        None => proto::ReviewState::Unspecified,
        Some(Review::Requested) => proto::ReviewState::Requested,
        Some(Review::Done(ReviewResult::Upheld)) => proto::ReviewState::Upheld,
        Some(Review::Done(ReviewResult::Overturned)) => proto::ReviewState::Overturned,
    }
}

/// A referral with its content, where this node could open it, and its log, oldest first.
pub fn referral_details<'a>(
    referral: proto::Referral,
    content: Option<&ReferralContent>,
    events: impl IntoIterator<Item = &'a [u8]>,
    notes: &[NoteShown],
) -> proto::ShowReferralResponse {
    proto::ShowReferralResponse {
        referral: Some(referral),
        content: content.map(content_to_proto),
        events: events.into_iter().filter_map(event).collect(),
        notes: notes.iter().map(note_to_proto).collect(),
    }
}

/// An entry of the log, which this node checked before it stored the bytes.
fn event(progressed: &[u8]) -> Option<referral_proto::ReferralProgressed> {
    referral_proto::ReferralProgressed::decode(progressed).ok()
}

/// Only the source follows the request on its way.
pub(super) fn delivery_to_proto(
    side: Side,
    delivery: &Delivery,
) -> (proto::DeliveryStatus, &'static str) {
    match (side, delivery) {
        (Side::Target, _) => (proto::DeliveryStatus::Unspecified, ""),
        (Side::Source, Delivery::Queued) => (proto::DeliveryStatus::Queued, ""),
        (Side::Source, Delivery::Delivered) => (proto::DeliveryStatus::Delivered, ""),
        (Side::Source, Delivery::Refused(reason)) => {
            (proto::DeliveryStatus::Refused, reason.as_str())
        }
        (Side::Source, Delivery::Undeliverable) => (proto::DeliveryStatus::Undeliverable, ""),
    }
}

const fn side_to_proto(side: Side) -> proto::Side {
    match side {
        Side::Source => proto::Side::Source,
        Side::Target => proto::Side::Target,
    }
}

const fn status_to_proto(status: &Status) -> ReferralStatus {
    match status {
        Status::Requested => ReferralStatus::Requested,
        Status::Accepted => ReferralStatus::Accepted,
        Status::InProgress => ReferralStatus::InProgress,
        Status::CancellationRequested { .. } => ReferralStatus::CancellationRequested,
        Status::Rejected(_) => ReferralStatus::Rejected,
        Status::Cancelled { .. } => ReferralStatus::Cancelled,
        Status::Expired => ReferralStatus::Expired,
        Status::Completed(_) => ReferralStatus::Completed,
        Status::OnHold { .. } => ReferralStatus::OnHold,
        Status::Failed { .. } => ReferralStatus::Failed,
        Status::EnteredInError => ReferralStatus::EnteredInError,
    }
}
