//! For the letters: mailboxes, what is to be sent, what has come, and who takes part.

use std::collections::BTreeMap;

use brygga_crypto::at_rest::KeySlot;
use brygga_crypto::{SealingPrivateKey, SealingPublicKey, SystemRandom};
use brygga_domain::agreement::{AgreementState, PartyRole};
use brygga_domain::{AgreementId, OrgId, ParcelId, Reason, Refusal, RelocationId, Timestamp};
use brygga_exchange::relay::{Address, Outgoing, StoredMailbox, StoredParcel};
use brygga_storage::StorageError;
use brygga_wire::relay::{IncomingPost, OutgoingPost};
use zeroize::Zeroizing;

use crate::content::Kept;
use crate::{App, AppError};

/// A mailbox that is not stored yet.
pub(crate) struct NewMailbox {
    /// What is sealed to it.
    pub(crate) public: SealingPublicKey,
    /// Its row.
    pub(crate) stored: StoredMailbox,
}

/// What has come and is not read.
pub(crate) struct Incoming {
    pub(crate) id: ParcelId,
    pub(crate) expires_at: Timestamp,
    pub(crate) network: AgreementId,
    /// None for an enquiry.
    pub(crate) mailbox: Option<SealingPublicKey>,
    pub(crate) content: Zeroizing<Vec<u8>>,
}

/// A network, as this organisation asks it.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    /// Every other participant that the registry lists, and what is sealed to it.
    pub(crate) members: BTreeMap<OrgId, SealingPublicKey>,
    /// Fewest candidates of an enquiry.
    pub(crate) least_candidates: usize,
    /// Within how many working days a position is due.
    #[expect(dead_code, reason = "the timers use it")]
    pub(crate) position_days: u32,
}

impl App {
    /// A mailbox of a case; what opens it is encrypted under the case's key, so that a purge destroys both.
    pub(crate) async fn mailbox_new(
        &self,
        relocation: RelocationId,
        slot: KeySlot,
    ) -> Result<NewMailbox, AppError> {
        let key = SealingPrivateKey::generate(&mut SystemRandom);
        let public = key.public();
        let kept = Kept::Mailbox(*public.as_bytes());
        let encrypted = self.encrypted_again(kept, slot, &*key.to_bytes()).await?;
        let private_key = encrypted.ok_or(Refusal::new(Reason::NotFound))?;
        Ok(NewMailbox {
            public,
            stored: StoredMailbox { public_key: public, relocation, private_key },
        })
    }

    /// The row of a parcel that is to be sent in a network.
    pub(crate) fn parcel_out(
        &self,
        network: AgreementId,
        outgoing: &Outgoing,
    ) -> Result<StoredParcel, AppError> {
        let (mailbox, members) = match &outgoing.to {
            Address::Mailbox(mailbox) => (Some(*mailbox), Vec::new()),
            Address::Members(members) => (None, members.clone()),
        };
        let Outgoing { parcel, is_abort, .. } = outgoing.clone();
        let (id, expires_at) = (parcel.id, parcel.expires_at);
        let post = OutgoingPost { network, mailbox, members, parcel, is_abort };
        Ok(self.post_kept(id, expires_at, &post.to_bytes())?)
    }

    /// What has come in all networks and is not read.
    pub(crate) async fn parcels_in(&self) -> Result<Vec<Incoming>, StorageError> {
        let rows = self.parts().store.read(|reader| Box::pin(async { reader.parcels_in().await }));
        let now = self.now();
        let mut unread = Vec::new();
        for stored in rows.await? {
            let opened = self.post_opened(&stored);
            let post = opened.and_then(|bytes| IncomingPost::from_bytes(&bytes).ok());
            let Some(IncomingPost { network: Some(network), mailbox, content, expires_at }) = post
            else {
                continue;
            };
            if now < expires_at {
                unread.push(Incoming { id: stored.id, expires_at, network, mailbox, content });
            }
        }
        Ok(unread)
    }

    /// Whether a row has come and was not read.
    pub(crate) fn is_unread(&self, stored: &StoredParcel) -> bool {
        let opened = self.post_opened(stored);
        let post = opened.and_then(|bytes| IncomingPost::from_bytes(&bytes).ok());
        post.is_some_and(|post| post.network.is_some())
    }

    /// The row that takes the place of one that was read.
    pub(crate) fn parcel_read(&self, incoming: &Incoming) -> Result<StoredParcel, AppError> {
        let post = IncomingPost::read(incoming.expires_at);
        Ok(self.post_kept(incoming.id, incoming.expires_at, &post.to_bytes())?)
    }

    /// A network in force that this organisation takes part in.
    ///
    /// # Errors
    /// [`Reason::NotFound`] at `agreement_id`.
    pub(crate) fn network_members(&self, network: AgreementId) -> Result<Network, Refusal> {
        let absent = || Refusal::at(Reason::NotFound, "agreement_id");
        let (book, now, me) =
            (self.parts().agreements.book(), self.now(), &self.parts().organisation);
        let record = book.current(network, now).ok_or_else(absent)?;
        let is_active = book.state(record, now) == AgreementState::Active;
        let terms = record.terms();
        let speaks = terms.network.filter(|_| is_active && record.has_participant(me));
        let speaks = speaks.ok_or_else(absent)?;
        let trust = self.trust();
        let others = terms
            .parties
            .iter()
            .filter(|party| party.role == PartyRole::Participant && party.organisation != *me);
        let listed = others.filter_map(|party| {
            let key = trust.sealing_key(&party.organisation, None).ok()?;
            Some((party.organisation.clone(), key))
        });
        Ok(Network {
            members: listed.collect(),
            least_candidates: usize::try_from(speaks.least_candidates).unwrap_or(usize::MAX),
            position_days: terms.position_days(),
        })
    }
}
