//! Whom the node knows: the question that TLS asks the registry.

use std::collections::HashMap;
use std::fmt;
use std::sync::{PoisonError, RwLock};

use brygga_domain::{OrgId, Timestamp};

use super::SpkiPin;

/// What the registry says of one node key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownPeer {
    /// The organisation whose node holds the key.
    pub org: OrgId,
    /// The one URI name that its certificate must carry:
    /// `spiffe://<federation>/org/<scheme>/<value>/node/<n>`.
    pub spiffe_id: String,
}

/// The registry, as seen from a handshake.
///
/// It is asked on each new connection and again and again during its life, so an
/// answer must be quick and must never block on a network or a disk.
pub trait PeerDirectory: Send + Sync + fmt::Debug {
    /// The holder of a key at `now`; `None` when the key is not listed, no longer
    /// listed, or listed by a registry that has expired.
    fn peer_by_pin(&self, pin: &SpkiPin, now: Timestamp) -> Option<KnownPeer>;
}

/// A directory that is filled by hand, for tests and demonstrations.
#[derive(Debug, Default)]
pub struct InMemoryDirectory(RwLock<HashMap<SpkiPin, KnownPeer>>);

impl InMemoryDirectory {
    /// Lists a key, in place of what the pin stood for before.
    pub fn insert(&self, pin: SpkiPin, peer: KnownPeer) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(pin, peer);
    }

    /// Strikes a key off.
    pub fn remove(&self, pin: &SpkiPin) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(pin);
    }
}

impl PeerDirectory for InMemoryDirectory {
    fn peer_by_pin(&self, pin: &SpkiPin, _now: Timestamp) -> Option<KnownPeer> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(pin).cloned()
    }
}
