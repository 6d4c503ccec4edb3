//! What the decisions of a group are going to ask for, asked for at once.
//!
//! A question costs about as much for one key as for thirty, and most of the time of a decision
//! is spent on questions. A decision that says beforehand what it will ask for is answered from
//! here: that something is not there, a consent, or which agreements hold. Whatever else is there is
//! read by itself. What a decision expects not to be there is not even asked for: it is hoped, and
//! the unique keys of the tables tell.

use std::collections::{BTreeMap, BTreeSet};

use brygga_domain::ConsentId;
use brygga_domain::consent::Consent;
use brygga_exchange::Key;
use sqlx::Row;

use crate::batch::Batch;
use crate::consent;
use crate::decision::{Expectation, Manner, Plan, Waiting};
use crate::error::StorageError;
use crate::row::StoredRow;
use crate::transaction::Transaction;
use crate::values::Values;

static CONVERSATIONS: Batch = Batch::new(
    "SELECT conversation_id AS id FROM conversation WHERE conversation_id IN (VALUES",
    1,
    ")",
);
static IDEMPOTENCY: Batch = Batch::new(
    "SELECT idempotency_key AS id FROM referral WHERE idempotency_key IS NOT NULL \
     AND idempotency_key IN (VALUES",
    1,
    ")",
);
static INBOX: Batch =
    Batch::new("SELECT message_id AS id FROM inbox WHERE (sender, message_id) IN (VALUES", 2, ")");

/// Nothing is known.
pub(crate) static NOTHING: Foreseen = Foreseen {
    absent: BTreeSet::new(),
    hoped: BTreeSet::new(),
    consents: BTreeMap::new(),
    agreement_revision: None,
};

/// What the decisions of a group are going to ask for.
#[derive(Default)]
pub(crate) struct Wanted {
    looked_up: BTreeSet<Key>,
    hoped_absent: BTreeSet<Key>,
}

impl Wanted {
    /// Of a group; without `hope` everything is looked up.
    pub(crate) fn by(group: &[Box<dyn Waiting>], hope: bool) -> Self {
        let mut wanted = Self::default();
        for waiting in group {
            let Manner::Foreseeing(keys, expectation) = waiting.manner() else { continue };
            let hopes = hope && *expectation == Expectation::Absent;
            for key in keys {
                let is_hoped = hopes && id(key).is_some();
                let kind = if is_hoped { &mut wanted.hoped_absent } else { &mut wanted.looked_up };
                kind.insert(key.clone());
            }
        }
        wanted
    }
}

/// What was found for keys that were asked for beforehand. It is true until something is written.
#[derive(Default)]
pub(crate) struct Foreseen {
    absent: BTreeSet<Key>,
    hoped: BTreeSet<Key>,
    consents: BTreeMap<ConsentId, Consent>,
    agreement_revision: Option<u64>,
}

impl Foreseen {
    /// Looks for keys in a transaction. Consents and agreements stay as they are until it ends.
    pub(crate) async fn look(
        transaction: &mut Transaction<'_>,
        wanted: Wanted,
    ) -> Result<Self, StorageError> {
        if wanted.looked_up.is_empty() && wanted.hoped_absent.is_empty() {
            return Ok(Self::default());
        }
        let keys = &wanted.looked_up;
        let consents = of_kind(keys, |key| matches!(key, Key::Consent(_)));
        transaction.ask(transaction.consents_held(), &consents, bind_id).await?;
        let used = of_kind(keys, |key| matches!(key, Key::Idempotency(_)));
        transaction.ask(&IDEMPOTENCY, &used, bind_id).await?;
        let threads = of_kind(keys, |key| matches!(key, Key::Conversation(..)));
        transaction.ask(&CONVERSATIONS, &threads, bind_id).await?;
        let messages = of_kind(keys, |key| matches!(key, Key::Inbox(..)));
        transaction.ask(&INBOX, &messages, bind_message).await?;

        let mut foreseen = Self { hoped: wanted.hoped_absent, ..Self::default() };
        let mut there = BTreeSet::new();
        for found in transaction.answers().await? {
            // Only a consent has more columns than its identifier.
            if found.len() > 1 {
                let consent = consent::read(&StoredRow::new("consent", "id", &found))?;
                foreseen.consents.insert(consent.consent_id, consent);
            } else {
                there.insert(StoredRow::new("foresight", "id", &found).bytes("id")?.to_vec());
            }
        }
        let absent = keys.iter().filter(|key| id(key).is_some_and(|id| !there.contains(id)));
        foreseen.absent = absent.cloned().collect();
        if transaction.has_other_processes() {
            let mut reader = transaction.reader(&NOTHING);
            foreseen.agreement_revision = Some(reader.agreement_revision().await?);
        }
        Ok(foreseen)
    }

    /// Whether what a key names is known, or hoped, not to be there.
    pub(crate) fn is_absent(&self, key: &Key) -> bool {
        self.absent.contains(key) || self.hoped.contains(key)
    }

    /// Whether a plan inserts whatever it hoped to be absent, so that a false hope is a conflict.
    pub(crate) fn is_proved_by(&self, plan: &Plan) -> bool {
        if self.hoped.is_empty() {
            return true;
        }
        let written = plan.writes.keys();
        let mut hoped = plan.read_keys.iter().filter(|key| self.hoped.contains(key));
        hoped.all(|key| written.contains(key))
    }

    /// The revision of the agreements, where it was asked for.
    pub(crate) const fn agreement_revision(&self) -> Option<u64> {
        self.agreement_revision
    }

    /// The consent, where it was asked for and is there.
    pub(crate) fn consent(&self, id: ConsentId) -> Option<&Consent> {
        self.consents.get(&id)
    }
}

/// The random identifier in a key whose absence is looked for.
fn id(key: &Key) -> Option<&[u8]> {
    match key {
        Key::Conversation(id, _) => Some(id.as_bytes()),
        Key::Idempotency(id) => Some(id),
        Key::Inbox(_, id) => Some(id.as_bytes()),
        Key::Aggregate(..)
        | Key::Agreement(_)
        | Key::BreakGlass(_)
        | Key::Consent(_)
        | Key::Call(_)
        | Key::Hold(_)
        | Key::InsideDisclosure(_)
        | Key::Notice(_)
        | Key::Offer(_)
        | Key::Outbox(_)
        | Key::Quota(_)
        | Key::Referral(_)
        | Key::Parcel(_)
        | Key::Relocation(_)
        | Key::Replica(_)
        | Key::Service(_)
        | Key::Stop(_)
        | Key::Transfer(_) => None,
    }
}

fn of_kind(keys: &BTreeSet<Key>, is_wanted: impl Fn(&Key) -> bool) -> Vec<&Key> {
    keys.iter().filter(|key| is_wanted(key)).collect()
}

fn bind_id(key: &&Key, values: &mut Values) {
    if let Key::Consent(consent) = key {
        values.bytes(consent.as_bytes());
    } else if let Some(id) = id(key) {
        values.bytes(id);
    }
}

fn bind_message(key: &&Key, values: &mut Values) {
    if let Key::Inbox(sender, message) = key {
        values.text(sender.as_str()).bytes(message.as_bytes());
    }
}
