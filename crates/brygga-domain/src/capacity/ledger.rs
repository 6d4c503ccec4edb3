//! What is left of a service: computed from its publication and its holds, and never stored, so that it cannot drift.

use std::collections::BTreeMap;

use super::{Counts, Hold, HoldItem, HoldState, LineKey, Publication};
use crate::legal::coded_enum;
use crate::{Reason, Refusal, ServiceId};

coded_enum!(
    /// What a hold that is not over has of a line.
    Promise {
        /// Its places are kept and nobody is there.
        Held = "HELD",
        /// Somebody is there.
        Confirmed = "CONFIRMED",
        /// It waits for them.
        Waiting = "WAITING",
    }
);

impl Promise {
    /// By a state; none where it has nothing.
    pub const fn of(state: HoldState) -> Option<Self> {
        match state {
            HoldState::Held { .. } => Some(Self::Held),
            HoldState::Confirmed => Some(Self::Confirmed),
            HoldState::Waiting { .. } => Some(Self::Waiting),
            _ => None,
        }
    }
}

/// What is promised of a service: its holds that are not over, added up.
///
/// A hold counts until its end is recorded, and not by the clock: a clock that is put back, or that of another process,
/// would find it held again after its place was given to somebody else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Promised(BTreeMap<(Promise, LineKey), u32>);

impl Promised {
    /// Of a service by these holds; what they hold of others is passed over.
    pub fn of<'h>(service: ServiceId, holds: impl IntoIterator<Item = &'h Hold>) -> Self {
        let mut promised = Self::default();
        for hold in holds {
            promised.count(service, hold);
        }
        promised
    }

    /// Adds what a hold has of a service; nothing where it is over.
    pub fn count(&mut self, service: ServiceId, hold: &Hold) {
        let Some(promise) = Promise::of(hold.state) else { return };
        for item in hold.items.iter().filter(|item| item.service == service) {
            self.add(promise, item.line, item.places);
        }
    }

    /// Takes away what a hold had of a service, as it was counted.
    pub fn discount(&mut self, service: ServiceId, hold: &Hold) {
        let Some(promise) = Promise::of(hold.state) else { return };
        for item in hold.items.iter().filter(|item| item.service == service) {
            let Some(sum) = self.0.get_mut(&(promise, item.line)) else { continue };
            *sum = sum.saturating_sub(item.places);
            if *sum == 0 {
                self.0.remove(&(promise, item.line));
            }
        }
    }

    /// Adds places of a line.
    pub fn add(&mut self, promise: Promise, line: LineKey, places: u32) {
        let sum = self.0.entry((promise, line)).or_default();
        *sum = sum.saturating_add(places);
    }

    /// Whether nothing is held or confirmed, and nobody waits.
    pub fn is_nothing(&self) -> bool {
        self.0.is_empty()
    }

    /// The lines for which somebody waits.
    pub fn awaited(&self) -> impl Iterator<Item = LineKey> {
        let waiting = self.0.keys().filter(|(promise, _)| *promise == Promise::Waiting);
        waiting.map(|(_, line)| *line)
    }

    /// The lines of which somebody has places.
    fn given(&self) -> impl Iterator<Item = LineKey> {
        let given = self.0.keys().filter(|(promise, _)| *promise != Promise::Waiting);
        given.map(|(_, line)| *line)
    }

    fn places(&self, promise: Promise, line: LineKey) -> u32 {
        self.0.get(&(promise, line)).copied().unwrap_or(0)
    }
}

/// A publication with what is promised of its service.
#[derive(Clone, Copy, Debug)]
pub struct Ledger<'a> {
    publication: &'a Publication,
    promised: &'a Promised,
}

impl<'a> Ledger<'a> {
    /// Sets them against each other.
    pub const fn new(publication: &'a Publication, promised: &'a Promised) -> Self {
        Self { publication, promised }
    }

    /// The publication.
    pub const fn publication(&self) -> &'a Publication {
        self.publication
    }

    /// Places of a line that nobody else can have and nobody is in: held and not confirmed, and free ones for which
    /// somebody waits.
    pub fn held(&self, key: LineKey) -> u32 {
        let awaited = self.free(key).unwrap_or(0).min(self.waiting(key));
        self.kept(key).saturating_add(awaited)
    }

    /// Places of a line in which somebody is by a hold.
    pub fn confirmed(&self, key: LineKey) -> u32 {
        self.promised.places(Promise::Confirmed, key)
    }

    /// Places of a line for which somebody waits, free or not.
    pub fn waiting(&self, key: LineKey) -> u32 {
        self.promised.places(Promise::Waiting, key)
    }

    /// Places of a line that nobody is in and nobody holds, whoever waits for them; none where it does not count places,
    /// or is not there.
    pub fn free(&self, key: LineKey) -> Option<u32> {
        let counts = self.publication.line(key)?.counts.ok()?;
        Some(counts.available(self.kept(key)))
    }

    /// Places of a line that can be held by whoever does not wait; none where it does not count places, or is not there.
    pub fn available(&self, key: LineKey) -> Option<u32> {
        Some(self.free(key)?.saturating_sub(self.waiting(key)))
    }

    /// Places of a line that are held and not confirmed.
    fn kept(&self, key: LineKey) -> u32 {
        self.promised.places(Promise::Held, key)
    }

    /// Checks that everything that is promised has a place (INV-1, INV-3, INV-5): a publication cannot take it away.
    ///
    /// # Errors
    /// [`Reason::CapacityBelowCommitted`] at the number that is too low.
    pub fn check(&self) -> Result<(), Refusal> {
        let refuse = |field| Err(Refusal::at(Reason::CapacityBelowCommitted, field));
        for key in self.promised.given() {
            let line = self.publication.line(key);
            let Some(counts) = line.and_then(|line| line.counts.ok()) else {
                return refuse("lines");
            };
            if counts.occupied < self.confirmed(key) {
                return refuse("lines.counts.occupied");
            }
            if !fits(&counts, self.kept(key)) {
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
