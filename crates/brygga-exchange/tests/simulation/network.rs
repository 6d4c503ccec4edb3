//! The network between the nodes: batches that get lost, come twice, in another order, or long after.

use brygga_domain::OrgId;
use brygga_exchange::receive::Answer;
use brygga_exchange::records::OutboxEntry;
use brygga_wire::envelope::SignedEnvelope;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use crate::checks;
use crate::node::Crashed;
use crate::plan::{Crash, End, Fate, Way};
use crate::world::{World, picked};

/// Longest batch of the healed network.
const WHOLE_BATCH: usize = 64;

/// A batch between its departure and its settlement.
#[derive(Clone)]
pub(crate) struct Flight {
    from: End,
    entries: Vec<OutboxEntry>,
    /// What the receiver answered to each; none while the batch is on its way there.
    answers: Option<Vec<Option<Answer>>>,
}

impl World {
    pub(crate) fn send(&mut self, from: End, limit: usize) {
        let (now, recipient) = (self.now, self.registry.organisation(from.other()).clone());
        let node = self.node(from);
        let clock = node.clock(now);
        let entries = node.store.due(&recipient, clock, limit);
        if entries.is_empty() {
            return;
        }
        entries.iter().for_each(|entry| checks::may_leave(&node.store, entry, clock));
        self.sent.extend(entries.iter().map(|entry| (from, entry.envelope.clone())));
        self.flights.push(Flight { from, entries, answers: None });
    }

    pub(crate) fn arrive(&mut self, from: End, fate: &Fate) {
        let is_it = |flight: &Flight| flight.from == from && flight.answers.is_none();
        let Some(position) = self.flights.iter().position(is_it) else { return };
        self.coverage.saw(match fate {
            Fate::Lost => "fate: lost",
            Fate::Whole => "fate: whole",
            Fate::Twice => "fate: twice",
            Fate::Interrupted { .. } => "fate: interrupted",
            Fate::Shuffled { .. } => "fate: shuffled",
            Fate::Reversed => "fate: reversed",
        });
        let entries = self.flights[position].entries.clone();
        let mut answers = vec![None; entries.len()];
        let peer = self.registry.organisation(from).clone();
        for index in order(fate, entries.len()) {
            answers[index] = Some(self.present(from.other(), &peer, &entries[index].envelope));
        }
        self.flights[position].answers = Some(answers);
        if matches!(fate, Fate::Interrupted { .. }) {
            self.crash(from.other());
        }
    }

    pub(crate) fn answer(&mut self, from: End, way: Way, crash: Option<Crash>) {
        let is_it = |flight: &Flight| flight.from == from && flight.answers.is_some();
        let Some(position) = self.flights.iter().position(is_it) else { return };
        let Flight { entries, answers, .. } = self.flights.remove(position);
        let mut answers = answers.unwrap_or_default();
        match way {
            Way::Lost => {
                self.coverage.saw("fate: answer lost");
                answers.fill(None);
            }
            Way::MixedUp => {
                self.coverage.saw("fate: answers mixed up");
                answers.rotate_left(1);
            }
            Way::Whole => {}
        }
        let replies = entries.into_iter().zip(answers).collect();
        let now = self.now;
        let Self { nodes, registry, .. } = self;
        if let Err(Crashed) = nodes[from as usize].settle(registry, replies, now, crash) {
            self.crash(from);
        }
    }

    /// Hands a message to a node; whoever got a receipt for it before gets the same bytes.
    pub(crate) fn present(&mut self, to: End, peer: &OrgId, bytes: &[u8]) -> Answer {
        let now = self.now;
        let Self { nodes, registry, .. } = self;
        let answer = nodes[to as usize].arrive(registry, peer, bytes, now);
        match &answer {
            Answer::Failure { refusal, .. } => self.coverage.refused("arrival", refusal.reason),
            Answer::Receipt(receipt) => {
                let envelope = SignedEnvelope::decode(bytes).expect("it was read before");
                let key = (peer.clone(), envelope.header().message_id);
                let first = self.receipts.entry(key).or_insert_with(|| receipt.clone());
                assert_eq!(first, receipt, "another receipt for the same message");
            }
        }
        answer
    }

    pub(crate) fn replay(&mut self, from: End, pick: u32) {
        if let Some(bytes) = self.pick_sent(from, pick) {
            self.coverage.saw("fate: replayed");
            let peer = self.registry.organisation(from).clone();
            self.present(from.other(), &peer, &bytes);
        }
    }

    /// One bit of a message is another one: it has no effect, unless it says the very same.
    pub(crate) fn corrupt(&mut self, from: End, pick: u32, bit: u32) {
        let Some(genuine) = self.pick_sent(from, pick) else { return };
        let mut bytes = genuine.clone();
        let bit = bit as usize % (bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
        let before = self.node(from.other()).store.clone();
        let peer = self.registry.organisation(from).clone();
        let answer = self.present(from.other(), &peer, &bytes);
        if matches!(answer, Answer::Failure { .. }) {
            self.coverage.saw("fate: corrupted");
            assert_eq!(self.node(from.other()).store, before, "a corrupted message had an effect");
        } else {
            let digest = |bytes: &[u8]| SignedEnvelope::decode(bytes).map(|e| e.envelope_digest());
            assert_eq!(digest(&bytes), digest(&genuine), "a corrupted message was taken");
        }
    }

    /// The process of a node ends: what it had sent and not heard of is forgotten, and what was on
    /// its way to it or back from it gets no answer.
    pub(crate) fn crash(&mut self, at: End) {
        self.coverage.saw("crash");
        self.flights.retain(|flight| flight.from != at);
        for flight in &mut self.flights {
            flight.answers = Some(vec![None; flight.entries.len()]);
        }
    }

    /// Delivers what is due, without faults, until nothing is due any more.
    pub(crate) fn deliver_all(&mut self, from: End) {
        loop {
            self.send(from, WHOLE_BATCH);
            if self.flights.is_empty() {
                return;
            }
            self.arrive(from, &Fate::Whole);
            self.answer(from, Way::Whole, None);
        }
    }

    pub(crate) fn pick_sent(&self, from: End, pick: u32) -> Option<Vec<u8>> {
        let sent: Vec<&Vec<u8>> =
            self.sent.iter().filter(|(end, _)| *end == from).map(|(_, bytes)| bytes).collect();
        picked(&sent, pick).map(|bytes| bytes.to_vec())
    }
}

/// Which messages of a batch the receiver sees, in which order.
fn order(fate: &Fate, count: usize) -> Vec<usize> {
    match *fate {
        Fate::Lost => Vec::new(),
        Fate::Whole => (0..count).collect(),
        Fate::Twice => (0..count).flat_map(|index| [index, index]).collect(),
        Fate::Reversed => (0..count).rev().collect(),
        Fate::Interrupted { after } => (0..count.min(after)).collect(),
        Fate::Shuffled { by } => {
            let mut rng = ChaCha8Rng::seed_from_u64(u64::from(by));
            let mut order: Vec<(u64, usize)> =
                (0..count).map(|index| (rng.next_u64(), index)).collect();
            order.sort_unstable();
            order.into_iter().map(|(_, index)| index).collect()
        }
    }
}
