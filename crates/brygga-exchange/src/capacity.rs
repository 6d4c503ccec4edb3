//! Capacity: what this organisation publishes, what it holds at others and others hold here, and what it knows of others.
//!
//! The publisher decides alone: [`publish`], [`withdraw`], [`end`], [`expire`], and a hold that arrives
//! (`receive/hold.rs`). Whatever changes what is left of a service makes a new statement about it in the same
//! transaction (`restate`), so that nobody is told numbers that never were; of protected housing it is told later
//! ([`tell`]). What comes free goes to those who wait to come back (`queue`). Whoever looks for a place asks with
//! [`place`] and goes on with [`change`]; the receipts are the answers.

mod end;
mod place;
mod publish;
mod queue;
mod restate;
mod tell;

use std::collections::BTreeMap;

use brygga_domain::capacity::{Hold, Promised, Publication, UnmetNeed};
use brygga_domain::{HoldId, OrgId, ServiceId, Timestamp};

use crate::Key;
use crate::records::{Chain, IdempotencyKey};

pub(crate) use end::{change_services, tell_end};
pub use end::{end, expire};
pub use place::{Placing, change, place, settle_hold};
pub use publish::{publish, withdraw};
pub(crate) use queue::tell_turn;
pub use tell::tell;

/// An own service as it stands. Used in stored state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredService {
    /// What was published last, with what was confirmed and who left since.
    pub publication: Publication,
    /// Rises with each statement about it; another one is a conflict.
    pub revision: u32,
    /// What others are told until it is withdrawn: `brygga.capacity.v1.SignedStatement`, byte for byte.
    pub statement: Vec<u8>,
    /// When it was withdrawn; its id is never used again.
    pub withdrawn_at: Option<Timestamp>,
    /// When others are told that something has changed; none where the statement tells it. Only of protected housing.
    pub tell_at: Option<Timestamp>,
}

impl StoredService {
    /// Which.
    pub fn id(&self) -> ServiceId {
        self.publication.service.id
    }
}

/// A service with what is held and confirmed of it.
#[derive(Clone, Debug)]
pub struct ServiceHeld {
    /// The service.
    pub stored: StoredService,
    /// What its holds have of it.
    pub promised: Promised,
    /// Those who wait for it.
    pub waiting: Vec<Hold>,
    /// Their threads, as far as there are any.
    pub threads: BTreeMap<HoldId, Chain>,
}

impl ServiceHeld {
    /// As it is stored, of which nothing is promised.
    pub fn untouched(stored: StoredService) -> Self {
        let (promised, waiting, threads) = Default::default();
        Self { stored, promised, waiting, threads }
    }

    /// What a decision about the service rests on besides itself: those who wait for it, and their threads.
    pub fn waiting_keys(&self) -> impl Iterator<Item = Key> {
        let thread = |hold: &Hold| Key::Conversation(hold.conversation(), hold.holder.clone());
        self.waiting.iter().flat_map(move |hold| [Key::Hold(hold.id), thread(hold)])
    }
}

/// A hold that begins, and the caller's key at whoever asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewHold {
    /// The hold.
    pub hold: Hold,
    /// The caller's key, so that a repeat gives the same hold; none at the publisher.
    pub idempotency: Option<IdempotencyKey>,
}

/// What is heard of a publisher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplicaStep {
    /// Who.
    pub publisher: OrgId,
    /// Whether what is told replaces all that was held of it.
    pub replaces_all: bool,
    /// Statements that it signed, byte for byte, each the newest of its service.
    pub statements: Vec<(ServiceId, Vec<u8>)>,
    /// Where to go on.
    pub resume_token: Vec<u8>,
    /// As of when nothing is missing.
    pub as_of: Timestamp,
}

/// What a decision changes about capacity. Stored with the rest of its [`crate::WriteSet`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CapacityWrites {
    /// Own services that begin.
    pub new_services: Vec<StoredService>,
    /// Own services that changed, each with the revision that it had; another one is a conflict.
    pub changed_services: Vec<(StoredService, u32)>,
    /// Publications, each under the next sequence of its service.
    pub publications: Vec<Publication>,
    /// Holds that begin.
    pub new_holds: Vec<NewHold>,
    /// Holds that changed, each with the revision that it had; another one is a conflict.
    pub changed_holds: Vec<(Hold, u32)>,
    /// What is heard of others.
    pub replicas: Vec<ReplicaStep>,
    /// Searches that found nothing, so many more of each. Whoever counts at once is added, so that nothing collides.
    pub unmet: BTreeMap<UnmetNeed, u32>,
}

impl CapacityWrites {
    /// Everything that is written.
    pub(crate) fn keys(&self) -> impl Iterator<Item = Key> {
        let new = self.new_services.iter();
        let services = new.chain(self.changed_services.iter().map(|(service, _)| service));
        let given = self.new_holds.iter().filter_map(|new| new.idempotency.as_ref());
        let heard = self.replicas.iter().map(|step| Key::Replica(step.publisher.clone()));
        let services = services.map(|service| Key::Service(service.id()));
        let given = given.map(|given| Key::Idempotency(given.key));
        services.chain(self.holds().map(|hold| Key::Hold(hold.id))).chain(given).chain(heard)
    }

    /// Every hold that is written.
    pub(crate) fn holds(&self) -> impl Iterator<Item = &Hold> {
        let new = self.new_holds.iter().map(|new| &new.hold);
        new.chain(self.changed_holds.iter().map(|(hold, _)| hold))
    }

    /// Adds what another decision changes.
    pub(crate) fn merge(&mut self, other: Self) {
        self.new_services.extend(other.new_services);
        self.changed_services.extend(other.changed_services);
        self.publications.extend(other.publications);
        self.new_holds.extend(other.new_holds);
        self.changed_holds.extend(other.changed_holds);
        self.replicas.extend(other.replicas);
        for (need, searches) in other.unmet {
            *self.unmet.entry(need).or_default() += searches;
        }
    }

    /// Whether others are to be told anything new.
    pub fn tells(&self) -> bool {
        let changed = self.changed_services.iter().map(|(service, _)| service);
        self.new_services.iter().chain(changed).any(|service| service.tell_at.is_none())
    }
}
