use brygga_domain::Reason::{InvalidField, NextStepMissing, OutcomeMissing, ProtectedWay};
use brygga_proto::local::v1::act_on_referral_request::Action;
use brygga_proto::referral::v1 as event;

use super::requests::{act, request};
use super::*;
use crate::samples::{Case, assert_refused};

#[test]
fn each_broken_field_of_a_wish_is_named() {
    let cases: &[Case<proto::RequestReferralRequest>] = &[
        ("protected", |r| r.protected_person = true, ProtectedWay, "protected_person"),
        ("no key", |r| r.idempotency_key.clear(), InvalidField, "idempotency_key"),
        ("15-byte key", |r| r.idempotency_key.truncate(15), InvalidField, "idempotency_key"),
        ("nobody asked", |r| r.target.clear(), InvalidField, "target"),
        ("bad unit", |r| r.target_unit.push('!'), InvalidField, "target_unit"),
        ("15-byte agreement", |r| r.agreement_id.truncate(15), InvalidField, "agreement_id"),
        ("no priority", |r| r.priority = 0, InvalidField, "priority"),
        ("no subject", |r| r.subject = 0, InvalidField, "subject"),
        ("no service", |r| r.service_type = None, InvalidField, "service_type"),
        ("bad host", |r| r.host_municipality.push('0'), InvalidField, "host_municipality"),
        ("bad home", |r| r.home_municipality.push('0'), InvalidField, "home_municipality"),
        ("bad source unit", |r| r.source_unit.push('!'), InvalidField, "source_unit"),
        ("unknown ground", |r| r.disclosure_ground = 15, InvalidField, "disclosure_ground"),
        ("unknown basis", |r| r.gdpr_basis = 4, InvalidField, "gdpr_basis"),
        ("17-byte consent", |r| r.consent_id.push(0), InvalidField, "consent_id"),
        ("unknown contact", |r| r.contact_policy = 4, InvalidField, "contact_policy"),
        ("no content", |r| r.content = None, InvalidField, "content"),
        ("empty content", |r| r.content = Some(Default::default()), InvalidField, "content"),
        (
            "own salt",
            |r| r.content.as_mut().unwrap().salt = vec![1; 32],
            InvalidField,
            "content.salt",
        ),
    ];
    assert_refused(&request(), referral_wish, cases);
}

#[test]
fn each_broken_action_is_named() {
    let declined = |party, reason, next_step| {
        Some(Action::Decline(event::Declined {
            party,
            reason,
            next_step,
            ..event::Declined::default()
        }))
    };
    let withdrawn = |referral_id, reason| {
        Some(Action::Withdraw(event::ReferralWithdrawn { referral_id, reason }))
    };
    let take_on = event::TakenOn { unit: String::new(), act_by: None };
    let complete = event::Completed { result: 0, place_type: None };
    let cases = [
        (None, InvalidField, "action"),
        (Some(Action::TakeOn(take_on)), InvalidField, "take_on.act_by"),
        (declined(1, 1, 0), NextStepMissing, "decline.next_step"),
        (declined(0, 1, 1), InvalidField, "decline.party"),
        (declined(1, 0, 1), InvalidField, "decline.reason"),
        (Some(Action::Complete(complete)), OutcomeMissing, "complete.result"),
        (withdrawn(Vec::new(), 0), InvalidField, "withdraw.reason"),
        (withdrawn(vec![9; 16], 1), InvalidField, "withdraw.referral_id"),
        (
            Some(Action::ConfirmCancellation(event::Cancelled { reason: 0 })),
            InvalidField,
            "confirm_cancellation.reason",
        ),
    ];
    for (action, reason, field) in cases {
        let request =
            proto::ActOnReferralRequest { action, ..act(Action::Accept(event::Accepted {})) };
        assert_eq!(act_on_referral(request), Err(Refusal::at(reason, field)));
    }
}

#[test]
fn identifiers_of_another_length_are_refused() {
    assert_eq!(referral_id(&[3; 15]), Err(Refusal::at(InvalidField, "referral_id")));
    assert_eq!(consent_id(&[3; 17]), Err(Refusal::at(InvalidField, "consent_id")));
    assert_eq!(message_id(&[]), Err(Refusal::at(InvalidField, "message_id")));
    assert_eq!(agreement_key(&[3; 15], 1), Err(Refusal::at(InvalidField, "agreement_id")));
    assert_eq!(referral_id(&[3; 16]), Ok(referral().id));
}

#[test]
fn a_consent_cannot_be_recorded_as_withdrawn() {
    let mut record = consent_to_proto(&consent());
    record.withdrawn_at = record.valid_from;
    let fresh = ConsentId::from_bytes(FRESH);
    let recorded = |consent| recorded_consent(proto::RecordConsentRequest { consent }, fresh);
    assert_eq!(recorded(Some(record)), Err(Refusal::at(InvalidField, "consent.withdrawn_at")));
    assert_eq!(recorded(None), Err(Refusal::at(InvalidField, "consent")));
}

#[test]
fn a_proposal_and_an_end_need_their_parts() {
    let fresh = AgreementId::from_bytes(FRESH);
    let proposed = proposed_terms(None, fresh);
    assert_eq!(proposed, Err(Refusal::at(InvalidField, "terms")));
    let end = proto::TerminateAgreementRequest {
        agreement_id: vec![2; 16],
        version: 0,
        effective_at: Some(prost_types::Timestamp { seconds: i64::MAX, nanos: 0 }),
    };
    assert_eq!(termination(&end, NOW), Err(Refusal::at(InvalidField, "effective_at")));
}
