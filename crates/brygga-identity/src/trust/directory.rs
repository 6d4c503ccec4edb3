//! The trust store as TLS sees it: from a key to its holder.

use std::collections::HashMap;

use brygga_domain::{OrgId, Timestamp};

use super::TrustStore;
use crate::registry::Registry;
use crate::tls::{KnownPeer, PeerDirectory, SpkiPin};

/// Which member lists a pin. A registry lists each pin once.
#[derive(Debug)]
pub(super) struct PinIndex(HashMap<SpkiPin, OrgId>);

impl PinIndex {
    pub(super) fn of(registry: &Registry) -> Self {
        let pins = registry.members.values().flat_map(|member| {
            member.node_keys.iter().map(|key| (key.pin, member.organisation.clone()))
        });
        Self(pins.collect())
    }

    pub(super) fn holder(&self, pin: &SpkiPin) -> Option<&OrgId> {
        self.0.get(pin)
    }
}

impl PeerDirectory for TrustStore {
    fn peer_by_pin(&self, pin: &SpkiPin, now: Timestamp) -> Option<KnownPeer> {
        self.at(now).peer_by_pin(pin).ok()
    }
}
