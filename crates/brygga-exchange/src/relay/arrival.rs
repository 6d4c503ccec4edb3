//! What to do with a parcel that came out of a cell.

use std::collections::BTreeSet;

use brygga_crypto::SealingPublicKey;
use brygga_domain::{ParcelId, Timestamp};
use brygga_wire::relay::{Parcel, ParcelContent};

use super::{PostOffice, RELAY_ACKNOWLEDGEMENTS_MAX, RELAY_LIFETIME_MAX, RELAY_TAKEN_MAX};

/// Which key has opened the cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenedAs {
    /// The key of a mailbox.
    Mailbox(SealingPublicKey),
    /// The node's own sealing key, as one of several members.
    Member,
}

/// What a parcel changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Own parcels that have come to where they were to come, and are sent no more.
    pub delivered: Vec<ParcelId>,
    /// Whether its content is for the layer above.
    pub coming: Coming,
}

/// What becomes of the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coming {
    /// It has come before, and is acknowledged once more.
    Known,
    /// It has not come before: to be stored and acknowledged.
    New,
    /// There is none, or it is passed over.
    Nothing,
}

impl PostOffice {
    /// What to do with a parcel. It changes nothing; [`PostOffice::took`] does, once all that it means is stored, since
    /// what is acknowledged is not sent again.
    pub fn judge(&self, opened: OpenedAs, parcel: &Parcel, now: Timestamp) -> Arrival {
        let lasts = now < parcel.expires_at && parcel.expires_at <= now.plus(RELAY_LIFETIME_MAX);
        let delivered = match opened {
            OpenedAs::Mailbox(mailbox) if lasts => self.delivered(&mailbox, parcel),
            _ => Vec::new(),
        };
        // What is for many may not come to one as if it were for him alone, nor the other way round.
        let is_fit = match parcel.content {
            ParcelContent::Enquiry(_) => opened == OpenedAs::Member,
            ParcelContent::Nothing => false,
            ParcelContent::Sealed(_) => opened != OpenedAs::Member,
        };
        let coming = if !is_fit || !lasts {
            Coming::Nothing
        } else if self.taken.contains_key(&parcel.id) {
            Coming::Known
        } else if self.taken.len() < RELAY_TAKEN_MAX {
            Coming::New
        } else {
            Coming::Nothing
        };
        Arrival { delivered, coming }
    }

    /// Only what named this very mailbox for its acknowledgement: nobody else can have it.
    fn delivered(&self, mailbox: &SealingPublicKey, parcel: &Parcel) -> Vec<ParcelId> {
        let is_answered = |id: &ParcelId| {
            let waiting = self.waiting.get(id);
            waiting.is_some_and(|waiting| waiting.outgoing.parcel.answer_to == Some(*mailbox))
        };
        let acknowledged: BTreeSet<_> = parcel.acknowledged.iter().copied().collect();
        acknowledged.into_iter().filter(is_answered).collect()
    }

    /// What [`PostOffice::judge`] said of a parcel is stored.
    pub fn took(&mut self, parcel: &Parcel, arrival: &Arrival) {
        for id in &arrival.delivered {
            self.waiting.remove(id);
        }
        if arrival.coming == Coming::Nothing {
            return;
        }
        self.taken.insert(parcel.id, parcel.expires_at);
        if let Some(mailbox) = parcel.answer_to {
            let due = (mailbox, parcel.id);
            let has_room = self.acknowledgements.len() < RELAY_ACKNOWLEDGEMENTS_MAX;
            if has_room && !self.acknowledgements.contains(&due) {
                self.acknowledgements.push(due);
            }
        }
    }

    /// A parcel that came before this node was started.
    pub fn took_before(&mut self, id: ParcelId, expires_at: Timestamp) {
        self.taken.insert(id, expires_at);
    }
}
