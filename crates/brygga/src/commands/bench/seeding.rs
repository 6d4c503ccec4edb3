//! Fills both nodes' stores with referrals that were delivered long ago.
//!
//! Each is a copy of one real referral with identifiers, message and leaf of its own, stored
//! through the node's own store in large decisions: the rows are those of a real exchange, and only
//! the cryptography is not repeated for each.

use brygga_crypto::SystemRandom;
use brygga_domain::{ConversationId, MessageId, OrgId, ReferralId};
use brygga_exchange::audit::{Actor, Verdict, leaf};
use brygga_exchange::records::{Chain, IdempotencyKey, InboxEntry, NewReferral, OutboxEntry};
use brygga_exchange::register::RegisterEntry;
use brygga_exchange::write_set::ChainStep;
use brygga_exchange::{Local, WriteSet};
use brygga_node::{Node, NodeOptions};
use brygga_storage::{Decision, RegisterFilter, StorageError, Store};

use crate::failure::{Failure, chain};
use crate::node_dir::NodeDir;

/// Referrals stored in one decision.
const CHUNK: u64 = 1000;
/// Where the document of the one real referral is found.
const FIRST_DOCUMENTS: RegisterFilter = RegisterFilter::first(100);

/// One real referral as a node holds it.
#[derive(Clone)]
struct Template {
    new: NewReferral,
    chain: Chain,
    peer: OrgId,
    outbox: Option<OutboxEntry>,
    inbox: Option<InboxEntry>,
    register: Option<RegisterEntry>,
}

/// Fills the store of the node in `dir`, which does not run, up to `wanted` referrals with copies
/// of `referral_id`; `filled` hears how many it holds.
pub(super) async fn fill(
    dir: &NodeDir,
    referral_id: ReferralId,
    wanted: u64,
    filled: impl Fn(u64),
) -> Result<(), Failure> {
    let started = Node::start(&dir.settings_file(), NodeOptions::default()).await;
    let node = started.map_err(|error| Failure::other("START", chain(&error)))?;
    let store = &node.app().parts().store;
    let template = Template::read(store, referral_id).await?;
    let mut held = count(store).await?;
    while held < wanted {
        let chunk = CHUNK.min(wanted - held);
        let mut writes = WriteSet::default();
        for _ in 0..chunk {
            writes.merge(template.copy(&node));
        }
        store_chunk(store, writes).await?;
        held += chunk;
        filled(held);
    }
    // Until every leaf has its place in the tree, so that no backlog is measured.
    while node.app().audit_checkpoint().await?.added > 0 {}
    node.shutdown().await;
    Ok(())
}

async fn count(store: &Store) -> Result<u64, StorageError> {
    let size = store.read(|reader| Box::pin(async move { reader.database_size().await })).await?;
    Ok(size.referrals)
}

async fn store_chunk(store: &Store, writes: WriteSet) -> Result<(), StorageError> {
    let decide = store.decide("bench.seed", move |_| {
        let decision = Decision { writes: writes.clone(), answer: (), read_keys: Vec::new() };
        Box::pin(async move { Ok(decision) })
    });
    decide.await
}

impl Template {
    async fn read(store: &Store, id: ReferralId) -> Result<Self, Failure> {
        let read = store.read(move |reader| {
            Box::pin(async move {
                let Some(referral) = reader.referral_by_id(id).await? else { return Ok(None) };
                let Some(request_message) = reader.referral_request_message(id).await? else {
                    return Ok(None);
                };
                let peer = referral.peer().clone();
                let Some(chain) = reader.chain(referral.conversation(), &peer).await? else {
                    return Ok(None);
                };
                let content = reader.referral_content(id).await?;
                let outbox = reader.outbox_entry(request_message).await?;
                let inbox = reader.inbox_entry(&peer, request_message).await?;
                let register = reader.register_list(&FIRST_DOCUMENTS).await?;
                let register = register.into_iter().map(|registered| registered.entry);
                let register =
                    register.into_iter().find(|entry| entry.message_id == request_message);
                let new = NewReferral { referral, request_message, idempotency: None, content };
                Ok(Some(Self { new, chain, peer, outbox, inbox, register }))
            })
        });
        let missing = || Failure::other("BENCH", "the referral to copy is not there");
        read.await?.ok_or_else(missing)
    }

    /// A referral like it, with everything that belongs to one.
    fn copy(&self, node: &Node) -> WriteSet {
        let parts = node.app().parts();
        let mut rng = SystemRandom;
        let mut local = Local {
            organisation: &parts.organisation,
            signing_key: parts.keys.signing(),
            now: node.app().now(),
            message_lifetime: parts.message_lifetime,
            rng: &mut rng,
        };
        let id = local.referral_id();
        let conversation = ConversationId::from_bytes(*id.as_bytes());
        let message_id = local.message_id();
        let mut new = self.new.clone();
        new.referral.id = id;
        new.request_message = message_id;
        new.idempotency = self.outbox.as_ref().map(|entry| IdempotencyKey {
            key: local.identifier(),
            request_digest: entry.header_digest,
        });
        let (actor, verdict) = (Actor::Peer(self.peer.clone()), Verdict::Done);
        let audit = leaf(&mut local, &actor, "referral.request", &id.to_string(), &verdict);
        let step =
            ChainStep { conversation, peer: self.peer.clone(), before: None, after: self.chain };
        WriteSet {
            new_referrals: vec![new],
            chains: vec![step],
            outbox: self.outbox.iter().map(|held| sent(held, message_id, conversation)).collect(),
            inbox: self
                .inbox
                .iter()
                .map(|held| InboxEntry { message_id, ..held.clone() })
                .collect(),
            register: self
                .register
                .iter()
                .map(|held| RegisterEntry { message_id, conversation, ..held.clone() })
                .collect(),
            audit: vec![audit],
            ..WriteSet::default()
        }
    }
}

fn sent(held: &OutboxEntry, message_id: MessageId, conversation: ConversationId) -> OutboxEntry {
    OutboxEntry { message_id, conversation, ..held.clone() }
}
