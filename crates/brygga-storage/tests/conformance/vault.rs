//! The vault on both engines: keys made in batches, destroyed for good, wrapped anew.

use brygga_crypto::at_rest::{FilledSlot, KeySlot};
use brygga_crypto::{KeyEncryptionKey, KeyRing, SystemRandom};
use brygga_exchange::erase::{ErasureCause, Subject};
use brygga_storage::{Erasing, SlotState, SlotTurn, StorageError, StoredSlot, Vault};

use crate::database::Database;
use crate::fixtures::{NOW, at, key_slot, referral_id};
use crate::on_both;

on_both!(
    a_batch_holds_its_keys_until_they_are_settled,
    a_destroyed_key_is_gone_and_its_erasure_is_remembered_until_finished,
    a_slot_that_never_was_is_destroyed_all_the_same,
    a_key_wrapped_anew_opens_and_a_destroyed_one_stays_destroyed,
    nothing_is_added_under_a_wrapping_key_that_is_about_to_end,
    a_vault_keeps_its_first_name,
    two_processes_share_a_vault,
);

fn ring() -> KeyRing {
    KeyRing::new(KeyEncryptionKey::generate(&mut SystemRandom), Vec::new())
}

fn filled(ring: &KeyRing, numbers: std::ops::Range<u32>) -> Vec<FilledSlot> {
    numbers.map(|number| key_slot(number).fill(ring, &mut SystemRandom).unwrap()).collect()
}

async fn add(vault: &Vault, ring: &KeyRing, numbers: std::ops::Range<u32>) -> Vec<FilledSlot> {
    let turn = SlotTurn { new: filled(ring, numbers), ..SlotTurn::default() };
    vault.slots_turn(turn, NOW).await.unwrap().new
}

async fn wrapped(vault: &Vault, slot: KeySlot) -> Option<Vec<u8>> {
    match vault.slot_state(slot).await.unwrap() {
        SlotState::Held(wrapped) => Some(wrapped),
        SlotState::Destroyed | SlotState::Unknown => None,
    }
}

fn erasing(number: u32) -> Erasing {
    Erasing {
        slot: key_slot(number),
        subject: Subject::Referral(referral_id(number)),
        cause: ErasureCause::ConsentWithdrawn,
    }
}

async fn a_batch_holds_its_keys_until_they_are_settled(database: &Database) {
    let (vault, ring) = (database.vault().await, ring());
    let made = add(&vault, &ring, 0..70).await;
    assert_eq!(vault.slots_held(at(-1), 100).await.unwrap(), []);
    assert_eq!(vault.slots_held(NOW, 100).await.unwrap().len(), 70);
    let used = (0..40).map(key_slot).collect();
    let unused = (30..50).map(key_slot).collect();
    let turn = SlotTurn { used, unused, ..SlotTurn::default() };
    vault.slots_turn(turn, at(1)).await.unwrap();
    assert_eq!(vault.slots_held(NOW, 100).await.unwrap().len(), 20);
    // A slot that something names is not emptied, whatever is said afterwards.
    for (number, is_kept) in [(0, true), (35, true), (45, false), (60, true)] {
        let key = wrapped(&vault, key_slot(number)).await;
        let made = &made[usize::try_from(number).unwrap()].wrapped_key;
        assert_eq!(key.as_ref(), Some(made).filter(|_| is_kept), "{number}");
    }
    assert!(matches!(vault.slot_state(key_slot(99)).await.unwrap(), SlotState::Unknown));
}

async fn a_destroyed_key_is_gone_and_its_erasure_is_remembered_until_finished(database: &Database) {
    let (vault, ring) = (database.vault().await, ring());
    add(&vault, &ring, 0..3).await;
    vault.slot_destroy(erasing(1)).await.unwrap();
    vault.slot_destroy(erasing(1)).await.unwrap();
    assert_eq!(wrapped(&vault, key_slot(1)).await, None);
    assert!(wrapped(&vault, key_slot(0)).await.is_some());
    // Another process, or this one after a crash, sees it.
    let again = database.vault().await;
    assert_eq!(again.erasures_unfinished(10).await.unwrap(), [erasing(1)]);
    again.erasure_finish(key_slot(1)).await.unwrap();
    assert_eq!(vault.erasures_unfinished(10).await.unwrap(), []);
    assert!(matches!(vault.slot_state(key_slot(1)).await.unwrap(), SlotState::Destroyed));
    assert_eq!(vault.slots_held(NOW, 10).await.unwrap().len(), 2);
}

async fn a_slot_that_never_was_is_destroyed_all_the_same(database: &Database) {
    let vault = database.vault().await;
    vault.slot_destroy(erasing(7)).await.unwrap();
    assert!(matches!(vault.slot_state(key_slot(7)).await.unwrap(), SlotState::Destroyed));
    assert_eq!(vault.erasures_unfinished(10).await.unwrap(), [erasing(7)]);
}

async fn a_key_wrapped_anew_opens_and_a_destroyed_one_stays_destroyed(database: &Database) {
    let old = KeyEncryptionKey::generate(&mut SystemRandom);
    let copy = || KeyEncryptionKey::from_bytes(&old.to_bytes());
    let vault = database.vault().await;
    add(&vault, &KeyRing::new(copy(), Vec::new()), 0..4).await;
    let newest = KeyRing::new(KeyEncryptionKey::generate(&mut SystemRandom), vec![copy()]);
    let first = vault.slots_page(0, 3).await.unwrap();
    let rest = vault.slots_page(first[2].seq, 3).await.unwrap();
    assert_eq!((first.len(), rest.len()), (3, 1));
    let anew = |stored: StoredSlot| {
        let wrapped = stored.slot.rewrap(&newest, &stored.wrapped_key, &mut SystemRandom);
        (stored, wrapped.unwrap().unwrap())
    };
    // Between the reading and the writing one is erased.
    vault.slot_destroy(erasing(2)).await.unwrap();
    let changes = first.into_iter().chain(rest).map(anew).collect();
    assert_eq!(vault.slots_rewrap(changes).await.unwrap(), 3);
    assert_eq!(wrapped(&vault, key_slot(2)).await, None);
    let before = KeyRing::new(copy(), Vec::new());
    for number in [0, 1, 3] {
        let wrapped = wrapped(&vault, key_slot(number)).await.unwrap();
        assert!(key_slot(number).open(&newest, &wrapped).is_ok());
        assert!(key_slot(number).open(&before, &wrapped).is_err());
    }
}

async fn nothing_is_added_under_a_wrapping_key_that_is_about_to_end(database: &Database) {
    let (vault, earlier, newest) = (database.vault().await, ring(), ring());
    add(&vault, &earlier, 0..2).await;
    vault.wrapping_require(newest.wrapping_id()).await.unwrap();
    let turn = SlotTurn { new: filled(&earlier, 2..4), ..SlotTurn::default() };
    let refused = vault.slots_turn(turn, NOW).await.unwrap_err();
    let setting = "the key-encryption key";
    assert!(
        matches!(refused, StorageError::WeakSetting { setting: found, .. } if found == setting)
    );
    add(&vault, &newest, 4..6).await;
    assert_eq!(vault.slots_page(0, 10).await.unwrap().len(), 4);
}

async fn a_vault_keeps_its_first_name(database: &Database) {
    let name = database.vault().await.name();
    Vault::migrate(&database.vault_url(), [9; 16]).await.unwrap();
    assert_eq!(database.vault().await.name(), name);
}

async fn two_processes_share_a_vault(database: &Database) {
    let (one, other, ring) = (database.vault().await, database.vault().await, ring());
    let (first, second) = tokio::join!(add(&one, &ring, 0..200), add(&other, &ring, 200..400));
    assert_eq!(first.len() + second.len(), 400);
    assert_eq!(one.slots_page(0, 1000).await.unwrap().len(), 400);
    one.slot_destroy(erasing(300)).await.unwrap();
    assert_eq!(wrapped(&other, key_slot(300)).await, None);
}

/// Bytes of a file and of whatever lies beside it under the same name.
fn files(database: &Database) -> Vec<u8> {
    let url = database.vault_url();
    let file = std::path::PathBuf::from(url.strip_prefix("sqlite:").unwrap());
    let name = file.file_name().unwrap().to_str().unwrap().to_owned();
    let entries = std::fs::read_dir(file.parent().unwrap()).unwrap().map(Result::unwrap);
    let beside = entries.filter(|entry| entry.file_name().to_str().unwrap().starts_with(&name));
    beside.flat_map(|entry| std::fs::read(entry.path()).unwrap()).collect()
}

/// Many batches, so that the tree of pages grows; every tenth is destroyed and looked for.
#[tokio::test]
async fn no_byte_of_a_destroyed_key_stays_in_the_file() {
    let database = Database::sqlite_unmigrated();
    let (vault, ring) = (database.vault().await, ring());
    let mut made = Vec::new();
    for batch in 0..20 {
        made.extend(add(&vault, &ring, batch * 100..(batch + 1) * 100).await);
        let settled = (batch * 100..(batch + 1) * 100).map(key_slot).collect();
        let turn = SlotTurn { used: settled, ..SlotTurn::default() };
        vault.slots_turn(turn, at(1)).await.unwrap();
    }
    let holds = |bytes: &[u8], key: &[u8]| bytes.windows(key.len()).any(|window| window == key);
    let before = files(&database);
    for number in (0..2000_u32).step_by(97) {
        let key = &made[usize::try_from(number).unwrap()].wrapped_key;
        assert!(holds(&before, key), "the search finds what is there");
        vault.slot_destroy(erasing(number)).await.unwrap();
        vault.erasure_finish(key_slot(number)).await.unwrap();
    }
    let after = files(&database);
    for number in (0..2000_u32).step_by(97) {
        let key = &made[usize::try_from(number).unwrap()].wrapped_key;
        // Half of it would not open, but nothing of it should be there.
        assert!(!holds(&after, &key[key.len() - 24..]), "{number}");
    }
}

#[tokio::test]
async fn a_vault_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let database = Database::sqlite_unmigrated();
    drop(database.vault().await);
    let url = database.vault_url();
    let file = url.strip_prefix("sqlite:").unwrap();
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o640)).unwrap();
    let refused = Vault::open(&url).await.unwrap_err();
    assert!(matches!(refused, StorageError::WeakSetting { setting: "file mode", .. }));
}

#[tokio::test]
async fn a_copy_of_a_vault_is_a_vault() {
    let database = Database::sqlite_unmigrated();
    let (vault, ring) = (database.vault().await, ring());
    add(&vault, &ring, 0..3).await;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("copy å.db");
    vault.copy_to(&file).await.unwrap();
    assert_eq!(vault.copy_to(&file).await, Err(StorageError::Conflict));
    vault.slot_destroy(erasing(1)).await.unwrap();
    let copy = Vault::open(&format!("sqlite:{}", file.display())).await.unwrap();
    assert_eq!(copy.name(), vault.name());
    // Which is why copies live shortly.
    assert!(wrapped(&copy, key_slot(1)).await.is_some());
}
