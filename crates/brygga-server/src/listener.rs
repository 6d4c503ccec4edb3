//! The two ports: our own accept loop and HTTP/2 connection driver.
//!
//! tonic's server lifts two of hyper's limits, spins when descriptors run out,
//! waits for ever for a silent client and never closes an old connection. So the
//! sockets, the deadlines and the quotas are ours, and tonic only gets requests.
//!
//! [`FederationListener`] lets in nodes of the registry and marks each request
//! with the [`PeerIdentity`](brygga_identity::tls::PeerIdentity) that the handshake
//! proved. [`LocalListener`] serves the organisation's own systems.

mod admission;
mod bucket;
mod connection;
mod deadline;
mod doorway;
mod gate;
mod lobby;
mod party;
mod preface;
mod reactor;
mod shed;
mod stream_tasks;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;

use brygga_identity::tls::{LocalAcceptor, PeerAcceptor};
use http::{Request, Response};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tonic::body::Body;
use tower::Service;

use crate::limits::Limits;

use doorway::Doorway;
use party::{LocalTls, Nodes, Plaintext};
use reactor::Reactor;

pub use party::RemoteAddress;

/// What a listener serves: tonic's `Routes`, bare or in layers.
///
/// Every refusal is a response, so the error is [`Infallible`].
pub trait GrpcService:
    Service<
        Request<Body>,
        Response = Response<Body>,
        Error = Infallible,
        Future: Future<Output = Result<Response<Body>, Infallible>> + Send + 'static,
    > + Clone
    + Send
    + 'static
{
}

impl<S> GrpcService for S where
    S: Service<
            Request<Body>,
            Response = Response<Body>,
            Error = Infallible,
            Future: Future<Output = Result<Response<Body>, Infallible>> + Send + 'static,
        > + Clone
        + Send
        + 'static
{
}

/// The port for other nodes: mutual TLS, one organisation per connection.
#[derive(Debug)]
pub struct FederationListener {
    listener: TcpListener,
    acceptor: PeerAcceptor,
    limits: Limits,
    trust: watch::Receiver<u64>,
    jitter_seed: u64,
}

impl FederationListener {
    /// Listens on an already bound socket.
    ///
    /// `trust` is the revision of the registry: whenever it changes, each open
    /// connection is judged again, and cut at once when it no longer holds.
    /// `jitter_seed` spreads the ages of connections and protects nothing.
    pub fn new(
        listener: TcpListener,
        acceptor: PeerAcceptor,
        limits: Limits,
        trust: watch::Receiver<u64>,
        jitter_seed: u64,
    ) -> Self {
        Self { listener, acceptor, limits, trust, jitter_seed }
    }

    /// The address that it is bound to.
    ///
    /// # Errors
    /// When the operating system does not tell.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `shutdown` resolves, then sends GOAWAY on each connection, lets
    /// calls under way finish for [`Limits::close_grace`], cuts the rest and returns.
    pub async fn serve<S: GrpcService>(
        self,
        service: S,
        shutdown: impl Future<Output = ()> + Send,
    ) {
        Reactor::new(Nodes(self.acceptor), self.limits, self.trust, self.jitter_seed)
            .run(Doorway::new(self.listener), service, shutdown)
            .await;
    }
}

/// The port for the organisation's own staff and systems, who show a token.
///
/// Same loop and limits as [`FederationListener`], counted by remote address; each
/// request is marked with its [`RemoteAddress`], and with the
/// [`CertificateThumbprint`](brygga_identity::tls::CertificateThumbprint) of the certificate whose
/// key the caller proved to hold, if it showed one.
#[derive(Debug)]
pub struct LocalListener {
    listener: TcpListener,
    cover: Cover,
    limits: Limits,
    jitter_seed: u64,
}

#[derive(Debug)]
enum Cover {
    None,
    Tls(LocalAcceptor),
}

/// Why a plaintext port is not opened.
#[derive(Debug, thiserror::Error)]
pub enum PlaintextError {
    /// The bound address cannot be read.
    #[error("the address of the local port is not known")]
    Address(#[from] io::Error),
    /// Tokens and personal data would cross a network unencrypted.
    #[error("{0} is not a loopback address; the local port needs TLS there")]
    NotLoopback(SocketAddr),
}

impl LocalListener {
    /// Serves plaintext, for a console or a proxy on the same machine.
    ///
    /// # Errors
    /// [`PlaintextError::NotLoopback`] when others than this machine could connect.
    pub fn plaintext(
        listener: TcpListener,
        limits: Limits,
        jitter_seed: u64,
    ) -> Result<Self, PlaintextError> {
        let address = listener.local_addr()?;
        if !address.ip().is_loopback() {
            return Err(PlaintextError::NotLoopback(address));
        }
        Ok(Self { listener, cover: Cover::None, limits, jitter_seed })
    }

    /// Serves TLS, with a client certificate for whoever has one.
    pub fn tls(
        listener: TcpListener,
        acceptor: LocalAcceptor,
        limits: Limits,
        jitter_seed: u64,
    ) -> Self {
        Self { listener, cover: Cover::Tls(acceptor), limits, jitter_seed }
    }

    /// Serves as [`FederationListener::serve`] does.
    pub async fn serve<S: GrpcService>(
        self,
        service: S,
        shutdown: impl Future<Output = ()> + Send,
    ) {
        // No registry speaks of local callers, so their trust never changes.
        let (_revision, trust) = watch::channel(0);
        let door = Doorway::new(self.listener);
        match self.cover {
            Cover::None => {
                let reactor = Reactor::new(Plaintext, self.limits, trust, self.jitter_seed);
                reactor.run(door, service, shutdown).await;
            }
            Cover::Tls(acceptor) => {
                let keeper = LocalTls(acceptor);
                let reactor = Reactor::new(keeper, self.limits, trust, self.jitter_seed);
                reactor.run(door, service, shutdown).await;
            }
        }
    }
}
