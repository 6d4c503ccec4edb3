//! Notices of evictions: Kronofogden sends them ([`send`], [`follow`]), a municipality confirms them ([`confirm`]), and
//! each end checks what the other tells (`receive/notice.rs`). The facts are [`brygga_domain::notice`]'s.

mod confirm;
mod send;

use brygga_domain::notice::EvictionNotice;
use brygga_domain::{MessageId, NoticeId, Timestamp};

use crate::Key;
use crate::records::{ContentAtRest, IdempotencyKey};

pub use confirm::{Confirming, confirm};
pub(crate) use send::check_way;
pub use send::{Following, Sending, follow, send};

/// What the audit log names: of a protected person nothing, since the time alone would tell when it came.
pub(crate) fn log_subject(id: NoticeId, is_protected: bool) -> String {
    if is_protected { "-".to_owned() } else { id.to_string() }
}

/// Which sealed part of a notice it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticePart {
    /// Who is to be evicted, and from where.
    Eviction,
    /// Who works with it.
    Confirmation,
    /// What a signal, or a step that follows it, is about.
    Signal,
}

impl NoticePart {
    /// The stable code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Eviction => "EVICTION",
            Self::Confirmation => "CONFIRMATION",
            Self::Signal => "SIGNAL",
        }
    }

    /// Reads a stable code.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Eviction, Self::Confirmation, Self::Signal]
            .into_iter()
            .find(|part| part.as_str() == code)
    }
}

/// A sealed part as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredNoticePart {
    /// The message that carried it, which names it.
    pub id: MessageId,
    /// The notice.
    pub notice_id: NoticeId,
    /// Which part.
    pub part: NoticePart,
    /// Whether this node wrote it.
    pub is_own: bool,
    /// The data; none where they are erased.
    pub content: Option<ContentAtRest>,
}

/// A notice that begins here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewNotice {
    /// The notice.
    pub notice: EvictionNotice,
    /// The caller's key at the sender, so that a repeat sends nothing.
    pub idempotency: Option<IdempotencyKey>,
}

/// A notice that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedNotice {
    /// The notice.
    pub notice: EvictionNotice,
    /// The revision that it had; another one is a conflict.
    pub before: u32,
    /// The caller's key of a message that was sent; none where the last one stays.
    pub idempotency: Option<IdempotencyKey>,
}

/// A notice or a signal that is kept because of the day on which the person was born, as [`crate::retention::KeptCase`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptNotice {
    /// The notice, or the signal.
    pub id: NoticeId,
    /// From when on the rules are asked again; none for never.
    pub until: Option<Timestamp>,
    /// The section of law.
    pub section: String,
}

/// What a decision changes about notices. Stored with the rest of its [`crate::WriteSet`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoticeWrites {
    /// Those that begin.
    pub new: Vec<NewNotice>,
    /// Those that changed.
    pub changed: Vec<ChangedNotice>,
    /// Sealed parts.
    pub parts: Vec<StoredNoticePart>,
    /// Those that the rules of retention keep.
    pub kept: Vec<KeptNotice>,
}

impl NoticeWrites {
    /// Every notice that is written.
    pub(crate) fn keys(&self) -> impl Iterator<Item = Key> {
        let new = self.new.iter().map(|new| (new.notice.id, &new.idempotency));
        let changed = self.changed.iter().map(|one| (one.notice.id, &one.idempotency));
        new.chain(changed).flat_map(|(id, given)| {
            let given = given.as_ref().map(|given| Key::Idempotency(given.key));
            std::iter::once(Key::Notice(id)).chain(given)
        })
    }

    /// Adds what another decision changes.
    pub(crate) fn merge(&mut self, other: Self) {
        self.new.extend(other.new);
        self.changed.extend(other.changed);
        self.parts.extend(other.parts);
        self.kept.extend(other.kept);
    }
}
