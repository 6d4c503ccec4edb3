//! Things to store, each told apart by a number. No person is real; there is none.

use brygga_crypto::at_rest::KeySlot;
use brygga_crypto::{Digest, sha256};
use brygga_domain::agreement::{
    Action, AgreementDraft, AgreementKind, AgreementRecord, AgreementSignature, Effect, Party,
    PartyRole, Priority, ResponseTimes, Rule, SubjectArea,
};
use brygga_domain::code::CodedTerm;
use brygga_domain::consent::{
    Consent, ConsentDraft, ConsentForm, ConsentRecipient, ConsentingParty, SubjectAge,
};
use brygga_domain::eligibility::Eligibility;
use brygga_domain::referral::{ContactPolicy, Grant, Referral, Request, RequestParts, Side};
use brygga_domain::sensitive::Sensitive;
use brygga_domain::{
    AgreementId, ConsentId, ConversationId, DataCategory, DisclosureGround, GdprBasis, MessageId,
    OrgId, ReferralId, Timestamp, UnitId,
};
use brygga_exchange::WriteSet;
use brygga_exchange::records::{
    AuditLeaf, ContentAtRest, InboxEntry, NewReferral, OutboxEntry, OutboxState, ReferralEvent,
};
use brygga_storage::{Decision, StorageError, Store};

pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(NOW.as_millis() + seconds * 1000)
}

pub(crate) fn bytes(kind: u8, number: u32) -> [u8; 16] {
    let digest = digest(&[&[kind], &number.to_be_bytes()[..]].concat());
    digest.as_bytes()[..16].try_into().unwrap()
}

pub(crate) fn digest(bytes: &[u8]) -> Digest {
    sha256(&[bytes])
}

pub(crate) fn kalmar() -> OrgId {
    OrgId::parse("kommun:0880").unwrap()
}

pub(crate) fn nybro() -> OrgId {
    OrgId::parse("kommun:0881").unwrap()
}

pub(crate) fn unit(text: &str) -> UnitId {
    UnitId::parse(text).unwrap()
}

pub(crate) fn message_id(number: u32) -> MessageId {
    MessageId::from_bytes(bytes(b'm', number))
}

pub(crate) fn consent_id(number: u32) -> ConsentId {
    ConsentId::from_bytes(bytes(b'c', number))
}

pub(crate) fn referral_id(number: u32) -> ReferralId {
    ReferralId::from_bytes(bytes(b'r', number))
}

pub(crate) fn conversation(number: u32) -> ConversationId {
    ConversationId::from_bytes(bytes(b'r', number))
}

pub(crate) fn key_slot(number: u32) -> KeySlot {
    KeySlot::from_bytes(bytes(b'k', number))
}

/// A term that this version has not heard of, with parents.
pub(crate) fn term(code: &str) -> CodedTerm {
    CodedTerm::parse("service_type", 7, code, vec!["BED".to_owned(), "HOUSING".to_owned()]).unwrap()
}

pub(crate) fn referral(number: u32, side: Side) -> Referral {
    let parts = RequestParts {
        source: kalmar(),
        target: nybro(),
        target_unit: Some(unit("mobila-teamet")),
        request: Request {
            priority: Priority::Urgent,
            subject: SubjectArea::Homelessness,
            service_type: term("EMERGENCY_BED"),
            host_municipality: Some(kalmar()),
            home_municipality: None,
            acute_duty: true,
            source_unit: Some(unit("mottagningen")),
            respond_by: at(3600),
            contact_policy: ContactPolicy::ViaRequester,
            recipient_chosen_by_person: false,
            about_child: false,
            part_of: None,
            offer: None,
            take_on_by: at(1800),
        },
        grant: Grant {
            agreement_id: AgreementId::from_bytes(bytes(b'a', 1)),
            agreement_version: 2,
            rule_id: "remiss-1".to_owned(),
            ground: DisclosureGround::Consent12_2,
            gdpr_basis: GdprBasis::PublicTask,
            data_categories: vec![DataCategory::Identity, DataCategory::Contact],
            consent: Some((consent_id(1), at(86_400))),
            eligibility: Some(Eligibility {
                is_justified: true,
                dates: vec![("kartlaggning".to_owned(), "2026-11-20".parse().unwrap())],
            }),
            counts_since: None,
        },
    };
    Referral::requested(referral_id(number), side, parts, NOW)
}

pub(crate) fn new_referral(number: u32, side: Side) -> NewReferral {
    NewReferral {
        referral: referral(number, side),
        request_message: message_id(number),
        idempotency: None,
        content: Some(ContentAtRest { key_slot: key_slot(number), ciphertext: vec![2; 300] }),
    }
}

pub(crate) fn event(number: u32, version: u32) -> ReferralEvent {
    let progressed = format!("event {version} of {number}").into_bytes();
    ReferralEvent { referral_id: referral_id(number), version, progressed }
}

pub(crate) fn outbox_entry(number: u32) -> OutboxEntry {
    let envelope = format!("envelope {number}").into_bytes();
    OutboxEntry {
        message_id: message_id(number),
        recipient: nybro(),
        conversation: conversation(number),
        message_type: "referral.requested".to_owned(),
        header_digest: digest(&envelope),
        envelope,
        at_rest: None,
        cover: None,
        created_at: NOW,
        expires_at: at(86_400),
        attempts: 0,
        state: OutboxState::Queued { next_attempt_at: NOW, last_failure: None },
    }
}

pub(crate) fn inbox_entry(number: u32, receipt: &[u8]) -> InboxEntry {
    InboxEntry {
        sender: nybro(),
        message_id: message_id(number),
        envelope_digest: digest(&number.to_be_bytes()),
        receipt: receipt.to_vec(),
        received_at: NOW,
    }
}

pub(crate) fn leaf(number: u32) -> AuditLeaf {
    let entry = format!("entry {number}").into_bytes();
    AuditLeaf { commitment: digest(&entry), salt: [7; 32], entry }
}

pub(crate) fn consent(number: u32) -> Consent {
    let draft = ConsentDraft {
        consent_id: consent_id(number),
        person_reference: Sensitive::new(format!("SoL-2026-{number}")),
        consenting_party: ConsentingParty::Myself,
        recipients: vec![
            ConsentRecipient { organisation: nybro(), unit: Some(unit("mobila-teamet")) },
            ConsentRecipient {
                organisation: OrgId::parse("demo:stadsmissionen-kalmar").unwrap(),
                unit: None,
            },
        ],
        data_categories: vec![DataCategory::Identity, DataCategory::SupportNeed],
        purpose: "Akut boende, åäö".to_owned(),
        valid_from: NOW,
        valid_until: at(30 * 86_400),
        form: ConsentForm::OralNoted,
        language: "sv".to_owned(),
        information_given: true,
        evidence_reference: Sensitive::new("Akt 12, blad 3".to_owned()),
        withdrawn_at: None,
        subject_age: SubjectAge::Adult,
        third_parties_covered: Vec::new(),
        events: Vec::new(),
    };
    draft.check().unwrap()
}

pub(crate) fn agreement(number: u32, version: u32) -> AgreementRecord {
    let party = |organisation| Party { organisation, role: PartyRole::Participant };
    let draft = AgreementDraft {
        agreement_id: AgreementId::from_bytes(bytes(b'a', number)),
        version,
        kind: AgreementKind::RegionalCooperation,
        title: "Länsavtal Kalmar".to_owned(),
        parties: vec![party(kalmar()), party(nybro())],
        subjects: vec![SubjectArea::Homelessness],
        rules: vec![Rule::new("remiss-1", Effect::Permit, Action::ReferralSend)],
        response_times: ResponseTimes::parse(&[
            (Priority::Routine, 86_400),
            (Priority::Urgent, 3_600),
        ])
        .unwrap(),
        consent_max_days: 90,
        valid_from: NOW,
        valid_until: at(365 * 86_400),
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
    };
    let terms = draft.check().unwrap();
    let encoded = brygga_wire::agreement::encode_terms(&terms);
    let digest = *digest(&encoded).as_bytes();
    AgreementRecord::proposed(terms, encoded, digest)
}

pub(crate) fn signature(organisation: OrgId) -> AgreementSignature {
    let key_id = format!("key-of-{organisation}");
    AgreementSignature { organisation, key_id, signed_at: at(5), signature: [9; 64] }
}

/// Stores a write set that rests on nothing.
pub(crate) async fn store(store: &Store, writes: WriteSet) -> Result<(), StorageError> {
    store
        .decide("test.store", move |_| {
            let writes = writes.clone();
            Box::pin(async move { Ok(Decision { writes, answer: (), read_keys: Vec::new() }) })
        })
        .await
}

/// Stores referrals with what belongs to each.
pub(crate) async fn store_referrals(to: &Store, numbers: std::ops::Range<u32>, side: Side) {
    let writes = WriteSet {
        new_referrals: numbers.clone().map(|number| new_referral(number, side)).collect(),
        outbox: numbers.map(outbox_entry).collect(),
        ..WriteSet::default()
    };
    store(to, writes).await.unwrap();
}
