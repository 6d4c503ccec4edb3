//! The registry of the tests and the keys behind it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use brygga_crypto::{SigningKey, SystemRandom};
use brygga_domain::{MemberKind, OrgId, Seconds, SocialServicesStatus, Timestamp};
use brygga_identity::clock::Clock;
use brygga_identity::keys::NodeKeys;
use brygga_identity::registry::{
    Endpoint, Member, NodeKey, Registry, SignedRegistry, TrustAnchor, Validity,
};
use brygga_identity::tls::{IdentitySlot, MintRequest, NodeIdentity};
use brygga_identity::trust::TrustStore;
use tempfile::TempDir;

/// Noon on the day of the tests.
const NOON: Timestamp = Timestamp::from_millis(1_780_315_200_000);
const NAME: &str = "brygga.example";

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

/// The federation's operator.
pub(crate) struct Federation {
    pub(crate) clock: Arc<TestClock>,
    operator: SigningKey,
    sequence: AtomicU64,
}

/// What an organisation's node is made of.
pub(crate) struct Party {
    pub(crate) org: OrgId,
    pub(crate) keys: NodeKeys,
    pub(crate) slot: IdentitySlot,
    pub(crate) directory: Arc<TempDir>,
    entry: Member,
}

impl Federation {
    pub(crate) fn new() -> Self {
        Self {
            clock: Arc::new(TestClock(AtomicI64::new(NOON.as_millis()))),
            operator: SigningKey::generate(&mut SystemRandom),
            sequence: AtomicU64::new(0),
        }
    }

    pub(crate) fn anchor(&self) -> TrustAnchor {
        TrustAnchor::new(NAME, &[self.operator.public()], 1).unwrap()
    }

    /// A new registry with these members, signed; its sequence is one more than the last one's.
    pub(crate) fn registry(&self, members: &[&Member]) -> SignedRegistry {
        let sequence = self.sequence.fetch_add(1, Ordering::SeqCst) + 1;
        let registry = Registry {
            federation: NAME.to_owned(),
            sequence,
            issued_at: NOON,
            expires_at: NOON.plus(Seconds::days(30)),
            members: members.iter().map(|m| (m.organisation.clone(), (*m).clone())).collect(),
        };
        SignedRegistry::unsigned(registry.encode()).unwrap().sign(&self.operator).unwrap()
    }

    /// Puts a new registry with these members into a trust store.
    pub(crate) fn install(&self, trust: &TrustStore, members: &[&Member]) {
        let verified = self.registry(members).verify(&self.anchor()).unwrap();
        trust.install(verified, NOON).unwrap();
    }
}

impl Party {
    pub(crate) fn new(org: &str) -> Self {
        let org = OrgId::parse(org).unwrap();
        let directory = Arc::new(TempDir::new().unwrap());
        let keys = NodeKeys::generate(&directory.path().join("keys"), &[], &mut SystemRandom);
        let keys = keys.unwrap();
        let minted = MintRequest {
            org: org.clone(),
            federation: NAME.to_owned(),
            node: 1,
            dns_names: Vec::new(),
            not_before: NOON.minus(Seconds::days(1)),
            not_after: NOON.plus(Seconds::days(1)),
        };
        let minted = minted.mint().unwrap();
        let key = minted.key_pem.expose().as_bytes();
        let identity = NodeIdentity::from_pem(minted.certificate_pem.as_bytes(), key).unwrap();
        let validity = Validity::default();
        let entry = Member {
            organisation: org.clone(),
            name: org.to_string(),
            kind: MemberKind::Municipality,
            social_services_status: SocialServicesStatus::Authority,
            node_keys: vec![NodeKey { pin: minted.pin, spiffe_id: minted.spiffe_id, validity }],
            signing_keys: vec![keys.signing_entry()],
            sealing_keys: keys.sealing_entries(),
            endpoints: Vec::new(),
            contact_points: Vec::new(),
            trust_marks: Vec::new(),
            revoked_at: None,
        };
        Self { org, keys, slot: IdentitySlot::new(identity), directory, entry }
    }

    /// The entry in the registry of a node that listens at these addresses.
    pub(crate) fn at(&self, addresses: &[SocketAddr]) -> Member {
        let endpoint = |address| Endpoint::parse(&format!("https://{address}")).unwrap();
        Member { endpoints: addresses.iter().map(endpoint).collect(), ..self.entry.clone() }
    }
}
