//! What the relay of a network holds: the cells of the last slots, in memory and nowhere else.

use std::collections::BTreeMap;

use brygga_crypto::Cell;
use brygga_domain::{OrgId, Reason, Refusal, Seconds, Timestamp};

use super::{RELAY_SLOTS_KEPT, SlotClock};

/// So long before it begins and after it ends cells for a slot are taken, since clocks differ.
const TOLERANCE: Seconds = Seconds(1);

/// The cells of one network.
#[derive(Clone, Debug, Default)]
pub struct RelayBoard {
    slots: BTreeMap<u64, BTreeMap<OrgId, Vec<Cell>>>,
}

impl RelayBoard {
    /// Takes all cells of a member for a slot; a second time changes nothing.
    ///
    /// # Errors
    /// [`Reason::InvalidTransition`] at `slot` for another slot than the present.
    pub fn put(
        &mut self,
        clock: SlotClock,
        slot: u64,
        member: &OrgId,
        cells: Vec<Cell>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let present = clock.slot(now.minus(TOLERANCE))..=clock.slot(now.plus(TOLERANCE));
        if !present.contains(&slot) {
            return Err(Refusal::at(Reason::InvalidTransition, "slot"));
        }
        self.slots.entry(slot).or_default().entry(member.clone()).or_insert(cells);
        let oldest = clock.slot(now).saturating_sub(RELAY_SLOTS_KEPT);
        self.slots.retain(|slot, _| *slot >= oldest);
        Ok(())
    }

    /// All cells of a slot that is over; none of one that is not kept.
    ///
    /// # Errors
    /// [`Reason::InvalidTransition`] at `slot` for one that is not over.
    pub fn take(&self, clock: SlotClock, slot: u64, now: Timestamp) -> Result<Vec<Cell>, Refusal> {
        if slot >= clock.slot(now) {
            return Err(Refusal::at(Reason::InvalidTransition, "slot"));
        }
        let members = self.slots.get(&slot).into_iter().flat_map(BTreeMap::values);
        Ok(members.flatten().cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use brygga_crypto::CELL_BYTES;

    use super::*;

    const CLOCK: SlotClock = SlotClock::new(300);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    fn cell(first: u8) -> Cell {
        let mut bytes = vec![0; CELL_BYTES];
        bytes[0] = first;
        Cell::from_bytes(&bytes).unwrap()
    }

    fn member(number: &str) -> OrgId {
        OrgId::parse(&format!("kommun:{number}")).unwrap()
    }

    #[test]
    fn a_second_call_for_a_slot_changes_nothing() {
        let mut board = RelayBoard::default();
        board.put(CLOCK, 10, &member("0880"), vec![cell(1)], at(3_000)).unwrap();
        board.put(CLOCK, 10, &member("0880"), vec![cell(2)], at(3_001)).unwrap();
        board.put(CLOCK, 10, &member("0192"), vec![cell(3)], at(3_002)).unwrap();
        let mut taken = board.take(CLOCK, 10, at(3_300)).unwrap();
        taken.sort();
        assert_eq!(taken, [cell(1), cell(3)]);
    }

    #[test]
    fn a_slot_is_open_a_second_longer_at_both_ends_and_is_read_when_it_is_over() {
        let mut board = RelayBoard::default();
        let refusal = Err(Refusal::at(Reason::InvalidTransition, "slot"));
        let mut put = |now| board.put(CLOCK, 10, &member("0880"), vec![cell(1)], at(now));
        assert_eq!(put(2_998), refusal);
        assert_eq!(put(2_999), Ok(()));
        assert_eq!(put(3_300), Ok(()));
        assert_eq!(put(3_301), refusal);
        assert!(board.take(CLOCK, 10, at(3_299)).is_err());
        assert_eq!(board.take(CLOCK, 10, at(3_300)).unwrap().len(), 1);
    }

    #[test]
    fn what_is_older_than_the_slots_kept_is_gone() {
        let mut board = RelayBoard::default();
        board.put(CLOCK, 10, &member("0880"), vec![cell(1)], at(3_000)).unwrap();
        let kept = 10 + RELAY_SLOTS_KEPT;
        let now = |slot: u64| at(i64::try_from(slot * 300).unwrap());
        board.put(CLOCK, kept, &member("0880"), vec![cell(2)], now(kept)).unwrap();
        assert_eq!(board.take(CLOCK, 10, now(kept)).unwrap().len(), 1);
        board.put(CLOCK, kept + 1, &member("0880"), vec![cell(2)], now(kept + 1)).unwrap();
        assert_eq!(board.take(CLOCK, 10, now(kept + 1)).unwrap(), []);
    }
}
