//! One node: the exchange over maps that are as strict as the database.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use brygga_crypto::SigningKey;
use brygga_domain::agreement::{
    Action, AgreementDraft, AgreementKind, AgreementRecord, AgreementSignature, Effect, HoldTerms,
    Party, PartyRole, Priority, ResponseTimes, Rule, SubjectArea,
};
use brygga_domain::capacity::{
    Counts, Departed, Hold, HoldState, Line, LineKey, Period, PlaceFor, PlaceKind, Promised,
    Publication, PublicationDraft, Reception, ServiceDraft, Visibility,
};
use brygga_domain::code::{CodedTerm, SERVICE_TYPE};
use brygga_domain::{
    AgreementId, ConversationId, HoldId, MemberKind, MessageId, OrgId, Reason, Seconds, ServiceId,
    SocialServicesStatus, Timestamp,
};
use brygga_exchange::agreement::SIGNATURE_CONTEXT;
use brygga_exchange::capacity::{ServiceHeld, StoredService};
use brygga_exchange::compose::MESSAGE_LIFETIME;
use brygga_exchange::receive::{Answer, Held, Receiver, Touches, receive, touches};
use brygga_exchange::records::{Chain, InboxEntry, OutboxEntry, OutboxState};
use brygga_exchange::retry::RetryPolicy;
use brygga_exchange::settle::{Again, Carried, Reply, asks_for_hold, settle};
use brygga_exchange::{Local, WriteSet};
use brygga_policy::{AgreementBook, Principal};
use brygga_wire::agreement::{encode_terms, signing_input};
use brygga_wire::envelope::SignedEnvelope;
use brygga_wire::receipt::Receipt;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

pub(crate) const START: Timestamp = Timestamp::from_millis(1_790_000_000_000);
pub(crate) const AGREEMENT: AgreementId = AgreementId::from_bytes([2; 16]);
pub(crate) const BED: ServiceId = ServiceId::from_bytes([7; 16]);
pub(crate) const STORAGE: ServiceId = ServiceId::from_bytes([8; 16]);
pub(crate) const KEY: LineKey = LineKey { place_for: PlaceFor::Anybody, period: Period::Night };
pub(crate) const TTL: Seconds = Seconds(600);
pub(crate) const REENTRY_DAYS: u32 = 30;

pub(crate) fn organisation(index: usize) -> OrgId {
    OrgId::parse(&format!("kommun:{:04}", 800 + index)).expect("an organisation")
}

pub(crate) fn key(index: usize) -> SigningKey {
    let mut seed = [5; 32];
    seed[0] = u8::try_from(index).expect("few nodes");
    SigningKey::from_seed(&seed)
}

fn principal(index: usize) -> Principal {
    Principal {
        organisation: organisation(index),
        kind: MemberKind::Municipality,
        status: SocialServicesStatus::Authority,
    }
}

/// What all have signed: everybody publishes to everybody.
pub(crate) fn book(nodes: usize) -> AgreementBook {
    let party = |index| Party { organisation: organisation(index), role: PartyRole::Participant };
    let times = [(Priority::Routine, 259_200), (Priority::Urgent, 14_400)];
    let terms = AgreementDraft {
        agreement_id: AGREEMENT,
        version: 1,
        kind: AgreementKind::RegionalCooperation,
        title: "Samarbetsavtal om hemlöshet".to_owned(),
        parties: (0..nodes).map(party).collect(),
        subjects: vec![SubjectArea::Homelessness],
        rules: vec![Rule::new("plats-1", Effect::Permit, Action::CapacityPublish)],
        response_times: ResponseTimes::parse(&times).expect("both priorities"),
        consent_max_days: 90,
        valid_from: START.minus(Seconds::days(9)),
        valid_until: START.plus(Seconds::days(365)),
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
        position_days: None,
        network: None,
        signals: None,
        holds: Some(HoldTerms {
            fresh: None,
            hold: TTL,
            extensions_max: 2,
            reentry_days: REENTRY_DAYS,
        }),
    };
    let terms = terms.check().expect("terms that can be signed");
    let bytes = encode_terms(&terms);
    let digest = *brygga_crypto::sha256(&[&bytes]).as_bytes();
    let mut record = AgreementRecord::proposed(terms, bytes, digest);
    for index in 0..nodes {
        let signed_at = START.minus(Seconds::days(8));
        let input = signing_input(record.terms_digest(), signed_at);
        let signature = AgreementSignature {
            organisation: organisation(index),
            key_id: key(index).public().key_id().to_string(),
            signed_at,
            signature: *key(index).sign(SIGNATURE_CONTEXT, &input).as_bytes(),
        };
        record.add_signature(signature).expect("a party");
    }
    AgreementBook::new([Arc::new(record)])
}

pub(crate) fn publication(
    id: ServiceId,
    sequence: u64,
    (baseline, occupied): (u32, u32),
    now: Timestamp,
) -> Option<Publication> {
    let service = ServiceDraft {
        id,
        name: "Natthärbärget".to_owned(),
        unit: None,
        subject: SubjectArea::Homelessness,
        service_type: CodedTerm::known(SERVICE_TYPE, "NIGHT_SHELTER").expect("a type"),
        place: PlaceKind::Bed,
        municipality: None,
        county: None,
        season: None,
        opening: None,
        reception: Reception::default(),
        house_rules: Vec::new(),
        max_nights: None,
        needs_decision: false,
        termination_hours: None,
        support_visits_per_week: 0,
        staffed: true,
        acquisition_route: None,
        visibility: Visibility::Agreement,
        permit: None,
    };
    let counts = Ok(Counts { baseline, occupied, ..Counts::default() });
    let lines = vec![Line { key: KEY, counts, status: None }];
    let service = service.check().expect("a service");
    let valid_until = now.plus(Seconds::days(30));
    PublicationDraft { service, lines, sequence, published_at: now, valid_until }.check().ok()
}

/// A node, and what outlives its process.
pub(crate) struct Node {
    pub(crate) index: usize,
    /// How wrong its clock goes, in milliseconds.
    pub(crate) skew: i64,
    pub(crate) services: BTreeMap<ServiceId, StoredService>,
    pub(crate) holds: BTreeMap<HoldId, Hold>,
    pub(crate) outbox: Vec<OutboxEntry>,
    published: BTreeSet<(ServiceId, u64)>,
    chains: BTreeMap<(ConversationId, OrgId), Chain>,
    inbox: BTreeMap<(OrgId, MessageId), InboxEntry>,
    rng: ChaCha8Rng,
}

impl Node {
    pub(crate) fn new(index: usize, seed: u64) -> Self {
        Self {
            index,
            skew: 0,
            services: BTreeMap::new(),
            holds: BTreeMap::new(),
            outbox: Vec::new(),
            published: BTreeSet::new(),
            chains: BTreeMap::new(),
            inbox: BTreeMap::new(),
            rng: ChaCha8Rng::seed_from_u64(seed.wrapping_mul(64).wrapping_add(index as u64)),
        }
    }

    pub(crate) fn clock(&self, now: Timestamp) -> Timestamp {
        Timestamp::from_millis(now.as_millis() + self.skew)
    }

    pub(crate) fn locally<T>(
        &mut self,
        now: Timestamp,
        decide: impl FnOnce(&mut Local<'_>) -> T,
    ) -> T {
        let now = self.clock(now);
        decide(&mut Local {
            organisation: &organisation(self.index),
            signing_key: &key(self.index),
            now,
            message_lifetime: MESSAGE_LIFETIME,
            rng: &mut self.rng,
        })
    }

    pub(crate) fn chain(&self, hold: &Hold, peer: &OrgId) -> Option<Chain> {
        self.chains.get(&(hold.conversation(), peer.clone())).copied()
    }

    /// Own services, with what their holds have of them.
    pub(crate) fn services(&self, ids: impl IntoIterator<Item = ServiceId>) -> Vec<ServiceHeld> {
        let ids: BTreeSet<_> = ids.into_iter().collect();
        let of = |stored: &StoredService| Promised::of(stored.id(), self.holds.values());
        let found = ids.iter().filter_map(|id| self.services.get(id));
        let held = |stored: &StoredService| {
            let id = stored.id();
            let waits = |hold: &&Hold| {
                hold.is_waiting() && hold.items.iter().any(|item| item.service == id)
            };
            let waiting: Vec<Hold> = self.holds.values().filter(waits).cloned().collect();
            let thread = |hold: &Hold| Some((hold.id, self.chain(hold, &hold.holder)?));
            let threads = waiting.iter().filter_map(thread).collect();
            ServiceHeld { stored: stored.clone(), promised: of(stored), waiting, threads }
        };
        found.map(held).collect()
    }

    /// A hold as somebody wants to have its place again.
    pub(crate) fn departed(&self, id: HoldId) -> Option<Departed> {
        let uses = |hold: &&Hold| {
            let given_back = matches!(
                hold.state,
                HoldState::Refused(_) | HoldState::Cancelled | HoldState::Expired
            );
            hold.reentry_of == Some(id) && !given_back
        };
        let is_used = self.holds.values().any(|hold| uses(&hold));
        Some(Departed { hold: self.holds.get(&id)?.clone(), is_used })
    }

    pub(crate) fn services_of(&self, hold: &Hold) -> Vec<ServiceHeld> {
        self.services(hold.items.iter().map(|item| item.service))
    }

    /// Stores a decision; what a database would refuse is a defect of the decision.
    pub(crate) fn apply(&mut self, writes: WriteSet) {
        let capacity = writes.capacity;
        for new in capacity.new_services {
            assert!(self.services.insert(new.id(), new).is_none(), "a service begins twice");
        }
        for (service, before) in capacity.changed_services {
            let held = self.services.insert(service.id(), service).expect("a service");
            assert_eq!(held.revision, before, "a service was changed meanwhile");
        }
        for one in capacity.publications {
            assert!(self.published.insert((one.service.id, one.sequence)), "published twice");
        }
        for new in capacity.new_holds {
            assert!(self.holds.insert(new.hold.id, new.hold).is_none(), "a hold begins twice");
        }
        for (hold, before) in capacity.changed_holds {
            let held = self.holds.insert(hold.id, hold).expect("a hold");
            assert_eq!(held.revision, before, "a hold was changed meanwhile");
        }
        for step in writes.chains {
            let held = self.chains.insert((step.conversation, step.peer), step.after);
            assert_eq!(held, step.before, "a thread was changed meanwhile");
        }
        for change in writes.outbox_changes {
            let entry = self.outbox.iter_mut().find(|one| one.message_id == change.message_id);
            let entry = entry.expect("a message");
            (entry.attempts, entry.state) = (change.attempts, change.state);
        }
        self.outbox.extend(writes.outbox);
        for entry in writes.inbox {
            self.inbox.insert((entry.sender.clone(), entry.message_id), entry);
        }
    }

    /// Takes a message of another.
    pub(crate) fn arrive(
        &mut self,
        book: &AgreementBook,
        from: usize,
        bytes: &[u8],
        now: Timestamp,
    ) -> Answer {
        let envelope = SignedEnvelope::decode(bytes).expect("a message");
        let envelope = envelope.verify(&key(from).public()).expect("its own signature");
        let header = envelope.header();
        let sender = organisation(from);
        let mut held = Held {
            inbox: self.inbox.get(&(sender.clone(), header.message_id)).cloned(),
            chain: self.chains.get(&(header.conversation, sender)).copied(),
            ..Held::default()
        };
        if let Touches::Hold(id, asked, departed) = touches(&envelope) {
            held.departed = departed.and_then(|id| self.departed(id));
            held.hold = self.holds.get(&id).cloned();
            held.services = match &held.hold {
                Some(hold) => self.services_of(hold),
                None => self.services(asked),
            };
        }
        let receiver = Receiver {
            me: &principal(self.index),
            sender: &principal(from),
            agreements: book,
            keys: &|_, _, _| None,
            members: &|_| None,
            owns: &|_, _| false,
        };
        let (writes, answer) =
            self.locally(now, |local| receive(local, &receiver, &envelope, held, None));
        self.apply(writes);
        answer
    }

    /// Hears what became of a message; none where nothing was heard.
    pub(crate) fn hear(
        &mut self,
        message: MessageId,
        to: usize,
        answer: Option<Answer>,
        now: Timestamp,
    ) {
        let entry = self.outbox.iter().find(|one| one.message_id == message).expect("it was sent");
        if !is_queued(entry) {
            return;
        }
        let entry = entry.clone();
        let unavailable = Reason::RecipientUnavailable;
        let reply = match answer {
            None => Reply::Failure { reason: unavailable, again: Again::After(entry.attempts + 1) },
            Some(Answer::Failure { refusal, retryable }) => {
                let again = if retryable { Again::After(entry.attempts + 1) } else { Again::Never };
                Reply::Failure { reason: refusal.reason, again }
            }
            Some(Answer::Receipt(bytes)) => {
                let receipt = Receipt::decode(&bytes).expect("a receipt");
                let statement = receipt.verify(&key(to).public()).expect("a signature");
                Reply::Receipt { statement, bytes }
            }
        };
        let id = HoldId::from_bytes(*entry.conversation.as_bytes());
        let asked = asks_for_hold(&entry).then(|| self.holds.get(&id).cloned()).flatten();
        let carried = asked.map_or(Carried::Nothing, |hold| Carried::Hold(Box::new(hold)));
        let policy = RetryPolicy { first: Seconds(1), max: Seconds(2) };
        let writes = self.locally(now, |local| settle(local, &entry, reply, carried, &policy));
        self.apply(writes);
    }

    /// Whether an answer is still to come.
    pub(crate) fn is_waiting(&self) -> bool {
        self.outbox.iter().any(is_queued)
    }
}

fn is_queued(entry: &OutboxEntry) -> bool {
    matches!(entry.state, OutboxState::Queued { .. })
}
