//! Well-formed things for the tests: what each of them breaks is one field of these.

use brygga_crypto::{Digest, SigningKey, sha256};
use brygga_domain::agreement::{
    Action, AgreementDraft, AgreementKind, AgreementRecord, AgreementSignature, AgreementTerms,
    Condition, Criterion, Effect, GroupMember, HoldTerms, Party, PartyRole, Population, Priority,
    ResponseTimes, Rule, SignalTerms, SubjectArea, WorkingGroup,
};
use brygga_domain::code::{CodedTerm, HOUSE_RULE, HOUSING_NEED, SERVICE_TYPE, SUPPORT_NEED};
use brygga_domain::consent::{
    Consent, ConsentDraft, ConsentForm, ConsentRecipient, ConsentingParty, SubjectAge,
};
use brygga_domain::referral::{ContactPolicy, Grant, Referral, Request, RequestParts, Side};
use brygga_domain::sensitive::Sensitive;
use brygga_domain::{
    AgreementId, ConsentId, ConversationId, DataCategory, DisclosureGround, GdprBasis, MessageId,
    OfferId, OrgId, ReferralId, Refusal, Seconds, ThirdPersonRelation, Timestamp, UnitId,
};

use crate::content::{
    CauseLevel, ChildAgeBand, HomelessnessSituation, Household, PersonalIdentityNumber,
    ReferralContent, ThirdPerson,
};
use crate::envelope::{Header, MessageType, SealedInfo, SignedEnvelope};
use crate::referral::encode_requested;

/// 2026-01-10 00:00:00.123 UTC.
pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_768_003_200_123);
/// What stands for a sealed content; only its digest matters here.
pub(crate) const SEALED: &[u8] = b"sealed";

pub(crate) fn key() -> SigningKey {
    SigningKey::from_seed(&[7; 32])
}

pub(crate) fn kalmar() -> OrgId {
    OrgId::parse("kommun:0880").unwrap()
}

pub(crate) fn nybro() -> OrgId {
    OrgId::parse("kommun:0881").unwrap()
}

pub(crate) fn unit() -> UnitId {
    UnitId::parse("mobila-teamet").unwrap()
}

pub(crate) fn referral_id() -> ReferralId {
    ReferralId::from_bytes([3; 16])
}

pub(crate) fn later(days: i64) -> Timestamp {
    NOW.plus(brygga_domain::Seconds::days(days))
}

pub(crate) fn parts() -> RequestParts {
    RequestParts {
        source: kalmar(),
        target: nybro(),
        target_unit: Some(unit()),
        request: Request {
            priority: Priority::Urgent,
            subject: SubjectArea::Homelessness,
            service_type: night_shelter(),
            host_municipality: Some(kalmar()),
            home_municipality: Some(nybro()),
            acute_duty: true,
            source_unit: Some(unit()),
            respond_by: later(1),
            contact_policy: ContactPolicy::ContactOk,
            recipient_chosen_by_person: true,
            about_child: true,
            part_of: Some(ReferralId::from_bytes([4; 16])),
            offer: Some(OfferId::from_bytes([6; 16])),
            take_on_by: NOW.plus(brygga_domain::Seconds::hours(12)),
        },
        grant: Grant {
            agreement_id: AgreementId::from_bytes([2; 16]),
            agreement_version: 4,
            rule_id: String::new(),
            ground: DisclosureGround::Consent12_2,
            gdpr_basis: GdprBasis::PublicTask,
            data_categories: vec![DataCategory::Identity, DataCategory::HousingNeed],
            consent: Some((ConsentId::from_bytes([5; 16]), later(90))),
            eligibility: None,
            counts_since: None,
        },
    }
}

/// Version 1 of the list for ever, because golden bytes hold it.
fn night_shelter() -> CodedTerm {
    let parents = vec!["EMERGENCY_ACCOMMODATION".to_owned()];
    CodedTerm::parse(SERVICE_TYPE, 1, "NIGHT_SHELTER", parents).unwrap()
}

pub(crate) fn referral() -> Referral {
    Referral::requested(referral_id(), Side::Source, parts(), NOW)
}

pub(crate) fn header() -> Header {
    let Grant { ground, gdpr_basis, data_categories, .. } = parts().grant;
    Header {
        message_id: MessageId::from_bytes([1; 16]),
        message_type: MessageType::ReferralRequested,
        schema_version: 1,
        sender: kalmar(),
        recipient: nybro(),
        recipient_unit: Some(unit()),
        conversation: ConversationId::from_bytes(*referral_id().as_bytes()),
        created_at: NOW,
        expires_at: later(14),
        agreement: Some((AgreementId::from_bytes([2; 16]), 4)),
        previous_hash: Some(Digest::from_bytes([9; 32])),
        payload_digest: sha256(&[&encode_requested(&referral())]),
        sealed: Some(SealedInfo {
            content_commitment: Digest::from_bytes([8; 32]),
            sealing_key_id: "00112233445566aa".to_owned(),
            ground,
            gdpr_basis,
            data_categories,
        }),
        critical: vec!["brygga.capacity".to_owned()],
    }
}

pub(crate) fn envelope() -> SignedEnvelope {
    SignedEnvelope::sign(header(), encode_requested(&referral()), SEALED.to_vec(), &key())
}

pub(crate) fn content() -> ReferralContent {
    let number = PersonalIdentityNumber::parse("199001012385".to_owned());
    ReferralContent {
        name: Some(Sensitive::new("Tolvan Testsson".to_owned())),
        personal_identity_number: Some(Sensitive::new(number.unwrap())),
        contact: Some(Sensitive::new("Provgatan 1\nvia receptionen".to_owned())),
        household: Household::new(1, vec![ChildAgeBand::From6To12]).map(Sensitive::new),
        homelessness_situation: Some(Sensitive::new(HomelessnessSituation::Acute)),
        housing_needs: vec![Sensitive::new(first_term(HOUSING_NEED))],
        support_needs: vec![Sensitive::new(first_term(SUPPORT_NEED))],
        note: Some(Sensitive::new("Åker buss 101.\nHar hund.".to_owned())),
        third_persons: vec![Sensitive::new(ThirdPerson {
            relation: ThirdPersonRelation::Partner,
            name: Sensitive::new("Elvan Testsson".to_owned()),
        })],
        cause_level: Some(Sensitive::new(CauseLevel::Structural)),
    }
}

fn first_term(list: &str) -> CodedTerm {
    let lists = brygga_domain::code::CodeLists::current();
    let code = lists.list(list).unwrap().terms[0].code;
    CodedTerm::known(list, code).unwrap()
}

pub(crate) fn terms() -> AgreementTerms {
    let party = |organisation| Party { organisation, role: PartyRole::Participant };
    let rule = Rule {
        from: vec![kalmar()],
        to: vec![nybro()],
        subjects: vec![SubjectArea::Homelessness],
        service_types: vec!["NIGHT_SHELTER".to_owned()],
        grounds: vec![DisclosureGround::Consent12_2],
        data_categories: vec![DataCategory::Identity, DataCategory::HousingNeed],
        criteria: vec!["oppet-arende".to_owned()],
        populations: vec![Population::Adult],
        from_units: vec![unit()],
        to_units: vec![unit()],
        valid_from: Some(later(1)),
        valid_until: Some(later(2)),
        ..Rule::new("remiss-1", Effect::Permit, Action::ReferralSend)
    };
    AgreementDraft {
        agreement_id: AgreementId::from_bytes([2; 16]),
        version: 4,
        kind: AgreementKind::RegionalCooperation,
        title: "Länsavtal om hemlöshet".to_owned(),
        parties: vec![party(kalmar()), party(nybro())],
        subjects: vec![SubjectArea::Homelessness],
        rules: vec![rule],
        response_times: ResponseTimes::parse(&[
            (Priority::Routine, 259_200),
            (Priority::Urgent, 86_400),
        ])
        .unwrap(),
        consent_max_days: 90,
        valid_from: NOW,
        valid_until: later(365),
        document_sha256: Some([6; 32]),
        legal_references: vec!["KL 9:37".to_owned()],
        criteria: vec![Criterion {
            criterion_id: "oppet-arende".to_owned(),
            text: "Öppet ärende hos socialtjänsten".to_owned(),
            is_dated: true,
            is_justifiable: true,
        }],
        evaluation_due: Some(later(180)),
        notice_days: 90,
        tags: vec!["national_strategy_2022".to_owned()],
        open_to_accession: true,
        required_signatures: vec![kalmar(), nybro()],
        groups: vec![group()],
        conditions: vec![Condition {
            code: CodedTerm::known(HOUSE_RULE, "SOBRIETY_TOTAL").unwrap(),
            text: Some("Gäller hela tiden".to_owned()),
        }],
        holds: Some(holds()),
        position_days: Some(5),
        network: None,
        signals: Some(SignalTerms { grace_days: 14, ..SignalTerms::default() }),
    }
    .check()
    .unwrap()
}

fn holds() -> HoldTerms {
    let (fresh, hold) = (Some(Seconds::hours(1)), Seconds::hours(2));
    HoldTerms { fresh, hold, extensions_max: 3, reentry_days: 365 }
}

fn group() -> WorkingGroup {
    WorkingGroup {
        group_id: "strategisk".to_owned(),
        title: "Strategisk grupp".to_owned(),
        members: vec![GroupMember { organisation: kalmar(), unit: Some(unit()) }],
        meetings_per_year: 4,
        minutes_reference: Some("SN 2026/123".to_owned()),
        may_amend: true,
    }
}

pub(crate) fn signature() -> AgreementSignature {
    AgreementSignature {
        organisation: kalmar(),
        key_id: key().public().key_id().to_string(),
        signed_at: NOW,
        signature: [4; 64],
    }
}

pub(crate) fn record() -> AgreementRecord {
    let bytes = crate::agreement::encode_terms(&terms());
    let digest = *sha256(&[&bytes]).as_bytes();
    let mut record = AgreementRecord::proposed(terms(), bytes, digest);
    record.add_signature(signature()).unwrap();
    record
}

pub(crate) fn consent() -> Consent {
    ConsentDraft {
        consent_id: ConsentId::from_bytes([5; 16]),
        person_reference: Sensitive::new("2026-17".to_owned()),
        consenting_party: ConsentingParty::Myself,
        recipients: vec![ConsentRecipient { organisation: nybro(), unit: Some(unit()) }],
        data_categories: vec![DataCategory::Identity, DataCategory::HousingNeed],
        purpose: "Plats på härbärge".to_owned(),
        valid_from: NOW,
        valid_until: later(90),
        form: ConsentForm::Written,
        language: "sv".to_owned(),
        information_given: true,
        evidence_reference: Sensitive::new("Pärm 3".to_owned()),
        withdrawn_at: None,
        subject_age: SubjectAge::Adult,
        third_parties_covered: Vec::new(),
        events: Vec::new(),
    }
    .check()
    .unwrap()
}

/// Parses each broken message and compares the whole refusal, so that a table says it all.
pub(crate) fn assert_refused<M: Clone, T: std::fmt::Debug>(
    sound: &M,
    parse: impl Fn(M) -> Result<T, Refusal>,
    cases: &[Case<M>],
) {
    assert!(parse(sound.clone()).is_ok(), "the sound message must be read");
    for (what, break_it, reason, field) in cases {
        let mut broken = sound.clone();
        break_it(&mut broken);
        let refusal = parse(broken).expect_err(what);
        assert_eq!((refusal.reason, refusal.field), (*reason, *field), "{what}");
    }
}

/// What is wrong, how to make it so, and the refusal that it must get.
pub(crate) type Case<M> = (&'static str, fn(&mut M), brygga_domain::Reason, &'static str);

/// A golden file: hexadecimal digits, and after `#` what they mean.
pub(crate) struct Golden(Vec<u8>);

impl Golden {
    pub(crate) fn parse(text: &str) -> Self {
        let digits = text.lines().flat_map(|line| line.split('#').next().unwrap_or("").chars());
        Self(hex::decode(digits.filter(|c| !c.is_whitespace()).collect::<String>()).unwrap())
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.0.clone()
    }

    /// Compares as hexadecimal, so that a failure shows what to look at.
    pub(crate) fn assert_is(&self, made: &[u8]) {
        assert_eq!(hex::encode(made), hex::encode(&self.0));
    }
}
