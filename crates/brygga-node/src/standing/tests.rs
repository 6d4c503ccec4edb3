//! The figures of an app over a real store.

use std::sync::Arc;

use brygga_app::{AgreementCache, App, CapacityBoard, CaseKeys, Parts, RelayBoards};
use brygga_crypto::{Digest, SigningKey, SystemRandom};
use brygga_domain::{ConversationId, MessageId, OrgId, Reason, Seconds, Timestamp};
use brygga_exchange::WriteSet;
use brygga_exchange::compose::MESSAGE_LIFETIME;
use brygga_exchange::records::{AuditLeaf, OutboxEntry, OutboxState};
use brygga_exchange::retry::RetryPolicy;
use brygga_identity::clock::Clock;
use brygga_identity::keys::NodeKeys;
use brygga_identity::registry::{Registry, SignedRegistry, TrustAnchor};
use brygga_identity::trust::TrustStore;
use brygga_storage::{Decision, Store, StoreSettings, Vault};
use brygga_telemetry::{RegistryStanding, Standing};
use tempfile::TempDir;

use super::standing;

const NOON: Timestamp = Timestamp::from_millis(1_780_315_200_000);
const FEDERATION: &str = "brygga.example";

#[derive(Debug)]
struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        NOON
    }
}

async fn app(directory: &TempDir, operator: &SigningKey) -> App {
    let url = format!("sqlite:{}", directory.path().join("node.db").display());
    Store::migrate(&url).await.unwrap();
    let vault = format!("sqlite:{}", directory.path().join("vault.db").display());
    Vault::migrate(&vault, [1; 16]).await.unwrap();
    let anchor = TrustAnchor::new(FEDERATION, &[operator.public()], 1).unwrap();
    App::new(Parts {
        organisation: OrgId::parse("kommun:0880").unwrap(),
        federation: FEDERATION.to_owned(),
        clock: Arc::new(Noon),
        keys: NodeKeys::generate(&directory.path().join("keys"), &[], &mut SystemRandom).unwrap(),
        trust: Arc::new(TrustStore::in_memory(anchor)),
        store: Store::open(&StoreSettings { url, max_readers: 1 }).await.unwrap(),
        case_keys: CaseKeys::new(Vault::open(&vault).await.unwrap()),
        retry: RetryPolicy::default(),
        message_lifetime: MESSAGE_LIFETIME,
        duty_phone: None,
        agreements: AgreementCache::default(),
        capacity: CapacityBoard::default(),
        relay: RelayBoards::default(),
    })
}

/// Installs a registry with the number 7 that lasts another hour and a half second.
fn install_registry(app: &App, operator: &SigningKey) {
    let registry = Registry {
        federation: FEDERATION.to_owned(),
        sequence: 7,
        issued_at: NOON.minus(Seconds::hours(1)),
        expires_at: Timestamp::from_millis(NOON.plus(Seconds::hours(1)).as_millis() + 500),
        members: std::collections::BTreeMap::new(),
    };
    let signed = SignedRegistry::unsigned(registry.encode()).unwrap().sign(operator).unwrap();
    let trust = &app.parts().trust;
    trust.install(signed.verify(trust.anchor()).unwrap(), NOON).unwrap();
}

fn message(number: u8, state: OutboxState) -> OutboxEntry {
    OutboxEntry {
        message_id: MessageId::from_bytes([number; 16]),
        recipient: OrgId::parse("kommun:0881").unwrap(),
        conversation: ConversationId::from_bytes([number; 16]),
        message_type: "referral.progressed".to_owned(),
        envelope: vec![number],
        at_rest: None,
        cover: None,
        header_digest: Digest::from_bytes([number; 32]),
        created_at: NOON,
        expires_at: NOON.plus(Seconds::days(14)),
        attempts: 0,
        state,
    }
}

async fn store(app: &App, writes: WriteSet) {
    let decided = app.parts().store.decide("test.store", move |_| {
        let writes = writes.clone();
        Box::pin(async move { Ok(Decision { writes, answer: (), read_keys: Vec::new() }) })
    });
    decided.await.unwrap();
}

#[tokio::test]
async fn a_new_node_stands_at_nothing_and_has_no_registry() {
    let directory = TempDir::new().unwrap();
    let app = app(&directory, &SigningKey::generate(&mut SystemRandom)).await;
    let nothing = Standing {
        audit_size: 0,
        evaluations_due: 0,
        outbox_dead: 0,
        outbox_queued: 0,
        registry: None,
        reviews_overdue: 0,
        notices_late: 0,
        services_stale: 0,
        signals_late: 0,
        signals_unhandled_days: 0,
        stops_overdue: 0,
    };
    assert_eq!(standing(&app).await, Ok(nothing));
}

#[tokio::test]
async fn each_figure_counts_its_own() {
    let directory = TempDir::new().unwrap();
    let operator = SigningKey::generate(&mut SystemRandom);
    let app = app(&directory, &operator).await;
    install_registry(&app, &operator);
    let queued = OutboxState::Queued { next_attempt_at: NOON, last_failure: None };
    let dead = OutboxState::Dead { reason: Reason::Undeliverable };
    let outbox = vec![message(1, queued.clone()), message(2, queued), message(3, dead)];
    let leaf = |number| AuditLeaf {
        commitment: Digest::from_bytes([number; 32]),
        salt: [number; 32],
        entry: vec![number],
    };
    let audit = (1..=4).map(leaf).collect();
    store(&app, WriteSet { outbox, audit, ..WriteSet::default() }).await;
    // A leaf counts when it has its place in the tree, not before.
    assert_eq!(standing(&app).await.unwrap().audit_size, 0);
    app.audit_checkpoint().await.unwrap();

    let registry = Some(RegistryStanding { expires_in: Seconds::hours(1), sequence: 7 });
    let expected = Standing {
        audit_size: 4,
        evaluations_due: 0,
        outbox_dead: 1,
        outbox_queued: 2,
        registry,
        reviews_overdue: 0,
        notices_late: 0,
        services_stale: 0,
        signals_late: 0,
        signals_unhandled_days: 0,
        stops_overdue: 0,
    };
    assert_eq!(standing(&app).await, Ok(expected));
}
