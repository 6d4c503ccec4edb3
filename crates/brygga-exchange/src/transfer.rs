//! Cases that move from one municipality to another: asked for, answered, taken to IVO and handed over.
//!
//! Each end keeps the same facts ([`brygga_domain::transfer`]); what one does it tells in the same transaction
//! ([`request`], [`act`]), and what the other tells is checked by the same rules (`receive/transfer.rs`).

mod act;
mod request;

use brygga_domain::transfer::Transfer;
use brygga_domain::{MessageId, Timestamp, TransferId};

use crate::Key;
use crate::records::{ContentAtRest, IdempotencyKey};

pub(crate) use act::part_of;
pub use act::{Acting, Ends, act};
pub(crate) use request::sealed_info;
pub use request::{Asking, request};

/// Which sealed part of a transfer it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferPart {
    /// The request.
    Request,
    /// Why whoever was asked agrees or does not.
    Answer,
    /// What was handed over.
    HandOver,
}

impl TransferPart {
    /// The stable code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Answer => "ANSWER",
            Self::HandOver => "HAND_OVER",
        }
    }

    /// Reads a stable code.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Request, Self::Answer, Self::HandOver].into_iter().find(|part| part.as_str() == code)
    }
}

/// A sealed part as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPart {
    /// The message that carried it, which names it.
    pub id: MessageId,
    /// The transfer.
    pub transfer_id: TransferId,
    /// Which part.
    pub part: TransferPart,
    /// Whether this node wrote it.
    pub is_own: bool,
    /// The data; none where they are erased.
    pub content: Option<ContentAtRest>,
}

/// A transfer that begins here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTransfer {
    /// The transfer.
    pub transfer: Transfer,
    /// The caller's key at the requester, so that a repeat gives the same transfer.
    pub idempotency: Option<IdempotencyKey>,
}

/// A transfer that is kept because of the day on which the person was born, as [`crate::retention::KeptCase`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptTransfer {
    /// The transfer.
    pub id: TransferId,
    /// From when on the rules are asked again; none for never.
    pub until: Option<Timestamp>,
    /// The section of law.
    pub section: String,
}

/// What a decision changes about transfers. Stored with the rest of its [`crate::WriteSet`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TransferWrites {
    /// Those that begin.
    pub new: Vec<NewTransfer>,
    /// Those that changed, each with the revision that it had; another one is a conflict.
    pub changed: Vec<(Transfer, u32)>,
    /// Sealed parts.
    pub parts: Vec<StoredPart>,
    /// Those that the rules of retention keep.
    pub kept: Vec<KeptTransfer>,
}

impl TransferWrites {
    /// Every transfer that is written.
    pub(crate) fn keys(&self) -> impl Iterator<Item = Key> {
        let new = self.new.iter().map(|new| Key::Transfer(new.transfer.id));
        let changed = self.changed.iter().map(|(transfer, _)| Key::Transfer(transfer.id));
        let given = self.new.iter().filter_map(|new| new.idempotency.as_ref());
        new.chain(changed).chain(given.map(|given| Key::Idempotency(given.key)))
    }

    /// Adds what another decision changes.
    pub(crate) fn merge(&mut self, other: Self) {
        self.new.extend(other.new);
        self.changed.extend(other.changed);
        self.parts.extend(other.parts);
        self.kept.extend(other.kept);
    }
}
