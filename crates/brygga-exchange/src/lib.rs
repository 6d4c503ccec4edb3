//! The exchange itself, without input or output: a command or a message, together with what is
//! held, becomes a [`WriteSet`] to be stored in one transaction, or a refusal.
//!
//! The same code runs in a node over a database and in the simulation over a map, so that what
//! the simulation proves is what the node does.

pub mod access;
pub mod aggregate;
pub mod agreement;
pub mod alarm;
pub mod audit;
pub mod call;
pub mod capacity;
pub mod compose;
pub mod consent;
pub mod erase;
pub mod monitor;
pub mod notice;
pub mod offer;
pub mod outbox;
pub mod proposer;
pub mod quota;
pub mod receive;
pub mod records;
pub mod referral;
pub mod register;
pub mod relay;
pub mod relocation;
pub mod retention;
pub mod retry;
pub mod sealing;
pub mod settle;
pub mod signal;
pub mod stop;
pub mod transfer;
pub mod write_set;

use brygga_crypto::SigningKey;
use brygga_domain::id::time_ordered;
use brygga_domain::{MessageId, OrgId, ReferralId, Refusal, Seconds, Timestamp};
use rand_core::Rng;

pub use write_set::{Key, WriteSet};

/// Who decides, when, and with which randomness.
pub struct Local<'a> {
    /// The node's own organisation.
    pub organisation: &'a OrgId,
    /// The key that it signs with.
    pub signing_key: &'a SigningKey,
    /// The instant of the decision.
    pub now: Timestamp,
    /// How long a message is tried before it is given up.
    pub message_lifetime: Seconds,
    /// Randomness for identifiers and salts.
    pub rng: &'a mut dyn Rng,
}

impl Local<'_> {
    /// A new message identifier.
    pub fn message_id(&mut self) -> MessageId {
        MessageId::from_bytes(self.identifier())
    }

    /// A new referral identifier.
    pub fn referral_id(&mut self) -> ReferralId {
        ReferralId::from_bytes(self.identifier())
    }

    /// When a message that is made now is given up.
    pub(crate) fn message_end(&self) -> Timestamp {
        self.now.plus(self.message_lifetime)
    }

    /// A new identifier of this instant.
    pub fn identifier(&mut self) -> [u8; 16] {
        let mut random = [0_u8; 10];
        self.rng.fill_bytes(&mut random);
        time_ordered(self.now, random)
    }
}

/// A decision: what to store, and the answer to whoever asked.
///
/// A refusal is a decision too and leaves its leaf in the audit log.
#[derive(Clone, Debug)]
pub struct Decided<T> {
    /// What to store.
    pub writes: WriteSet,
    /// The answer.
    pub answer: Result<T, Refusal>,
}

impl<T> Decided<T> {
    /// The same decision with another answer.
    pub fn map<U>(self, answer: impl FnOnce(T) -> U) -> Decided<U> {
        Decided { writes: self.writes, answer: self.answer.map(answer) }
    }
}
