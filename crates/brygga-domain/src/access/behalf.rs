//! A unit that several boards share, and acts for each of them (UPP-01). The board remains responsible for what is done
//! in its name, and secrecy between the boards stands: whoever acts for one sees what was done for that one.

use std::collections::{BTreeMap, BTreeSet};

use crate::UnitId;

/// Somebody of a shared unit acts for a board.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Behalf {
    /// The board, which remains responsible.
    pub board: UnitId,
    /// The unit that acts.
    pub unit: UnitId,
}

/// The shared units of an organisation, each with the boards that it acts for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SharedUnits(BTreeMap<UnitId, BTreeSet<UnitId>>);

impl SharedUnits {
    /// Units with the boards that each acts for; what is said of one unit twice counts together.
    pub fn new(shared: impl IntoIterator<Item = Behalf>) -> Self {
        let mut units: BTreeMap<UnitId, BTreeSet<UnitId>> = BTreeMap::new();
        for Behalf { board, unit } in shared {
            units.entry(unit).or_default().insert(board);
        }
        Self(units)
    }

    /// For whom somebody of these units may act, and as which of them.
    pub fn of(&self, units: &BTreeSet<UnitId>) -> BTreeSet<Behalf> {
        let boards = |unit| self.0.get(unit).into_iter().flatten().map(move |board| (unit, board));
        let pair =
            |(unit, board): (&UnitId, &UnitId)| Behalf { board: board.clone(), unit: unit.clone() };
        units.iter().flat_map(boards).map(pair).collect()
    }
}
