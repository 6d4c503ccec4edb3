//! The end of a run: the faults stop, and everything must come to an end by itself.

use std::collections::BTreeSet;

use brygga_domain::{ConversationId, Reason, Seconds};
use brygga_exchange::compose::MESSAGE_LIFETIME;
use brygga_exchange::records::{OutboxEntry, OutboxState};

use crate::memory::is_dead;
use crate::paper::AGREEMENT;
use crate::plan::End;
use crate::world::World;

/// Longest wait between two attempts.
const STEP: Seconds = Seconds(300);
/// Enough for a message from a clock that was two hours ahead, three times over.
const ROUNDS: usize = 80;

impl World {
    /// Clocks are right, nothing is lost, clients ask until they know.
    pub(crate) fn heal(&mut self) {
        self.flights.clear();
        self.nodes.iter_mut().for_each(|node| node.skew = 0);
        for index in 0..self.asks.len() {
            if self.asks[index].answer.is_none() {
                self.ask(index, None);
            }
        }
        for (at, id) in self.mistakes.clone() {
            self.mark_in_error(at, id, None);
        }
        self.settle_down();
        for end in End::BOTH {
            // What an intruder is answered is its own matter.
            let peer = self.registry.organisation(end.other()).clone();
            let outbox = &self.node(end).store.outbox;
            nothing_is_stuck(outbox.iter().filter(|entry| entry.recipient == peer));
        }
        self.advance((MESSAGE_LIFETIME.0 + 1) * 1_000);
        self.settle_down();
        self.revive_all();
        self.settle_down();
    }

    /// People put back in the queue what may still be sent.
    fn revive_all(&mut self) {
        for end in End::BOTH {
            for entry in self.node(end).store.outbox.clone().iter().filter(|entry| is_dead(entry)) {
                self.revive_letter(end, entry);
            }
        }
    }

    fn settle_down(&mut self) {
        for _ in 0..ROUNDS {
            for end in End::BOTH {
                self.tick(end, None);
                self.answer_stops(end, None);
                self.deliver_all(end);
            }
            self.advance(STEP.0 * 1_000);
        }
    }
}

/// Only what follows a message that was given up, in the same thread, may still wait: for its end.
/// A request may also wait for a signature on its agreement that never had an effect.
fn nothing_is_stuck<'a>(outbox: impl Iterator<Item = &'a OutboxEntry>) {
    let negotiation = ConversationId::from_bytes(*AGREEMENT.as_bytes());
    let (mut blocked, mut is_signature_lost) = (BTreeSet::new(), false);
    for entry in outbox {
        let may_wait = match entry.state {
            OutboxState::Delivered { refusal, .. } => {
                is_signature_lost |= entry.conversation == negotiation && refusal.is_some();
                continue;
            }
            OutboxState::Dead { .. } => {
                is_signature_lost |= entry.conversation == negotiation;
                true
            }
            OutboxState::Queued { last_failure: Some(Reason::AgreementNotInForce), .. } => {
                is_signature_lost
            }
            OutboxState::Queued { .. } => blocked.contains(&entry.conversation),
        };
        assert!(may_wait, "still queued: {} {:?}", entry.message_type, entry.state);
        blocked.insert(entry.conversation);
    }
}
