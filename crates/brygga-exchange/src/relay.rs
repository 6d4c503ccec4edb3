//! The post office of an exchange network: which parcels go into the cells of a slot, and what to do with those that come.
//!
//! It always fills as many cells as it is asked for, so that nobody can tell from their number whether there was anything
//! to say. Nothing here is sealed, stored or sent.

mod arrival;
mod board;
mod rows;
mod slots;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use brygga_crypto::SealingPublicKey;
use brygga_domain::{ParcelId, Reason, Refusal, Seconds, Timestamp};
use brygga_wire::relay::{MAX_ACKNOWLEDGED, Parcel, ParcelContent};
use rand_core::Rng;

pub use arrival::{Arrival, Coming, OpenedAs};
pub use board::RelayBoard;
pub use rows::{RelayWrites, StoredMailbox, StoredParcel};
pub use slots::{RELAY_SLOTS_KEPT, SlotClock};

/// A parcel goes again after so many slots.
pub const RELAY_REPEAT_SLOTS: u64 = 4;
/// The most parcels of one node that wait in one network.
pub const RELAY_WAITING_MAX: usize = 256;
/// The most acknowledgements that wait; one that finds no room is made again when its parcel comes again.
pub const RELAY_ACKNOWLEDGEMENTS_MAX: usize = 1_024;
/// The most parcels that are remembered until they end; one that finds no room is not taken, and comes again.
pub const RELAY_TAKEN_MAX: usize = 4_096;
/// The longest time from now to a parcel's end.
pub const RELAY_LIFETIME_MAX: Seconds = Seconds::days(62);

/// How long a parcel that only acknowledges is worth anything.
const ACKNOWLEDGEMENT_LIFETIME: Seconds = Seconds::hours(24);

/// For whom a parcel is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// Whoever has this mailbox.
    Mailbox(SealingPublicKey),
    /// All members with these sealing keys, 1 to 64.
    Members(Vec<SealingPublicKey>),
}

/// A parcel that is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// For whom.
    pub to: Address,
    /// What. Its acknowledgements are added when it is sent.
    pub parcel: Parcel,
    /// Whether it tells of an end, which goes before everything else.
    pub is_abort: bool,
}

/// What goes into one cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Load {
    /// Nothing.
    Cover,
    /// A parcel.
    Parcel {
        /// For whom.
        to: Address,
        /// What.
        parcel: Parcel,
    },
}

/// What one node has to say in one network, and what it has heard.
#[derive(Clone, Debug, Default)]
pub struct PostOffice {
    waiting: BTreeMap<ParcelId, Waiting>,
    /// In the order in which they came.
    acknowledgements: Vec<(SealingPublicKey, ParcelId)>,
    /// What has come, until it ends.
    taken: BTreeMap<ParcelId, Timestamp>,
    posted: u64,
}

#[derive(Clone, Debug)]
struct Waiting {
    outgoing: Outgoing,
    /// The slot since which it is to be sent.
    due: u64,
    /// Which came first of those that are due since the same slot.
    number: u64,
}

impl PostOffice {
    /// Takes a parcel for sending from `slot` on; one that waits already is left as it is.
    ///
    /// # Errors
    /// [`Reason::TooManyRequests`] where [`RELAY_WAITING_MAX`] wait.
    pub fn post(&mut self, outgoing: Outgoing, slot: u64) -> Result<(), Refusal> {
        let id = outgoing.parcel.id;
        if self.waiting.contains_key(&id) {
            return Ok(());
        }
        if self.waiting.len() >= RELAY_WAITING_MAX {
            return Err(Refusal::new(Reason::TooManyRequests));
        }
        self.posted += 1;
        self.waiting.insert(id, Waiting { outgoing, due: slot, number: self.posted });
        Ok(())
    }

    /// Sends a parcel no more.
    pub fn withdraw(&mut self, id: ParcelId) {
        self.waiting.remove(&id);
    }

    /// Exactly `cells` loads for `slot`: ends first, then acknowledgements, then what has been due longest.
    ///
    /// It changes nothing; [`PostOffice::sent`] does, once the relay has them.
    pub fn loads(&self, slot: u64, now: Timestamp, cells: usize, rng: &mut dyn Rng) -> Vec<Load> {
        let mut choice = Choice::new(self, slot, now, cells);
        choice.aborts();
        choice.acknowledgements(rng);
        choice.others();
        let mut loads = choice.loads;
        loads.resize(cells, Load::Cover);
        loads
    }

    /// The relay has taken these loads of `slot`.
    pub fn sent(&mut self, slot: u64, loads: &[Load]) {
        for load in loads {
            let Load::Parcel { to, parcel } = load else { continue };
            if let Some(waiting) = self.waiting.get_mut(&parcel.id) {
                waiting.due = slot.saturating_add(RELAY_REPEAT_SLOTS);
            }
            if let Address::Mailbox(mailbox) = to {
                let is_sent = |(to, id): &(SealingPublicKey, ParcelId)| {
                    to == mailbox && parcel.acknowledged.contains(id)
                };
                self.acknowledgements.retain(|waiting| !is_sent(waiting));
            }
        }
    }

    /// Forgets what has ended, and names what is sent no more.
    pub fn forget(&mut self, now: Timestamp) -> Vec<ParcelId> {
        let mut ended = Vec::new();
        self.waiting.retain(|id, waiting| {
            let lasts = waiting.outgoing.parcel.expires_at > now;
            if !lasts {
                ended.push(*id);
            }
            lasts
        });
        self.taken.retain(|_, expires_at| *expires_at > now);
        ended
    }

    /// How many parcels wait.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }
}

/// The loads of one slot while they are chosen.
struct Choice<'a> {
    /// What is due and not chosen, in its order.
    due: Vec<&'a Waiting>,
    /// What is to be acknowledged and not chosen, in its order.
    acknowledgements: Vec<(SealingPublicKey, ParcelId)>,
    now: Timestamp,
    cells: usize,
    loads: Vec<Load>,
}

impl<'a> Choice<'a> {
    fn new(office: &'a PostOffice, slot: u64, now: Timestamp, cells: usize) -> Self {
        let is_due =
            |waiting: &&Waiting| waiting.due <= slot && waiting.outgoing.parcel.expires_at > now;
        let mut due: Vec<_> = office.waiting.values().filter(is_due).collect();
        due.sort_by_key(|waiting| (waiting.due, waiting.number));
        let acknowledgements = office.acknowledgements.clone();
        Self { due, acknowledgements, now, cells, loads: Vec::with_capacity(cells) }
    }

    fn aborts(&mut self) {
        while let Some(place) = self.due.iter().position(|waiting| waiting.outgoing.is_abort) {
            if self.is_full() {
                return;
            }
            self.choose(place);
        }
    }

    /// With a parcel that is due to the same mailbox, where there is one, or alone.
    fn acknowledgements(&mut self, rng: &mut dyn Rng) {
        while let Some((mailbox, _)) = self.acknowledgements.first().copied() {
            if self.is_full() {
                return;
            }
            let to = Address::Mailbox(mailbox);
            if let Some(place) = self.due.iter().position(|waiting| waiting.outgoing.to == to) {
                self.choose(place);
                continue;
            }
            let mut id = [0; 16];
            rng.fill_bytes(&mut id);
            let parcel = Parcel {
                id: ParcelId::from_bytes(id),
                answer_to: None,
                acknowledged: self.acknowledged(&to),
                expires_at: whole_second(self.now.plus(ACKNOWLEDGEMENT_LIFETIME)),
                content: ParcelContent::Nothing,
            };
            self.loads.push(Load::Parcel { to, parcel });
        }
    }

    fn others(&mut self) {
        while !self.due.is_empty() && !self.is_full() {
            self.choose(0);
        }
    }

    fn choose(&mut self, place: usize) {
        let Outgoing { to, parcel, .. } = &self.due.remove(place).outgoing;
        let acknowledged = self.acknowledged(to);
        let parcel = Parcel { acknowledged, ..parcel.clone() };
        self.loads.push(Load::Parcel { to: to.clone(), parcel });
    }

    /// Takes as many acknowledgements to the mailbox as a parcel holds.
    fn acknowledged(&mut self, to: &Address) -> Vec<ParcelId> {
        let Address::Mailbox(mailbox) = to else { return Vec::new() };
        let chosen = self.acknowledgements.extract_if(.., |(to, _)| to == mailbox);
        chosen.take(MAX_ACKNOWLEDGED).map(|(_, id)| id).collect()
    }

    fn is_full(&self) -> bool {
        self.loads.len() >= self.cells
    }
}

/// The next whole second.
const fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_millis((at.as_millis().div_euclid(1000)).saturating_add(1).saturating_mul(1000))
}
