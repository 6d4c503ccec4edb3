//! What all subscribers together have heard.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use brygga_crypto::VerifyingKey;
use brygga_proto::capacity::v1 as proto;
use brygga_wire::capacity::SignedStatement;
use prost::Message;
use tokio::time::Instant;

use crate::failure::Failure;

use super::publisher::GENTLE_SERVICE;

/// Of so many statements one is verified.
const VERIFIED_EVERY: u64 = 256;

/// Counts, shared by all subscribers.
pub(super) struct Tally {
    key: VerifyingKey,
    told: AtomicU64,
    skipped: AtomicU64,
    verified: AtomicU64,
    bad: AtomicU64,
    round: AtomicUsize,
    up_to_date: AtomicUsize,
    /// Publications of the gentle service by sequence: at how many they are, and since when.
    arrivals: Mutex<HashMap<u64, (usize, Instant)>>,
}

/// The counts at one moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counted {
    /// Statements that arrived.
    pub(super) told: u64,
    /// Revisions that never arrived, because a later one did.
    pub(super) skipped: u64,
    /// Signatures that were verified.
    pub(super) verified: u64,
}

/// What one subscriber has heard.
#[derive(Default)]
pub(super) struct Ear {
    revisions: HashMap<Vec<u8>, u32>,
    round: usize,
}

impl Tally {
    pub(super) fn new(key: VerifyingKey) -> Self {
        Self {
            key,
            told: AtomicU64::default(),
            skipped: AtomicU64::default(),
            verified: AtomicU64::default(),
            bad: AtomicU64::default(),
            round: AtomicUsize::new(1),
            up_to_date: AtomicUsize::default(),
            arrivals: Mutex::default(),
        }
    }

    pub(super) fn counted(&self) -> Counted {
        let [told, skipped, verified] = [&self.told, &self.skipped, &self.verified]
            .map(|counter| counter.load(Ordering::Relaxed));
        Counted { told, skipped, verified }
    }

    /// An error where anything came that should not.
    pub(super) fn faults(&self) -> Result<(), Failure> {
        match self.bad.load(Ordering::Relaxed) {
            0 => Ok(()),
            bad => Err(Failure::other("BENCH", format!("{bad} statements were not good"))),
        }
    }

    /// From now on everybody has to get up to date once more.
    pub(super) fn begin_round(&self) {
        self.up_to_date.store(0, Ordering::SeqCst);
        self.round.fetch_add(1, Ordering::SeqCst);
    }

    /// How many are up to date in this round.
    pub(super) fn up_to_date(&self) -> usize {
        self.up_to_date.load(Ordering::SeqCst)
    }

    /// When the last of so many had a publication; none while it has not.
    pub(super) fn arrived_everywhere(&self, sequence: u64, everybody: usize) -> Option<Instant> {
        let arrivals = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        arrivals.get(&sequence).filter(|(count, _)| *count == everybody).map(|(_, last)| *last)
    }

    /// A statement arrived.
    pub(super) fn hear(&self, ear: &mut Ear, signed: proto::SignedStatement) {
        let number = self.told.fetch_add(1, Ordering::Relaxed);
        let Ok(told) = proto::CapacityStatement::decode(signed.statement.as_slice()) else {
            self.bad.fetch_add(1, Ordering::Relaxed);
            return;
        };
        let id = told.service.unwrap_or_default().service_id;
        if id == GENTLE_SERVICE {
            let mut arrivals = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
            let arrival = arrivals.entry(told.sequence).or_insert((0, Instant::now()));
            *arrival = (arrival.0 + 1, Instant::now());
        }
        let before = ear.revisions.insert(id, told.revision);
        let skipped = before.map_or(0, |before| told.revision.saturating_sub(before + 1));
        self.skipped.fetch_add(u64::from(skipped), Ordering::Relaxed);
        if number.is_multiple_of(VERIFIED_EVERY) {
            let verified =
                SignedStatement::from_proto(signed).and_then(|signed| signed.verify(&self.key));
            let counter = if verified.is_ok() { &self.verified } else { &self.bad };
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Nothing is missing at a subscriber.
    pub(super) fn complete(&self, ear: &mut Ear) {
        let round = self.round.load(Ordering::SeqCst);
        if ear.round != round {
            ear.round = round;
            self.up_to_date.fetch_add(1, Ordering::SeqCst);
        }
    }
}
