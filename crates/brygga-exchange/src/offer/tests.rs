//! Two parties and a stranger around one offer, decision by decision.

use std::sync::Arc;

use brygga_crypto::at_rest::KeySlot;
use brygga_crypto::{Digest, SigningKey, sha256};
use brygga_domain::agreement::{
    Action, AgreementDraft, AgreementKind, AgreementRecord, AgreementSignature, Effect, Party,
    PartyRole, Priority, ResponseTimes, Rule, SubjectArea,
};
use brygga_domain::code::{CodedTerm, SERVICE_TYPE};
use brygga_domain::consent::{
    Consent, ConsentDraft, ConsentForm, ConsentRecipient, ConsentingParty, SubjectAge,
};
use brygga_domain::offer::{Offer, OfferEnd, OfferState, OwnClaim, ReceivedOffer};
use brygga_domain::referral::{ContactPolicy, Status};
use brygga_domain::sensitive::Sensitive;
use brygga_domain::{
    AgreementId, ConsentId, DataCategory, DisclosureGround, GdprBasis, MemberKind, MessageId,
    OfferId, OrgId, Reason, ReferralId, Seconds, SocialServicesStatus, Timestamp, UnitId,
};
use brygga_policy::{AgreementBook, Principal, QuotaUse};
use brygga_wire::agreement::encode_terms;
use brygga_wire::envelope::{MessageType, SignedEnvelope, VerifiedEnvelope};
use brygga_wire::local::OfferTerms;
use brygga_wire::offer::{decode_offer_closed, decode_offered};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use super::*;
use crate::audit::Actor;
use crate::compose::MESSAGE_LIFETIME;
use crate::consent::{Carried, withdraw as withdraw_consent};
use crate::receive::{Answer, Held, Receiver, receive};
use crate::records::OutboxEntry;
use crate::referral::PreparedContent;
use crate::{Decided, Local, WriteSet};

const NOW: Timestamp = Timestamp::from_millis(1_780_315_200_000);
const AGREEMENT: AgreementId = AgreementId::from_bytes([2; 16]);
const OFFER: OfferId = OfferId::from_bytes([6; 16]);
const SOURCE: &str = "kommun:0880";
const ONE: &str = "kommun:0881";
const OTHER: &str = "kommun:0885";
const STRANGER: &str = "kommun:0882";

fn org(text: &str) -> OrgId {
    OrgId::parse(text).unwrap()
}

fn key(organisation: &str) -> SigningKey {
    SigningKey::from_seed(sha256(&[organisation.as_bytes()]).as_bytes())
}

fn principal(organisation: &str) -> Principal {
    Principal {
        organisation: org(organisation),
        kind: MemberKind::Municipality,
        status: SocialServicesStatus::Authority,
    }
}

fn as_node<T>(organisation: &str, now: Timestamp, decide: impl FnOnce(&mut Local<'_>) -> T) -> T {
    let (me, signing_key) = (org(organisation), key(organisation));
    // Of its organisation and instant, so that no two nodes make the same message.
    let seed = sha256(&[organisation.as_bytes(), &now.as_millis().to_be_bytes()]);
    let mut rng = ChaCha8Rng::from_seed(*seed.as_bytes());
    decide(&mut Local {
        organisation: &me,
        signing_key: &signing_key,
        now,
        message_lifetime: MESSAGE_LIFETIME,
        rng: &mut rng,
    })
}

fn book() -> AgreementBook {
    let parties = [SOURCE, ONE, OTHER];
    let party = |text: &&str| Party { organisation: org(text), role: PartyRole::Participant };
    let terms = AgreementDraft {
        agreement_id: AGREEMENT,
        version: 1,
        kind: AgreementKind::RegionalCooperation,
        title: "Samverkan".to_owned(),
        parties: parties.iter().map(party).collect(),
        subjects: vec![SubjectArea::Homelessness],
        rules: vec![Rule::new("remiss-1", Effect::Permit, Action::ReferralSend)],
        response_times: ResponseTimes::parse(&[
            (Priority::Routine, 259_200),
            (Priority::Urgent, 14_400),
        ])
        .unwrap(),
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
    let terms = terms.check().unwrap();
    let bytes = encode_terms(&terms);
    let digest = *sha256(&[&bytes]).as_bytes();
    let mut record = AgreementRecord::proposed(terms, bytes, digest);
    for party in parties {
        let signature = AgreementSignature {
            organisation: org(party),
            key_id: key(party).public().key_id().to_string(),
            signed_at: NOW.minus(Seconds(60)),
            signature: [0; 64],
        };
        record.add_signature(signature).unwrap();
    }
    AgreementBook::new([Arc::new(record)])
}

fn consent(recipients: &[(&str, Option<&str>)]) -> Consent {
    let recipient = |(organisation, unit): &(&str, Option<&str>)| ConsentRecipient {
        organisation: org(organisation),
        unit: unit.map(|unit| UnitId::parse(unit).unwrap()),
    };
    ConsentDraft {
        consent_id: ConsentId::from_bytes([5; 16]),
        person_reference: Sensitive::new("2026-17".to_owned()),
        consenting_party: ConsentingParty::Myself,
        recipients: recipients.iter().map(recipient).collect(),
        data_categories: vec![DataCategory::Identity],
        purpose: "Plats på härbärge".to_owned(),
        valid_from: NOW.minus(Seconds(60)),
        valid_until: NOW.plus(Seconds::days(30)),
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
    .unwrap()
}

fn both() -> Consent {
    consent(&[(ONE, None), (OTHER, None)])
}

fn terms() -> OfferTerms {
    OfferTerms {
        agreement_id: AGREEMENT,
        priority: Priority::Urgent,
        subject: SubjectArea::Homelessness,
        service_type: CodedTerm::known(SERVICE_TYPE, "NIGHT_SHELTER").unwrap(),
        host_municipality: Some(org(SOURCE)),
        home_municipality: None,
        acute_duty: false,
        source_unit: None,
        ground: Some(DisclosureGround::Consent12_2),
        gdpr_basis: Some(GdprBasis::PublicTask),
        consent_id: Some(ConsentId::from_bytes([5; 16])),
        contact_policy: ContactPolicy::ViaRequester,
        part_of: None,
        affirmations: Vec::new(),
    }
}

fn at_rest() -> ContentAtRest {
    ContentAtRest { key_slot: KeySlot::from_bytes([9; 16]), ciphertext: vec![7; 40] }
}

fn made_with(consent: &Consent, terms: &OfferTerms) -> Decided<Offer> {
    let making = Making {
        id: OFFER,
        made_by: "anna".to_owned(),
        idempotency: IdempotencyKey { key: [1; 16], request_digest: sha256(&[b"asked"]) },
        categories: vec![DataCategory::Identity],
        child: false,
        third_persons: Vec::new(),
        content: at_rest(),
    };
    let (source, book) = (principal(SOURCE), book());
    let others = [principal(ONE), principal(OTHER)];
    let context = OfferContext {
        source: &source,
        others: &others,
        agreements: &book,
        consent: Some(consent),
    };
    as_node(SOURCE, NOW, |local| make(local, making, terms, context))
}

fn made() -> (Offer, Vec<OutboxEntry>) {
    let decided = made_with(&both(), &terms());
    (decided.answer.unwrap(), decided.writes.outbox)
}

fn verified(entry: &OutboxEntry, sender: &str) -> VerifiedEnvelope {
    SignedEnvelope::decode(&entry.envelope).unwrap().verify(&key(sender).public()).unwrap()
}

fn arrive(
    at: &str,
    from: &str,
    entry: &OutboxEntry,
    held: Held,
    now: Timestamp,
) -> (WriteSet, Answer) {
    let (me, sender, book) = (principal(at), principal(from), book());
    let receiver = Receiver {
        me: &me,
        sender: &sender,
        agreements: &book,
        keys: &|_, _, _| None,
        members: &|_| None,
        owns: &|_, _| false,
    };
    as_node(at, now, |local| receive(local, &receiver, &verified(entry, from), held, None))
}

/// Why the receipt refuses; none where it accepts.
fn refusal(answer: &Answer, recipient: &str) -> Option<Reason> {
    let Answer::Receipt(bytes) = answer else { panic!("not stored: {answer:?}") };
    let receipt = brygga_wire::receipt::Receipt::decode(bytes).unwrap();
    let statement = receipt.verify(&key(recipient).public()).unwrap();
    statement.verdict.reason()
}

/// A party as it stands after the offer has arrived, with its thread.
fn told(party: &str, outbox: &[OutboxEntry]) -> (ReceivedOffer, Option<Chain>) {
    let entry = outbox.iter().find(|entry| entry.recipient == org(party)).unwrap();
    let (writes, answer) = arrive(party, SOURCE, entry, Held::default(), NOW);
    assert_eq!(refusal(&answer, party), None);
    (writes.offers.received[0].clone(), Some(writes.chains[0].after))
}

fn promise(unit: Option<&str>) -> OwnClaim {
    OwnClaim { unit: unit.map(|unit| UnitId::parse(unit).unwrap()), by: "bo".to_owned(), at: NOW }
}

/// The claim of a party that was told, as its message.
fn claim_of(party: &str, outbox: &[OutboxEntry]) -> OutboxEntry {
    let (offer, chain) = told(party, outbox);
    let decided = as_node(party, NOW, |local| claim(local, offer, promise(None), chain));
    assert!(decided.answer.is_ok());
    decided.writes.outbox[0].clone()
}

/// What the source holds when a claim arrives.
fn at_source(offer: &Offer, consent: Consent, entry: &OutboxEntry, outbox: &[OutboxEntry]) -> Held {
    let party = verified_sender(entry);
    let sent = outbox.iter().find(|one| one.recipient == party);
    let chain = sent.map(|sent| Chain { sent_head: Some(sent.header_digest), received_head: None });
    Held { offer: Some(offer.clone()), consent: Some(consent), chain, ..Held::default() }
}

fn verified_sender(entry: &OutboxEntry) -> OrgId {
    SignedEnvelope::decode(&entry.envelope).unwrap().header().sender.clone()
}

fn claim_arrives(
    offer: &Offer,
    consent: Consent,
    entry: &OutboxEntry,
    outbox: &[OutboxEntry],
) -> (WriteSet, Option<Reason>) {
    let from = verified_sender(entry);
    let held = at_source(offer, consent, entry, outbox);
    let (writes, answer) = arrive(SOURCE, from.as_str(), entry, held, NOW);
    (writes, refusal(&answer, SOURCE))
}

/// An offer that one party has claimed, with the messages that told of it.
fn claimed() -> (Offer, Vec<OutboxEntry>) {
    let (offer, outbox) = made();
    let entry = claim_of(ONE, &outbox);
    let (writes, refused) = claim_arrives(&offer, both(), &entry, &outbox);
    assert_eq!(refused, None);
    (writes.offers.changed[0].0.clone(), outbox)
}

fn threads(offer: &Offer, outbox: &[OutboxEntry]) -> OpenOffer {
    let chain = |party: &OrgId| {
        let sent = outbox.iter().find(|entry| entry.recipient == *party);
        sent.map(|sent| Chain { sent_head: Some(sent.header_digest), received_head: None })
    };
    let threads = offer.parties.iter().map(|party| (party.clone(), chain(party))).collect();
    OpenOffer { offer: offer.clone(), threads }
}

fn fulfilled(
    offer: &Offer,
    outbox: &[OutboxEntry],
    consent: &Consent,
) -> Decided<brygga_domain::referral::Referral> {
    let content = PreparedContent {
        categories: vec![DataCategory::Identity],
        child: false,
        third_persons: Vec::new(),
        commitment: Digest::from_bytes([8; 32]),
        sealing_key_id: "00112233445566aa".to_owned(),
        sealed: vec![1; 64],
        at_rest: at_rest(),
        key: None,
    };
    let (source, target, book) = (principal(SOURCE), principal(ONE), book());
    let fulfilment = Fulfilment {
        referral_id: ReferralId::from_bytes([3; 16]),
        message_id: MessageId::from_bytes([4; 16]),
        content: &content,
        source: &source,
        target: &target,
        agreements: &book,
        consent: Some(consent),
        quota_use: &QuotaUse::default(),
    };
    as_node(SOURCE, NOW.plus(Seconds(1)), |local| fulfil(local, threads(offer, outbox), fulfilment))
}

fn ends(writes: &WriteSet) -> Vec<(String, OfferEnd)> {
    let closed = writes.outbox.iter().filter(|entry| entry.message_type == "referral.offer_closed");
    let read = |entry: &OutboxEntry| {
        let envelope = SignedEnvelope::decode(&entry.envelope).unwrap();
        let (id, end) = decode_offer_closed(envelope.payload(), envelope.header()).unwrap();
        assert_eq!(id, OFFER);
        (entry.recipient.to_string(), end)
    };
    closed.map(read).collect()
}

#[test]
fn an_offer_is_told_to_every_party_without_anything_sealed() {
    let (offer, outbox) = made();
    assert_eq!(offer.parties, [org(ONE), org(OTHER)]);
    assert_eq!(offer.asked.claim_by, NOW.plus(Seconds::hours(4)));
    for entry in &outbox {
        let envelope = SignedEnvelope::decode(&entry.envelope).unwrap();
        assert_eq!(envelope.header().message_type, MessageType::ReferralOffered);
        assert!(envelope.header().sealed.is_none() && envelope.sealed().is_empty());
        let offered = decode_offered(envelope.payload(), envelope.header()).unwrap();
        assert_eq!((offered.id, offered.asked), (OFFER, offer.asked.clone()));
        assert_eq!(offered.units, []);
    }
}

#[test]
fn whom_the_consent_does_not_cover_is_left_out_and_nobody_left_is_refused() {
    let only = made_with(&consent(&[(OTHER, Some("socialjouren"))]), &terms());
    let entry = only.writes.outbox[0].clone();
    assert_eq!(only.writes.outbox.len(), 1);
    assert_eq!(only.answer.unwrap().parties, [org(OTHER)]);
    let envelope = SignedEnvelope::decode(&entry.envelope).unwrap();
    let offered = decode_offered(envelope.payload(), envelope.header()).unwrap();
    assert_eq!(offered.units, [UnitId::parse("socialjouren").unwrap()]);
    let refused = |consent: Consent, change: fn(&mut OfferTerms)| {
        let mut terms = terms();
        change(&mut terms);
        let decided = made_with(&consent, &terms);
        assert!(decided.writes.outbox.is_empty() && decided.writes.offers.new.is_empty());
        assert_eq!(decided.writes.audit.len(), 1, "a refusal is stored");
        decided.answer.unwrap_err().reason
    };
    assert_eq!(refused(consent(&[(STRANGER, None)]), |_| ()), Reason::ConsentScope);
    assert_eq!(refused(both(), |it| it.ground = None), Reason::GroundMissing);
    let no_host: fn(&mut OfferTerms) = |it| (it.acute_duty, it.host_municipality) = (true, None);
    assert_eq!(refused(both(), no_host), Reason::InvalidField);
}

#[test]
fn of_two_claims_the_first_wins_and_the_other_is_told_with_the_referral() {
    let (offer, outbox) = made();
    let entries = [claim_of(ONE, &outbox), claim_of(OTHER, &outbox)];
    let (writes, refused) = claim_arrives(&offer, both(), &entries[0], &outbox);
    assert_eq!(refused, None);
    assert!(writes.outbox.is_empty(), "nobody is told before there is a referral");
    let (after, before) = writes.offers.changed[0].clone();
    assert_eq!(before, offer.revision);
    assert_eq!(after.state.claim().unwrap().by, org(ONE));
    let (late, refused) = claim_arrives(&after, both(), &entries[1], &outbox);
    assert_eq!(refused, Some(Reason::Terminal));
    assert!(late.offers.changed.is_empty() && late.outbox.is_empty());

    let decided = fulfilled(&after, &outbox, &both());
    let referral = decided.answer.clone().unwrap();
    assert_eq!((referral.target, referral.request.offer), (org(ONE), Some(OFFER)));
    let told = ends(&decided.writes);
    let wanted = [(ONE, OfferEnd::ClaimedByYou), (OTHER, OfferEnd::ClaimedByAnother)];
    assert_eq!(told, wanted.map(|(party, end)| (party.to_owned(), end)));
    let sealed =
        decided.writes.outbox.iter().filter(|entry| {
            SignedEnvelope::decode(&entry.envelope).unwrap().header().sealed.is_some()
        });
    let recipients: Vec<_> = sealed.map(|entry| entry.recipient.clone()).collect();
    assert_eq!(recipients, [org(ONE)], "the content goes to the winner only");
    let (done, _) = decided.writes.offers.changed[0].clone();
    assert!(fulfilled(&done, &outbox, &both()).answer.is_err(), "once");
    assert!(fulfilled(&done, &outbox, &both()).writes.is_empty());
}

#[test]
fn the_winner_accepts_by_the_promise_alone_and_only_its_own() {
    let (offer, outbox) = claimed();
    let decided = fulfilled(&offer, &outbox, &both());
    let request = decided
        .writes
        .outbox
        .iter()
        .find(|entry| entry.message_id == MessageId::from_bytes([4; 16]));
    let request = request.unwrap();
    let (received, _) = told(ONE, &outbox);
    let mut promised = received.clone();
    promised.claim(promise(None)).unwrap();
    let arrives = |offer: Option<ReceivedOffer>| {
        let held = Held { received_offer: offer, ..Held::default() };
        arrive(ONE, SOURCE, request, held, NOW.plus(Seconds(2)))
    };
    let (writes, answer) = arrives(Some(promised));
    assert_eq!(refusal(&answer, ONE), None);
    let new = &writes.new_referrals[0];
    assert_eq!((&new.referral.status, new.referral.version), (&Status::Accepted, 3));
    assert!(new.referral.taken_on.is_some() && writes.changed_referrals.is_empty());
    assert_eq!(writes.events.iter().map(|event| event.version).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(writes.access.handlers[0].1.subject, "bo", "whoever promised works on it");
    assert_eq!(writes.outbox.len(), 2, "the source is told of both");
    for offer in [Some(received), None] {
        let (writes, answer) = arrives(offer);
        assert_eq!(refusal(&answer, ONE), Some(Reason::NotFound), "nobody here has promised");
        assert!(writes.new_referrals.is_empty());
    }
}

#[test]
fn a_claim_of_a_stranger_and_one_after_the_end_change_nothing() {
    let (offer, outbox) = made();
    let entry = claim_of(ONE, &outbox);
    let mut others = offer.clone();
    others.parties = vec![org(OTHER)];
    let (writes, refused) = claim_arrives(&others, both(), &entry, &outbox);
    assert_eq!(refused, Some(Reason::NotFound));
    assert!(writes.offers.changed.is_empty());

    let actor = Actor::User("anna".to_owned());
    let decided = as_node(SOURCE, NOW, |local| withdraw(local, &actor, threads(&offer, &outbox)));
    assert_eq!(ends(&decided.writes).len(), 2, "both are told");
    let withdrawn = decided.answer.unwrap();
    let (writes, refused) = claim_arrives(&withdrawn, both(), &entry, &outbox);
    assert_eq!(refused, Some(Reason::Terminal));
    assert!(writes.offers.changed.is_empty() && writes.outbox.is_empty());
    let again = as_node(SOURCE, NOW, |local| withdraw(local, &actor, threads(&withdrawn, &outbox)));
    assert_eq!(again.answer.unwrap_err().reason, Reason::Terminal);
}

#[test]
fn a_claim_that_the_consent_covers_no_more_is_turned_away_and_the_offer_stays_open() {
    let (offer, outbox) = made();
    let entry = claim_of(ONE, &outbox);
    let narrowed = consent(&[(OTHER, None)]);
    let (writes, refused) = claim_arrives(&offer, narrowed.clone(), &entry, &outbox);
    assert_eq!(refused, None, "the message is taken; its answer is another one");
    assert_eq!(ends(&writes), [(ONE.to_owned(), OfferEnd::NotPermitted)]);
    let (left, _) = writes.offers.changed[0].clone();
    assert_eq!((left.state.clone(), left.parties.clone()), (OfferState::Open, vec![org(OTHER)]));
    let (writes, refused) = claim_arrives(&left, narrowed, &claim_of(OTHER, &outbox), &outbox);
    assert_eq!(refused, None);
    assert_eq!(writes.offers.changed[0].0.state.as_str(), "CLAIMING");
}

#[test]
fn a_withdrawn_consent_ends_the_offer_also_between_claim_and_referral() {
    let (offer, outbox) = claimed();
    let offers = vec![threads(&offer, &outbox)];
    let carried = Carried { offers, ..Carried::default() };
    let actor = Actor::User("anna".to_owned());
    let decided = as_node(SOURCE, NOW, |local| withdraw_consent(local, &actor, both(), carried));
    let told = ends(&decided.writes);
    assert!(told.len() == 2 && told.iter().all(|(_, end)| *end == OfferEnd::Withdrawn));
    assert_eq!(decided.writes.offers.changed[0].0.state, OfferState::Withdrawn);

    let mut gone = both();
    gone.withdraw(NOW);
    let decided = fulfilled(&offer, &outbox, &gone);
    assert_eq!(decided.answer.unwrap_err().reason, Reason::ConsentWithdrawn);
    assert_eq!(decided.writes.offers.changed[0].0.state, OfferState::Withdrawn);
    assert!(decided.writes.new_referrals.is_empty());
    assert_eq!(ends(&decided.writes).len(), 2);
}

#[test]
fn an_end_reaches_the_party_once_and_a_lost_claim_stays_on_record() {
    let (offer, outbox) = made();
    let late = offer.asked.claim_by;
    let early = as_node(SOURCE, NOW, |local| expire(local, threads(&offer, &outbox)));
    assert_eq!(early.answer.unwrap_err().reason, Reason::InvalidTransition);
    let decided = as_node(SOURCE, late, |local| expire(local, threads(&offer, &outbox)));
    assert_eq!(decided.answer.unwrap().state, OfferState::Expired);
    let entry = decided.writes.outbox.iter().find(|entry| entry.recipient == org(ONE)).unwrap();
    let (mut received, chain) = told(ONE, &outbox);
    received.claim(promise(None)).unwrap();
    let held = Held { received_offer: Some(received), chain, ..Held::default() };
    let (writes, answer) = arrive(ONE, SOURCE, entry, held, late);
    assert_eq!(refusal(&answer, ONE), None);
    let (closed, _) = writes.offers.received_changed[0].clone();
    assert!(closed.is_claim_lost());
    assert_eq!(closed.end, Some((OfferEnd::Expired, late)));
}
