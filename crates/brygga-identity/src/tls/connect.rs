//! From a raw connection to a [`PeerIdentity`], on the side that calls.

use std::fmt;
use std::io;
use std::sync::Arc;

use brygga_domain::OrgId;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::clock::Clock;

use super::accept::presented_leaf;
use super::{
    ALPN_H2, CertificateRefusal, IdentitySlot, PeerDirectory, PeerIdentity, Role, client_config,
};

/// Why the other end is not the organisation that was called.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The certificate was dropped from the registry while the handshake ran.
    #[error("the peer's certificate is refused")]
    Certificate(#[from] CertificateRefusal),
    /// The profile cannot be set up.
    #[error("the TLS configuration is not usable")]
    Configuration(#[source] rustls::Error),
    /// The handshake failed: another organisation's certificate, an unknown key, a broken line.
    #[error("the TLS handshake failed")]
    Handshake(#[from] io::Error),
    /// The host of the endpoint is neither a DNS name nor an address.
    #[error("the endpoint's host is not a name or an address")]
    Host,
    /// The other end did not agree on `h2`.
    #[error("the peer did not negotiate h2")]
    NoH2,
}

/// Calls other nodes.
#[derive(Clone)]
pub struct PeerConnector {
    own: IdentitySlot,
    directory: Arc<dyn PeerDirectory>,
    clock: Arc<dyn Clock>,
}

impl PeerConnector {
    /// Presents `own` and judges by `directory` at the time of `clock`.
    pub fn new(
        own: IdentitySlot,
        directory: Arc<dyn PeerDirectory>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { own, directory, clock }
    }

    /// Turns off Nagle's algorithm and shakes hands with the node of `expected`.
    ///
    /// `host` is sent as the server name, for gateways on the way, and decides
    /// nothing. Sets no deadline; the caller must.
    ///
    /// # Errors
    /// [`ConnectError`]; the connection is closed in each case. A server that refuses
    /// our certificate says so only on the first read after this returns.
    pub async fn connect(
        &self,
        tcp: TcpStream,
        host: &str,
        expected: &OrgId,
    ) -> Result<(TlsStream<TcpStream>, PeerIdentity), ConnectError> {
        tcp.set_nodelay(true)?;
        let name = ServerName::try_from(host.to_owned()).map_err(|_| ConnectError::Host)?;
        let (directory, clock) = (Arc::clone(&self.directory), Arc::clone(&self.clock));
        let config = client_config(&self.own, directory, clock, expected.clone())
            .map_err(ConnectError::Configuration)?;
        let stream = TlsConnector::from(config).connect(name, tcp).await?;
        if stream.get_ref().1.alpn_protocol() != Some(ALPN_H2) {
            return Err(ConnectError::NoH2);
        }
        let leaf = presented_leaf(stream.get_ref().1)?;
        let now = self.clock.now();
        let peer = PeerIdentity::proved(&leaf, &*self.directory, Role::Server, now)?;
        if peer.org() != expected {
            return Err(CertificateRefusal::OtherOrganisation.into());
        }
        Ok((stream, peer))
    }

    /// Whether an open connection may stay open.
    pub fn still_trusts(&self, peer: &PeerIdentity) -> bool {
        peer.holds(&*self.directory, self.clock.now())
    }
}

impl fmt::Debug for PeerConnector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PeerConnector").field("own", &self.own).finish_non_exhaustive()
    }
}
