//! The end of a run: the faults stop, and everything must come to an end by itself.

use brygga_domain::Seconds;
use brygga_exchange::compose::MESSAGE_LIFETIME;
use brygga_exchange::records::{OutboxEntry, OutboxState};

use crate::memory::is_queued;
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
        self.settle_down();
        self.nodes.iter().for_each(|node| nothing_is_stuck(&node.store.outbox));
        self.advance((MESSAGE_LIFETIME.0 + 1) * 1_000);
        self.settle_down();
    }

    fn settle_down(&mut self) {
        for _ in 0..ROUNDS {
            for end in End::BOTH {
                self.expire(end, None);
                self.deliver_all(end);
            }
            self.advance(STEP.0 * 1_000);
        }
    }
}

/// Only what follows a message that was given up, in the same thread, may still wait: for its end.
fn nothing_is_stuck(outbox: &[OutboxEntry]) {
    for (position, entry) in outbox.iter().enumerate().filter(|(_, entry)| is_queued(entry)) {
        let mut earlier = outbox[..position].iter();
        let is_behind = earlier.any(|before| {
            before.conversation == entry.conversation
                && matches!(before.state, OutboxState::Dead { .. })
        });
        assert!(is_behind, "still queued: {} {:?}", entry.message_type, entry.state);
    }
}
