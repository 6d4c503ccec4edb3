//! Drawing a sample of the access log for a review.
//!
//! Each entry's lot is a hash of the seed and the entry; those with the lowest lots are drawn. So
//! the log is read once in pieces, and the same seed draws the same sample for whoever checks it.

use std::collections::{BTreeMap, BTreeSet};

use brygga_crypto::{Digest, sha256};
use brygga_domain::Timestamp;
use brygga_domain::access::{AccessGround, Curious, Sampled, Seen, is_outside_hours};

use super::AccessEntry;

/// How a sample is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampleWish {
    /// From when on.
    pub from: Timestamp,
    /// Until before when.
    pub until: Timestamp,
    /// Entries that are drawn at random, and at most so many outside working hours.
    pub size: u32,
    /// Any number that the reviewer chooses.
    pub seed: u64,
}

/// An entry with its place in the log and why it is in the sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawnEntry {
    /// Place in the log.
    pub place: i64,
    /// The entry.
    pub entry: AccessEntry,
    /// Why; at least one.
    pub why: BTreeSet<Sampled>,
}

/// A sample, and the digest that a reviewer signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// In the order of the log.
    pub entries: Vec<DrawnEntry>,
    /// Entries of the period that it was drawn from.
    pub drawn_from: u64,
    /// SHA-256 over the places and leaves of the entries.
    pub digest: Digest,
}

/// Draws while the log is read.
#[derive(Debug)]
pub struct Sampler {
    wish: SampleWish,
    seen: u64,
    drawn: Lots,
    outside: Lots,
    glasses: BTreeSet<i64>,
    curious: Curious,
}

/// The lowest lots so far.
#[derive(Debug, Default)]
struct Lots(BTreeMap<(Digest, i64), ()>);

impl Lots {
    fn add(&mut self, lot: Digest, place: i64, most: u32) {
        self.0.insert((lot, place), ());
        if self.0.len() > most as usize {
            self.0.pop_last();
        }
    }

    fn places(&self) -> impl Iterator<Item = i64> {
        self.0.keys().map(|(_, place)| *place)
    }
}

impl Sampler {
    /// Begins.
    pub fn new(wish: SampleWish) -> Self {
        let (drawn, outside) = (Lots::default(), Lots::default());
        let (glasses, curious) = (BTreeSet::new(), Curious::default());
        Self { wish, seen: 0, drawn, outside, glasses, curious }
    }

    /// Looks at one entry of the period, in the order of the log.
    pub fn look(&mut self, place: i64, entry: &AccessEntry) {
        let lot = sha256(&[&self.wish.seed.to_be_bytes(), entry.leaf.as_bytes()]);
        self.seen += 1;
        self.drawn.add(lot, place, self.wish.size);
        if is_outside_hours(entry.at) {
            self.outside.add(lot, place, self.wish.size);
        }
        if matches!(entry.access.ground, AccessGround::BreakGlass(_)) {
            self.glasses.insert(place);
        }
        self.curious.look(Seen {
            place,
            at: entry.at,
            subject: &entry.access.by.subject,
            object: entry.access.object.id().copied(),
        });
    }

    /// The places that are in the sample, and why.
    pub fn places(&self) -> BTreeMap<i64, BTreeSet<Sampled>> {
        let mut places: BTreeMap<i64, BTreeSet<Sampled>> = BTreeMap::new();
        let curious = self.curious.places();
        let kinds: [(Sampled, Vec<i64>); 4] = [
            (Sampled::BreakGlass, self.glasses.iter().copied().collect()),
            (Sampled::ManyPersons, curious.into_iter().collect()),
            (Sampled::OutsideHours, self.outside.places().collect()),
            (Sampled::Random, self.drawn.places().collect()),
        ];
        for (why, found) in kinds {
            for place in found {
                places.entry(place).or_default().insert(why);
            }
        }
        places
    }

    /// Entries of the period so far.
    pub const fn seen(&self) -> u64 {
        self.seen
    }
}

impl Sample {
    /// A sample of these entries.
    pub fn of(entries: Vec<DrawnEntry>, drawn_from: u64) -> Self {
        let mut parts: Vec<Vec<u8>> = vec![b"brygga/access-sample/v1".to_vec()];
        for drawn in &entries {
            parts.push(drawn.place.to_be_bytes().to_vec());
            parts.push(drawn.entry.leaf.as_bytes().to_vec());
        }
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        Self { entries, drawn_from, digest: sha256(&parts) }
    }
}
