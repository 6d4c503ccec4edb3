//! Keys for new cases, made beforehand: a batch costs the vault one commit, a case none.
//!
//! A case takes the next key from memory. What became of it is told to the vault with the next
//! batch. After a crash that is not known; then the sweep asks the database which keys it names.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use brygga_crypto::at_rest::{FilledSlot, KeySlot};
use brygga_crypto::{KeyRing, SystemRandom};
use brygga_domain::id::time_ordered;
use brygga_domain::{Seconds, Timestamp};
use brygga_storage::{SlotTurn, StorageError, Vault};
use rand_core::Rng;

use crate::App;

/// Keys in the first batch, and in the first one after a quiet time.
const BATCH_FIRST: usize = 32;
/// Keys in a batch at most; each batch is twice the one before while they are used up.
const BATCH_MAX: usize = 4096;
/// How long a key waits in memory; half the time after which the sweep may take it for lost.
const FRESH: Seconds = Seconds::hours(12);
/// After which a key that no row names is taken for lost.
const LOST: Seconds = Seconds::hours(24);
/// Keys that one sweep looks at.
const SWEEP: u32 = 4096;

/// Keys for new cases, and the vault that keeps them all.
#[derive(Debug)]
pub struct CaseKeys {
    vault: Vault,
    pool: Mutex<Pool>,
    filling: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Pool {
    batches: VecDeque<Batch>,
    next_size: usize,
    used: Vec<KeySlot>,
    unused: Vec<KeySlot>,
}

#[derive(Debug)]
struct Batch {
    made_at: Timestamp,
    slots: Vec<FilledSlot>,
}

impl CaseKeys {
    /// Keys from this vault.
    pub const fn new(vault: Vault) -> Self {
        let pool = Pool {
            batches: VecDeque::new(),
            next_size: BATCH_FIRST,
            used: Vec::new(),
            unused: Vec::new(),
        };
        Self { vault, pool: Mutex::new(pool), filling: tokio::sync::Mutex::const_new(()) }
    }

    /// The vault.
    pub const fn vault(&self) -> &Vault {
        &self.vault
    }

    /// A row names the slot, durably.
    pub(crate) fn used(&self, slot: KeySlot) {
        self.pool().used.push(slot);
    }

    /// No row will ever name the slot.
    pub(crate) fn unused(&self, slot: KeySlot) {
        self.pool().unused.push(slot);
    }

    /// The next key, and whether it is time to make more.
    fn next(&self, now: Timestamp) -> Option<(FilledSlot, bool)> {
        let mut pool = self.pool();
        pool.drop_stale(now);
        let batch = pool.batches.front_mut()?;
        let next = batch.slots.pop();
        if batch.slots.is_empty() {
            pool.batches.pop_front();
        }
        let left: usize = pool.batches.iter().map(|batch| batch.slots.len()).sum();
        next.map(|next| (next, left < pool.next_size / 4))
    }

    /// Makes a batch. Whoever calls holds `filling`.
    async fn fill(&self, ring: &KeyRing, now: Timestamp) -> Result<(), StorageError> {
        let size = self.pool().next_size;
        let defect = |_| StorageError::Defect { name: "case_keys.fill" };
        let new: Result<Vec<_>, _> =
            (0..size).map(|_| slot(now).fill(ring, &mut SystemRandom)).collect();
        let done = self.turn(new.map_err(defect)?, now).await?;
        let mut pool = self.pool();
        pool.batches.push_back(Batch { made_at: now, slots: done });
        pool.next_size = (size * 2).min(BATCH_MAX);
        Ok(())
    }

    /// Stores new slots together with what became of earlier ones.
    async fn turn(
        &self,
        new: Vec<FilledSlot>,
        now: Timestamp,
    ) -> Result<Vec<FilledSlot>, StorageError> {
        let (used, unused) = {
            let mut pool = self.pool();
            (std::mem::take(&mut pool.used), std::mem::take(&mut pool.unused))
        };
        // Where this fails the sweep finds out what became of them.
        Ok(self.vault.slots_turn(SlotTurn { new, used, unused }, now).await?.new)
    }

    /// Tells the vault what became of every key, and forgets those that wait.
    async fn settle(&self, now: Timestamp) -> Result<(), StorageError> {
        let _filling = self.filling.lock().await;
        self.pool().drop_all();
        self.turn(Vec::new(), now).await.map(drop)
    }

    fn pool(&self) -> MutexGuard<'_, Pool> {
        // Nothing here panics half-way through a change.
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pool {
    /// Drops keys that have waited so long that the sweep may take them.
    fn drop_stale(&mut self, now: Timestamp) {
        let is_stale = |batch: &Batch| now >= batch.made_at.plus(FRESH);
        while self.batches.front().is_some_and(is_stale) {
            let stale = self.batches.pop_front();
            self.unused.extend(stale.into_iter().flat_map(|batch| batch.slots).map(|one| one.slot));
            self.next_size = BATCH_FIRST;
        }
    }

    fn drop_all(&mut self) {
        let batches = std::mem::take(&mut self.batches);
        self.unused.extend(batches.into_iter().flat_map(|batch| batch.slots).map(|one| one.slot));
    }
}

impl App {
    /// A key for a new case, which the vault holds already.
    pub(crate) async fn take_key(&self) -> Result<FilledSlot, StorageError> {
        let (keys, now) = (&self.parts().case_keys, self.now());
        let taken = match keys.next(now) {
            Some(taken) => taken,
            None => {
                let _filling = keys.filling.lock().await;
                loop {
                    match keys.next(now) {
                        Some(taken) => break taken,
                        None => keys.fill(self.parts().keys.key_ring(), now).await?,
                    }
                }
            }
        };
        let (slot, is_low) = taken;
        if is_low && keys.filling.try_lock().is_ok() {
            let app = self.clone();
            tokio::spawn(async move { app.fill_keys().await });
        }
        Ok(slot)
    }

    /// Makes a batch beforehand, unless somebody else is at it.
    async fn fill_keys(&self) {
        let keys = &self.parts().case_keys;
        let Ok(_filling) = keys.filling.try_lock() else { return };
        if let Err(error) = keys.fill(self.parts().keys.key_ring(), self.now()).await {
            tracing::warn!(storage.error = error.code(), "keys could not be made beforehand");
        }
    }

    /// Empties slots that no row names and that are older than a day, and returns how many: what a
    /// process that ended had made beforehand.
    ///
    /// # Errors
    /// [`StorageError`]; the next sweep tries again.
    pub async fn sweep_keys(&self) -> Result<usize, StorageError> {
        let (now, vault) = (self.now(), self.parts().case_keys.vault());
        let held = vault.slots_held(now.minus(LOST), SWEEP).await?;
        if held.is_empty() {
            return Ok(0);
        }
        let asked = held.clone();
        let used = self
            .parts()
            .store
            .read(move |reader| Box::pin(async move { reader.slots_in_use(&asked).await }));
        let used = used.await?;
        let unused: Vec<_> = held.into_iter().filter(|slot| !used.contains(slot)).collect();
        let emptied = unused.len();
        vault.slots_turn(SlotTurn { new: Vec::new(), used, unused }, now).await?;
        Ok(emptied)
    }

    /// Tells the vault what became of every key that was made beforehand; before the process ends.
    ///
    /// # Errors
    /// [`StorageError`]; a later sweep finds out.
    pub async fn settle_keys(&self) -> Result<(), StorageError> {
        self.parts().case_keys.settle(self.now()).await
    }
}

fn slot(now: Timestamp) -> KeySlot {
    let mut random = [0; 10];
    SystemRandom.fill_bytes(&mut random);
    KeySlot::from_bytes(time_ordered(now, random))
}

#[cfg(test)]
mod tests;
