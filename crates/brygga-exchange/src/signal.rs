//! Signals about somebody's home: a landlord, Kriminalvården or a region gives one ([`send_signal`]), either end takes the
//! steps that follow ([`take_step`]), and each checks what the other tells (`receive/signal.rs`). The facts are
//! [`brygga_domain::signal`]'s.

mod send;
mod step;

use brygga_domain::signal::Signal;
use brygga_domain::{DisclosureGround, GdprBasis};
use brygga_wire::envelope::SealedInfo;

use crate::Key;
use crate::notice::{NoticePart, StoredNoticePart};
use crate::records::IdempotencyKey;
use crate::referral::PreparedContent;
use crate::transfer::sealed_info;

pub(crate) use send::superseded;
pub use send::{SendingSignal, send_signal};
pub use step::{Stepping, end_round, take_step};

/// A signal that begins here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSignal {
    /// The signal.
    pub signal: Signal,
    /// The caller's key at the sender, so that a repeat sends nothing.
    pub idempotency: Option<IdempotencyKey>,
}

/// A signal that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedSignal {
    /// The signal.
    pub signal: Signal,
    /// The revision that it had; another one is a conflict.
    pub before: u32,
    /// How many of its steps are stored already.
    pub known: usize,
}

/// What a decision changes about signals. Stored with the rest of its [`crate::WriteSet`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignalWrites {
    /// Those that begin.
    pub new: Vec<NewSignal>,
    /// Those that changed.
    pub changed: Vec<ChangedSignal>,
}

impl SignalWrites {
    /// Every signal that is written.
    pub(crate) fn keys(&self) -> impl Iterator<Item = Key> {
        let new = self.new.iter().flat_map(|new| {
            let given = new.idempotency.as_ref().map(|given| Key::Idempotency(given.key));
            std::iter::once(Key::Notice(new.signal.id)).chain(given)
        });
        new.chain(self.changed.iter().map(|changed| Key::Notice(changed.signal.id)))
    }

    /// Adds what another decision changes.
    pub(crate) fn merge(&mut self, other: Self) {
        self.new.extend(other.new);
        self.changed.extend(other.changed);
    }
}

/// What the header says of sealed content on a ground.
fn sealed_on(content: &PreparedContent, ground: DisclosureGround, basis: GdprBasis) -> SealedInfo {
    SealedInfo { ground, gdpr_basis: basis, ..sealed_info(content) }
}

/// A part that this node wrote.
fn own_part(
    signal: &Signal,
    id: brygga_domain::MessageId,
    content: &PreparedContent,
) -> StoredNoticePart {
    let held = Some(content.at_rest.clone());
    StoredNoticePart {
        id,
        notice_id: signal.id,
        part: NoticePart::Signal,
        is_own: true,
        content: held,
    }
}
