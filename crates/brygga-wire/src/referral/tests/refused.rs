use brygga_domain::Reason::{
    AdviceMissing, ConsentMissing, GroundMissing, InvalidField, NextStepMissing, NotImplemented,
    OutcomeMissing,
};
use brygga_proto::referral::v1::referral_progressed::Event as ProtoEvent;

use super::*;
use crate::samples::{Case, assert_refused};

#[test]
fn each_broken_field_of_a_request_is_named() {
    let cases: &[Case<proto::ReferralRequested>] = &[
        ("no id", |r| r.referral_id.clear(), InvalidField, "payload.referral_id"),
        ("15-byte id", |r| r.referral_id.truncate(15), InvalidField, "payload.referral_id"),
        ("another id", |r| r.referral_id[0] ^= 1, InvalidField, "header.conversation_id"),
        ("no priority", |r| r.priority = 0, InvalidField, "payload.priority"),
        ("unknown priority", |r| r.priority = 3, InvalidField, "payload.priority"),
        ("no subject", |r| r.subject = 0, InvalidField, "payload.subject"),
        ("unknown subject", |r| r.subject = 7, InvalidField, "payload.subject"),
        ("no service", |r| r.service_type = None, InvalidField, "payload.service_type"),
        (
            "service without a code",
            |r| r.service_type = Some(Default::default()),
            InvalidField,
            "payload.service_type",
        ),
        (
            "host no municipality",
            |r| r.host_municipality = "org:2120000746".to_owned(),
            InvalidField,
            "payload.host_municipality",
        ),
        (
            "home malformed",
            |r| r.home_municipality = "0881".to_owned(),
            InvalidField,
            "payload.home_municipality",
        ),
        ("bad unit", |r| r.source_unit.push('.'), InvalidField, "payload.source_unit"),
        ("no answer time", |r| r.respond_by = None, InvalidField, "payload.respond_by"),
        ("consent ground, no consent", |r| r.consent = None, ConsentMissing, "payload.consent"),
        (
            "consent without id",
            |r| r.consent.as_mut().unwrap().consent_id.clear(),
            InvalidField,
            "payload.consent.consent_id",
        ),
        (
            "consent without end",
            |r| r.consent.as_mut().unwrap().valid_until = None,
            InvalidField,
            "payload.consent.valid_until",
        ),
        ("unknown contact", |r| r.contact_policy = 4, InvalidField, "payload.contact_policy"),
    ];
    assert_refused(&requested(), decode, cases);
}

#[test]
fn a_request_needs_an_agreement_a_ground_and_its_own_thread() {
    let payload = encode_requested(&referral());
    let cases = [
        (Header { agreement: None, ..header() }, InvalidField, "header.agreement_id"),
        (Header { sealed: None, ..header() }, GroundMissing, "header.disclosure_ground"),
        (
            Header { conversation: ConversationId::from_bytes([0; 16]), ..header() },
            InvalidField,
            "header.conversation_id",
        ),
    ];
    for (under, reason, field) in cases {
        assert_eq!(decode_requested(&payload, &under), Err(Refusal::at(reason, field)));
    }
    let other = Some((AgreementId::from_bytes([0; 16]), 1));
    assert!(decode_requested(&payload, &Header { agreement: other, ..header() }).is_ok());
}

fn progressed(event: ProtoEvent) -> proto::ReferralProgressed {
    let event = Some(event);
    proto::ReferralProgressed {
        event,
        ..progressed_to_proto(referral_id(), 2, NOW, &Event::Accepted)
    }
}

fn decode_event(payload: proto::ReferralProgressed) -> Result<Progressed, Refusal> {
    decode_progressed(&payload.encode_to_vec())
}

#[test]
fn each_broken_field_of_an_event_is_named() {
    let cases: &[Case<proto::ReferralProgressed>] = &[
        ("no id", |p| p.referral_id.clear(), InvalidField, "payload.referral_id"),
        ("17-byte id", |p| p.referral_id.push(0), InvalidField, "payload.referral_id"),
        ("version 0", |p| p.version = 0, InvalidField, "payload.version"),
        ("the request's version", |p| p.version = 1, InvalidField, "payload.version"),
        ("no time", |p| p.occurred_at = None, InvalidField, "payload.occurred_at"),
        ("no event", |p| p.event = None, NotImplemented, "payload.event"),
    ];
    assert_refused(&progressed(ProtoEvent::Accepted(proto::Accepted {})), decode_event, cases);
}

#[test]
fn an_event_without_what_the_person_needs_is_refused() {
    let declined = |party, reason, next_step| {
        ProtoEvent::Declined(proto::Declined {
            party,
            reason,
            next_step,
            ..proto::Declined::default()
        })
    };
    let completed =
        |result, place_type| ProtoEvent::Completed(proto::Completed { result, place_type });
    let taken_on =
        |unit: &str, act_by| ProtoEvent::TakenOn(proto::TakenOn { unit: unit.to_owned(), act_by });
    let cases = [
        (declined(1, 1, 0), NextStepMissing, "payload.declined.next_step"),
        (declined(1, 1, 7), InvalidField, "payload.declined.next_step"),
        (declined(0, 1, 1), InvalidField, "payload.declined.party"),
        (declined(4, 1, 1), InvalidField, "payload.declined.party"),
        (declined(1, 0, 1), InvalidField, "payload.declined.reason"),
        (declined(1, 19, 1), AdviceMissing, "payload.declined.advice"),
        (declined(3, 19, 0), InvalidField, "payload.declined.party"),
        (declined(1, 20, 1), InvalidField, "payload.declined.reason"),
        (ProtoEvent::Failed(proto::Failed { reason: 19 }), InvalidField, "payload.failed.reason"),
        (completed(0, None), OutcomeMissing, "payload.completed.result"),
        (completed(7, None), InvalidField, "payload.completed.result"),
        (completed(1, Some(Default::default())), InvalidField, "payload.completed.place_type"),
        (taken_on("mobila-teamet", None), InvalidField, "payload.taken_on.act_by"),
        (
            taken_on("Mobila teamet", Some(time::to_proto(NOW))),
            InvalidField,
            "payload.taken_on.unit",
        ),
        (
            ProtoEvent::Cancelled(proto::Cancelled { reason: 0 }),
            InvalidField,
            "payload.cancelled.reason",
        ),
        (
            ProtoEvent::CancellationRequested(proto::CancellationRequested { reason: 99 }),
            InvalidField,
            "payload.cancellation_requested.reason",
        ),
    ];
    for (event, reason, field) in cases {
        assert_eq!(decode_event(progressed(event)), Err(Refusal::at(reason, field)));
    }
}

#[test]
fn a_withdrawal_needs_its_referral_and_a_reason() {
    let withdrawn = |referral_id: &[u8], reason| {
        let payload = proto::ReferralWithdrawn { referral_id: referral_id.to_vec(), reason };
        decode_withdrawn(&payload.encode_to_vec())
    };
    assert_eq!(withdrawn(&[3; 15], 1), Err(Refusal::at(InvalidField, "payload.referral_id")));
    assert_eq!(withdrawn(&[3; 16], 0), Err(Refusal::at(InvalidField, "payload.reason")));
    assert_eq!(withdrawn(&[3; 16], 19), Err(Refusal::at(InvalidField, "payload.reason")));
}

#[test]
fn bytes_that_are_no_payload_are_refused_whole() {
    let garbage = [0x0a, 0xff];
    assert_eq!(decode_requested(&garbage, &header()), Err(invalid("payload")));
    assert_eq!(decode_progressed(&garbage), Err(invalid("payload")));
    assert_eq!(decode_withdrawn(&garbage), Err(invalid("payload")));
}
