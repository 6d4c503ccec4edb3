//! What a node knows of others' capacity, in memory: a search looks here and nowhere else, so that it costs no question
//! to anybody, works while a publisher is away, and tells nobody what was searched for.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::Statement;
use crate::{AgreementId, OrgId, ServiceId, Timestamp};

/// A statement of another's, with what makes this node believe it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// What the publisher said; its signature was verified.
    pub statement: Statement,
    /// As of when this node knows that nothing has changed.
    pub as_of: Timestamp,
    /// Agreement under which this organisation sees it.
    pub agreement_id: AgreementId,
    /// Its version when the statement was judged.
    pub agreement_version: u32,
    /// When its numbers are no longer to be relied on, with the agreement's own limit.
    pub relied_on_until: Timestamp,
}

impl Known {
    /// Who publishes it.
    pub const fn publisher(&self) -> &OrgId {
        &self.statement.publisher
    }

    /// Which service of its publisher.
    pub fn service(&self) -> ServiceId {
        self.statement.service.id
    }

    /// Whether its numbers are past their time: nothing of it is free then (CAP-01).
    pub fn is_stale(&self, now: Timestamp) -> bool {
        self.relied_on_until <= now
    }
}

/// Everything that a node knows of others' capacity.
#[derive(Clone, Debug, Default)]
pub struct Replica {
    publishers: BTreeMap<OrgId, BTreeMap<ServiceId, Known>>,
}

impl Replica {
    /// A replica that knows nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a statement in where it is newer, by its revision, than what is known of the service. Whether it was.
    pub fn apply(&mut self, known: Known) -> bool {
        let services = self.publishers.entry(known.publisher().clone()).or_default();
        let held = services.get(&known.service());
        let is_newer = held.is_none_or(|held| held.statement.revision < known.statement.revision);
        if is_newer {
            services.insert(known.service(), known);
        }
        is_newer
    }

    /// Forgets a service. Whether it was known.
    pub fn remove(&mut self, publisher: &OrgId, service: ServiceId) -> bool {
        let Some(services) = self.publishers.get_mut(publisher) else { return false };
        let was_known = services.remove(&service).is_some();
        if services.is_empty() {
            self.publishers.remove(publisher);
        }
        was_known
    }

    /// Puts what a snapshot tells in place of everything known of a publisher, whatever the revisions. Statements of
    /// another publisher are passed over.
    pub fn replace(&mut self, publisher: &OrgId, all: Vec<Known>) {
        self.publishers.remove(publisher);
        for known in all.into_iter().filter(|known| known.publisher() == publisher) {
            self.apply(known);
        }
    }

    /// A service as it is known.
    pub fn get(&self, publisher: &OrgId, service: ServiceId) -> Option<&Known> {
        self.publishers.get(publisher)?.get(&service)
    }

    /// Nothing of a publisher has changed up to an instant. It never goes back.
    pub fn heard(&mut self, publisher: &OrgId, at: Timestamp) {
        let services = self.publishers.get_mut(publisher).into_iter().flatten();
        for (_, known) in services {
            known.as_of = known.as_of.max(at);
        }
    }

    /// Every service that is known, by publisher and number.
    pub fn iter(&self) -> impl Iterator<Item = &Known> {
        self.publishers.values().flat_map(BTreeMap::values)
    }
}
