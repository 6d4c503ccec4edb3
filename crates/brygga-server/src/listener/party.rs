//! Who is connected, and how each kind of port finds out.

use std::net::{IpAddr, SocketAddr};

use brygga_domain::OrgId;
use brygga_identity::tls::{
    AcceptError, AcceptedStream, CertificateThumbprint, LocalAcceptor, PeerAcceptor, PeerIdentity,
};
use http::Extensions;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// The other end of a connection that was let in.
#[derive(Clone, Debug)]
pub(super) enum Party {
    /// A caller of the local port, and the certificate that it holds the key of, if any.
    Local(SocketAddr, Option<CertificateThumbprint>),
    Node(PeerIdentity),
}

/// Under which name a party's quotas are counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum PartyKey {
    Address(IpAddr),
    Organisation(OrgId),
}

/// The address that a request at the local port came from, as a request extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemoteAddress(pub SocketAddr);

impl Party {
    pub(super) fn key(&self) -> PartyKey {
        match self {
            Self::Local(address, _) => PartyKey::Address(address.ip()),
            Self::Node(peer) => PartyKey::Organisation(peer.org().clone()),
        }
    }

    /// The organisation, for the log; a local caller's address is nobody's business there.
    pub(super) fn organisation(&self) -> Option<&str> {
        match self {
            Self::Local(..) => None,
            Self::Node(peer) => Some(peer.org().as_str()),
        }
    }

    /// Tells the services who calls.
    pub(super) fn mark(&self, extensions: &mut Extensions) {
        match self {
            Self::Local(address, held) => {
                extensions.insert(RemoteAddress(*address));
                if let Some(certificate) = held {
                    extensions.insert(*certificate);
                }
            }
            Self::Node(peer) => drop(extensions.insert(peer.clone())),
        }
    }
}

/// Turns a socket into a [`Party`], and keeps an eye on it afterwards.
pub(super) trait Gatekeeper: Send + Sync + 'static {
    type Io: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    fn identify(
        &self,
        tcp: TcpStream,
        from: SocketAddr,
    ) -> impl Future<Output = Result<(Self::Io, Party), AcceptError>> + Send;

    fn still_trusts(&self, party: &Party) -> bool;
}

/// Nodes of the registry, over mutual TLS.
pub(super) struct Nodes(pub(super) PeerAcceptor);

impl Gatekeeper for Nodes {
    type Io = AcceptedStream<TcpStream>;

    async fn identify(
        &self,
        tcp: TcpStream,
        _from: SocketAddr,
    ) -> Result<(Self::Io, Party), AcceptError> {
        let (stream, peer) = self.0.accept(tcp).await?;
        Ok((stream, Party::Node(peer)))
    }

    fn still_trusts(&self, party: &Party) -> bool {
        matches!(party, Party::Node(peer) if self.0.still_trusts(peer))
    }
}

/// Local callers under TLS.
pub(super) struct LocalTls(pub(super) LocalAcceptor);

impl Gatekeeper for LocalTls {
    type Io = AcceptedStream<TcpStream>;

    async fn identify(
        &self,
        tcp: TcpStream,
        from: SocketAddr,
    ) -> Result<(Self::Io, Party), AcceptError> {
        let (stream, held) = self.0.accept(tcp).await?;
        Ok((stream, Party::Local(from, held)))
    }

    fn still_trusts(&self, _party: &Party) -> bool {
        true
    }
}

/// Local callers on the loopback, without TLS.
pub(super) struct Plaintext;

impl Gatekeeper for Plaintext {
    type Io = TcpStream;

    async fn identify(
        &self,
        tcp: TcpStream,
        from: SocketAddr,
    ) -> Result<(Self::Io, Party), AcceptError> {
        Ok((tcp, Party::Local(from, None)))
    }

    fn still_trusts(&self, _party: &Party) -> bool {
        true
    }
}
