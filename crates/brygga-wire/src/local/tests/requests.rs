//! Sound requests, as they are read.

use brygga_proto::local::v1::act_on_referral_request::Action;
use brygga_proto::referral::v1 as event;

use super::*;
use crate::content::content_to_proto;
use crate::samples::{nybro, parts};

/// The request that makes the sample referral.
pub(super) fn request() -> proto::RequestReferralRequest {
    let sample = referral_to_proto(&referral(), &Delivery::Queued, NOW, None, None);
    let asked = sample.request.unwrap();
    proto::RequestReferralRequest {
        idempotency_key: vec![10; 16],
        target: sample.target,
        target_unit: sample.target_unit,
        agreement_id: sample.agreement_id,
        priority: asked.priority,
        subject: asked.subject,
        service_type: asked.service_type,
        host_municipality: asked.host_municipality,
        home_municipality: asked.home_municipality,
        acute_duty: asked.acute_duty,
        source_unit: asked.source_unit,
        disclosure_ground: sample.disclosure_ground,
        gdpr_basis: sample.gdpr_basis,
        consent_id: vec![5; 16],
        contact_policy: asked.contact_policy,
        recipient_chosen_by_person: asked.recipient_chosen_by_person,
        content: Some(content_to_proto(&content())),
        wait_seconds: 0,
        part_of: asked.part_of,
        affirmations: Vec::new(),
        accept_content_warning: false,
        places: None,
        protected_person: false,
    }
}

#[test]
fn a_wish_holds_all_that_was_asked() {
    let ReferralWish { idempotency_key, consent_id, wish, content: told, .. } =
        referral_wish(request()).unwrap();
    let asked = parts().request;
    assert_eq!(idempotency_key, [10; 16]);
    assert_eq!(consent_id, Some(ConsentId::from_bytes([5; 16])));
    assert_eq!(told, content());
    assert_eq!((wish.target, wish.target_unit), (nybro(), Some(unit())));
    assert_eq!(wish.agreement, Some(parts().grant.agreement_id));
    assert_eq!((wish.priority, wish.subject), (asked.priority, asked.subject));
    assert_eq!(wish.service_type, asked.service_type);
    assert_eq!(wish.host_municipality, asked.host_municipality);
    assert_eq!(wish.home_municipality, asked.home_municipality);
    assert_eq!((wish.acute_duty, wish.source_unit), (true, asked.source_unit));
    assert_eq!(wish.ground, Some(parts().grant.ground));
    assert_eq!(wish.gdpr_basis, Some(parts().grant.gdpr_basis));
    assert_eq!(wish.contact_policy, asked.contact_policy);
    assert!(wish.recipient_chosen_by_person);
}

#[test]
fn a_wish_without_ground_basis_and_consent_is_left_to_the_policy() {
    let wish = referral_wish(proto::RequestReferralRequest {
        disclosure_ground: 0,
        gdpr_basis: 0,
        consent_id: Vec::new(),
        agreement_id: Vec::new(),
        ..request()
    })
    .unwrap();
    assert_eq!((wish.wish.ground, wish.wish.gdpr_basis), (None, None));
    assert_eq!((wish.consent_id, wish.wish.agreement), (None, None));
}

#[test]
fn the_digest_tells_a_repeat_from_another_request() {
    let digest = |request| referral_wish(request).unwrap().digest;
    assert_eq!(digest(request()), digest(request()));
    let mut other = request();
    other.content.as_mut().unwrap().note.push('!');
    assert_ne!(digest(request()), digest(other));
    let not_acute = proto::RequestReferralRequest { acute_duty: false, ..request() };
    assert_ne!(digest(request()), digest(not_acute));
}

pub(super) fn act(action: Action) -> proto::ActOnReferralRequest {
    proto::ActOnReferralRequest {
        referral_id: vec![3; 16],
        expected_version: 0,
        action: Some(action),
    }
}

#[test]
fn each_action_becomes_its_command() {
    let reason = event::StatusReason::NoShow.into();
    let withdraw = |referral_id| Action::Withdraw(event::ReferralWithdrawn { referral_id, reason });
    let act_by = Some(crate::time::to_proto(later(1)));
    let cases = [
        (Action::TakeOn(event::TakenOn { unit: String::new(), act_by }), "take_on"),
        (Action::Accept(event::Accepted {}), "accept"),
        (
            Action::Decline(event::Declined { party: 2, reason, ..event::Declined::default() }),
            "decline",
        ),
        (Action::Start(event::Started {}), "start"),
        (Action::Complete(event::Completed { result: 1, place_type: None }), "complete"),
        (withdraw(Vec::new()), "withdraw"),
        (withdraw(vec![3; 16]), "withdraw"),
        (Action::ConfirmCancellation(event::Cancelled { reason }), "confirm_cancellation"),
    ];
    for (action, name) in cases {
        let (id, version, command) = act_on_referral(act(action)).unwrap();
        assert_eq!((id, version, command.name()), (referral().id, None, name));
    }
}

#[test]
fn an_expected_version_and_a_reason_are_kept() {
    let withdraw = event::ReferralWithdrawn { referral_id: Vec::new(), reason: 9 };
    let request =
        proto::ActOnReferralRequest { expected_version: 7, ..act(Action::Withdraw(withdraw)) };
    let (_, version, command) = act_on_referral(request).unwrap();
    assert_eq!(version, Some(7));
    assert_eq!(command, Command::Withdraw { reason: StatusReason::NoShow });
}

#[test]
fn a_proposal_without_id_and_version_gets_them() {
    let mut asked = terms_to_proto(&terms());
    let read = |asked: &_| -> AgreementTerms {
        proposed_terms(Some(Clone::clone(asked)), AgreementId::from_bytes(FRESH)).unwrap()
    };
    assert_eq!(read(&asked), terms());
    asked.agreement_id.clear();
    asked.version = 0;
    // A first version is signed by all.
    asked.required_signatures.clear();
    let named = read(&asked);
    assert_eq!((named.agreement_id, named.version), (AgreementId::from_bytes(FRESH), 1));
}

#[test]
fn an_agreement_is_named_by_id_and_version() {
    let id = AgreementId::from_bytes([2; 16]);
    assert_eq!(agreement_key(&[2; 16], 0), Ok((id, None)));
    assert_eq!(agreement_key(&[2; 16], 3), Ok((id, Some(3))));
    let mut end = proto::TerminateAgreementRequest {
        agreement_id: vec![2; 16],
        version: 3,
        effective_at: None,
    };
    assert_eq!(termination(&end, NOW), Ok((id, Some(3), NOW)));
    end.effective_at = Some(prost_types::Timestamp { seconds: 5, nanos: 0 });
    assert_eq!(termination(&end, NOW), Ok((id, Some(3), Timestamp::from_millis(5_000))));
}

#[test]
fn a_consent_without_id_gets_one() {
    let read = |record| -> Consent {
        let request = proto::RecordConsentRequest { consent: Some(record) };
        recorded_consent(request, ConsentId::from_bytes(FRESH)).unwrap()
    };
    assert_eq!(read(consent_to_proto(&consent())), consent());
    let mut nameless = consent_to_proto(&consent());
    nameless.consent_id.clear();
    assert_eq!(read(nameless).consent_id, ConsentId::from_bytes(FRESH));
}
