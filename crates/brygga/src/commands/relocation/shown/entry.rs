//! A case for programs.

use brygga_proto::local::v1::{
    OfficerCard, OpenEnquiry, Relocation, RelocationCallBack, RelocationDue, RelocationDueKind,
    RelocationHandover, RelocationOffer, RelocationOrigin, RelocationPositionTaken,
    WithheldInsight,
};
use brygga_proto::relocation::v1::{
    AgeBand, BlindNeed, Earliest, HandoverItem, ProtectionLevel, RefusalCode, RelocationHousing,
    RelocationPosition, RelocationRoute, RelocationSupport, SecrecyBasis,
};
use brygga_proto::types::v1::ThirdPersonRelation;
use serde_json::{Value, json};

use crate::identifier::show;
use crate::{when, wire_code};

/// A case.
pub(super) fn case(case: &Relocation) -> Value {
    json!({
        "relocation_id": show(&case.relocation_id),
        "side": case.side,
        "stage": case.stage,
        "agreement_id": show(&case.agreement_id),
        "route": wire_code::show::<RelocationRoute>(case.route),
        "level": wire_code::show::<ProtectionLevel>(case.level),
        "secrecy_basis": wire_code::show::<SecrecyBasis>(case.secrecy_basis),
        "officers": case.officers.iter().map(|officer| show(officer)).collect::<Vec<_>>(),
        "exclusions": case.exclusions,
        "withheld": numbered(&case.withheld, withheld),
        "need": case.need.as_ref().map(need),
        "enquiry_until": instant(case.enquiry_until),
        "offers": numbered(&case.offers, offer),
        "call_back": case.call_back.as_ref().map(call_back),
        "prepared_by": show(&case.prepared_by),
        "prepared": case.prepared,
        "own_offer_until": instant(case.own_offer_until),
        "arrived": case.arrived,
        "share_by": show(&case.share_by),
        "origin": case.origin.as_ref().map(origin),
        "content": case.content,
        "position": case.position.as_ref().map(position),
        "assistance": case.assistance,
        "handover": case.handover.iter().map(handover).collect::<Vec<_>>(),
        "disclosed_at": instant(case.disclosed_at),
        "opened_at": instant(case.opened_at),
        "escalated_at": instant(case.escalated_at),
        "decided_at": instant(case.decided_at),
        "ended_at": instant(case.ended_at),
        "dues": case.dues.iter().map(due).collect::<Vec<_>>(),
    })
}

/// An enquiry that has come.
pub(super) fn enquiry(enquiry: &OpenEnquiry) -> Value {
    json!({
        "enquiry_id": show(&enquiry.enquiry_id),
        "agreement_id": show(&enquiry.agreement_id),
        "need": enquiry.need.as_ref().map(need),
        "until": instant(enquiry.until),
    })
}

/// Each with the number that commands name it by.
fn numbered<T>(items: &[T], value: impl Fn(&T) -> Value) -> Vec<Value> {
    let numbered = items.iter().zip(1_u32..).map(|(item, number)| {
        let mut value = value(item);
        value["number"] = json!(number);
        value
    });
    numbered.collect()
}

fn due(due: &RelocationDue) -> Value {
    json!({"kind": wire_code::show::<RelocationDueKind>(due.kind), "late_from": instant(due.at)})
}

fn withheld(one: &WithheldInsight) -> Value {
    json!({
        "relation": wire_code::show::<ThirdPersonRelation>(one.relation),
        "decided_at": instant(one.decided_at),
        "review_due": instant(one.review_due),
    })
}

fn need(need: &BlindNeed) -> Value {
    json!({
        "adults": need.adults,
        "children": need.children.iter().map(|age| wire_code::show::<AgeBand>(*age)).collect::<Vec<_>>(),
        "wheelchair": need.wheelchair,
        "animals": need.animals,
        "languages": need.languages,
        "housing": wire_code::show::<RelocationHousing>(need.housing),
        "support": wire_code::show::<RelocationSupport>(need.support),
        "earliest": wire_code::show::<Earliest>(need.earliest),
    })
}

fn offer(offer: &RelocationOffer) -> Value {
    json!({
        "organisation": offer.organisation,
        "officers": cards(&offer.officers),
        "housing": wire_code::show::<RelocationHousing>(offer.housing),
        "support": wire_code::show::<RelocationSupport>(offer.support),
        "earliest": wire_code::show::<Earliest>(offer.earliest),
        "until": instant(offer.until),
        "selected": offer.selected,
    })
}

fn call_back(call: &RelocationCallBack) -> Value {
    json!({
        "officer_id": show(&call.officer_id),
        "spoke_with": call.spoke_with,
        "at": instant(call.at),
    })
}

fn origin(origin: &RelocationOrigin) -> Value {
    json!({"organisation": origin.organisation, "officers": cards(&origin.officers)})
}

fn position(taken: &RelocationPositionTaken) -> Value {
    json!({
        "position": wire_code::show::<RelocationPosition>(taken.position),
        "refusal": wire_code::show::<RefusalCode>(taken.refusal),
        "at": instant(taken.at),
    })
}

fn handover(entry: &RelocationHandover) -> Value {
    json!({
        "item": wire_code::show::<HandoverItem>(entry.item),
        "given_at": instant(entry.given_at),
        "received_at": instant(entry.received_at),
    })
}

fn cards(officers: &[OfficerCard]) -> Vec<Value> {
    let card = |officer: &OfficerCard| {
        json!({
            "officer_id": show(&officer.officer_id),
            "name": officer.name,
            "phone": officer.phone,
        })
    };
    officers.iter().map(card).collect()
}

fn instant(at: Option<prost_types::Timestamp>) -> Option<String> {
    when::from_proto(at).map(when::rfc3339)
}
