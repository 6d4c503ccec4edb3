//! What the scenarios have in common: an agreement, a consent, a referral of an invented person.

use brygga_domain::{Reason, Seconds, Timestamp};
use brygga_proto::agreement::v1::{
    Action, AgreementKind, AgreementTerms, Effect, Party, PartyRole, Priority, ResponseTime, Rule,
    SubjectArea,
};
use brygga_proto::consent::v1::{
    ConsentForm, ConsentRecipient, ConsentRecord, ConsentingParty, SubjectAge,
};
use brygga_proto::local::v1::RequestReferralRequest;
use brygga_proto::referral::v1::{ContactPolicy, ReferralContent};
use brygga_proto::types::v1::{Code, DataCategory, DisclosureGround, GdprBasis};
use rand_core::Rng;
use tonic::Status;

/// Terms of a regional cooperation in force from now for a year: urgent referrals are answered
/// within four hours, others within five days.
pub fn agreement_terms(
    parties: &[&str],
    kind: AgreementKind,
    subject: SubjectArea,
    now: Timestamp,
) -> AgreementTerms {
    let party = |organisation: &&str| Party {
        organisation: (*organisation).to_owned(),
        role: PartyRole::Participant.into(),
    };
    let rule = Rule {
        rule_id: "remiss-1".to_owned(),
        effect: Effect::Permit.into(),
        action: Action::ReferralSend.into(),
        ..Rule::default()
    };
    let within = |priority: Priority, seconds| ResponseTime {
        priority: priority.into(),
        respond_within_seconds: seconds,
        ..ResponseTime::default()
    };
    AgreementTerms {
        kind: kind.into(),
        title: "Samverkan mot hemlöshet i Kalmar län".to_owned(),
        parties: parties.iter().map(party).collect(),
        subjects: vec![subject.into()],
        rules: vec![rule],
        response_times: vec![
            within(Priority::Urgent, 4 * 3600),
            within(Priority::Routine, 5 * 24 * 3600),
        ],
        consent_max_days: 90,
        valid_from: Some(at(now.minus(Seconds(60)))),
        valid_until: Some(at(now.plus(Seconds::days(365)))),
        legal_references: vec!["KL 9:37".to_owned()],
        ..AgreementTerms::default()
    }
}

/// A written consent of the person to share identity, housing need and a note with `recipients` for `days`.
pub fn consent_for(recipients: &[&str], days: i64, now: Timestamp) -> ConsentRecord {
    let recipient = |organisation: &&str| ConsentRecipient {
        organisation: (*organisation).to_owned(),
        unit: String::new(),
    };
    let categories = [DataCategory::Identity, DataCategory::HousingNeed, DataCategory::FreeText];
    ConsentRecord {
        person_reference: "AKT-2026-17".to_owned(),
        consenting_party: ConsentingParty::Self_.into(),
        subject_age: SubjectAge::Adult.into(),
        recipients: recipients.iter().map(recipient).collect(),
        data_categories: categories.map(Into::into).to_vec(),
        purpose: "Hjälp med boende på längre sikt".to_owned(),
        valid_from: Some(at(now.minus(Seconds(60)))),
        valid_until: Some(at(now.plus(Seconds::days(days)))),
        form: ConsentForm::Written.into(),
        language: "sv".to_owned(),
        information_given: true,
        evidence_reference: "Akt 17, blankett 1".to_owned(),
        ..ConsentRecord::default()
    }
}

/// A routine referral for long-term help on the person's consent; change what the scenario is about.
pub fn referral_to(target: &str, consent_id: Vec<u8>) -> RequestReferralRequest {
    RequestReferralRequest {
        idempotency_key: random_bytes(),
        target: target.to_owned(),
        priority: Priority::Routine.into(),
        subject: SubjectArea::Homelessness.into(),
        service_type: Some(Code {
            list: "service_type".to_owned(),
            list_version: 1,
            code: "LONG_TERM_HELP".to_owned(),
            broader: Vec::new(),
        }),
        disclosure_ground: DisclosureGround::Consent122.into(),
        gdpr_basis: GdprBasis::PublicTask61E.into(),
        consent_id,
        contact_policy: ContactPolicy::ContactOk.into(),
        content: Some(ReferralContent {
            name: "Kim Testsson".to_owned(),
            personal_identity_number: "199001012385".to_owned(),
            note: "Behöver en lägenhet nära Provgatan.".to_owned(),
            ..ReferralContent::default()
        }),
        ..RequestReferralRequest::default()
    }
}

/// The coded reason of a refused call.
///
/// # Panics
/// When the status carries none.
pub fn reason_of(status: &Status) -> Reason {
    brygga_wire::status::from_status(status)
        .unwrap_or_else(|| panic!("no coded reason in {status:?}"))
}

fn at(instant: Timestamp) -> prost_types::Timestamp {
    brygga_wire::time::to_proto(instant)
}

fn random_bytes() -> Vec<u8> {
    let mut bytes = vec![0; 16];
    brygga_crypto::SystemRandom.fill_bytes(&mut bytes);
    bytes
}
