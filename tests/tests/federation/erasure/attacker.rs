//! Somebody who has copied databases, knows the program, and has every key on the disks.
//!
//! Wrapped keys are not asked of a vault: they are carved out of the bytes of every file, so that
//! what a vault forgot to overwrite is found as well.

use std::path::{Path, PathBuf};

use brygga_crypto::{AssociatedData, KeyId, open};
use brygga_domain::referral::Referral;
use brygga_domain::{ConsentId, ConversationId, MessageId, ReferralId};
use brygga_exchange::records::{ContentAtRest, OutboxEntry};
use brygga_exchange::sealing::{INFO, associated_data};
use brygga_identity::keys::NodeKeys;
use brygga_storage::{Store, StoreSettings};
use brygga_wire::envelope::SignedEnvelope;
use tempfile::TempDir;

use super::{NAMES, canary, files};

/// Version, key id, nonce, key, tag.
const WRAPPED_BYTES: usize = 1 + KeyId::LEN + 12 + 32 + 16;
/// In front of sealed content as a target stores it: key id and commitment.
const ARRIVED_BYTES: usize = KeyId::LEN + 32;

/// What has been copied.
pub(super) struct Loot {
    databases: [PathBuf; 2],
    keys: [NodeKeys; 2],
    wrapped: Vec<Vec<u8>>,
}

/// What one database says of the case.
struct Facts {
    referral: Referral,
    request_message: MessageId,
    content: Option<ContentAtRest>,
    consent: Option<(ConsentId, ContentAtRest)>,
    messages: Vec<OutboxEntry>,
}

impl Loot {
    /// The databases of both nodes, their directories as they are now, and copies of vaults.
    pub(super) fn new(databases: [PathBuf; 2], nodes: [PathBuf; 2], vaults: &[PathBuf]) -> Self {
        let keys = nodes
            .each_ref()
            .map(|node| NodeKeys::load(&node.join("keys")).expect("the keys are on the disk"));
        let wrapping: Vec<_> =
            nodes.iter().zip(&keys).flat_map(|(node, keys)| wrapping_keys(node, keys)).collect();
        let on_disk = nodes.iter().chain(&databases).flat_map(|directory| files(directory));
        let copied = vaults.iter().map(|vault| std::fs::read(vault).expect("a copy of a vault"));
        let places = on_disk.map(|(_, bytes)| bytes).chain(copied);
        let mut wrapped: Vec<_> = places.flat_map(|bytes| carve(&bytes, &wrapping)).collect();
        wrapped.sort();
        wrapped.dedup();
        Self { databases, keys, wrapped }
    }

    /// Where words about the person are read, by node and place.
    pub(super) async fn opened(&self, id: ReferralId) -> Vec<String> {
        let mut opened = Vec::new();
        for (name, database) in NAMES.iter().zip(&self.databases) {
            let facts = facts(database, id).await;
            let held = [
                ("content", self.content(&facts)),
                ("envelope", self.envelope(&facts)),
                ("consent", self.consent(&facts)),
            ];
            let read = held.into_iter().filter_map(|(place, bytes)| Some((place, bytes?)));
            let of_person = read.filter(|(_, bytes)| canary::found(bytes).is_some());
            opened.extend(of_person.map(|(place, _)| format!("{name} {place}")));
        }
        opened
    }

    fn content(&self, facts: &Facts) -> Option<Vec<u8>> {
        let Facts { referral, request_message, content, .. } = facts;
        let row = referral.id.as_bytes();
        let place = AssociatedData { table: "referral", row, column: "content" };
        let stored = self.decrypt(content.as_ref()?, &place)?;
        if canary::found(&stored).is_some() {
            return Some(stored);
        }
        let (key, sealed) = (stored.first_chunk()?, stored.get(ARRIVED_BYTES..)?);
        let unit = referral.target_unit.as_ref();
        let bound = associated_data(*request_message, &referral.source, &referral.target, unit);
        self.unseal(KeyId::from_bytes(*key), &bound, sealed)
    }

    fn consent(&self, facts: &Facts) -> Option<Vec<u8>> {
        let (id, words) = facts.consent.as_ref()?;
        let place = AssociatedData { table: "consent", row: id.as_bytes(), column: "words" };
        self.decrypt(words, &place)
    }

    /// The first message that is read.
    fn envelope(&self, facts: &Facts) -> Option<Vec<u8>> {
        facts.messages.iter().find_map(|entry| {
            let row = entry.message_id.as_bytes();
            let place = AssociatedData { table: "outbox", row, column: "envelope" };
            let stored = match &entry.at_rest {
                Some(at_rest) => self.decrypt(at_rest, &place)?,
                None => entry.envelope.clone(),
            };
            let envelope = SignedEnvelope::decode(&stored).ok()?;
            let header = envelope.header();
            let key = header.sealed.as_ref()?.sealing_key_id.parse().ok()?;
            let unit = header.recipient_unit.as_ref();
            let bound = associated_data(header.message_id, &header.sender, &header.recipient, unit);
            self.unseal(key, &bound, envelope.sealed())
        })
    }

    /// Tries every wrapped key that was found anywhere, under every wrapping key.
    fn decrypt(&self, at_rest: &ContentAtRest, place: &AssociatedData<'_>) -> Option<Vec<u8>> {
        self.wrapped.iter().find_map(|wrapped| {
            let open = |keys: &NodeKeys| at_rest.key_slot.open(keys.key_ring(), wrapped).ok();
            let key = self.keys.iter().find_map(open)?;
            key.decrypt(place, &at_rest.ciphertext).ok().map(|bytes| bytes.to_vec())
        })
    }

    fn unseal(&self, key: KeyId, bound: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let key = self.keys.iter().find_map(|keys| keys.sealing_by_id(key))?;
        open(key, INFO, bound, sealed).ok().map(|bytes| bytes.to_vec())
    }
}

/// Whatever may be a key wrapped by one of the wrapping keys, whose ids stand in front of them.
fn carve(bytes: &[u8], wrapping: &[KeyId]) -> Vec<Vec<u8>> {
    let is_wrapped = |window: &&[u8]| {
        window[0] == 1 && wrapping.iter().any(|id| window[1..].starts_with(id.as_bytes()))
    };
    bytes.windows(WRAPPED_BYTES).filter(is_wrapped).map(<[u8]>::to_vec).collect()
}

/// The wrapping keys of a node, earlier ones by the names of their files.
fn wrapping_keys(node: &Path, keys: &NodeKeys) -> Vec<KeyId> {
    let earlier = files(&node.join("keys")).into_iter().filter_map(|(path, _)| {
        let name = path.file_name()?.to_str()?.to_owned();
        name.strip_prefix("data-key-encryption.")?.strip_suffix(".key")?.parse().ok()
    });
    earlier.chain([keys.key_ring().wrapping_id()]).collect()
}

/// Opens a copy of the copy, which stays as it is.
async fn facts(database: &Path, id: ReferralId) -> Facts {
    let scratch = TempDir::new().expect("a temporary directory can be made");
    for file in std::fs::read_dir(database).expect("a directory") {
        let file = file.expect("an entry");
        if file.path().is_file() {
            let copy = scratch.path().join(file.file_name());
            std::fs::copy(file.path(), copy).expect("a file can be copied");
        }
    }
    let url = format!("sqlite:{}", scratch.path().join("brygga.db").display());
    let store = Store::open(&StoreSettings { url, max_readers: 1 }).await.expect("a database");
    let facts = store.read(move |reader| {
        Box::pin(async move {
            let referral = reader.referral_by_id(id).await?.expect("the case is there");
            let request_message = reader.referral_request_message(id).await?.expect("a message");
            let content = reader.referral_content(id).await?;
            let messages = reader.outbox_thread(ConversationId::from_bytes(*id.as_bytes())).await?;
            let consent = match referral.grant.consent {
                Some((id, _)) => reader.consent_words(id).await?.map(|words| (id, words)),
                None => None,
            };
            Ok(Facts { referral, request_message, content, consent, messages })
        })
    });
    let facts = facts.await.expect("it can be read");
    store.close().await;
    facts
}
