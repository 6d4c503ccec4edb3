//! The two nodes, the time, the network between them and the clients around them.

use std::collections::{BTreeMap, BTreeSet};

use brygga_domain::agreement::AgreementRecord;
use brygga_domain::{ConsentId, MessageId, OrgId, ReferralId, Seconds, Timestamp};
use brygga_exchange::records::OutboxEntry;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use crate::coverage::Coverage;
use crate::memory::is_dead;
use crate::network::Flight;
use crate::node::{Crashed, Node};
use crate::paper::{self, AGREEMENT};
use crate::people::Ask;
use crate::plan::{Crash, Deed, End, Op, Plan, Want};
use crate::registry::Registry;

/// 2026-01-10 00:00:00 UTC.
const START: Timestamp = Timestamp::from_millis(1_768_003_200_000);

/// An event that somebody was told of: it must never be gone again.
#[derive(Clone)]
pub(crate) struct Acknowledged {
    pub(crate) at: End,
    pub(crate) id: ReferralId,
    pub(crate) version: u32,
    pub(crate) deed: Deed,
}

#[derive(Clone)]
pub(crate) struct World {
    pub(crate) now: Timestamp,
    pub(crate) registry: Registry,
    pub(crate) nodes: [Node; 2],
    pub(crate) asks: Vec<Ask>,
    pub(crate) acknowledged: Vec<Acknowledged>,
    /// Notes whose writers were told that they are kept.
    pub(crate) notes: Vec<(End, MessageId)>,
    /// Mistakes that somebody marks until it is told that they are marked.
    pub(crate) mistakes: BTreeSet<(End, ReferralId)>,
    /// Batches under way.
    pub(crate) flights: Vec<Flight>,
    /// Every envelope that ever left, with its sender.
    pub(crate) sent: Vec<(End, Vec<u8>)>,
    /// The first receipt that anybody was given for a message.
    pub(crate) receipts: BTreeMap<(OrgId, MessageId), Vec<u8>>,
    pub(crate) coverage: Coverage,
    rng: ChaCha8Rng,
}

impl World {
    /// Two nodes with an agreement in force, made by the same messages as any other.
    pub(crate) fn new(plan: &Plan) -> Self {
        let mut world = Self {
            now: START,
            registry: Registry::new(),
            nodes: End::BOTH.map(|end| Node::new(end, plan.seed)),
            asks: Vec::new(),
            acknowledged: Vec::new(),
            notes: Vec::new(),
            mistakes: BTreeSet::new(),
            flights: Vec::new(),
            sent: Vec::new(),
            receipts: BTreeMap::new(),
            coverage: Coverage::default(),
            rng: ChaCha8Rng::seed_from_u64(!plan.seed),
        };
        world.propose(End::A, 1, 0, plan.valid_days);
        world.deliver_all(End::A);
        world.sign(End::B, 1);
        world.deliver_all(End::B);
        world
    }

    pub(crate) fn node(&mut self, end: End) -> &mut Node {
        &mut self.nodes[end as usize]
    }

    pub(crate) fn random_bytes(&mut self) -> [u8; 16] {
        let mut bytes = [0; 16];
        self.rng.fill_bytes(&mut bytes);
        bytes
    }

    /// Lets one thing happen; what cannot happen now does not.
    pub(crate) fn execute(&mut self, op: &Op) {
        match *op {
            Op::Request { at, want, crash } => self.request(at, want, crash),
            Op::Repeat { at, pick, crash } => self.repeat(at, pick, crash),
            Op::Act { at, pick, deed, expected, whose, crash } => {
                if let Some(id) = self.pick_referral(at, pick, deed, whose) {
                    self.act(at, id, deed, expected, crash);
                }
            }
            Op::Nonsense { at, pick } => self.nonsense(at, pick),
            Op::Tick { at, crash } => self.tick(at, crash),
            Op::Note { at, pick, crash } => self.note(at, pick, crash),
            Op::WithdrawConsent { at, pick, crash } => self.withdraw_consent(at, pick, crash),
            Op::NarrowConsent { at, pick, how } => self.narrow_consent(at, pick, how),
            Op::MarkInError { at, pick, crash } => self.pick_mistake(at, pick, crash),
            Op::AnswerStops { at, crash } => self.answer_stops(at, crash),
            Op::Terminate { at, pick, in_seconds } => self.terminate(at, pick, in_seconds),
            Op::Propose { at, version, in_seconds } => self.propose(at, version, in_seconds, 365),
            Op::Sign { at, version } => self.sign(at, version),
            Op::Revive { at, pick } => self.revive(at, pick),
            Op::Send { from, limit } => self.send(from, limit),
            Op::Arrive { from, ref fate } => self.arrive(from, fate),
            Op::Answer { from, way, crash } => self.answer(from, way, crash),
            Op::Replay { from, pick } => self.replay(from, pick),
            Op::Corrupt { from, pick, bit } => self.corrupt(from, pick, bit),
            Op::Intrude { at, pick, how } => self.intrude(at, pick, how),
            Op::Crash { at } => self.crash(at),
            Op::Advance { millis } => self.advance(millis),
            Op::Skew { at, millis } => self.node(at).skew = millis,
        }
    }

    pub(crate) fn advance(&mut self, millis: i64) {
        self.now = Timestamp::from_millis(self.now.as_millis() + millis);
    }

    pub(crate) fn request(&mut self, at: End, want: Want, crash: Option<Crash>) {
        let consent = self.consent_for(at, want);
        let token = self.random_bytes();
        self.asks.push(Ask { at, want, token, consent, answer: None });
        self.ask(self.asks.len() - 1, crash);
    }

    fn consent_for(&mut self, at: End, want: Want) -> Option<ConsentId> {
        let valid = match want {
            Want::Consented => Seconds::days(30),
            Want::ShortConsent => Seconds::hours(6),
            Want::UsedConsent => {
                let mut used = self.asks.iter().filter(|ask| ask.at == at);
                return used.find_map(|ask| ask.consent);
            }
            _ => return None,
        };
        let id = ConsentId::from_bytes(self.random_bytes());
        let (now, recipient) = (self.now, self.registry.organisation(at.other()).clone());
        let node = self.node(at);
        node.record_consent(paper::consent(id, &recipient, node.clock(now), valid), now);
        Some(id)
    }

    /// A client asks, for the first time or again, and compares what it is told.
    pub(crate) fn ask(&mut self, index: usize, crash: Option<Crash>) {
        let (ask, now) = (self.asks[index].clone(), self.now);
        let target = self.nodes[ask.at.other() as usize].principal.clone();
        match self.node(ask.at).ask(&ask, &target, now, crash) {
            Err(Crashed) => {
                self.crash(ask.at);
                // A wish that was refused before may have been granted now: the client must ask.
                self.asks[index].answer = ask.answer.filter(Result::is_ok);
            }
            Ok(answer) => {
                if let Err(refusal) = &answer {
                    self.coverage.refused("request", refusal.reason);
                }
                let answer = answer.map_err(|refusal| refusal.reason);
                if let Some(Ok(told)) = ask.answer {
                    assert_eq!(answer, Ok(told), "the same key gave another referral");
                }
                self.asks[index].answer = Some(answer);
            }
        }
    }

    fn repeat(&mut self, at: End, pick: u32, crash: Option<Crash>) {
        let indices: Vec<usize> =
            (0..self.asks.len()).filter(|index| self.asks[*index].at == at).collect();
        if let Some(index) = picked(&indices, pick) {
            let was_lost = self.asks[*index].answer.is_none();
            self.coverage.saw(if was_lost { "repeat after a crash" } else { "repeat to be sure" });
            self.ask(*index, crash);
        }
    }

    fn revive(&mut self, at: End, pick: u32) {
        let outbox = &self.node(at).store.outbox;
        let dead: Vec<OutboxEntry> =
            outbox.iter().filter(|entry| is_dead(entry)).cloned().collect();
        if let Some(entry) = picked(&dead, pick) {
            self.revive_letter(at, entry);
        }
    }

    pub(crate) fn revive_letter(&mut self, at: End, entry: &OutboxEntry) {
        let now = self.now;
        match self.node(at).revive(entry, now) {
            Ok(()) => self.coverage.saw("dead letter revived"),
            Err(refusal) => self.coverage.refused("revive", refusal.reason),
        }
    }

    fn propose(&mut self, at: End, version: u32, in_seconds: i64, valid_days: i64) {
        let parties = End::BOTH.map(|end| self.registry.organisation(end));
        let from = self.now.plus(Seconds(in_seconds));
        let terms = paper::terms(parties, version, from, valid_days);
        let now = self.now;
        match self.node(at).propose(terms.clone(), now) {
            Ok(record) if *record.terms() != terms => panic!("other terms were taken for these"),
            Ok(_) => self.coverage.saw("agreement proposed"),
            Err(refusal) => self.coverage.refused("agreement", refusal.reason),
        }
    }

    fn sign(&mut self, at: End, version: u32) {
        let held = self.node(at).store.agreements.get(&(AGREEMENT, version));
        let Some(record) = held.map(|record| AgreementRecord::clone(record)) else { return };
        let now = self.now;
        match self.node(at).sign(record, now) {
            Ok(_) => self.coverage.saw("agreement signed"),
            Err(refusal) => self.coverage.refused("agreement", refusal.reason),
        }
    }

    fn terminate(&mut self, at: End, pick: u32, in_seconds: i64) {
        let now = self.now;
        let node = self.node(at);
        let records: Vec<AgreementRecord> =
            node.store.agreements.values().map(|record| AgreementRecord::clone(record)).collect();
        let Some(record) = picked(&records, pick) else { return };
        let effective_at = node.clock(now).plus(Seconds(in_seconds));
        match node.terminate(record.clone(), effective_at, now) {
            Ok(_) => self.coverage.saw("agreement terminated"),
            Err(refusal) => self.coverage.refused("agreement", refusal.reason),
        }
    }
}

/// The element of a list that a pick means; none of an empty one.
pub(crate) fn picked<T>(list: &[T], pick: u32) -> Option<&T> {
    list.get(pick as usize % list.len().max(1))
}
