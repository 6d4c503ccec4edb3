//! Proof that a connection's other end holds a key of the registry.

use brygga_domain::{OrgId, Timestamp};

use super::{CertificateRefusal, Leaf, PeerDirectory, Role, SpkiPin};

/// The organisation at the other end of a verified connection.
///
/// Nothing outside this module can make one: holding it means that the handshake
/// proved the key and that the registry listed it. It says who is connected, not
/// what they may do; that is the agreement's part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerIdentity {
    org: OrgId,
    pin: SpkiPin,
    spiffe_id: String,
    not_after: Timestamp,
}

impl PeerIdentity {
    /// The organisation.
    pub const fn org(&self) -> &OrgId {
        &self.org
    }

    /// The key that it proved.
    pub const fn pin(&self) -> SpkiPin {
        self.pin
    }

    /// Whether a new connection with the same certificate would still be accepted.
    ///
    /// TLS never asks again once it is up, so whoever holds a connection open does.
    pub fn holds(&self, directory: &dyn PeerDirectory, now: Timestamp) -> bool {
        now <= self.not_after
            && directory
                .peer_by_pin(&self.pin, now)
                .is_some_and(|peer| peer.org == self.org && peer.spiffe_id == self.spiffe_id)
    }

    /// Only for a leaf whose private key a handshake has proved.
    pub(super) fn proved(
        leaf: &Leaf,
        directory: &dyn PeerDirectory,
        role: Role,
        now: Timestamp,
    ) -> Result<Self, CertificateRefusal> {
        let peer = leaf.identify(directory, role, now)?;
        Ok(Self {
            org: peer.org,
            pin: leaf.pin(),
            spiffe_id: peer.spiffe_id,
            not_after: leaf.not_after(),
        })
    }
}
