use brygga_domain::agreement::{AgreementRecord, AgreementTerms};
use brygga_domain::consent::Consent;
use brygga_domain::referral::{Command, Delivery, Event, Side, StatusReason, TakenOn};
use brygga_domain::{AgreementId, ConsentId, Reason, Timestamp};
use brygga_proto::local::v1 as proto;
use brygga_proto::referral::v1::ReferralStatus;

use super::*;
use crate::agreement::terms_to_proto;
use crate::consent::consent_to_proto;
use crate::referral::encode_progressed;
use crate::samples::{NOW, consent, content, later, record, referral, terms, unit};

mod call;
mod capacity_search;
mod refused;
mod relocation;
mod requests;

const FRESH: [u8; 16] = [0xee; 16];

#[test]
fn a_referral_on_its_way_shows_whose_duty_it_is() {
    let view = referral_to_proto(&referral(), &Delivery::Queued, NOW, Some("0480-000 00"), None);
    assert_eq!(view.status(), ReferralStatus::Requested);
    assert_eq!(view.delivery_status(), proto::DeliveryStatus::Queued);
    assert_eq!(view.side(), proto::Side::Source);
    assert_eq!(view.acute_duty_holder, "kommun:0880");
    assert_eq!(view.effective_service_type, "NIGHT_SHELTER");
    assert_eq!((view.call_duty_phone, view.duty_phone.as_str()), (false, ""));
    assert_eq!((view.presumed_expired, view.last_event), (false, None));
}

#[test]
fn a_peer_that_cannot_be_reached_makes_the_telephone_number_show() {
    let view =
        |phone| referral_to_proto(&referral(), &Delivery::Undeliverable, later(2), phone, None);
    let reachable = view(Some("0480-000 00"));
    assert!(reachable.call_duty_phone && reachable.presumed_expired);
    assert_eq!(reachable.duty_phone, "0480-000 00");
    assert!(view(None).call_duty_phone);
    assert_eq!(view(None).duty_phone, "");
}

#[test]
fn a_refusal_by_the_peers_node_shows_its_reason() {
    let delivery = Delivery::Refused(Reason::ConsentExpired);
    let view = referral_to_proto(&referral(), &delivery, NOW, None, None);
    assert_eq!(view.delivery_status(), proto::DeliveryStatus::Refused);
    assert_eq!(view.refusal_reason, "SEND_CONSENT_EXPIRED");
}

#[test]
fn the_target_shows_the_function_that_took_it_on_and_no_delivery() {
    let mut held = referral();
    held.side = Side::Target;
    let event = Event::TakenOn(TakenOn { unit: Some(unit()), act_by: later(1) });
    held.apply(&event, NOW);
    let progressed = encode_progressed(held.id, held.version, NOW, &event);
    let view = referral_to_proto(&held, &Delivery::Queued, NOW, None, Some(&progressed));
    assert_eq!(view.delivery_status(), proto::DeliveryStatus::Unspecified);
    assert_eq!(view.taken_on_by, "mobila-teamet");
    assert_eq!(view.last_event.unwrap().version, 2);
}

#[test]
fn details_hold_the_content_without_its_salt_and_the_whole_log() {
    let log = [Event::Accepted, Event::Started];
    let log: Vec<_> = log.iter().map(|e| encode_progressed(referral().id, 2, NOW, e)).collect();
    let view = referral_to_proto(&referral(), &Delivery::Delivered, NOW, None, None);
    let shown = referral_details(view, Some(&content()), log.iter().map(Vec::as_slice), &[]);
    let told = shown.content.unwrap();
    assert_eq!((told.name.as_str(), told.salt.as_slice()), ("Tolvan Testsson", &[][..]));
    assert_eq!(shown.events.len(), 2);
}

#[test]
fn an_agreement_shows_where_it_stands() {
    let at =
        |record: &AgreementRecord, now| agreement_to_proto(record, &record.state(now), &[], now);
    let view = at(&record(), NOW);
    assert_eq!(view.state(), proto::AgreementState::Proposed);
    assert_eq!(view.terms, Some(terms_to_proto(&terms())));
    assert_eq!((view.signatures.len(), view.terminated_at), (1, None));
    assert!(!view.evaluation_is_due);
    let mut ended = record();
    ended.terminate(NOW);
    let view = at(&ended, later(1));
    assert_eq!(view.state(), proto::AgreementState::Terminated);
    assert!(view.terminated_at.is_some());
    assert_eq!(at(&record(), later(400)).state(), proto::AgreementState::Expired);
}
