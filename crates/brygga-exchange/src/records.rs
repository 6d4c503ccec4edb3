//! What a node keeps besides its referrals, agreements and consents. All used in stored state.

use crate::compose::MESSAGE_LIFETIME;
use brygga_crypto::Digest;
use brygga_crypto::at_rest::KeySlot;
use brygga_domain::referral::{Delivery, Referral};
use brygga_domain::stop::ProcessingStop;
use brygga_domain::{
    ConsentId, ConversationId, MessageId, OrgId, Reason, ReferralId, Timestamp, UnitId,
};

/// A message that this node owes another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxEntry {
    /// The message.
    pub message_id: MessageId,
    /// Whom it is for.
    pub recipient: OrgId,
    /// Thread that it belongs to.
    pub conversation: ConversationId,
    /// Payload type, for people and metrics.
    pub message_type: String,
    /// The envelope as it will travel, byte for byte the same in every attempt. Empty while it is
    /// only known as it is stored, and for good when its case is erased.
    pub envelope: Vec<u8>,
    /// The envelope as it is stored, where it carries content: under the key of its case, so that
    /// erasure reaches it in old copies of the database too. None where it is stored as it travels.
    pub at_rest: Option<ContentAtRest>,
    /// The same message without its content, for when that must not be sent any more; none where it
    /// has none, or has taken the envelope's place.
    pub cover: Option<Vec<u8>>,
    /// SHA-256 of the envelope's header: what the receipt must name.
    pub header_digest: Digest,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it is given up, or only its cover is sent.
    pub expires_at: Timestamp,
    /// Attempts so far.
    pub attempts: u32,
    /// How it is going.
    pub state: OutboxState,
}

/// How a message is going.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutboxState {
    /// It waits for its next attempt.
    Queued {
        /// When to try next.
        next_attempt_at: Timestamp,
        /// Why the last attempt failed.
        last_failure: Option<Reason>,
    },
    /// The recipient signed for it.
    Delivered {
        /// The receipt, byte for byte.
        receipt: Vec<u8>,
        /// Why the recipient's application refused it; none where it was accepted.
        refusal: Option<Reason>,
    },
    /// It has failed for good, or was stopped, and waits for a human.
    Dead {
        /// Why.
        reason: Reason,
    },
}

impl OutboxEntry {
    /// The envelope as it is stored.
    pub fn stored(&self) -> &[u8] {
        self.at_rest.as_ref().map_or(&self.envelope, |at_rest| &at_rest.ciphertext)
    }

    /// Whether its case is erased, so that there is nothing to send.
    pub fn is_erased(&self) -> bool {
        self.stored().is_empty()
    }

    /// Puts the cover in the envelope's place, for this attempt; says whether there is one.
    pub fn withhold(&mut self) -> bool {
        let Some(cover) = &self.cover else { return false };
        self.envelope.clone_from(cover);
        self.at_rest = None;
        true
    }

    /// When it is given up. A cover is still true when the permission for the content has ended.
    pub fn tried_until(&self) -> Timestamp {
        match self.cover {
            Some(_) => self.expires_at.max(self.created_at.plus(MESSAGE_LIFETIME)),
            None => self.expires_at,
        }
    }
}

impl OutboxState {
    /// How far a message in this state has come.
    pub const fn delivery(&self) -> Delivery {
        match self {
            Self::Queued { .. } => Delivery::Queued,
            Self::Delivered { refusal: None, .. } => Delivery::Delivered,
            Self::Delivered { refusal: Some(reason), .. } => Delivery::Refused(*reason),
            Self::Dead { .. } => Delivery::Undeliverable,
        }
    }
}

/// A message that this node has received, kept so that a repeat gets the same answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxEntry {
    /// Who sent it.
    pub sender: OrgId,
    /// The message.
    pub message_id: MessageId,
    /// SHA-256 over header and sealed content: what makes it the same message.
    pub envelope_digest: Digest,
    /// The receipt, byte for byte.
    pub receipt: Vec<u8>,
    /// When it was stored.
    pub received_at: Timestamp,
}

/// One thread of messages with one peer, as a hash chain in each direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Chain {
    /// Header digest of the last message that this node made.
    pub sent_head: Option<Digest>,
    /// Header digest of the last message that the peer made.
    pub received_head: Option<Digest>,
}

impl Chain {
    /// A thread that takes no message more: none can follow a header whose digest is all zeros.
    pub const fn closed() -> Self {
        Self { sent_head: None, received_head: Some(Digest::from_bytes([0; 32])) }
    }
}

/// Personal data at rest: encrypted under a key of its own, which erasure destroys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentAtRest {
    /// Where in the vault the case's data key lies.
    pub key_slot: KeySlot,
    /// The content under that key. At the source the clear content; at the target the sealed
    /// content as it arrived, which only the receiving function's key opens.
    pub ciphertext: Vec<u8>,
}

/// What a consent says of the person in words, at rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentAtRest {
    /// The consent.
    pub consent_id: ConsentId,
    /// The words, encrypted; laid out by the application.
    pub words: ContentAtRest,
}

/// A note that one side of a referral told the other in between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredNote {
    /// The message that carried it, which names it.
    pub id: MessageId,
    /// Referral that it is about.
    pub referral_id: ReferralId,
    /// Whether this node wrote it.
    pub is_own: bool,
    /// Function that wrote it; none for the intake.
    pub author_unit: Option<UnitId>,
    /// When it was written, on the writer's clock.
    pub written_at: Timestamp,
    /// The consent of this node that it rests on; none for the other side's.
    pub consent_id: Option<ConsentId>,
    /// The text; none where it is erased.
    pub content: Option<ContentAtRest>,
}

/// An order to stop processing, and the signed answer as evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredStop {
    /// The order.
    pub stop: ProcessingStop,
    /// The envelope that carried the answer, byte for byte; at the source only, none before it came.
    pub evidence: Option<Vec<u8>>,
}

/// A new referral and what is stored with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewReferral {
    /// The referral.
    pub referral: Referral,
    /// The message that carries the request.
    pub request_message: MessageId,
    /// The caller's key at the source, so that a repeat gives the same referral.
    pub idempotency: Option<IdempotencyKey>,
    /// The personal data.
    pub content: Option<ContentAtRest>,
}

/// A caller's key and what it was used for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// Chosen by the caller.
    pub key: [u8; 16],
    /// Digest of the request, so that another request under the same key is refused.
    pub request_digest: Digest,
}

/// One event in a referral's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferralEvent {
    /// The referral.
    pub referral_id: ReferralId,
    /// Version after the event.
    pub version: u32,
    /// The event as `brygga.referral.v1.ReferralProgressed`, byte for byte.
    pub progressed: Vec<u8>,
}

/// A decision for the audit log: a salted commitment, and the opening that explains it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditLeaf {
    /// What goes into the log.
    pub commitment: Digest,
    /// Random salt of the commitment.
    pub salt: [u8; 32],
    /// The decision in its canonical form (see [`crate::audit`]); holds no content.
    pub entry: Vec<u8>,
}
