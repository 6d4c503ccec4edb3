//! One listener with its registry, its clock and the peers that call it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use brygga_domain::{OrgId, Seconds, Timestamp};
use brygga_identity::clock::Clock;
use brygga_identity::tls::{
    ConnectedStream, IdentitySlot, InMemoryDirectory, KnownPeer, MintRequest, Minted, NodeIdentity,
    PeerAcceptor, PeerConnector, client_config,
};
use brygga_server::limits::Limits;
use brygga_server::listener::FederationListener;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tokio_rustls::rustls::ClientConfig;

use crate::service::TestService;

/// Noon on the day of the tests.
pub(crate) const NOON: Timestamp = Timestamp::from_millis(1_780_315_200_000);

/// How long a test waits for what should come at once.
pub(crate) const SOON: Duration = Duration::from_secs(5);

/// A wall clock that the test moves.
#[derive(Debug)]
pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    pub(crate) fn advance(&self, span: Seconds) {
        self.0.fetch_add(span.0 * 1000, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// An organisation with a node of its own.
#[derive(Clone)]
pub(crate) struct Member {
    pub(crate) org: OrgId,
    pub(crate) slot: IdentitySlot,
}

/// The node under attack, which is Kalmar's.
pub(crate) struct Rig {
    pub(crate) address: SocketAddr,
    pub(crate) directory: Arc<InMemoryDirectory>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) node: Member,
    pub(crate) service: TestService,
    pub(crate) revision: watch::Sender<u64>,
    pub(crate) stop: Option<oneshot::Sender<()>>,
    pub(crate) serving: JoinHandle<()>,
}

impl Rig {
    pub(crate) async fn start(limits: Limits) -> Self {
        let directory = Arc::new(InMemoryDirectory::default());
        let clock = Arc::new(TestClock(AtomicI64::new(NOON.as_millis())));
        let node = list(&directory, "kommun:0880");
        let acceptor = PeerAcceptor::new(&node.slot, directory.clone(), clock.clone()).unwrap();
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (revision, trust) = watch::channel(0);
        let listener = FederationListener::new(socket, acceptor, limits, trust, 1);
        let address = listener.local_addr().unwrap();
        let service = TestService::default();
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(listener.serve(service.clone(), async {
            let _ = stopped.await;
        }));
        Self { address, directory, clock, node, service, revision, stop: Some(stop), serving }
    }

    /// A member that the registry lists.
    pub(crate) fn member(&self, org: &str) -> Member {
        list(&self.directory, org)
    }

    /// Takes a member off the registry and announces it.
    pub(crate) fn revoke(&self, member: &Member) {
        self.directory.remove(&member.slot.identity().pin());
        self.revision.send_modify(|revision| *revision += 1);
    }

    /// The client's configuration as the node's own connector uses it.
    pub(crate) fn client_config(&self, member: &Member) -> ClientConfig {
        let (directory, clock) = (self.directory.clone(), self.clock.clone());
        let config = client_config(&member.slot, directory, clock, self.node.org.clone()).unwrap();
        Arc::unwrap_or_clone(config)
    }

    pub(crate) fn connector(&self, member: &Member) -> PeerConnector {
        PeerConnector::new(member.slot.clone(), self.directory.clone(), self.clock.clone())
    }

    /// TLS as an honest member does it.
    pub(crate) async fn connect(&self, member: &Member) -> ConnectedStream<TcpStream> {
        let tcp = self.tcp().await;
        self.connector(member).connect(tcp, "127.0.0.1", &self.node.org).await.unwrap().0
    }

    pub(crate) async fn tcp(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// A socket that comes from another address of the loopback network.
    pub(crate) async fn tcp_from(&self, source: [u8; 4]) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((source, 0).into()).unwrap();
        socket.connect(self.address).await.unwrap()
    }
}

/// What a member asks the mint for: valid from yesterday to tomorrow.
pub(crate) fn request(org: &str) -> MintRequest {
    MintRequest {
        org: OrgId::parse(org).unwrap(),
        federation: "brygga.example".to_owned(),
        node: 1,
        dns_names: Vec::new(),
        not_before: NOON.minus(Seconds::days(1)),
        not_after: NOON.plus(Seconds::days(1)),
    }
}

pub(crate) fn identity(minted: &Minted) -> NodeIdentity {
    let key = minted.key_pem.expose().as_bytes();
    NodeIdentity::from_pem(minted.certificate_pem.as_bytes(), key).unwrap()
}

/// A node that nobody has listed.
pub(crate) fn stranger(org: &str) -> Member {
    let minted = request(org).mint().unwrap();
    Member { org: OrgId::parse(org).unwrap(), slot: IdentitySlot::new(identity(&minted)) }
}

fn list(directory: &InMemoryDirectory, org: &str) -> Member {
    let member = stranger(org);
    let identity = member.slot.identity();
    let spiffe_id = identity.leaf().uri().unwrap().to_owned();
    directory.insert(identity.pin(), KnownPeer { org: member.org.clone(), spiffe_id });
    member
}
