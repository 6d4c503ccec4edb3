//! The node under test: an app over a real store, its channels and its deliverer.

use std::sync::Arc;
use std::time::Duration;

use brygga_app::{AgreementCache, App, CapacityBoard, CaseKeys, Parts, RelayBoards};
use brygga_crypto::SystemRandom;
use brygga_domain::{
    AgreementId, ConversationId, DataCategory, DisclosureGround, GdprBasis, MessageId, OrgId,
    Reason, Seconds,
};
use brygga_exchange::WriteSet;
use brygga_exchange::compose::MESSAGE_LIFETIME;
use brygga_exchange::records::{OutboxEntry, OutboxState};
use brygga_exchange::retry::RetryPolicy;
use brygga_identity::keys::NodeKeys;
use brygga_identity::registry::Member;
use brygga_identity::tls::IdentitySlot;
use brygga_identity::trust::TrustStore;
use brygga_peer::delivery::Unobserved;
use brygga_peer::limits::Limits;
use brygga_peer::{Deliverer, PeerChannels, RegistrySync};
use brygga_storage::{Decision, Store, StoreSettings, Vault};
use brygga_wire::envelope::{Header, MessageType, SealedInfo, SignedEnvelope};
use rand_core::Rng;
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::federation::{Federation, Party};

/// How long a test waits for what should come at once.
pub(crate) const SOON: Duration = Duration::from_secs(10);

pub(crate) struct Node {
    pub(crate) app: App,
    pub(crate) trust: Arc<TrustStore>,
    pub(crate) entry: Member,
    slot: IdentitySlot,
    _directory: Arc<TempDir>,
}

/// The node's background work while it runs.
pub(crate) struct Running {
    pub(crate) deliverer: Deliverer,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

/// No wait after a failure.
pub(crate) const AT_ONCE: RetryPolicy = RetryPolicy { first: Seconds(0), max: Seconds(0) };

/// Short deadlines, and retries as soon as the clock moves.
pub(crate) fn limits() -> Limits {
    Limits {
        connect_deadline: Duration::from_secs(2),
        call_deadline: Duration::from_secs(2),
        trust_recheck_interval: Duration::from_millis(50),
        keepalive_interval: Duration::from_secs(30),
        keepalive_timeout: Duration::from_secs(10),
        longest_pause: Seconds(0),
        sweep_interval: Duration::from_millis(20),
        first_sync: Duration::from_secs(3600),
        sync_interval: Duration::from_secs(3600),
        outsider_sync_interval: Duration::from_secs(3600),
        sync_pause: Duration::from_millis(20),
    }
}

impl Node {
    pub(crate) async fn new(federation: &Federation) -> Self {
        Self::with_retry(federation, AT_ONCE).await
    }

    /// A node that waits as `retry` says after a failure.
    pub(crate) async fn with_retry(federation: &Federation, retry: RetryPolicy) -> Self {
        let party = Party::new("kommun:0880");
        let url = format!("sqlite:{}", party.directory.path().join("node.db").display());
        Store::migrate(&url).await.unwrap();
        Self::over(federation, &party, &url, retry).await
    }

    /// A process of `party`, whose directory outlives it, over a database that has been migrated.
    pub(crate) async fn over(
        federation: &Federation,
        party: &Party,
        url: &str,
        retry: RetryPolicy,
    ) -> Self {
        let trust = Arc::new(TrustStore::in_memory(federation.anchor()));
        let settings = StoreSettings { url: url.to_owned(), max_readers: 4 };
        let app = App::new(Parts {
            organisation: party.org.clone(),
            federation: trust.anchor().federation().to_owned(),
            clock: federation.clock.clone(),
            keys: NodeKeys::load(&party.directory.path().join("keys")).unwrap(),
            trust: Arc::clone(&trust),
            store: Store::open(&settings).await.unwrap(),
            case_keys: CaseKeys::new(vault(party).await),
            retry,
            message_lifetime: MESSAGE_LIFETIME,
            duty_phone: None,
            agreements: AgreementCache::default(),
            capacity: CapacityBoard::default(),
            relay: RelayBoards::default(),
        });
        let (entry, slot) = (party.at(&[]), party.slot.clone());
        Self { app, trust, entry, slot, _directory: Arc::clone(&party.directory) }
    }

    /// Its connections to others.
    pub(crate) fn channels(&self, limits: Limits) -> PeerChannels {
        let (trust, clock) = (Arc::clone(&self.trust), Arc::clone(&self.app.parts().clock));
        PeerChannels::new(self.slot.clone(), trust, clock, limits)
    }

    pub(crate) fn start(&self, limits: Limits) -> Running {
        let channels = self.channels(limits);
        let sync = RegistrySync::new(self.app.clone(), channels.clone());
        let deliverer =
            Deliverer::new(self.app.clone(), channels, sync.hints(), Arc::new(Unobserved));
        let (stop, stopped) = watch::channel(false);
        let until = |mut stopped: watch::Receiver<bool>| async move {
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        let tasks = vec![
            tokio::spawn(deliverer.clone().run(until(stopped.clone()))),
            tokio::spawn(sync.run(until(stopped))),
        ];
        Running { deliverer, stop, tasks }
    }

    /// Puts messages for a recipient into the outbox, each in a thread of its own.
    pub(crate) async fn owe(&self, recipient: &OrgId, count: usize) -> Vec<OutboxEntry> {
        self.owe_sealed(recipient, count, 0).await
    }

    /// The same with so many bytes of sealed content in each.
    pub(crate) async fn owe_sealed(
        &self,
        recipient: &OrgId,
        count: usize,
        bytes: usize,
    ) -> Vec<OutboxEntry> {
        self.put((0..count).map(|_| self.message(recipient, bytes)).collect()).await
    }

    /// A message whose stored bytes are none.
    pub(crate) async fn owe_spoilt(&self, recipient: &OrgId) -> OutboxEntry {
        let message = OutboxEntry { envelope: vec![0xff; 9], ..self.message(recipient, 0) };
        self.put(vec![message]).await.remove(0)
    }

    async fn put(&self, entries: Vec<OutboxEntry>) -> Vec<OutboxEntry> {
        let outbox = entries.clone();
        let decided = self.app.parts().store.decide("test.owe", move |_| {
            let writes = WriteSet { outbox: outbox.clone(), ..WriteSet::default() };
            Box::pin(async move { Ok(Decision { writes, answer: (), read_keys: Vec::new() }) })
        });
        decided.await.unwrap();
        entries
    }

    fn message(&self, recipient: &OrgId, sealed_bytes: usize) -> OutboxEntry {
        let parts = self.app.parts();
        let now = parts.clock.now();
        let header = Header {
            message_id: MessageId::from_bytes(random()),
            message_type: MessageType::ReferralProgressed,
            schema_version: 1,
            sender: parts.organisation.clone(),
            recipient: recipient.clone(),
            recipient_unit: None,
            conversation: ConversationId::from_bytes(random()),
            created_at: now,
            expires_at: now.plus(Seconds::days(7)),
            agreement: Some((AgreementId::from_bytes(random()), 1)),
            previous_hash: None,
            payload_digest: brygga_crypto::sha256(&[]),
            sealed: (sealed_bytes > 0).then(sealed_info),
            critical: Vec::new(),
        };
        let sealed = vec![7; sealed_bytes];
        let envelope =
            SignedEnvelope::sign(header, b"payload".to_vec(), sealed, parts.keys.signing());
        let header = envelope.header();
        OutboxEntry {
            message_id: header.message_id,
            recipient: header.recipient.clone(),
            conversation: header.conversation,
            message_type: header.message_type.as_str().to_owned(),
            envelope: envelope.encode(),
            at_rest: None,
            cover: None,
            header_digest: envelope.header_digest(),
            created_at: header.created_at,
            expires_at: header.expires_at,
            attempts: 0,
            state: OutboxState::Queued { next_attempt_at: now, last_failure: None },
        }
    }

    /// The message as it stands now.
    pub(crate) async fn stored(&self, message_id: MessageId) -> OutboxEntry {
        let read = self
            .app
            .parts()
            .store
            .read(move |reader| Box::pin(async move { reader.outbox_entry(message_id).await }));
        read.await.unwrap().unwrap()
    }

    /// Waits until the message stands as wanted.
    pub(crate) async fn until(
        &self,
        message: &OutboxEntry,
        wanted: impl Fn(&OutboxEntry) -> bool,
    ) -> OutboxEntry {
        let looking = async {
            loop {
                let stored = self.stored(message.message_id).await;
                if wanted(&stored) {
                    return stored;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(SOON, looking).await.expect("the message does not come so far")
    }

    pub(crate) async fn delivered(&self, message: &OutboxEntry) -> OutboxEntry {
        self.until(message, |entry| matches!(entry.state, OutboxState::Delivered { .. })).await
    }

    /// Waits for the first failed attempt and returns why it failed.
    pub(crate) async fn failed(&self, message: &OutboxEntry) -> Option<Reason> {
        let entry = self.until(message, |entry| entry.attempts > 0).await;
        match entry.state {
            OutboxState::Queued { last_failure, .. } => last_failure,
            state => panic!("not queued any more: {state:?}"),
        }
    }
}

impl Running {
    /// Asks for the end, as the process does when it is told to stop.
    pub(crate) fn stop(&self) {
        self.stop.send_replace(true);
    }

    pub(crate) async fn ended(self) {
        for task in self.tasks {
            tokio::time::timeout(SOON, task).await.expect("it does not end").unwrap();
        }
    }
}

fn sealed_info() -> SealedInfo {
    SealedInfo {
        content_commitment: brygga_crypto::sha256(&[]),
        sealing_key_id: "0123456789abcdef".to_owned(),
        ground: DisclosureGround::Consent12_2,
        gdpr_basis: GdprBasis::PublicTask,
        data_categories: vec![DataCategory::Contact],
    }
}

fn random() -> [u8; 16] {
    let mut bytes = [0; 16];
    SystemRandom.fill_bytes(&mut bytes);
    bytes
}

/// The vault of a party; its processes share it.
async fn vault(party: &Party) -> Vault {
    let url = format!("sqlite:{}", party.directory.path().join("vault.db").display());
    Vault::migrate(&url, [1; 16]).await.unwrap();
    Vault::open(&url).await.unwrap()
}
