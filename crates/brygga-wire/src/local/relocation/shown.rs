//! A case as an officer whom it names sees it: everything but keys, mailboxes and shares.

use brygga_domain::relocation::{
    CallBack, Content, Counterpart, Due, HandoverEntry, NamedOfficer, Offer, Position, Prepared,
    Relocation, Stage, Withheld,
};
use brygga_domain::{OfficerId, Timestamp};
use brygga_proto::local::v1 as proto;

use crate::code::{Coded, number_or_unset};
use crate::relocation::need_to_proto;
use crate::time;

use super::act::position_to_proto;

/// A case as its officers see it, with what it waits for.
pub fn relocation_to_proto(case: &Relocation, dues: &[Due]) -> proto::Relocation {
    let officer = |officer: Option<OfficerId>| {
        officer.map(|officer| officer.as_bytes().to_vec()).unwrap_or_default()
    };
    let prepared = case.prepared.as_ref();
    let offer = |(place, offer)| offer_to_proto(offer, case.selected == Some(place));
    proto::Relocation {
        relocation_id: case.id.as_bytes().to_vec(),
        stage: case.stage.as_str().to_owned(),
        agreement_id: case.agreement_id.as_bytes().to_vec(),
        officers: case.officers.iter().map(|officer| officer.as_bytes().to_vec()).collect(),
        route: number_or_unset(case.route),
        level: case.level.number(),
        secrecy_basis: number_or_unset(case.secrecy_basis),
        exclusions: case.exclusions.expose().iter().map(ToString::to_string).collect(),
        withheld: case.withheld.iter().map(withheld_to_proto).collect(),
        need: Some(need_to_proto(&case.need)),
        ended_at: instant(case.ended_at),
        side: case.side.as_str().to_owned(),
        enquiry_until: instant(case.enquiry.as_ref().map(|enquiry| enquiry.until)),
        offers: case.offers.iter().enumerate().map(offer).collect(),
        call_back: case.call_back.as_ref().map(call_back_to_proto),
        prepared_by: officer(prepared.map(|prepared: &Prepared| prepared.by)),
        prepared: text(prepared.map(|prepared| &prepared.content)),
        own_offer_until: instant(case.own_offer.map(|own| own.until)),
        arrived: case.stage == Stage::Arrived,
        share_by: officer(case.share.as_ref().map(|share| share.by)),
        origin: case.origin.as_ref().map(origin_to_proto),
        content: text(case.content.as_ref()),
        position: case.position.map(|(position, at)| taken_to_proto(position, at)),
        assistance: case.assistance.iter().map(|note| note.expose().clone()).collect(),
        handover: case.handover.iter().map(handover_to_proto).collect(),
        disclosed_at: instant(case.disclosed_at),
        opened_at: instant(case.opened_at),
        escalated_at: instant(case.escalated_at),
        decided_at: instant(case.decided_at),
        dues: dues.iter().map(due_to_proto).collect(),
    }
}

fn due_to_proto(due: &Due) -> proto::RelocationDue {
    proto::RelocationDue { kind: due.kind.number(), at: Some(time::to_proto(due.at)) }
}

fn withheld_to_proto(one: &Withheld) -> proto::WithheldInsight {
    proto::WithheldInsight {
        relation: one.relation.number(),
        decided_at: Some(time::to_proto(one.decided_at)),
        review_due: Some(time::to_proto(one.review_due)),
    }
}

fn offer_to_proto(offer: &Offer, selected: bool) -> proto::RelocationOffer {
    proto::RelocationOffer {
        organisation: offer.organisation.expose().to_string(),
        officers: offer.officers.iter().map(card_to_proto).collect(),
        housing: offer.content.housing.number(),
        support: offer.content.support.number(),
        earliest: offer.content.earliest.number(),
        until: Some(time::to_proto(offer.until)),
        selected,
    }
}

fn card_to_proto(officer: &NamedOfficer) -> proto::OfficerCard {
    proto::OfficerCard {
        officer_id: officer.id.as_bytes().to_vec(),
        name: officer.name.expose().clone(),
        phone: officer.phone.expose().clone(),
    }
}

fn call_back_to_proto(call: &CallBack) -> proto::RelocationCallBack {
    proto::RelocationCallBack {
        officer_id: call.by.as_bytes().to_vec(),
        spoke_with: call.spoke_with.expose().clone(),
        at: Some(time::to_proto(call.at)),
    }
}

fn origin_to_proto(origin: &Counterpart) -> proto::RelocationOrigin {
    proto::RelocationOrigin {
        organisation: origin.organisation.expose().to_string(),
        officers: origin.officers.iter().map(card_to_proto).collect(),
    }
}

fn taken_to_proto(position: Position, at: Timestamp) -> proto::RelocationPositionTaken {
    let (position, refusal) = position_to_proto(position);
    proto::RelocationPositionTaken { position, refusal, at: Some(time::to_proto(at)) }
}

fn handover_to_proto(entry: &HandoverEntry) -> proto::RelocationHandover {
    proto::RelocationHandover {
        item: entry.item.number(),
        given_at: Some(time::to_proto(entry.given_at)),
        received_at: instant(entry.received_at),
    }
}

/// The other side's node may have carried anything: what is no text is shown as such.
fn text(content: Option<&Content>) -> String {
    content.map(|it| String::from_utf8_lossy(it.expose()).into_owned()).unwrap_or_default()
}

fn instant(at: Option<Timestamp>) -> Option<prost_types::Timestamp> {
    at.map(time::to_proto)
}
