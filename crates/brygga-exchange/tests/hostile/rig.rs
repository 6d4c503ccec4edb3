//! One receiving node and the members around it.

use std::sync::Arc;

use brygga_crypto::{Digest, SigningKey, VerifyingKey};
use brygga_domain::agreement::{
    Action, AgreementDraft, AgreementKind, AgreementRecord, AgreementSignature, Effect, Party,
    PartyRole, Priority, ResponseTimes, Rule, SubjectArea,
};
use brygga_domain::{
    AgreementId, ConversationId, MemberKind, MessageId, OrgId, Reason, Seconds,
    SocialServicesStatus, Timestamp,
};
use brygga_exchange::agreement::SIGNATURE_CONTEXT;
use brygga_exchange::compose::MESSAGE_LIFETIME;
use brygga_exchange::receive::{Answer, Held, Receiver, receive};
use brygga_exchange::{Local, WriteSet};
use brygga_policy::{AgreementBook, Principal};
use brygga_wire::agreement::{encode_terms, signing_input};
use brygga_wire::envelope::{Header, MessageType, SignedEnvelope};
use brygga_wire::receipt::Receipt;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_780_315_200_000);
pub(crate) const AGREEMENT: AgreementId = AgreementId::from_bytes([2; 16]);

/// The node that receives.
pub(crate) const ME: &str = "kommun:0880";
pub(crate) const NEIGHBOUR: &str = "kommun:0881";
/// A member that takes part in nothing.
pub(crate) const OUTSIDER: &str = "kommun:0882";
/// An organisation that the registry does not list yet.
pub(crate) const NEWCOMER: &str = "kommun:0883";

/// A housing company whose owner the registry does not attest.
pub(crate) const COMPANY: &str = "demo:company";

pub(crate) fn org(text: &str) -> OrgId {
    OrgId::parse(text).expect("an organisation")
}

/// The key that an organisation signs with.
pub(crate) fn key(organisation: &str) -> SigningKey {
    let mut seed = [0; 32];
    seed[..organisation.len()].copy_from_slice(organisation.as_bytes());
    SigningKey::from_seed(&seed)
}

fn listed(organisation: &OrgId) -> Option<Principal> {
    (organisation.as_str() != NEWCOMER).then(|| Principal {
        organisation: organisation.clone(),
        kind: match organisation.as_str() {
            COMPANY => MemberKind::MunicipalLandlord,
            _ => MemberKind::Municipality,
        },
        status: SocialServicesStatus::Authority,
    })
}

fn listed_key(organisation: &OrgId, key_id: &str) -> Option<VerifyingKey> {
    let public = key(organisation.as_str()).public();
    (listed(organisation).is_some() && public.key_id().to_string() == key_id).then_some(public)
}

/// An agreement in force since a day before `NOW` and for a year, that nobody has signed.
pub(crate) fn unsigned(id: AgreementId, version: u32, parties: &[&str]) -> AgreementRecord {
    changed(id, version, parties, |_| {})
}

/// The same with something changed.
pub(crate) fn changed(
    id: AgreementId,
    version: u32,
    parties: &[&str],
    change: impl FnOnce(&mut AgreementDraft),
) -> AgreementRecord {
    let party = |text: &&str| Party { organisation: org(text), role: PartyRole::Participant };
    let mut terms = AgreementDraft {
        agreement_id: id,
        version,
        kind: AgreementKind::RegionalCooperation,
        title: "Samarbetsavtal om hemlöshet".to_owned(),
        parties: parties.iter().map(party).collect(),
        subjects: vec![SubjectArea::Homelessness],
        rules: vec![Rule::new("remiss-1", Effect::Permit, Action::ReferralSend)],
        response_times: ResponseTimes::parse(&[
            (Priority::Routine, 259_200),
            (Priority::Urgent, 14_400),
        ])
        .expect("both priorities"),
        consent_max_days: 90,
        valid_from: NOW.minus(Seconds::days(1)),
        valid_until: NOW.plus(Seconds::days(365)),
        document_sha256: None,
        legal_references: Vec::new(),
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
    change(&mut terms);
    let terms = terms.check().expect("terms that can be signed");
    let bytes = encode_terms(&terms);
    let digest = *brygga_crypto::sha256(&[&bytes]).as_bytes();
    AgreementRecord::proposed(terms, bytes, digest)
}

pub(crate) fn sign(record: &mut AgreementRecord, organisation: &str) {
    let key = key(organisation);
    let signed_at = NOW.minus(Seconds(60));
    let input = signing_input(record.terms_digest(), signed_at);
    let signature = AgreementSignature {
        organisation: org(organisation),
        key_id: key.public().key_id().to_string(),
        signed_at,
        signature: *key.sign(SIGNATURE_CONTEXT, &input).as_bytes(),
    };
    record.add_signature(signature).expect("a party");
}

/// An agreement that all parties have signed.
pub(crate) fn signed(id: AgreementId, version: u32, parties: &[&str]) -> AgreementRecord {
    let mut record = unsigned(id, version, parties);
    parties.iter().for_each(|party| sign(&mut record, party));
    record
}

/// The header of the first message of a thread from `sender` to this node.
pub(crate) fn header(sender: &str, message_type: MessageType, thread: [u8; 16]) -> Header {
    Header {
        message_id: MessageId::from_bytes([9; 16]),
        message_type,
        schema_version: 1,
        sender: org(sender),
        recipient: org(ME),
        recipient_unit: None,
        conversation: ConversationId::from_bytes(thread),
        created_at: NOW,
        expires_at: NOW.plus(Seconds::days(14)),
        agreement: None,
        previous_hash: None,
        payload_digest: Digest::from_bytes([0; 32]),
        sealed: None,
        critical: Vec::new(),
    }
}

/// What the node with these agreements decides about a message.
pub(crate) fn arrive(
    book: &[AgreementRecord],
    held: Held,
    header: Header,
    payload: Vec<u8>,
) -> (WriteSet, Answer) {
    let sealed = if header.sealed.is_some() { vec![1; 256] } else { Vec::new() };
    let sender = header.sender.clone();
    let key_of_sender = key(sender.as_str());
    let envelope = SignedEnvelope::sign(header, payload, sealed, &key_of_sender);
    let envelope = envelope.verify(&key_of_sender.public()).expect("its own signature");
    let me = org(ME);
    let (principal, sender) = (listed(&me).expect("me"), listed(&sender).expect("a member"));
    let book = AgreementBook::new(book.iter().cloned().map(Arc::new));
    let receiver = Receiver {
        me: &principal,
        sender: &sender,
        agreements: &book,
        keys: &|organisation, key_id, _| listed_key(organisation, key_id),
        members: &listed,
        owns: &|_, _| false,
    };
    locally(|local| receive(local, &receiver, &envelope, held, None))
}

/// Runs a decision as the node that receives, at the one instant.
pub(crate) fn locally<T>(decide: impl FnOnce(&mut Local<'_>) -> T) -> T {
    decide(&mut Local {
        organisation: &org(ME),
        signing_key: &key(ME),
        now: NOW,
        message_lifetime: MESSAGE_LIFETIME,
        rng: &mut ChaCha8Rng::seed_from_u64(7),
    })
}

/// Why a message was stored without effect; none where it took effect.
pub(crate) fn refusal(answer: &Answer) -> Option<Reason> {
    let Answer::Receipt(bytes) = answer else { panic!("not stored: {answer:?}") };
    let receipt = Receipt::decode(bytes).expect("a receipt");
    receipt.verify(&key(ME).public()).expect("signed here").verdict.reason()
}

/// Why a message was not stored and may come again.
pub(crate) fn waits(answer: &Answer) -> Reason {
    match answer {
        Answer::Failure { refusal, retryable: true } => refusal.reason,
        other => panic!("not asked for again: {other:?}"),
    }
}
