//! What people bring to the simulation: agreements, consents and wishes.

use brygga_crypto::at_rest::KeySlot;
use brygga_crypto::{Digest, sha256};
use brygga_domain::agreement::{
    Action, AgreementDraft, AgreementKind, AgreementTerms, Effect, Party, PartyRole, Priority,
    ResponseTimes, Rule, SubjectArea,
};
use brygga_domain::code::{CodedTerm, SERVICE_TYPE};
use brygga_domain::consent::{
    Consent, ConsentDraft, ConsentForm, ConsentRecipient, ConsentingParty, SubjectAge,
};
use brygga_domain::referral::ContactPolicy;
use brygga_domain::sensitive::Sensitive;
use brygga_domain::{
    AgreementId, ConsentId, DataCategory, DisclosureGround, GdprBasis, OrgId, Seconds, Timestamp,
};
use brygga_exchange::records::ContentAtRest;
use brygga_exchange::referral::PreparedContent;
use brygga_wire::local::Wish;

use crate::plan::Want;

/// The agreement between the two nodes; amendments are versions of it.
pub(crate) const AGREEMENT: AgreementId = AgreementId::from_bytes([2; 16]);
/// Longest consent under the agreement; short, so that consents end while the simulation runs.
const CONSENT_MAX_DAYS: u32 = 10;

/// Which rule an agreement's version grants referrals by.
pub(crate) fn rule_id(version: u32) -> String {
    format!("remiss-{version}")
}

pub(crate) fn terms(
    parties: [&OrgId; 2],
    version: u32,
    valid_from: Timestamp,
    valid_days: i64,
) -> AgreementTerms {
    let party = |organisation: &OrgId| Party {
        organisation: organisation.clone(),
        role: PartyRole::Participant,
    };
    let mut forbidden = Rule::new("ej-skyddat", Effect::Prohibit, Action::ReferralSend);
    forbidden.service_types = vec!["PROTECTED_HOUSING".to_owned()];
    AgreementDraft {
        agreement_id: AGREEMENT,
        version,
        kind: AgreementKind::RegionalCooperation,
        title: "Samarbetsavtal om hemlöshet".to_owned(),
        parties: parties.map(party).to_vec(),
        subjects: vec![SubjectArea::Homelessness],
        rules: vec![Rule::new(rule_id(version), Effect::Permit, Action::ReferralSend), forbidden],
        response_times: ResponseTimes::parse(&[
            (Priority::Routine, 259_200),
            (Priority::Urgent, 14_400),
        ])
        .expect("both priorities"),
        consent_max_days: CONSENT_MAX_DAYS,
        valid_from,
        valid_until: valid_from.plus(Seconds::days(valid_days)),
        document_sha256: None,
        legal_references: vec!["KL 9:37".to_owned()],
        criteria: Vec::new(),
        evaluation_due: None,
        notice_days: 0,
        tags: Vec::new(),
        open_to_accession: false,
        required_signatures: Vec::new(),
        groups: Vec::new(),
        conditions: Vec::new(),
        holds: None,
        position_days: None,
        network: None,
        signals: None,
    }
    .check()
    .expect("terms that can be signed")
}

pub(crate) fn consent(
    consent_id: ConsentId,
    recipient: &OrgId,
    now: Timestamp,
    valid: Seconds,
) -> Consent {
    ConsentDraft {
        consent_id,
        person_reference: Sensitive::new("2026-17".to_owned()),
        consenting_party: ConsentingParty::Myself,
        recipients: vec![ConsentRecipient { organisation: recipient.clone(), unit: None }],
        data_categories: vec![DataCategory::Identity, DataCategory::HousingNeed],
        purpose: "Plats på härbärge".to_owned(),
        valid_from: now,
        valid_until: now.plus(valid),
        form: ConsentForm::Written,
        language: "sv".to_owned(),
        information_given: true,
        evidence_reference: Sensitive::new(String::new()),
        withdrawn_at: None,
        subject_age: SubjectAge::Adult,
        third_parties_covered: Vec::new(),
        events: Vec::new(),
    }
    .check()
    .expect("a consent that can be used")
}

/// What is wished for, and whether the gate has to refuse it, is the want's matter.
pub(crate) fn wish(want: Want, source: &OrgId, target: &OrgId) -> Wish {
    let service =
        if want == Want::ForbiddenService { "PROTECTED_HOUSING" } else { "NIGHT_SHELTER" };
    let acute = want == Want::Acute;
    let subject =
        if want == Want::OutOfScope { SubjectArea::Occupation } else { SubjectArea::Homelessness };
    let ground = match want {
        Want::NoGround => None,
        Want::WrongGround => Some(DisclosureGround::LandlordDuty),
        want if want.rests_on_consent() => Some(DisclosureGround::Consent12_2),
        _ => Some(DisclosureGround::Care26_9),
    };
    Wish {
        target: target.clone(),
        target_unit: None,
        agreement: acute.then_some(AGREEMENT),
        priority: if acute { Priority::Urgent } else { Priority::Routine },
        subject,
        service_type: CodedTerm::known(SERVICE_TYPE, service).expect("a known service"),
        host_municipality: acute.then(|| source.clone()),
        home_municipality: acute.then(|| target.clone()),
        acute_duty: acute,
        source_unit: None,
        ground,
        gdpr_basis: Some(GdprBasis::PublicTask),
        contact_policy: ContactPolicy::ViaRequester,
        recipient_chosen_by_person: true,
        part_of: None,
        affirmations: Vec::new(),
    }
}

/// Content that is nothing but a unique token, so that a second effect of one wish would show.
pub(crate) fn content(token: [u8; 16]) -> PreparedContent {
    PreparedContent {
        categories: vec![DataCategory::Identity, DataCategory::HousingNeed],
        child: false,
        third_persons: Vec::new(),
        commitment: sha256(&[b"commitment", &token]),
        sealing_key_id: "00112233445566aa".to_owned(),
        sealed: token.to_vec(),
        key: None,
        at_rest: at_rest(&token),
    }
}

/// Stands for encryption at rest.
pub(crate) fn at_rest(content: &[u8]) -> ContentAtRest {
    ContentAtRest { key_slot: KeySlot::from_bytes([1; 16]), ciphertext: content.to_vec() }
}

/// The digest of a caller's request.
pub(crate) fn request_digest(token: [u8; 16]) -> Digest {
    sha256(&[b"wish", &token])
}
