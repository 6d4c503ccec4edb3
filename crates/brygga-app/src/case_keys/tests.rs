use brygga_crypto::KeyEncryptionKey;
use brygga_storage::SlotState;
use tempfile::TempDir;

use super::*;

const NOON: Timestamp = Timestamp::from_millis(1_800_000_000_000);

struct Rig {
    keys: CaseKeys,
    ring: KeyRing,
    _directory: TempDir,
}

impl Rig {
    async fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let url = format!("sqlite:{}", directory.path().join("vault.db").display());
        Vault::migrate(&url, [1; 16]).await.unwrap();
        let keys = CaseKeys::new(Vault::open(&url).await.unwrap());
        let ring = KeyRing::new(KeyEncryptionKey::generate(&mut SystemRandom), Vec::new());
        Self { keys, ring, _directory: directory }
    }

    async fn fill(&self, now: Timestamp) {
        self.keys.fill(&self.ring, now).await.unwrap();
    }

    fn waiting(&self) -> usize {
        self.keys.pool().batches.iter().map(|batch| batch.slots.len()).sum()
    }

    async fn is_held(&self, slot: KeySlot) -> bool {
        matches!(self.keys.vault().slot_state(slot).await.unwrap(), SlotState::Held(_))
    }
}

#[tokio::test]
async fn a_key_is_in_the_vault_before_anybody_gets_it_and_nobody_gets_it_twice() {
    let rig = Rig::new().await;
    assert!(rig.keys.next(NOON).is_none());
    rig.fill(NOON).await;
    let mut taken = Vec::new();
    while let Some((filled, _)) = rig.keys.next(NOON) {
        assert!(rig.is_held(filled.slot).await);
        taken.push(filled.slot);
    }
    taken.sort();
    taken.dedup();
    assert_eq!(taken.len(), BATCH_FIRST);
}

#[tokio::test]
async fn batches_double_up_to_4096_and_begin_small_after_a_quiet_time() {
    let rig = Rig::new().await;
    let mut sizes = Vec::new();
    for _ in 0..9 {
        let before = rig.waiting();
        rig.fill(NOON).await;
        sizes.push(rig.waiting() - before);
    }
    assert_eq!(sizes, [32, 64, 128, 256, 512, 1024, 2048, BATCH_MAX, BATCH_MAX]);
    assert!(rig.keys.next(NOON.plus(FRESH)).is_none());
    rig.fill(NOON.plus(FRESH)).await;
    assert_eq!(rig.waiting(), BATCH_FIRST);
}

/// Half the time to the sweep, so that whoever took one in the last moment has stored its case
/// long before the sweep would take its key for lost.
#[tokio::test]
async fn a_key_that_waited_too_long_is_emptied_and_not_used() {
    let rig = Rig::new().await;
    rig.fill(NOON).await;
    let (last, _) = rig.keys.next(NOON.plus(Seconds(FRESH.0 - 1))).unwrap();
    rig.keys.used(last.slot);
    let stale = rig.keys.pool().batches[0].slots[0].slot;
    assert!(rig.keys.next(NOON.plus(FRESH)).is_none());
    // The vault hears of it with the next batch.
    assert!(rig.is_held(stale).await);
    rig.fill(NOON.plus(FRESH)).await;
    assert!(!rig.is_held(stale).await);
    assert!(rig.is_held(last.slot).await);
    const { assert!(FRESH.0 * 2 <= LOST.0) };
}

#[tokio::test]
async fn before_the_end_the_vault_hears_what_became_of_every_key() {
    let rig = Rig::new().await;
    rig.fill(NOON).await;
    let (used, _) = rig.keys.next(NOON).unwrap();
    let (unused, _) = rig.keys.next(NOON).unwrap();
    rig.keys.used(used.slot);
    rig.keys.unused(unused.slot);
    rig.keys.settle(NOON).await.unwrap();
    assert!(rig.is_held(used.slot).await);
    assert!(!rig.is_held(unused.slot).await);
    let vault = rig.keys.vault();
    assert_eq!(vault.slots_held(NOON.plus(LOST), SWEEP).await.unwrap(), []);
    assert_eq!(vault.slots_page(0, 100).await.unwrap().len(), 1);
}
