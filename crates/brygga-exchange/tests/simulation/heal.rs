//! The end of a run: the faults stop, and everything must come to an end by itself.

use brygga_domain::Seconds;
use brygga_exchange::compose::MESSAGE_LIFETIME;

use crate::memory::is_queued;
use crate::outcome::lost_threads;
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
        let lost = lost_threads(self);
        for node in &self.nodes {
            let stuck = node.store.outbox.iter().filter(|entry| is_queued(entry));
            for entry in stuck {
                assert!(lost.contains(&entry.conversation), "still queued: {entry:?}");
            }
        }
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
