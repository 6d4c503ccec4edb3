//! A member of a network, slot by slot: what it hands over, and what it makes of what it fetches.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use brygga_crypto::{Cell, SealingPrivateKey, SealingPublicKey, SystemRandom};
use brygga_domain::{ParcelId, Timestamp};
use brygga_exchange::WriteSet;
use brygga_exchange::relay::{
    Address, Arrival, Coming, Load, OpenedAs, Outgoing, PostOffice, SlotClock, StoredMailbox,
    StoredParcel,
};
use brygga_storage::{Decision, StorageError};
use brygga_wire::relay::{
    IncomingPost, OutgoingPost, Parcel, ParcelContent, decode_parcel, encode_parcel,
};
use zeroize::Zeroizing;

use super::RelayedNetwork;
use crate::App;
use crate::content::Kept;

/// What this node has for one network. One at a time: two would hand over different cells.
pub struct RelayDesk {
    app: App,
    network: RelayedNetwork,
    office: PostOffice,
    /// What opens the mailboxes of all networks, by what is sealed to them.
    mailboxes: Arc<BTreeMap<SealingPublicKey, Arc<SealingPrivateKey>>>,
    /// Rows that were looked at: what waits, and what is another network's.
    known: BTreeSet<ParcelId>,
    fetched: Option<u64>,
}

/// The cells of one slot, and what is in them.
pub struct Filled {
    /// Exactly as many as the network says.
    pub cells: Vec<Cell>,
    loads: Vec<Load>,
}

/// A parcel that a cell of a slot held for this node.
type Opened = (OpenedAs, Parcel);

impl RelayDesk {
    /// Begins where the store left off.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn open(app: App, network: RelayedNetwork) -> Result<Self, StorageError> {
        let mut office = PostOffice::default();
        let rows = app.parts().store.read(|reader| Box::pin(async { reader.parcels_in().await }));
        for row in rows.await? {
            let post = app.post_opened(&row);
            if let Some(post) = post.and_then(|post| IncomingPost::from_bytes(&post).ok()) {
                office.took_before(row.id, post.expires_at);
            }
        }
        let (mailboxes, known) = (Arc::default(), BTreeSet::new());
        Ok(Self { app, network, office, mailboxes, known, fetched: None })
    }

    /// The slots of the network.
    pub const fn clock(&self) -> SlotClock {
        SlotClock::new(self.network.terms.slot_seconds)
    }

    /// Whom it speaks with, and how.
    pub const fn network(&self) -> &RelayedNetwork {
        &self.network
    }

    /// The slots to fetch in `slot`.
    pub fn to_fetch(&self, slot: u64) -> Range<u64> {
        self.clock().to_fetch(self.fetched, slot)
    }

    /// The cells of a slot: what is due, and cover.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn fill(&mut self, slot: u64) -> Result<Filled, StorageError> {
        self.forget().await?;
        self.look(slot).await?;
        let cells = usize::try_from(self.network.terms.cells_per_slot).unwrap_or(1);
        let loads = self.office.loads(slot, self.app.now(), cells, &mut SystemRandom);
        let sealed = tokio::task::spawn_blocking(move || {
            let cells = loads.iter().map(seal).collect();
            Filled { cells, loads }
        });
        sealed.await.map_err(|_| StorageError::Defect { name: "relay.fill" })
    }

    /// The relay has them.
    pub fn sent(&mut self, slot: u64, filled: &Filled) {
        self.office.sent(slot, &filled.loads);
    }

    /// What the relay gave for a slot: whatever is for this node is stored, and will be acknowledged.
    ///
    /// # Errors
    /// [`StorageError`]: the slot is to be fetched again.
    pub async fn take(&mut self, slot: u64, cells: Vec<Cell>) -> Result<(), StorageError> {
        let (app, mailboxes) = (self.app.clone(), Arc::clone(&self.mailboxes));
        let opened = tokio::task::spawn_blocking(move || open_all(&app, &mailboxes, &cells));
        let opened = opened.await.map_err(|_| StorageError::Defect { name: "relay.take" })?;
        let now = self.app.now();
        let mut seen = BTreeSet::new();
        let mut judged = Vec::new();
        for (opened_as, parcel) in opened {
            // One that came twice in a slot comes again.
            if seen.insert(parcel.id) {
                let arrival = self.office.judge(opened_as, &parcel, now);
                judged.push((opened_as, parcel, arrival));
            }
        }
        self.store(&judged).await?;
        for (_, parcel, arrival) in &judged {
            self.office.took(parcel, arrival);
        }
        self.fetched = self.fetched.max(Some(slot));
        Ok(())
    }

    async fn store(&self, judged: &[(OpenedAs, Parcel, Arrival)]) -> Result<(), StorageError> {
        let mut writes = WriteSet::default();
        for (opened_as, parcel, arrival) in judged {
            writes.relay.sent.extend(&arrival.delivered);
            if arrival.coming == Coming::New {
                writes.relay.parcels_in.extend(self.kept(*opened_as, parcel));
            }
        }
        if writes.is_empty() {
            return Ok(());
        }
        let stored = self.app.parts().store.decide("relay.take", move |reader| {
            let mut writes = writes.clone();
            Box::pin(async move {
                // What another process has taken, and an officer perhaps read, stays as it is.
                let mut new = Vec::new();
                for parcel in std::mem::take(&mut writes.relay.parcels_in) {
                    if reader.parcel_in(parcel.id).await?.is_none() {
                        new.push(parcel);
                    }
                }
                writes.relay.parcels_in = new;
                Ok(Decision { writes, answer: (), read_keys: Vec::new() })
            })
        });
        stored.await
    }

    fn kept(&self, opened_as: OpenedAs, parcel: &Parcel) -> Option<StoredParcel> {
        let (ParcelContent::Enquiry(content) | ParcelContent::Sealed(content)) = &parcel.content
        else {
            return None;
        };
        let mailbox = match opened_as {
            OpenedAs::Mailbox(mailbox) => Some(mailbox),
            OpenedAs::Member => None,
        };
        let post = IncomingPost {
            network: Some(self.network.agreement_id),
            mailbox,
            content: Zeroizing::new(content.clone()),
            expires_at: parcel.expires_at,
        };
        self.app.post_kept(parcel.id, parcel.expires_at, &post.to_bytes()).ok()
    }

    /// Forgets what has ended, here and in the store.
    async fn forget(&mut self) -> Result<(), StorageError> {
        let now = self.app.now();
        if self.office.forget(now).is_empty() {
            return Ok(());
        }
        self.app.relay_forget(now).await
    }

    /// Reads what officers have put out or taken back since the last slot.
    async fn look(&mut self, slot: u64) -> Result<(), StorageError> {
        let read = self.app.parts().store.read(|reader| {
            Box::pin(async { Ok((reader.mailboxes().await?, reader.parcels_out().await?)) })
        });
        let (mailboxes, rows) = read.await?;
        let mut open = BTreeMap::new();
        for mailbox in mailboxes {
            let key = match self.mailboxes.get(&mailbox.public_key) {
                Some(held) => Some(Arc::clone(held)),
                None => self.app.mailbox_key(&mailbox).await?.map(Arc::new),
            };
            open.extend(key.map(|key| (mailbox.public_key, key)));
        }
        self.mailboxes = Arc::new(open);
        let there: BTreeSet<_> = rows.iter().map(|row| row.id).collect();
        let gone: Vec<_> = self.known.difference(&there).copied().collect();
        for gone in gone {
            self.known.remove(&gone);
            self.office.withdraw(gone);
        }
        for row in rows {
            if self.known.contains(&row.id) {
                continue;
            }
            let post = self.app.post_opened(&row);
            let post = post.and_then(|post| OutgoingPost::from_bytes(&post).ok());
            let here = post.filter(|post| post.network == self.network.agreement_id);
            // What finds no room waits in the store.
            if here.is_none_or(|post| self.office.post(outgoing(post), slot).is_ok()) {
                self.known.insert(row.id);
            }
        }
        Ok(())
    }
}

fn outgoing(post: OutgoingPost) -> Outgoing {
    let OutgoingPost { mailbox, members, parcel, is_abort, .. } = post;
    let to = mailbox.map_or(Address::Members(members), Address::Mailbox);
    Outgoing { to, parcel, is_abort }
}

/// A cell. What cannot be sealed, since somebody named a key that is none, goes as cover.
fn seal(load: &Load) -> Cell {
    let sealed = match load {
        Load::Cover => None,
        Load::Parcel { to, parcel } => {
            let content = Zeroizing::new(encode_parcel(parcel));
            match to {
                Address::Mailbox(mailbox) => {
                    Cell::to_mailbox(&mut SystemRandom, mailbox, &content).ok()
                }
                Address::Members(members) => {
                    Cell::to_members(&mut SystemRandom, members, &content).ok()
                }
            }
        }
    };
    sealed.unwrap_or_else(|| Cell::cover(&mut SystemRandom))
}

/// Tries every key on every cell.
fn open_all(
    app: &App,
    mailboxes: &BTreeMap<SealingPublicKey, Arc<SealingPrivateKey>>,
    cells: &[Cell],
) -> Vec<Opened> {
    let open = |cell: &Cell| {
        let as_mailbox = mailboxes.iter().find_map(|(public, key)| {
            cell.open_as_mailbox(key).map(|content| (OpenedAs::Mailbox(*public), content))
        });
        let (opened_as, content) = as_mailbox.or_else(|| {
            let mut keys = app.parts().keys.intake();
            let content = keys.find_map(|key| cell.open_as_member(key));
            content.map(|content| (OpenedAs::Member, content))
        })?;
        decode_parcel(&content).ok().map(|parcel| (opened_as, parcel))
    };
    cells.iter().filter_map(open).collect()
}

impl App {
    /// What opens a mailbox; none where the case is purged.
    async fn mailbox_key(
        &self,
        mailbox: &StoredMailbox,
    ) -> Result<Option<SealingPrivateKey>, StorageError> {
        let kept = Kept::Mailbox(*mailbox.public_key.as_bytes());
        let bytes = self.decrypted_at_rest(kept, &mailbox.private_key).await?;
        let bytes = bytes.as_deref().and_then(|bytes| bytes.as_slice().try_into().ok());
        Ok(bytes.map(SealingPrivateKey::from_bytes))
    }

    /// Deletes what is needed no more, of all networks.
    async fn relay_forget(&self, now: Timestamp) -> Result<(), StorageError> {
        let mut writes = WriteSet::default();
        writes.relay.ended = Some(now);
        let done = self.parts().store.decide("relay.forget", move |_| {
            let writes = writes.clone();
            Box::pin(async move { Ok(Decision { writes, answer: (), read_keys: Vec::new() }) })
        });
        done.await
    }
}
