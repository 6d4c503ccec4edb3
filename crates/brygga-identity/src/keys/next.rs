//! Keys that a node has made and does not use yet: they wait in `next/` until the registry lists them.
//!
//! A node opens what is sealed to them from its next start on, so that nobody who already knows
//! the new key seals in vain. Only [`activate`] makes them the keys that sign and receive.

use std::fs;
use std::path::{Path, PathBuf};

use brygga_crypto::{SealingPrivateKey, SigningKey};
use brygga_domain::UnitId;
use rand_core::CryptoRng;

use super::file::{self, KeyFile, Kind};
use super::{INTAKE, KeysError, SEALING, SealingEntry, Use};
use crate::registry::{MemberSealingKey, MemberSigningKey, Validity};

/// The directory of waiting keys inside the key directory.
pub fn next_directory(dir: &Path) -> PathBuf {
    dir.join("next")
}

/// Makes a signing key that waits in the key directory `dir`, and returns its registry entry.
///
/// # Errors
/// [`KeysError::Exists`] while another one waits, or [`KeysError::Io`].
pub fn generate_next_signing(
    dir: &Path,
    rng: &mut impl CryptoRng,
) -> Result<MemberSigningKey, KeysError> {
    let next = next_directory(dir);
    file::create_private_directory(&next)?;
    let key = SigningKey::generate(rng);
    file::write(&next.join("signing.key"), Kind::Signing, &key.seed())?;
    Ok(MemberSigningKey { key: key.public(), validity: Validity::default() })
}

/// Makes a sealing key of a unit, or of the intake, that waits in the key directory `dir`.
///
/// # Errors
/// [`KeysError::Exists`] while another one waits, or [`KeysError::Io`].
pub fn generate_next_sealing(
    dir: &Path,
    unit: Option<&UnitId>,
    rng: &mut impl CryptoRng,
) -> Result<MemberSealingKey, KeysError> {
    let next = next_directory(dir).join(SEALING);
    file::create_private_directory(&next)?;
    let key = SealingPrivateKey::generate(rng);
    let name = format!("{}.key", unit.map_or(INTAKE, UnitId::as_str));
    file::write(&next.join(name), Kind::Sealing, &key.to_bytes())?;
    Ok(MemberSealingKey { key: key.public(), unit: unit.cloned(), valid_until: None })
}

/// The waiting sealing keys, which open and do not receive; none where nothing waits.
pub(super) fn waiting_sealing(dir: &Path) -> Result<Vec<SealingEntry>, KeysError> {
    let next = next_directory(dir).join(SEALING);
    if !next.is_dir() {
        return Ok(Vec::new());
    }
    let mut entries = Vec::new();
    for KeyFile { path, name, .. } in file::key_files(&next, None)? {
        let unit = super::unit_of(&name, &path)?;
        let key = SealingPrivateKey::from_bytes(&*file::read(&path, Kind::Sealing)?);
        entries.push(SealingEntry { unit, key, in_use: Use::Waits });
    }
    Ok(entries)
}

/// The waiting signing key; none where none waits.
///
/// # Errors
/// As [`super::NodeKeys::load`].
pub fn waiting_signing(dir: &Path) -> Result<Option<SigningKey>, KeysError> {
    let path = next_directory(dir).join("signing.key");
    if !path.exists() {
        return Ok(None);
    }
    Ok(Some(SigningKey::from_seed(&*file::read(&path, Kind::Signing)?)))
}

/// Makes the waiting keys the ones in use. Earlier sealing keys stay and still open.
///
/// Stopped half-way it can be run again. A running node goes on with the keys it has loaded.
///
/// # Errors
/// [`KeysError`] names the file that could not be moved.
pub fn activate(dir: &Path) -> Result<(), KeysError> {
    let next = next_directory(dir);
    let sealing = next.join(SEALING);
    if sealing.is_dir() {
        for KeyFile { path, name, .. } in file::key_files(&sealing, None)? {
            retire(&dir.join(SEALING), &name)?;
            rename(&path, &dir.join(SEALING).join(format!("{name}.key")))?;
        }
    }
    let signing = next.join("signing.key");
    if signing.exists() {
        rename(&signing, &dir.join("signing.key"))?;
    }
    Ok(())
}

/// Gives the sealing key in use a name under which it opens and no longer receives.
fn retire(sealing: &Path, name: &str) -> Result<(), KeysError> {
    let path = sealing.join(format!("{name}.key"));
    if !path.exists() {
        return Ok(());
    }
    let key = SealingPrivateKey::from_bytes(&*file::read(&path, Kind::Sealing)?);
    rename(&path, &sealing.join(format!("{name}.{}.key", key.public().key_id())))
}

fn rename(from: &Path, to: &Path) -> Result<(), KeysError> {
    fs::rename(from, to).map_err(|error| KeysError::io(from, error))
}
