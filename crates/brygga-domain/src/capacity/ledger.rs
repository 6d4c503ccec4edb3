//! What is left of a service: computed from its publication and its holds, and never stored, so that it cannot drift.

use std::collections::BTreeMap;

use super::{Counts, Hold, HoldItem, HoldState, LineKey, Publication};
use crate::{Reason, Refusal};

/// A publication with the holds of its service.
///
/// A hold counts until its end is recorded, and not by the clock: a clock that is put back, or that of another process,
/// would find it held again after its place was given to somebody else.
#[derive(Clone, Debug)]
pub struct Ledger<'a> {
    publication: &'a Publication,
    held: BTreeMap<LineKey, u32>,
    confirmed: BTreeMap<LineKey, u32>,
}

impl<'a> Ledger<'a> {
    /// Counts the holds of the publication's service that are not over; others are passed over.
    pub fn new<'h>(
        publication: &'a Publication,
        holds: impl IntoIterator<Item = &'h Hold>,
    ) -> Self {
        let mut ledger = Self { publication, held: BTreeMap::new(), confirmed: BTreeMap::new() };
        for hold in holds {
            let sums = match hold.state {
                HoldState::Held { .. } => &mut ledger.held,
                HoldState::Confirmed => &mut ledger.confirmed,
                _ => continue,
            };
            for item in hold.items.iter().filter(|item| item.service == publication.service.id) {
                let sum = sums.entry(item.line).or_default();
                *sum = sum.saturating_add(item.places);
            }
        }
        ledger
    }

    /// The publication.
    pub const fn publication(&self) -> &'a Publication {
        self.publication
    }

    /// Places of a line that are held and not confirmed.
    pub fn held(&self, key: LineKey) -> u32 {
        self.held.get(&key).copied().unwrap_or(0)
    }

    /// Places of a line in which somebody is by a hold.
    pub fn confirmed(&self, key: LineKey) -> u32 {
        self.confirmed.get(&key).copied().unwrap_or(0)
    }

    /// Places of a line that can be held; none where it does not count places, or is not there.
    pub fn available(&self, key: LineKey) -> Option<u32> {
        let counts = self.publication.line(key)?.counts.ok()?;
        Some(counts.available(self.held(key)))
    }

    /// Whether nothing is held or confirmed.
    pub fn is_free(&self) -> bool {
        self.held.is_empty() && self.confirmed.is_empty()
    }

    /// Checks that everything that is promised has a place (INV-1, INV-3, INV-5): a publication cannot take it away.
    ///
    /// # Errors
    /// [`Reason::CapacityBelowCommitted`] at the number that is too low.
    pub fn check(&self) -> Result<(), Refusal> {
        let refuse = |field| Err(Refusal::at(Reason::CapacityBelowCommitted, field));
        for key in self.held.keys().chain(self.confirmed.keys()) {
            let line = self.publication.line(*key);
            let Some(counts) = line.and_then(|line| line.counts.ok()) else {
                return refuse("lines");
            };
            if counts.occupied < self.confirmed(*key) {
                return refuse("lines.counts.occupied");
            }
            if !fits(&counts, self.held(*key)) {
                return refuse("lines.counts.baseline");
            }
        }
        Ok(())
    }

    /// Checks that a service has what an item asks for (INV-8).
    ///
    /// # Errors
    /// [`Reason::NotFound`] for a line that there is not, [`Reason::CapacityExhausted`] where too few are left.
    pub fn check_item(&self, item: &HoldItem) -> Result<(), Refusal> {
        if self.publication.line(item.line).is_none() {
            return Err(Refusal::at(Reason::NotFound, "items.service_id"));
        }
        match self.available(item.line) {
            Some(available) if item.places <= available => Ok(()),
            _ => Err(Refusal::at(Reason::CapacityExhausted, "items.places")),
        }
    }
}

fn fits(counts: &Counts, held: u32) -> bool {
    counts.occupied.saturating_add(held) <= counts.total()
}
