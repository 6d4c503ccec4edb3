//! One node of the test: its store, its two ports, and what it owes others.

use std::net::SocketAddr;
use std::sync::Arc;

use brygga_app::{AgreementCache, App, CapacityBoard, CaseKeys, Parts, RelayBoards};
use brygga_domain::{OrgId, Seconds};
use brygga_exchange::records::OutboxEntry;
use brygga_exchange::retry::RetryPolicy;
use brygga_exchange::settle::Reply;
use brygga_identity::registry::{TrustAnchor, VerifiedRegistry};
use brygga_identity::tls::{IdentitySlot, PeerAcceptor, PeerConnector};
use brygga_identity::trust::TrustStore;
use brygga_proto::federation::v1::deliver_result::Result as DeliverResult;
use brygga_proto::federation::v1::delivery_service_client::DeliveryServiceClient;
use brygga_proto::federation::v1::{DeliverRequest, DeliverResponse, Envelope};
use brygga_server::federation::federation_routes;
use brygga_server::layers::Surroundings;
use brygga_server::limits::Limits;
use brygga_server::listener::FederationListener;
use brygga_storage::{Store, StoreSettings, Vault};
use brygga_wire::{Receipt, SignedEnvelope};
use hyper_util::rt::TokioIo;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tonic::Status;
use tonic::transport::{Channel, Endpoint, Uri};
use tonic_health::server::HealthReporter;
use tower::service_fn;

use crate::federation::{FEDERATION, NOON, Newcomer, TestClock};
use crate::local_port::LocalPort;
use crate::watching::Notebook;

/// How long a message is tried here.
pub(crate) const MESSAGE_LIFETIME: Seconds = Seconds::days(21);
/// The number in the settings, for a target that has published no way in.
const DUTY_PHONE: &str = "0480-45 00 99";

/// A node with both ports open. Everything it keeps goes with it.
pub(crate) struct Node {
    pub(crate) organisation: OrgId,
    pub(crate) app: App,
    pub(crate) local: LocalPort,
    pub(crate) notebook: Arc<Notebook>,
    pub(crate) health: HealthReporter,
    slot: IdentitySlot,
    clock: Arc<TestClock>,
    address: SocketAddr,
    _directory: TempDir,
}

impl Node {
    pub(crate) async fn start(
        newcomer: Newcomer,
        anchor: &TrustAnchor,
        registry: VerifiedRegistry,
        clock: Arc<TestClock>,
    ) -> Self {
        let Newcomer { organisation, keys, slot, directory } = newcomer;
        let trust = Arc::new(TrustStore::in_memory(anchor.clone()));
        trust.install(registry, NOON).unwrap();
        let app = App::new(Parts {
            organisation: organisation.clone(),
            federation: FEDERATION.to_owned(),
            clock: clock.clone(),
            keys,
            trust,
            store: store(&directory).await,
            case_keys: CaseKeys::new(vault(&directory).await),
            retry: RetryPolicy { first: Seconds(1), max: Seconds(60) },
            message_lifetime: MESSAGE_LIFETIME,
            duty_phone: Some(DUTY_PHONE.to_owned()),
            agreements: AgreementCache::default(),
            capacity: CapacityBoard::default(),
            relay: RelayBoards::default(),
        });
        app.refresh_agreements().await.unwrap();
        let notebook = Arc::new(Notebook::default());
        let surroundings = Surroundings { observer: notebook.clone(), ..Surroundings::default() };
        let address = open_federation_port(&app, &slot, &surroundings).await;
        let local = LocalPort::open(&app, &surroundings).await;
        Self {
            organisation,
            app,
            local,
            notebook,
            health: surroundings.health,
            slot,
            clock,
            address,
            _directory: directory,
        }
    }

    /// A connection from this node to another, as this organisation.
    pub(crate) async fn call(&self, other: &Self) -> Channel {
        let parts = self.app.parts();
        let connector =
            PeerConnector::new(self.slot.clone(), parts.trust.clone(), self.clock.clone());
        let (address, expected) = (other.address, other.organisation.clone());
        let connect = service_fn(move |_: Uri| {
            let (connector, expected) = (connector.clone(), expected.clone());
            async move {
                let tcp = TcpStream::connect(address).await.unwrap();
                let connected = connector.connect(tcp, "127.0.0.1", &expected).await;
                connected.map(|(stream, _peer)| TokioIo::new(stream))
            }
        });
        Endpoint::from_static("http://peer").connect_with_connector(connect).await.unwrap()
    }

    /// What waits for another node, in its order.
    pub(crate) async fn owed_to(&self, other: &Self) -> Vec<OutboxEntry> {
        self.app.outbox_due(&other.organisation, 64, usize::MAX).await.unwrap().0
    }

    /// Hands over envelopes in one batch, whatever they are.
    pub(crate) async fn deliver(
        &self,
        other: &Self,
        envelopes: Vec<Envelope>,
    ) -> Result<DeliverResponse, Status> {
        let mut client = DeliveryServiceClient::new(self.call(other).await);
        Ok(client.deliver(DeliverRequest { envelopes }).await?.into_inner())
    }

    /// Hands over everything that is owed and keeps the receipts; returns how many there were.
    pub(crate) async fn deliver_all(&self, other: &Self) -> usize {
        let owed = self.owed_to(other).await;
        if owed.is_empty() {
            return 0;
        }
        let batch = owed.iter().map(envelope).collect();
        let response = self.deliver(other, batch).await.unwrap();
        assert_eq!(response.results.len(), owed.len());
        let replies: Vec<(OutboxEntry, Reply)> = owed
            .into_iter()
            .zip(response.results)
            .map(|(entry, result)| {
                let Some(DeliverResult::Receipt(receipt)) = result.result else {
                    panic!("no receipt but {result:?}");
                };
                let bytes = Receipt::from_proto(receipt).unwrap().encode();
                let reply = self.app.check_receipt(&entry, &bytes).unwrap();
                (entry, reply)
            })
            .collect();
        let count = replies.len();
        self.app.settle(replies).await.unwrap();
        count
    }
}

/// A stored message as it travels.
pub(crate) fn envelope(entry: &OutboxEntry) -> Envelope {
    SignedEnvelope::decode(&entry.envelope).unwrap().to_proto()
}

async fn store(directory: &TempDir) -> Store {
    let url = format!("sqlite:{}", directory.path().join("node.db").display());
    Store::migrate(&url).await.unwrap();
    Store::open(&StoreSettings { url, max_readers: 4 }).await.unwrap()
}

async fn vault(directory: &TempDir) -> Vault {
    let url = format!("sqlite:{}", directory.path().join("vault.db").display());
    Vault::migrate(&url, [1; 16]).await.unwrap();
    Vault::open(&url).await.unwrap()
}

async fn open_federation_port(
    app: &App,
    slot: &IdentitySlot,
    surroundings: &Surroundings,
) -> SocketAddr {
    let parts = app.parts();
    let acceptor = PeerAcceptor::new(slot, parts.trust.clone(), parts.clock.clone()).unwrap();
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let trust = parts.trust.subscribe();
    let listener = FederationListener::new(socket, acceptor, Limits::default(), trust, 1);
    let address = listener.local_addr().unwrap();
    let routes = federation_routes(app.clone(), surroundings);
    tokio::spawn(listener.serve(routes, std::future::pending()));
    address
}
