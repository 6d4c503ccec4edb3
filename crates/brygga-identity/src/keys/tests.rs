use std::fs;
use std::os::unix::fs::PermissionsExt;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::*;

fn unit(text: &str) -> UnitId {
    UnitId::parse(text).unwrap()
}

fn made() -> (tempfile::TempDir, NodeKeys) {
    let dir = tempfile::tempdir().unwrap();
    let mut rng = ChaCha20Rng::from_seed([7; 32]);
    let keys =
        NodeKeys::generate(&dir.path().join("keys"), &[unit("mobila-teamet")], &mut rng).unwrap();
    (dir, keys)
}

#[test]
fn loaded_keys_are_the_generated_ones() {
    let (dir, keys) = made();
    let loaded = NodeKeys::load(&dir.path().join("keys")).unwrap();
    assert_eq!(loaded.verifying(), keys.verifying());
    assert_eq!(loaded.sealing_entries(), keys.sealing_entries());
    assert_eq!(loaded.sealing_entries().len(), 2);
    let mobile = unit("mobila-teamet");
    let key_id = loaded.sealing(Some(&mobile)).unwrap().public().key_id();
    assert_eq!(keys.sealing_by_id(key_id).unwrap().public().key_id(), key_id);
    assert!(loaded.sealing(Some(&unit("annan"))).is_none());
    assert_ne!(loaded.sealing(None).unwrap().public().key_id(), key_id);
}

#[test]
fn everything_is_private_from_the_start() {
    let (dir, _) = made();
    let keys = dir.path().join("keys");
    assert!(private_path_faults(&keys).is_empty());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&keys), 0o700);
    assert_eq!(mode(&keys.join("signing.key")), 0o600);
    assert_eq!(mode(&keys.join("sealing/mobila-teamet.key")), 0o600);
}

#[test]
fn a_key_that_others_may_read_is_refused_by_name() {
    let (dir, _) = made();
    let keys = dir.path().join("keys");
    for (path, mode) in [
        (keys.join("signing.key"), 0o640),
        (keys.join("sealing/intake.key"), 0o604),
        (keys.join("sealing"), 0o750),
    ] {
        let before = fs::metadata(&path).unwrap().permissions();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let error = NodeKeys::load(&keys).unwrap_err();
        assert_eq!(error.code(), "KEY_PERMISSIONS");
        assert!(error.to_string().contains(path.to_str().unwrap()));
        assert_eq!(private_path_faults(&keys).len(), 1);
        fs::set_permissions(&path, before).unwrap();
    }
    assert!(NodeKeys::load(&keys).is_ok());
}

#[test]
fn keys_are_never_overwritten() {
    let (dir, keys) = made();
    let mut rng = ChaCha20Rng::from_seed([8; 32]);
    let path = dir.path().join("keys");
    let error = NodeKeys::generate(&path, &[], &mut rng).unwrap_err();
    assert_eq!(error.code(), "KEY_EXISTS");
    assert_eq!(NodeKeys::load(&path).unwrap().verifying(), keys.verifying());
}

#[test]
fn a_key_in_the_wrong_file_is_refused() {
    let (dir, _) = made();
    let keys = dir.path().join("keys");
    fs::copy(keys.join("sealing/intake.key"), keys.join("signing.key")).unwrap();
    assert_eq!(NodeKeys::load(&keys).unwrap_err().code(), "KEY_MALFORMED");
}

#[test]
fn each_absent_key_is_named() {
    for name in ["signing.key", "sealing/intake.key", "data-key-encryption.key"] {
        let (dir, _) = made();
        let keys = dir.path().join("keys");
        fs::remove_file(keys.join(name)).unwrap();
        let error = NodeKeys::load(&keys).unwrap_err();
        assert_eq!(error.code(), "KEY_MISSING");
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn an_earlier_sealing_key_opens_and_no_longer_receives() {
    let (dir, keys) = made();
    let path = dir.path().join("keys");
    let earlier = keys.sealing(None).unwrap().public().key_id();
    let sealing = path.join("sealing");
    fs::rename(sealing.join("intake.key"), sealing.join(format!("intake.{earlier}.key"))).unwrap();
    let new = SealingPrivateKey::generate(&mut ChaCha20Rng::from_seed([9; 32]));
    file::write(&sealing.join("intake.key"), Kind::Sealing, &new.to_bytes()).unwrap();

    let loaded = NodeKeys::load(&path).unwrap();
    assert_eq!(loaded.sealing(None).unwrap().public(), new.public());
    assert!(loaded.sealing_by_id(earlier).is_some());
    assert!(loaded.sealing_entries().iter().all(|entry| entry.key.key_id() != earlier));
}

#[test]
fn a_unit_cannot_take_the_name_of_the_intake() {
    let dir = tempfile::tempdir().unwrap();
    let mut rng = ChaCha20Rng::from_seed([7; 32]);
    let error = NodeKeys::generate(dir.path(), &[unit("intake")], &mut rng).unwrap_err();
    assert_eq!(error.code(), "KEY_RESERVED_UNIT");
}

#[test]
fn debug_shows_no_secret() {
    let (dir, keys) = made();
    let text = fs::read_to_string(dir.path().join("keys/signing.key")).unwrap();
    let secret = text.trim().rsplit(':').next().unwrap();
    assert_eq!(secret.len(), 64);
    assert!(!format!("{keys:?}").contains(secret));
    assert!(format!("{keys:?}").contains("redacted"));
}

#[test]
fn the_operator_key_reads_back() {
    let (dir, _) = made();
    let path = dir.path().join("keys");
    assert!(!operator_key_exists(&path));
    assert_eq!(load_operator(&path).unwrap_err().code(), "KEY_MISSING");
    let made = generate_operator(&path, &mut ChaCha20Rng::from_seed([1; 32])).unwrap();
    assert_eq!(load_operator(&path).unwrap().public(), made.public());
}

#[test]
fn waiting_keys_open_at_once_and_are_used_after_activation() {
    let (dir, before) = made();
    let path = dir.path().join("keys");
    let mut rng = ChaCha20Rng::from_seed([5; 32]);
    let signing = generate_next_signing(&path, &mut rng).unwrap();
    let sealing = generate_next_sealing(&path, None, &mut rng).unwrap();
    assert_eq!(generate_next_signing(&path, &mut rng).unwrap_err().code(), "KEY_EXISTS");

    let waiting = NodeKeys::load(&path).unwrap();
    assert_eq!(waiting.verifying(), before.verifying());
    assert_eq!(waiting.sealing_entries(), before.sealing_entries());
    assert!(waiting.sealing_by_id(sealing.key.key_id()).is_some());

    activate(&path).unwrap();
    let after = NodeKeys::load(&path).unwrap();
    assert_eq!(after.verifying(), signing.key);
    assert_eq!(after.sealing(None).unwrap().public(), sealing.key);
    let earlier = before.sealing(None).unwrap().public().key_id();
    assert!(after.sealing_by_id(earlier).is_some());
    assert!(waiting_signing(&path).unwrap().is_none());
}
