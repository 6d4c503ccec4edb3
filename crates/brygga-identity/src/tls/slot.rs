//! The place where a listener and a connector find the node's own certificate.

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::NodeIdentity;

/// Holds the [`NodeIdentity`] that the next handshake presents.
///
/// Clones share the place. After [`IdentitySlot::swap`] each new connection shows
/// the new certificate, in both directions; open connections go on as they are.
#[derive(Clone)]
pub struct IdentitySlot(Arc<ArcSwap<NodeIdentity>>);

impl IdentitySlot {
    /// A place that holds `identity`.
    pub fn new(identity: NodeIdentity) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(identity)))
    }

    /// Presents `identity` from now on.
    pub fn swap(&self, identity: NodeIdentity) {
        self.0.store(Arc::new(identity));
    }

    /// What is presented now.
    pub fn identity(&self) -> Arc<NodeIdentity> {
        self.0.load_full()
    }
}

impl fmt::Debug for IdentitySlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("IdentitySlot").field(&self.identity()).finish()
    }
}

impl ResolvesServerCert for IdentitySlot {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load().certified())
    }
}

impl ResolvesClientCert for IdentitySlot {
    fn resolve(
        &self,
        _root_hint_subjects: &[&[u8]],
        _schemes: &[SignatureScheme],
    ) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load().certified())
    }

    fn has_certs(&self) -> bool {
        true
    }
}
