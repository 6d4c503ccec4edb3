//! The publisher, those who want its places, the network between them and the time.

use brygga_domain::capacity::{Hold, HoldAct, HoldEnd, HoldItem, HoldState};
use brygga_domain::{HoldId, MessageId, Seconds, ServiceId, Timestamp};
use brygga_exchange::audit::Actor;
use brygga_exchange::capacity::{Placing, change, end, expire, place, publish, withdraw};
use brygga_exchange::receive::Answer;
use brygga_exchange::records::{IdempotencyKey, OutboxState};
use brygga_policy::AgreementBook;

use crate::history::{History, Seen};
use crate::node::*;

/// Who publishes.
pub(crate) const PUBLISHER: usize = 0;

/// A message on its way, or its answer.
#[derive(Clone)]
pub(crate) struct Flight {
    pub(crate) from: usize,
    to: usize,
    message: MessageId,
    bytes: Vec<u8>,
    pub(crate) answer: Option<Answer>,
}

pub(crate) struct World {
    pub(crate) now: Timestamp,
    pub(crate) nodes: Vec<Node>,
    pub(crate) flights: Vec<Flight>,
    /// Every message that ever left.
    pub(crate) sent: Vec<Flight>,
    pub(crate) history: History,
    book: AgreementBook,
}

impl World {
    pub(crate) fn new(claimants: usize, beds: u32, seed: u64) -> Self {
        let nodes = claimants + 1;
        let mut world = Self {
            now: START,
            nodes: (0..nodes).map(|index| Node::new(index, seed)).collect(),
            flights: Vec::new(),
            sent: Vec::new(),
            history: History::default(),
            book: book(nodes),
        };
        world.publish(BED, (beds, 0));
        world.publish(STORAGE, (beds + 1, 0));
        world
    }

    /// The next publication, if it is one that can be.
    pub(crate) fn publish(&mut self, id: ServiceId, counts: (u32, u32)) {
        let now = self.now;
        let node = &mut self.nodes[PUBLISHER];
        let held = node.services([id]).pop();
        let sequence = held.as_ref().map_or(0, |held| held.stored.publication.sequence);
        let made = publication(id, sequence + 1, counts, node.clock(now));
        let Some(made) = made else { return };
        let decided = node
            .locally(now, |local| publish(local, &staff(), made, held, "an agreement".to_owned()));
        node.apply(decided.writes);
    }

    pub(crate) fn withdraw(&mut self, id: ServiceId) {
        let now = self.now;
        let node = &mut self.nodes[PUBLISHER];
        let held = node.services([id]).pop();
        let decided = node.locally(now, |local| withdraw(local, &staff(), id, held));
        node.apply(decided.writes);
    }

    /// A claimant asks for so many places of each service.
    pub(crate) fn claim(&mut self, at: usize, places: u32, of: &[ServiceId]) -> HoldId {
        let item = |service: &ServiceId| HoldItem { service: *service, line: KEY, places };
        let number = self.history.holds.len() as u128;
        let placing = Placing {
            publisher: organisation(PUBLISHER),
            items: of.iter().map(item).collect(),
            ttl: TTL,
            with_child: false,
            reentry: None,
            agreement: (AGREEMENT, 1),
            rule_id: "plats-1".to_owned(),
            counts_since: None,
            idempotency: IdempotencyKey {
                key: number.to_be_bytes(),
                request_digest: brygga_crypto::sha256(&[b"a claim"]),
            },
        };
        let now = self.now;
        let node = &mut self.nodes[at];
        let decided = node.locally(now, |local| place(local, &staff(), placing));
        node.apply(decided.writes);
        let id = decided.answer.expect("it is asked").id;
        let places = if of.contains(&BED) { places } else { 0 };
        let asked = self.history.step();
        self.history.holds.insert(id, Seen { places, asked, ..Seen::default() });
        id
    }

    /// A claimant whose people have left wants the place again. The history of claims leaves it out: it may be had more
    /// than once.
    pub(crate) fn come_back(&mut self, at: usize, left: HoldId) {
        let (now, key) = (self.now, self.history.holds.len() as u128);
        let node = &mut self.nodes[at];
        let Some(departed) = node.departed(left) else { return };
        let placing = Placing {
            publisher: organisation(PUBLISHER),
            items: departed.hold.items.clone(),
            ttl: TTL,
            with_child: false,
            reentry: Some((departed, REENTRY_DAYS)),
            agreement: (AGREEMENT, 1),
            rule_id: "plats-1".to_owned(),
            counts_since: None,
            idempotency: IdempotencyKey {
                key: key.to_be_bytes(),
                request_digest: brygga_crypto::sha256(&[b"a claim"]),
            },
        };
        let decided = node.locally(now, |local| place(local, &staff(), placing));
        node.apply(decided.writes);
        let Ok(hold) = decided.answer else { return };
        self.history.holds.insert(hold.id, Seen { asked: self.history.step(), ..Seen::default() });
    }

    pub(crate) fn act(&mut self, at: usize, id: HoldId, act: HoldAct) {
        let now = self.now;
        let node = &mut self.nodes[at];
        let Some(hold) = node.holds.get(&id).cloned() else { return };
        let chain = node.chain(&hold, &hold.publisher);
        let decided = node.locally(now, |local| change(local, &staff(), hold, act, chain));
        let is_asked = decided.answer.is_ok();
        node.apply(decided.writes);
        if is_asked && act == HoldAct::Cancel {
            self.released(id);
        }
    }

    /// The publisher ends a hold.
    pub(crate) fn end(&mut self, id: HoldId, how: HoldEnd) {
        let now = self.now;
        let node = &mut self.nodes[PUBLISHER];
        let Some(hold) = node.holds.get(&id).cloned() else { return };
        let (chain, services) = (node.chain(&hold, &hold.holder), node.services_of(&hold));
        let decided = node.locally(now, |local| end(local, &staff(), hold, how, services, chain));
        let is_ended = decided.answer.is_ok();
        node.apply(decided.writes);
        if is_ended {
            self.released(id);
        }
    }

    fn released(&mut self, id: HoldId) {
        let step = self.history.step();
        let seen = self.history.holds.get_mut(&id).expect("it was asked for");
        seen.released.get_or_insert(step);
    }

    /// A node looks for holds whose time is past.
    pub(crate) fn sweep(&mut self, at: usize) {
        let now = self.now;
        let ids: Vec<_> = self.nodes[at].holds.keys().copied().collect();
        for id in ids {
            let node = &mut self.nodes[at];
            let hold = node.holds[&id].clone();
            let services = if at == PUBLISHER { node.services_of(&hold) } else { Vec::new() };
            let chain = node.chain(&hold, &hold.holder);
            let writes = node.locally(now, |local| expire(local, hold, services, chain));
            node.apply(writes.unwrap_or_default());
        }
    }

    /// A node sends what is due; nothing overtakes in its thread.
    pub(crate) fn send(&mut self, from: usize) {
        let node = &self.nodes[from];
        let clock = node.clock(self.now);
        let mut waiting = Vec::new();
        for entry in &node.outbox {
            let OutboxState::Queued { next_attempt_at, .. } = entry.state else { continue };
            let is_away = self.flights.iter().any(|flight| flight.message == entry.message_id);
            let is_first = !waiting.contains(&entry.conversation);
            waiting.push(entry.conversation);
            if is_away || !is_first || next_attempt_at > clock {
                continue;
            }
            let to = (0..self.nodes.len()).find(|index| organisation(*index) == entry.recipient);
            let flight = Flight {
                from,
                to: to.expect("a node"),
                message: entry.message_id,
                bytes: entry.envelope.clone(),
                answer: None,
            };
            self.sent.push(flight.clone());
            self.flights.push(flight);
        }
    }

    /// A flight gets to where it goes: the message to its recipient, or the answer back.
    pub(crate) fn travel(&mut self, index: usize) {
        let mut flight = self.flights.remove(index);
        if flight.answer.is_some() {
            self.hear(&flight);
            return;
        }
        flight.answer =
            Some(self.nodes[flight.to].arrive(&self.book, flight.from, &flight.bytes, self.now));
        self.flights.push(flight);
    }

    /// A copy of an old message comes again; nobody waits for its answer.
    pub(crate) fn replay(&mut self, index: usize) {
        let flight = self.sent[index].clone();
        drop(self.nodes[flight.to].arrive(&self.book, flight.from, &flight.bytes, self.now));
    }

    /// A flight is lost, on its way there or back.
    pub(crate) fn lose(&mut self, index: usize) {
        let flight = self.flights.remove(index);
        self.hear(&Flight { answer: None, ..flight });
    }

    fn hear(&mut self, flight: &Flight) {
        let now = self.now;
        self.nodes[flight.from].hear(flight.message, flight.to, flight.answer.clone(), now);
        if flight.from != PUBLISHER {
            self.notice(flight.from);
        }
    }

    /// What a claimant was told goes into the history.
    fn notice(&mut self, at: usize) {
        let step = self.history.step();
        for hold in self.nodes[at].holds.values() {
            let seen = self.history.holds.get_mut(&hold.id).expect("it was asked for");
            match hold.state {
                HoldState::Held { expires_at } => {
                    seen.granted.get_or_insert(step);
                    seen.expires_at = Some(expires_at);
                }
                HoldState::Confirmed => {
                    seen.granted.get_or_insert(step);
                    seen.is_confirmed = true;
                }
                HoldState::Refused(brygga_domain::Reason::CapacityExhausted) => {
                    seen.refused.get_or_insert(step);
                }
                _ => {}
            }
        }
    }

    /// A process ends: what it had sent and not heard of it sends again, and nobody hears it answer.
    pub(crate) fn crash(&mut self, at: usize) {
        while let Some(index) = self
            .flights
            .iter()
            .position(|one| one.from == at || (one.to == at && one.answer.is_none()))
        {
            self.lose(index);
        }
    }

    pub(crate) fn advance(&mut self, millis: i64) {
        self.now = Timestamp::from_millis(self.now.as_millis() + millis);
    }

    /// One step is over: at the publisher no more is promised than there is (INV-1 to INV-5, INV-9).
    pub(crate) fn check(&mut self) {
        let publisher = &self.nodes[PUBLISHER];
        let clock = publisher.clock(self.now);
        for (id, stored) in &publisher.services {
            let counts = stored.publication.lines[0].counts.expect("numbers");
            let sum = |wanted: fn(HoldState) -> bool| -> u32 {
                let holds = publisher.holds.values().filter(|hold| wanted(hold.state));
                holds
                    .flat_map(|hold| &hold.items)
                    .filter(|item| item.service == *id)
                    .map(|item| item.places)
                    .sum()
            };
            let held = sum(|state| matches!(state, HoldState::Held { .. }));
            let confirmed = sum(|state| state == HoldState::Confirmed);
            assert!(counts.occupied + held <= counts.total(), "more is promised than there is");
            assert!(confirmed <= counts.occupied, "somebody is there and not counted");
            assert!(stored.withdrawn_at.is_none() || held + confirmed == 0, "it is withdrawn");
            let free = counts.total() - counts.occupied - held;
            check_queue(publisher.holds.values(), *id, free);
        }
        self.history.passes(clock);
    }

    /// The network heals and all clocks are set right; whose time is past is told.
    pub(crate) fn heal(&mut self) {
        self.nodes.iter_mut().for_each(|node| node.skew = 0);
        let latest = self.history.clock.last().copied().unwrap_or(self.now);
        self.now = self.now.max(latest).plus(Seconds(1));
        loop {
            (0..self.nodes.len()).for_each(|index| self.sweep(index));
            self.check();
            if !self.nodes.iter().any(Node::is_waiting) {
                return;
            }
            self.deliver();
            self.advance(2_500);
        }
    }

    /// What is due gets there, and its answer back.
    pub(crate) fn deliver(&mut self) {
        (0..self.nodes.len()).for_each(|index| self.send(index));
        while !self.flights.is_empty() {
            self.travel(0);
            self.check();
        }
    }

    /// Everybody knows what it holds.
    pub(crate) fn agree(&self) {
        let publisher = &self.nodes[PUBLISHER];
        for node in &self.nodes[1..] {
            for hold in node.holds.values() {
                assert_eq!(hold.pending, None, "an answer is missing: {hold:?}");
                let there = publisher.holds.get(&hold.id);
                let (one, other) = (hold.state, there.map(|hold| hold.state));
                assert!(agrees(one, other), "{}: {one:?} and {other:?}", hold.id);
            }
        }
    }
}

/// Those who wait for a service stand one behind the other, and the first needs more than is free.
fn check_queue<'a>(holds: impl Iterator<Item = &'a Hold>, service: ServiceId, free: u32) {
    let position = |hold: &Hold| match hold.state {
        HoldState::Waiting { position } if hold.items[0].service == service => {
            Some((position, hold.items[0].places))
        }
        _ => None,
    };
    let mut queue: Vec<_> = holds.filter_map(position).collect();
    queue.sort_unstable();
    assert!((1..).zip(&queue).all(|(at, (position, _))| at == *position), "{queue:?}");
    assert!(queue.first().is_none_or(|(_, places)| *places > free), "{queue:?} and {free} free");
}

/// Whether a holder believes of its hold what the publisher knows. That it is over counts more than why.
fn agrees(here: HoldState, there: Option<HoldState>) -> bool {
    match (here, there) {
        (HoldState::Refused(_), None) => true,
        (_, None) | (HoldState::Requested, _) => false,
        (one, Some(other)) if other.is_live() => one == other,
        (one, Some(_)) => !one.is_live(),
    }
}

fn staff() -> Actor {
    Actor::User("anna".to_owned())
}
