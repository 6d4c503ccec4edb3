//! From a raw connection to a [`PeerIdentity`], on the side that was called.

use std::io;
use std::sync::Arc;

use rustls::{CommonState, Error};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::clock::Clock;

use super::{
    ALPN_H2, CertificateRefusal, CertificateThumbprint, IdentitySlot, Leaf, PeerDirectory,
    PeerIdentity, Role, local_server_config, server_config,
};

/// Why a connection was not let in. For our own log; the caller sees a closed socket.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// The certificate was dropped from the registry while the handshake ran.
    #[error("the peer's certificate is refused")]
    Certificate(#[from] CertificateRefusal),
    /// The handshake failed: no certificate, an unknown key, a wrong version, a broken line.
    #[error("the TLS handshake failed")]
    Handshake(#[from] io::Error),
    /// The caller did not agree on `h2`.
    #[error("the caller did not negotiate h2")]
    NoH2,
}

/// Lets in the nodes that the registry lists.
#[derive(Clone, Debug)]
pub struct PeerAcceptor {
    tls: Tls,
    directory: Arc<dyn PeerDirectory>,
    clock: Arc<dyn Clock>,
}

impl PeerAcceptor {
    /// Presents `own` and judges by `directory` at the time of `clock`.
    ///
    /// # Errors
    /// As [`server_config`].
    pub fn new(
        own: &IdentitySlot,
        directory: Arc<dyn PeerDirectory>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Error> {
        let config = server_config(own, Arc::clone(&directory), Arc::clone(&clock))?;
        Ok(Self { tls: Tls(TlsAcceptor::from(config)), directory, clock })
    }

    /// Shakes hands. Sets no deadline; the caller must.
    ///
    /// # Errors
    /// [`AcceptError`]; the connection is closed in each case.
    pub async fn accept<IO>(&self, io: IO) -> Result<(TlsStream<IO>, PeerIdentity), AcceptError>
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        let stream = self.tls.accept(io).await?;
        let leaf = presented_leaf(stream.get_ref().1)?;
        let now = self.clock.now();
        let peer = PeerIdentity::proved(&leaf, &*self.directory, Role::Client, now)?;
        Ok((stream, peer))
    }

    /// Whether an open connection may stay open.
    pub fn still_trusts(&self, peer: &PeerIdentity) -> bool {
        peer.holds(&*self.directory, self.clock.now())
    }
}

/// Encrypts the local port; who calls is told by a token, not by the connection, which tells no
/// more than which certificate the caller holds the key of.
#[derive(Clone, Debug)]
pub struct LocalAcceptor(Tls);

impl LocalAcceptor {
    /// Presents `own`.
    ///
    /// # Errors
    /// As [`server_config`].
    pub fn new(own: &IdentitySlot, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        Ok(Self(Tls(TlsAcceptor::from(local_server_config(own, clock)?))))
    }

    /// Shakes hands, and names the certificate that the caller proved to hold, if any. Sets no
    /// deadline; the caller must.
    ///
    /// # Errors
    /// [`AcceptError`]; the connection is closed in each case.
    pub async fn accept<IO>(
        &self,
        io: IO,
    ) -> Result<(TlsStream<IO>, Option<CertificateThumbprint>), AcceptError>
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        let stream = self.0.accept(io).await?;
        let chain = stream.get_ref().1.peer_certificates().unwrap_or_default();
        let held = chain.first().map(|leaf| CertificateThumbprint::of_certificate(leaf));
        Ok((stream, held))
    }
}

/// The part that both ports share: a handshake that ends in `h2` or not at all.
#[derive(Clone)]
struct Tls(TlsAcceptor);

impl Tls {
    async fn accept<IO>(&self, io: IO) -> Result<TlsStream<IO>, AcceptError>
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        let stream = self.0.accept(io).await?;
        match stream.get_ref().1.alpn_protocol() {
            Some(ALPN_H2) => Ok(stream),
            _ => Err(AcceptError::NoH2),
        }
    }
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tls")
    }
}

pub(super) fn presented_leaf(connection: &CommonState) -> Result<Leaf, CertificateRefusal> {
    let chain = connection.peer_certificates().unwrap_or_default();
    Leaf::parse(chain.first().ok_or(CertificateRefusal::Malformed)?)
}
