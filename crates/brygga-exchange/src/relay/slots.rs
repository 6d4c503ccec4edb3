//! Slots: when a node speaks, and of which slots it asks.

use std::ops::Range;

use brygga_domain::Timestamp;
use rand_core::Rng;

/// The relay keeps the cells of so many slots, and a node that was away asks for no more.
pub const RELAY_SLOTS_KEPT: u64 = 24;

/// The slots of one network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotClock {
    millis: i64,
}

impl SlotClock {
    /// Slots of so many seconds; none counts as one.
    pub const fn new(slot_seconds: u32) -> Self {
        let seconds = if slot_seconds == 0 { 1 } else { slot_seconds };
        // Widening, since `From` is not const.
        Self { millis: seconds as i64 * 1000 }
    }

    /// The slot of an instant: Unix seconds divided by the seconds of a slot.
    pub const fn slot(self, at: Timestamp) -> u64 {
        let slot = at.as_millis().div_euclid(self.millis);
        if slot < 0 { 0 } else { slot.unsigned_abs() }
    }

    /// When a slot begins.
    pub fn begins(self, slot: u64) -> Timestamp {
        let slot = i64::try_from(slot).unwrap_or(i64::MAX);
        Timestamp::from_millis(slot.saturating_mul(self.millis))
    }

    /// When the node speaks in a slot: an instant of its first half, drawn anew for each.
    pub fn turn(self, slot: u64, rng: &mut dyn Rng) -> Timestamp {
        let half = (self.millis / 2).unsigned_abs();
        // Below half a slot, which is at most half an hour.
        let after = i64::try_from(rng.next_u64() % half).unwrap_or(0);
        Timestamp::from_millis(self.begins(slot).as_millis().saturating_add(after))
    }

    /// Which slots to fetch in `slot` where `fetched` was the last that was.
    pub fn to_fetch(self, fetched: Option<u64>, slot: u64) -> Range<u64> {
        let kept = slot.saturating_sub(RELAY_SLOTS_KEPT);
        let before = slot.saturating_sub(1);
        fetched.map_or(before, |fetched| fetched.saturating_add(1)).max(kept)..slot
    }
}
