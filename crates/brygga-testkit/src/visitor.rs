//! Somebody at a federation port with the certificate of their choosing: a member, a former
//! member, or a stranger. What real nodes never do is done here by hand.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use brygga_config::Settings;
use brygga_crypto::SigningKey;
use brygga_domain::OrgId;
use brygga_identity::clock::Clock;
use brygga_identity::keys::NodeKeys;
use brygga_identity::registry::{RegistryFile, TrustAnchor};
use brygga_identity::tls::{ConnectedStream, IdentitySlot, NodeIdentity, PeerConnector};
use brygga_identity::trust::TrustStore;
use brygga_peer::PeerChannels;
use brygga_peer::limits::Limits;
use brygga_proto::federation::v1::{DeliverRequest, DeliverResponse};
use brygga_wire::SignedEnvelope;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::TestClock;

/// The client's first bytes of HTTP/2: the preface and empty SETTINGS (RFC 9113 section 3.4).
const HTTP2_BEGINS: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
/// Longest wait for the other end's first bytes.
const FIRST_BYTES_WITHIN: Duration = Duration::from_secs(5);

/// Somebody who calls nodes as another node would.
pub struct Visitor {
    organisation: OrgId,
    own: IdentitySlot,
    keys: NodeKeys,
    trust: Arc<TrustStore>,
    clock: Arc<TestClock>,
}

impl Visitor {
    /// Somebody with the keys that lie in `dir` now, who believes the registry of `informed`.
    ///
    /// # Panics
    /// When one of the directories is not a node's.
    pub fn new(dir: &Path, informed: &Path, clock: Arc<TestClock>) -> Self {
        let load = |dir: &Path| Settings::load(&dir.join("brygga.toml")).expect("good settings");
        let (settings, informed) = (load(dir), load(informed).registry);
        let tls = &settings.federation_listener.tls;
        let identity = NodeIdentity::load(&tls.certificate_file, &tls.key_file);
        let anchor = std::fs::read_to_string(&informed.operators_file).expect("an anchor");
        let anchor = TrustAnchor::from_json(&anchor).expect("a good anchor");
        let trust = TrustStore::open(anchor, RegistryFile::new(&informed.file));
        Self {
            organisation: settings.node.organisation,
            own: IdentitySlot::new(identity.expect("a good certificate")),
            keys: NodeKeys::load(&settings.keys.directory).expect("good keys"),
            trust: Arc::new(trust.expect("a good registry")),
            clock,
        }
    }

    /// The organisation that the certificate names.
    pub const fn organisation(&self) -> &OrgId {
        &self.organisation
    }

    /// The key that signs its messages.
    pub const fn signing_key(&self) -> &SigningKey {
        self.keys.signing()
    }

    /// Opens a connection to `peer` up to the first bytes of HTTP/2; none where it is refused.
    ///
    /// # Panics
    /// When nobody listens, or `peer` is not who answers.
    pub async fn enter(&self, peer: &OrgId) -> Option<Visit> {
        let endpoint =
            self.trust.at(self.clock.now()).endpoints(peer).expect("a member")[0].clone();
        let tcp = TcpStream::connect((endpoint.host(), endpoint.port())).await;
        let trust = Arc::clone(&self.trust) as _;
        let connector = PeerConnector::new(self.own.clone(), trust, Arc::clone(&self.clock) as _);
        let connected = connector.connect(tcp.expect("it listens"), endpoint.host(), peer).await;
        let (mut stream, _) = connected.expect("the server is who it says");
        // In TLS 1.3 a server that refuses our certificate says so only now.
        stream.write_all(HTTP2_BEGINS).await.ok()?;
        let first = timeout(FIRST_BYTES_WITHIN, stream.read_u8()).await.ok()?;
        first.ok().map(|_| Visit(stream))
    }

    /// Calls that a node makes.
    pub fn channels(&self) -> PeerChannels {
        let (trust, clock) = (Arc::clone(&self.trust), Arc::clone(&self.clock) as _);
        PeerChannels::new(self.own.clone(), trust, clock, Limits::default())
    }

    /// Delivers envelopes as they are.
    ///
    /// # Panics
    /// When there is no connection.
    pub async fn deliver(&self, peer: &OrgId, envelopes: &[SignedEnvelope]) -> DeliverResponse {
        let envelopes = envelopes.iter().map(SignedEnvelope::to_proto).collect();
        self.channels().deliver(peer, DeliverRequest { envelopes }).await.expect("a connection")
    }
}

/// A connection that a node has let in.
pub struct Visit(ConnectedStream<TcpStream>);

impl Visit {
    /// Resolves when the node ends the connection.
    pub async fn ended(mut self) {
        let mut thrown_away = [0; 1024];
        while self.0.read(&mut thrown_away).await.is_ok_and(|length| length > 0) {}
    }
}
