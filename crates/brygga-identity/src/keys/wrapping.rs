//! A new key-encryption key, and the end of the ones before it.
//!
//! The end of a key-encryption key is the end of everything that it wrapped and that was not wrapped
//! anew: old copies of the vault, and blocks of a disk that no file owns any more.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use brygga_crypto::{KeyEncryptionKey, KeyId};
use rand_core::CryptoRng;

use super::KeysError;
use super::file::{self, KeyFile, Kind};

/// The name of the key files.
const NAME: &str = "data-key-encryption";
/// What a key file is called instead of `key` until it is overwritten.
const ENDED: &str = "ended";

/// Puts a new key in front; the one before it still unwraps, under its id. A node uses it from its
/// next start on. Returns the new key's id. A crash leaves the old key in front or the new one.
///
/// # Errors
/// [`KeysError`] names the file.
pub fn rotate_wrapping(dir: &Path, rng: &mut impl CryptoRng) -> Result<KeyId, KeysError> {
    let current = dir.join(format!("{NAME}.key"));
    let before = file::read(&current, Kind::DataKeyEncryption)?;
    let older = older_file(dir, KeyEncryptionKey::from_bytes(&before).key_id());
    put(dir, &older, &before)?;
    let key = KeyEncryptionKey::generate(rng);
    put(dir, &current, &key.to_bytes())?;
    Ok(key.key_id())
}

/// Puts a whole key in the place of whatever lies there: a crash leaves one or the other.
fn put(dir: &Path, path: &Path, bytes: &[u8; 32]) -> Result<(), KeysError> {
    let next = dir.join(format!("{NAME}.next"));
    if next.exists() {
        destroy(&next)?;
    }
    file::write(&next, Kind::DataKeyEncryption, bytes)?;
    fs::rename(&next, path).map_err(|error| KeysError::io(path, error))?;
    sync(dir)
}

/// The key that wraps.
///
/// # Errors
/// [`KeysError`] names the file.
pub fn wrapping_id(dir: &Path) -> Result<KeyId, KeysError> {
    let bytes = file::read(&dir.join(format!("{NAME}.key")), Kind::DataKeyEncryption)?;
    Ok(KeyEncryptionKey::from_bytes(&bytes).key_id())
}

/// Destroys every earlier key: overwrites it and removes its file. Returns how many there were.
/// What they wrapped and nobody wrapped anew is lost.
///
/// # Errors
/// [`KeysError`] names the file; those before it are destroyed.
pub fn retire_wrapping(dir: &Path) -> Result<usize, KeysError> {
    let files = file::key_files(dir, Some(NAME))?;
    // First out of the ring as a whole, so that a crash leaves no half key that would be read.
    for KeyFile { path, .. } in files.into_iter().filter(|file| !file.is_current) {
        let ended = path.with_extension(ENDED);
        fs::rename(&path, &ended).map_err(|error| KeysError::io(&path, error))?;
    }
    sync(dir)?;
    let failed = |error| KeysError::io(dir, error);
    let mut destroyed = 0;
    for entry in fs::read_dir(dir).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == ENDED) {
            destroy(&path)?;
            destroyed += 1;
        }
    }
    sync(dir)?;
    Ok(destroyed)
}

fn older_file(dir: &Path, id: KeyId) -> PathBuf {
    dir.join(format!("{NAME}.{id}.key"))
}

/// Overwrites a file before it is removed. NOT protected: a file system or a disk that writes
/// elsewhere; for those the directory lies on an encrypted volume.
fn destroy(path: &Path) -> Result<(), KeysError> {
    let overwrite = || {
        let mut file = OpenOptions::new().write(true).open(path)?;
        let size = usize::try_from(file.metadata()?.len()).unwrap_or(0);
        file.write_all(&vec![0; size])?;
        file.sync_all()?;
        fs::remove_file(path)
    };
    overwrite().map_err(|error| KeysError::io(path, error))
}

fn sync(dir: &Path) -> Result<(), KeysError> {
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(|error| KeysError::io(dir, error))
}

#[cfg(test)]
mod tests {
    use brygga_crypto::SystemRandom;
    use brygga_crypto::at_rest::KeySlot;

    use super::*;
    use crate::keys::NodeKeys;

    #[test]
    fn a_rotated_key_still_opens_until_it_is_retired() {
        let directory = tempfile::tempdir().unwrap();
        let dir = directory.path().join("keys");
        let before = NodeKeys::generate(&dir, &[], &mut SystemRandom).unwrap();
        let filled =
            KeySlot::from_bytes([1; 16]).fill(before.key_ring(), &mut SystemRandom).unwrap();
        let newest = rotate_wrapping(&dir, &mut SystemRandom).unwrap();
        assert_eq!(wrapping_id(&dir).unwrap(), newest);
        let rotated = NodeKeys::load(&dir).unwrap();
        assert!(rotated.key_ring().is_outdated(&filled.wrapped_key));
        assert!(filled.slot.open(rotated.key_ring(), &filled.wrapped_key).is_ok());
        assert_eq!(retire_wrapping(&dir).unwrap(), 1);
        let retired = NodeKeys::load(&dir).unwrap();
        assert!(filled.slot.open(retired.key_ring(), &filled.wrapped_key).is_err());
        assert_eq!(retire_wrapping(&dir).unwrap(), 0);
    }

    #[test]
    fn a_crash_half_way_is_no_hindrance() {
        let directory = tempfile::tempdir().unwrap();
        let dir = directory.path().join("keys");
        NodeKeys::generate(&dir, &[], &mut SystemRandom).unwrap();
        let current = dir.join("data-key-encryption.key");
        let older = older_file(&dir, wrapping_id(&dir).unwrap());
        fs::write(&older, &fs::read(&current).unwrap()[..40]).unwrap();
        fs::write(dir.join("data-key-encryption.next"), "half a k").unwrap();
        rotate_wrapping(&dir, &mut SystemRandom).unwrap();
        NodeKeys::load(&dir).unwrap();
        assert_eq!(retire_wrapping(&dir).unwrap(), 1);
    }
}
