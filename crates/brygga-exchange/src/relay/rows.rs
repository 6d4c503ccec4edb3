//! What a node keeps of its post: rows that say nothing to whoever reads them without the node's keys.

use brygga_crypto::{Cell, SealingPublicKey};
use brygga_domain::{ParcelId, RelocationId, Timestamp};

use crate::Key;
use crate::records::ContentAtRest;

/// A mailbox of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMailbox {
    /// What is sealed to it.
    pub public_key: SealingPublicKey,
    /// Whose it is: it goes when the case is purged.
    pub relocation: RelocationId,
    /// What opens it, under the case's key of the vault.
    pub private_key: ContentAtRest,
}

/// A parcel, in a cell that the node has sealed to itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredParcel {
    /// Random.
    pub id: ParcelId,
    /// The first instant of the day before which it is needed.
    pub needed_until: Timestamp,
    /// What, to whom or from which mailbox.
    pub sealed: Cell,
}

/// What a decision changes about the post. Stored with the rest of its [`crate::WriteSet`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RelayWrites {
    /// Mailboxes that begin.
    pub mailboxes: Vec<StoredMailbox>,
    /// What is to be sent.
    pub parcels_out: Vec<StoredParcel>,
    /// What is sent no more.
    pub sent: Vec<ParcelId>,
    /// What has come; one that is there takes the new content, which says that it was read.
    pub parcels_in: Vec<StoredParcel>,
    /// What is needed no more at this instant, of both kinds.
    pub ended: Option<Timestamp>,
}

impl RelayWrites {
    /// Every parcel that is written.
    pub(crate) fn keys(&self) -> impl Iterator<Item = Key> {
        let stored = self.parcels_out.iter().chain(&self.parcels_in).map(|stored| stored.id);
        stored.chain(self.sent.iter().copied()).map(Key::Parcel)
    }

    /// Adds what another decision changes.
    pub(crate) fn merge(&mut self, other: Self) {
        self.mailboxes.extend(other.mailboxes);
        self.parcels_out.extend(other.parcels_out);
        self.sent.extend(other.sent);
        self.parcels_in.extend(other.parcels_in);
        self.ended = self.ended.max(other.ended);
    }
}
