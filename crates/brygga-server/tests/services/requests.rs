//! What the people of these tests ask for. Every person is invented and has no number.

use brygga_domain::{Seconds, Timestamp};
use brygga_identity::roles::Role;
use brygga_proto::agreement::v1 as agreement;
use brygga_proto::consent::v1 as consent;
use brygga_proto::local::v1 as local;
use brygga_proto::local::v1::act_on_referral_request::Action;
use brygga_proto::referral::v1 as referral;
use brygga_proto::types::v1 as types;
use brygga_wire::time;
use tonic::Status;

use crate::federation::{Federation, KALMAR, MOBILE_TEAM, NOON, NYBRO};
use crate::local_port::Person;

pub(crate) const AGREEMENT_ID: [u8; 16] = [0xa9; 16];
pub(crate) const CONSENT_ID: [u8; 16] = [0xc0; 16];

/// Kalmar and Nybro sign that referrals may pass between them.
pub(crate) async fn sign_agreement(federation: &Federation) {
    let Federation { kalmar, nybro, .. } = federation;
    let manager = [Role::AgreementManager];
    let proposal = local::ProposeAgreementRequest {
        terms: Some(terms()),
        accept_findings: false,
        ..Default::default()
    };
    kalmar.local.person(&manager).agreements().propose_agreement(proposal).await.unwrap();
    assert_eq!(kalmar.deliver_all(nybro).await, 1);
    let request = local::SignAgreementRequest {
        agreement_id: AGREEMENT_ID.to_vec(),
        version: 1,
        accept_findings: false,
    };
    nybro.local.person(&manager).agreements().sign_agreement(request).await.unwrap();
    assert_eq!(nybro.deliver_all(kalmar).await, 1);
    // That it holds both signatures now.
    assert_eq!(kalmar.deliver_all(nybro).await, 1);
}

/// Somebody in Kalmar agrees that Nybro is told.
pub(crate) async fn record_consent(federation: &Federation) {
    let mut consents = federation.kalmar.local.person(&[Role::CaseWorker]).consents();
    let request = local::RecordConsentRequest { consent: Some(consent_record()) };
    consents.record_consent(request).await.unwrap();
}

/// A referral from Kalmar that Nybro has received.
pub(crate) async fn delivered_referral(
    federation: &Federation,
    request: local::RequestReferralRequest,
) -> local::Referral {
    let mut referrals = federation.kalmar.local.person(&[Role::CaseWorker]).referrals();
    let sent = referrals.request_referral(request).await.unwrap().into_inner();
    assert_eq!(federation.kalmar.deliver_all(&federation.nybro).await, 1);
    sent.referral.unwrap()
}

/// The newest referrals that a person sees.
pub(crate) async fn list(person: &Person) -> Vec<local::Referral> {
    let request = local::ListReferralsRequest::default();
    person.referrals().list_referrals(request).await.unwrap().into_inner().referrals
}

/// The only referral that a person sees.
pub(crate) async fn listed(person: &Person) -> local::Referral {
    let mut referrals = list(person).await;
    assert_eq!(referrals.len(), 1);
    referrals.remove(0)
}

/// Decides something about a referral, whatever its version.
pub(crate) async fn act(
    person: &Person,
    referral_id: &[u8],
    action: Action,
) -> Result<local::Referral, Status> {
    let request = local::ActOnReferralRequest {
        referral_id: referral_id.to_vec(),
        expected_version: 0,
        action: Some(action),
    };
    let acted = person.referrals().act_on_referral(request).await?.into_inner();
    Ok(acted.referral.unwrap())
}

pub(crate) async fn withdraw(person: &Person, referral_id: &[u8]) {
    let withdrawn = referral::ReferralWithdrawn {
        reason: referral::StatusReason::NoLongerNeeded.into(),
        ..referral::ReferralWithdrawn::default()
    };
    act(person, referral_id, Action::Withdraw(withdrawn)).await.unwrap();
}

pub(crate) fn terms() -> agreement::AgreementTerms {
    let party = |organisation: &str| agreement::Party {
        organisation: organisation.to_owned(),
        role: agreement::PartyRole::Participant.into(),
    };
    let respond = |priority: agreement::Priority, respond_within_seconds| agreement::ResponseTime {
        priority: priority.into(),
        respond_within_seconds,
        ..agreement::ResponseTime::default()
    };
    agreement::AgreementTerms {
        agreement_id: AGREEMENT_ID.to_vec(),
        version: 1,
        kind: agreement::AgreementKind::RegionalCooperation.into(),
        title: "Samarbete om akut boende".to_owned(),
        parties: vec![party(KALMAR), party(NYBRO)],
        subjects: vec![agreement::SubjectArea::Homelessness.into()],
        rules: vec![agreement::Rule {
            rule_id: "remiss-1".to_owned(),
            effect: agreement::Effect::Permit.into(),
            action: agreement::Action::ReferralSend.into(),
            ..agreement::Rule::default()
        }],
        response_times: vec![
            respond(agreement::Priority::Routine, 172_800),
            respond(agreement::Priority::Urgent, 7_200),
        ],
        consent_max_days: 90,
        valid_from: at(NOON.minus(Seconds::days(1))),
        valid_until: at(NOON.plus(Seconds::days(365))),
        document_sha256: Vec::new(),
        legal_references: vec!["KL 9:37".to_owned()],
        ..agreement::AgreementTerms::default()
    }
}

pub(crate) fn consent_record() -> consent::ConsentRecord {
    consent::ConsentRecord {
        consent_id: CONSENT_ID.to_vec(),
        person_reference: "2026-114".to_owned(),
        consenting_party: consent::ConsentingParty::Self_.into(),
        recipients: vec![consent::ConsentRecipient {
            organisation: NYBRO.to_owned(),
            unit: String::new(),
        }],
        data_categories: vec![types::DataCategory::Identity.into()],
        purpose: "Remiss till Nybro kommun".to_owned(),
        valid_from: at(NOON.minus(Seconds::hours(1))),
        valid_until: at(NOON.plus(Seconds::days(30))),
        form: consent::ConsentForm::Written.into(),
        language: "sv".to_owned(),
        information_given: true,
        evidence_reference: String::new(),
        withdrawn_at: None,
        subject_age: consent::SubjectAge::Adult.into(),
        ..consent::ConsentRecord::default()
    }
}

/// A referral from Kalmar to Nybro's mobile team; `key` is the caller's, sixteen times.
pub(crate) fn wish(key: u8) -> local::RequestReferralRequest {
    local::RequestReferralRequest {
        idempotency_key: vec![key; 16],
        target: NYBRO.to_owned(),
        target_unit: MOBILE_TEAM.to_owned(),
        priority: agreement::Priority::Urgent.into(),
        subject: agreement::SubjectArea::Homelessness.into(),
        service_type: Some(types::Code {
            list: "service_type".to_owned(),
            list_version: 1,
            code: "ACUTE_PLACE".to_owned(),
            broader: vec!["EMERGENCY_ACCOMMODATION".to_owned()],
        }),
        host_municipality: KALMAR.to_owned(),
        home_municipality: NYBRO.to_owned(),
        acute_duty: true,
        disclosure_ground: types::DisclosureGround::Consent122.into(),
        gdpr_basis: types::GdprBasis::PublicTask61E.into(),
        consent_id: CONSENT_ID.to_vec(),
        contact_policy: referral::ContactPolicy::ViaRequester.into(),
        content: Some(referral::ReferralContent {
            name: "Alma".to_owned(),
            ..referral::ReferralContent::default()
        }),
        ..local::RequestReferralRequest::default()
    }
}

pub(crate) fn at(instant: Timestamp) -> Option<prost_types::Timestamp> {
    Some(time::to_proto(instant))
}
