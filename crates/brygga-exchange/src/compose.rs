//! Making a message: header, hash chain, signature, outbox row. The bytes are made once and
//! travel unchanged in every attempt.

use brygga_crypto::Digest;
use brygga_domain::{AgreementId, ConversationId, MessageId, OrgId, Seconds, Timestamp, UnitId};
use brygga_wire::envelope::{Header, MessageType, SealedInfo, SignedEnvelope};

use crate::records::{Chain, OutboxEntry, OutboxState};
use crate::register::RegisterEntry;
use crate::write_set::ChainStep;
use crate::{Local, WriteSet};

/// How long a message is tried before it is given up, where nobody says otherwise.
pub const MESSAGE_LIFETIME: Seconds = Seconds::days(14);

/// A message before it is signed.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Made by the caller, because sealed content is bound to it.
    pub message_id: MessageId,
    /// Payload type.
    pub message_type: MessageType,
    /// Whom it is for.
    pub recipient: OrgId,
    /// Function that it is for.
    pub recipient_unit: Option<UnitId>,
    /// Thread that it belongs to.
    pub conversation: ConversationId,
    /// Agreement that authorises it.
    pub agreement: Option<(AgreementId, u32)>,
    /// When it is given up.
    pub expires_at: Timestamp,
    /// The typed payload, encoded.
    pub payload: Vec<u8>,
    /// What is sealed, and the sealed bytes.
    pub sealed: Option<(SealedInfo, Vec<u8>)>,
}

/// A message ready to be stored and sent, its thread as it is afterwards and its place in the
/// register. The three are stored together, so they come out together.
#[derive(Clone, Debug)]
pub struct Composed {
    entry: OutboxEntry,
    step: ChainStep,
    register: RegisterEntry,
}

impl Composed {
    /// Everything that has to be stored.
    pub fn writes(self) -> WriteSet {
        WriteSet {
            chains: vec![self.step],
            outbox: vec![self.entry],
            register: vec![self.register],
            ..WriteSet::default()
        }
    }
}

/// Signs a draft as the next message of its thread; `held` is the thread as it is stored now.
pub fn compose(local: &Local<'_>, draft: Draft, held: Option<Chain>) -> Composed {
    let (info, sealed) =
        draft.sealed.map_or((None, Vec::new()), |(info, bytes)| (Some(info), bytes));
    let header = Header {
        message_id: draft.message_id,
        message_type: draft.message_type.clone(),
        schema_version: 1,
        sender: local.organisation.clone(),
        recipient: draft.recipient.clone(),
        recipient_unit: draft.recipient_unit,
        conversation: draft.conversation,
        created_at: local.now,
        expires_at: draft.expires_at,
        agreement: draft.agreement,
        previous_hash: held.and_then(|chain| chain.sent_head),
        payload_digest: Digest::from_bytes([0; 32]),
        sealed: info,
        critical: Vec::new(),
    };
    let envelope = SignedEnvelope::sign(header, draft.payload, sealed, local.signing_key);
    let header_digest = envelope.header_digest();
    let after = Chain { sent_head: Some(header_digest), ..held.unwrap_or_default() };
    let entry = OutboxEntry {
        message_id: draft.message_id,
        recipient: draft.recipient.clone(),
        conversation: draft.conversation,
        message_type: draft.message_type.as_str().to_owned(),
        envelope: envelope.encode(),
        at_rest: None,
        cover: envelope.cover().map(|cover| cover.encode()),
        header_digest,
        created_at: local.now,
        expires_at: draft.expires_at,
        attempts: 0,
        state: OutboxState::Queued { next_attempt_at: local.now, last_failure: None },
    };
    Composed {
        register: RegisterEntry::sent(&entry, &draft.message_type),
        entry,
        step: ChainStep {
            conversation: draft.conversation,
            peer: draft.recipient,
            before: held,
            after,
        },
    }
}
