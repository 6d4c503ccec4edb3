//! The relay: cells in, cells out, and nothing else.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use brygga_crypto::Cell;
use brygga_domain::agreement::{AgreementRecord, AgreementState, NetworkTerms};
use brygga_domain::{AgreementId, OrgId, Reason, Refusal};
use brygga_exchange::relay::{RelayBoard, SlotClock};
use brygga_wire::relay::{CellsPut, CellsWanted};

use crate::App;

/// The cells of the networks whose relay this node is.
#[derive(Debug, Default)]
pub struct RelayBoards(Mutex<BTreeMap<AgreementId, RelayBoard>>);

impl App {
    /// Takes the cells of a member for a slot of a network whose relay this node is.
    ///
    /// # Errors
    /// [`Reason::NotFound`] for everybody else; [`Reason::InvalidField`] at `cells` for another number than agreed on;
    /// [`Reason::InvalidTransition`] at `slot`.
    pub fn relay_put(&self, member: &OrgId, put: CellsPut) -> Result<(), Refusal> {
        let terms = self.relayed_to(member, put.agreement)?;
        if u32::try_from(put.cells.len()) != Ok(terms.cells_per_slot) {
            return Err(Refusal::at(Reason::InvalidField, "cells"));
        }
        let clock = SlotClock::new(terms.slot_seconds);
        let mut boards = self.boards();
        // What nobody may put any more nobody may take.
        boards.retain(|agreement, _| self.relayed(*agreement).is_some());
        let board = boards.entry(put.agreement).or_default();
        board.put(clock, put.slot, member, put.cells, self.now())
    }

    /// All cells of a slot that is over.
    ///
    /// # Errors
    /// [`Reason::NotFound`] as [`Self::relay_put`]; [`Reason::InvalidTransition`] at `slot` for one that is not over.
    pub fn relay_take(&self, member: &OrgId, wanted: CellsWanted) -> Result<Vec<Cell>, Refusal> {
        let terms = self.relayed_to(member, wanted.agreement)?;
        let clock = SlotClock::new(terms.slot_seconds);
        let none = RelayBoard::default();
        let boards = self.boards();
        boards.get(&wanted.agreement).unwrap_or(&none).take(clock, wanted.slot, self.now())
    }

    fn boards(&self) -> MutexGuard<'_, BTreeMap<AgreementId, RelayBoard>> {
        self.parts().relay.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn relayed_to(&self, member: &OrgId, id: AgreementId) -> Result<NetworkTerms, Refusal> {
        let record = self.relayed(id).filter(|record| record.has_participant(member));
        record.and_then(|record| record.terms().network).ok_or(Refusal::new(Reason::NotFound))
    }

    /// The agreement of a network in force whose relay this node is.
    fn relayed(&self, id: AgreementId) -> Option<Arc<AgreementRecord>> {
        let (book, now) = (self.parts().agreements.book(), self.now());
        let record = book.current(id, now)?;
        let is_here = record.terms().relay() == Some(&self.parts().organisation);
        let is_active = book.state(record, now) == AgreementState::Active;
        (is_here && is_active).then(|| Arc::clone(record))
    }
}
