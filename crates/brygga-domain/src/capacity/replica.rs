//! What a node knows of others' capacity, in memory: a search looks here and nowhere else, so that it costs no question
//! to anybody, works while a publisher is away, and tells nobody what was searched for.

mod bits;
mod columns;
mod known;
mod search;
mod slots;
#[cfg(test)]
mod tests;

pub use known::Known;
pub use search::{Found, Hit, Miss};

use std::collections::{BTreeMap, BTreeSet};

use super::facts::Facts;
use crate::{OrgId, ServiceId, Timestamp};
use columns::{Column, Columns};
use slots::Slots;

/// Everything that a node knows of others' capacity.
#[derive(Clone, Debug, Default)]
pub struct Replica {
    /// Where each service of a publisher is kept.
    publishers: BTreeMap<OrgId, BTreeMap<ServiceId, u32>>,
    services: Slots<Kept>,
    /// Each slot that the columns speak of.
    lines: Slots<KeptLine>,
    columns: Columns,
    /// When the services that are fresh will not be.
    ends: BTreeSet<(Timestamp, u32)>,
}

/// A service and the slots of its lines.
#[derive(Clone, Debug)]
struct Kept {
    known: Known,
    slots: Vec<u32>,
}

/// A line, its service, and what a search looks at.
#[derive(Clone, Copy, Debug)]
struct KeptLine {
    service: u32,
    facts: Facts,
}

impl Replica {
    /// A replica that knows nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a statement in where it is newer, by its revision, than what is known of the service. Whether it was.
    pub fn apply(&mut self, known: Known) -> bool {
        let (publisher, service) = (known.publisher().clone(), known.service());
        let held = self.find(&publisher, service).map(|kept| kept.known.statement.revision);
        if held.is_some_and(|held| known.statement.revision <= held) {
            return false;
        }
        self.remove(&publisher, service);
        let at = self.keep(known);
        self.publishers.entry(publisher).or_default().insert(service, at);
        true
    }

    /// Forgets a service. Whether it was known.
    pub fn remove(&mut self, publisher: &OrgId, service: ServiceId) -> bool {
        let Some(services) = self.publishers.get_mut(publisher) else { return false };
        let Some(at) = services.remove(&service) else { return false };
        if services.is_empty() {
            self.publishers.remove(publisher);
        }
        self.forget(at);
        true
    }

    /// Puts what a snapshot tells in place of everything known of a publisher, whatever the revisions. Statements of
    /// another publisher are passed over.
    pub fn replace(&mut self, publisher: &OrgId, all: Vec<Known>) {
        for at in self.publishers.remove(publisher).unwrap_or_default().into_values() {
            self.forget(at);
        }
        for known in all.into_iter().filter(|known| known.publisher() == publisher) {
            self.apply(known);
        }
    }

    /// A service as it is known.
    pub fn get(&self, publisher: &OrgId, service: ServiceId) -> Option<&Known> {
        self.find(publisher, service).map(|kept| &kept.known)
    }

    /// Nothing of a publisher has changed up to an instant, which is now by this node's clock. It never goes back.
    pub fn heard(&mut self, publisher: &OrgId, at: Timestamp) {
        for kept in self.publishers.get(publisher).into_iter().flat_map(BTreeMap::values) {
            if let Some(kept) = self.services.find_mut(*kept) {
                kept.known.as_of = kept.known.as_of.max(at);
            }
        }
        self.outdate(at);
    }

    /// Every service that is known, by publisher and number.
    pub fn iter(&self) -> impl Iterator<Item = &Known> {
        let all = self.publishers.values().flat_map(BTreeMap::values);
        all.filter_map(|at| self.services.find(*at)).map(|kept| &kept.known)
    }

    fn find(&self, publisher: &OrgId, service: ServiceId) -> Option<&Kept> {
        self.services.find(*self.publishers.get(publisher)?.get(&service)?)
    }

    fn keep(&mut self, known: Known) -> u32 {
        let is_fresh = !known.is_stale(known.as_of);
        let end = known.relied_on_until;
        let each = known.statement.lines.iter();
        let told = |line| (Facts::of(&known, line), columns::of_line(&known, line));
        let lines: Vec<_> = each.map(told).collect();
        let service = self.services.put(Kept { known, slots: Vec::new() });
        let mut slots = Vec::with_capacity(lines.len());
        for (facts, mut columns) in lines {
            let slot = self.lines.put(KeptLine { service, facts });
            if is_fresh {
                columns.push(Column::Fresh);
            }
            self.columns.insert(slot, columns);
            slots.push(slot);
        }
        if let Some(kept) = self.services.find_mut(service) {
            kept.slots = slots;
        }
        if is_fresh {
            self.ends.insert((end, service));
        }
        service
    }

    fn forget(&mut self, at: u32) {
        let Some(Kept { known, slots }) = self.services.take(at) else { return };
        self.ends.remove(&(known.relied_on_until, at));
        for (slot, line) in slots.into_iter().zip(&known.statement.lines) {
            let mut columns = columns::of_line(&known, line);
            columns.push(Column::Fresh);
            self.columns.remove(slot, &columns);
            self.lines.take(slot);
        }
    }

    /// Takes what is past its time out of what is fresh. A search judges each line by its own time all the same.
    fn outdate(&mut self, now: Timestamp) {
        while let Some((_, at)) = self.ends.first().copied().filter(|(end, _)| *end <= now) {
            self.ends.pop_first();
            let slots = self.services.find(at).map(|kept| kept.slots.as_slice());
            for slot in slots.unwrap_or_default() {
                self.columns.leave(*slot, &[Column::Fresh]);
            }
        }
    }
}
