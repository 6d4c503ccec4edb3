//! A federation of two municipalities whose nodes listen on the loopback.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use brygga_crypto::{SigningKey, SystemRandom};
use brygga_domain::{MemberKind, OrgId, Seconds, SocialServicesStatus, Timestamp, UnitId};
use brygga_identity::clock::Clock;
use brygga_identity::keys::NodeKeys;
use brygga_identity::registry::{
    Audience, ContactPoint, Endpoint, Member, NodeKey, Registry, SignedRegistry, TrustAnchor,
    Validity, VerifiedRegistry,
};
use brygga_identity::tls::{IdentitySlot, MintRequest, NodeIdentity};
use tempfile::TempDir;

use crate::node::Node;

pub(crate) const FEDERATION: &str = "kalmar.example";
pub(crate) const KALMAR: &str = "kommun:0880";
pub(crate) const NYBRO: &str = "kommun:0881";
/// A function of every organisation here (KAL-09).
pub(crate) const MOBILE_TEAM: &str = "mobila-teamet";
/// The number of every way in here.
pub(crate) const WAY_IN_PHONE: &str = "0480-45 00 00";
pub(crate) const SEQUENCE: u64 = 7;
/// Noon on the day of the tests.
pub(crate) const NOON: Timestamp = Timestamp::from_millis(1_780_315_200_000);

/// A wall clock that all nodes of the test share.
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

/// Kalmar and Nybro, running.
pub(crate) struct Federation {
    pub(crate) clock: Arc<TestClock>,
    pub(crate) kalmar: Node,
    pub(crate) nybro: Node,
}

/// What an organisation has before anybody knows it.
pub(crate) struct Newcomer {
    pub(crate) organisation: OrgId,
    pub(crate) keys: NodeKeys,
    pub(crate) slot: IdentitySlot,
    pub(crate) directory: TempDir,
}

impl Federation {
    pub(crate) async fn start() -> Self {
        let clock = Arc::new(TestClock(AtomicI64::new(NOON.as_millis())));
        let (kalmar, nybro) = (newcomer(KALMAR), newcomer(NYBRO));
        let operator = SigningKey::from_seed(&[201; 32]);
        let anchor = TrustAnchor::new(FEDERATION, &[operator.public()], 1).unwrap();
        let members = [member(&kalmar, "Kalmar kommun"), member(&nybro, "Nybro kommun")];
        let registry = registry(members, &operator, &anchor);
        let kalmar = Node::start(kalmar, &anchor, registry.clone(), clock.clone()).await;
        let nybro = Node::start(nybro, &anchor, registry, clock.clone()).await;
        Self { clock, kalmar, nybro }
    }
}

pub(crate) fn org(text: &str) -> OrgId {
    OrgId::parse(text).unwrap()
}

pub(crate) fn unit(text: &str) -> UnitId {
    UnitId::parse(text).unwrap()
}

fn newcomer(organisation: &str) -> Newcomer {
    let directory = TempDir::new().unwrap();
    let keys =
        NodeKeys::generate(&directory.path().join("keys"), &[unit(MOBILE_TEAM)], &mut SystemRandom);
    let minted = MintRequest {
        org: org(organisation),
        federation: FEDERATION.to_owned(),
        node: 1,
        dns_names: Vec::new(),
        not_before: NOON.minus(Seconds::days(1)),
        not_after: NOON.plus(Seconds::days(1)),
    }
    .mint()
    .unwrap();
    let key = minted.key_pem.expose().as_bytes();
    let identity = NodeIdentity::from_pem(minted.certificate_pem.as_bytes(), key).unwrap();
    Newcomer {
        organisation: org(organisation),
        keys: keys.unwrap(),
        slot: IdentitySlot::new(identity),
        directory,
    }
}

fn member(newcomer: &Newcomer, name: &str) -> Member {
    let identity = newcomer.slot.identity();
    let spiffe_id = identity.leaf().uri().unwrap().to_owned();
    let node_key = NodeKey { pin: identity.pin(), spiffe_id, validity: Validity::default() };
    let contact_point = |audience, active| ContactPoint {
        audience,
        unit: unit("mottagningen"),
        phone: WAY_IN_PHONE.to_owned(),
        hours: "vardagar 8–16".to_owned(),
        out_of_hours_phone: None,
        deputy_unit: None,
        active,
    };
    Member {
        organisation: newcomer.organisation.clone(),
        name: name.to_owned(),
        kind: MemberKind::Municipality,
        social_services_status: SocialServicesStatus::Authority,
        node_keys: vec![node_key],
        signing_keys: vec![newcomer.keys.signing_entry()],
        sealing_keys: newcomer.keys.sealing_entries(),
        endpoints: vec![Endpoint::parse("https://brygga.kalmar.example:8443").unwrap()],
        contact_points: vec![
            contact_point(Audience::Organisations, true),
            contact_point(Audience::Citizens, false),
        ],
        trust_marks: Vec::new(),
        revoked_at: None,
    }
}

fn registry(members: [Member; 2], operator: &SigningKey, anchor: &TrustAnchor) -> VerifiedRegistry {
    let registry = Registry {
        federation: FEDERATION.to_owned(),
        sequence: SEQUENCE,
        issued_at: NOON.minus(Seconds::hours(1)),
        expires_at: NOON.plus(Seconds::days(30)),
        members: members.map(|member| (member.organisation.clone(), member)).into(),
    };
    let signed = SignedRegistry::unsigned(registry.encode()).unwrap().sign(operator).unwrap();
    signed.verify(anchor).unwrap()
}
