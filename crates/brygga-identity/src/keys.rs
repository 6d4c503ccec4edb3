//! The private keys of one node, as files that only their owner can read.
//!
//! | File in the key directory | Holds |
//! |---|---|
//! | `signing.key` | Ed25519: signs messages, receipts, agreements and checkpoints |
//! | `sealing/intake.key`, `sealing/<unit>.key` | X25519: opens what was sealed to a function |
//! | `data-key-encryption.key` | wraps the key of each case |
//! | `operator.key` | Ed25519 of a federation operator; only where one works |
//!
//! A name with a key id in the middle (`sealing/intake.<key id>.key`) is an earlier key that
//! still opens and no longer receives. Keys in `next/` wait for the registry to list them. The certificate and its key lie beside these files and
//! are read by [`crate::tls::NodeIdentity`].
//!
//! Not protected: the files are not encrypted. Whoever reads the disk as their owner has them.

mod error;
mod file;
mod next;
mod operator;
mod rotation;
mod wrapping;

use std::path::Path;

use brygga_crypto::{
    KeyEncryptionKey, KeyId, KeyRing, SealingPrivateKey, SigningKey, VerifyingKey,
};
use brygga_domain::UnitId;
use rand_core::CryptoRng;

use crate::registry::{MemberSealingKey, MemberSigningKey, Validity};
use file::{KeyFile, Kind};

pub use error::KeysError;
pub use file::{create_private_directory, private_path_faults, write_private};
pub use next::{
    activate, generate_next_sealing, generate_next_signing, next_directory, waiting_signing,
};
pub use operator::{generate_operator, load_operator, operator_key_exists};
pub use rotation::{RotationError, RotationRequest};
pub use wrapping::{retire_wrapping, rotate_wrapping, wrapping_id};

/// The name of the intake's key file; no unit can have it.
const INTAKE: &str = "intake";
const SEALING: &str = "sealing";

/// Every private key of a node except that of its certificate. `Debug` shows ids only.
#[derive(Debug)]
pub struct NodeKeys {
    signing: SigningKey,
    sealing: Vec<SealingEntry>,
    key_ring: KeyRing,
}

#[derive(Debug)]
struct SealingEntry {
    unit: Option<UnitId>,
    key: SealingPrivateKey,
    in_use: Use,
}

/// What a sealing key is good for; each of them opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// An earlier key.
    OpensOnly,
    /// Others seal to it.
    Receives,
    /// The registry does not list it yet, as far as the node knows.
    Waits,
}

impl NodeKeys {
    /// Makes all keys of a new node in `dir`, which is made with mode 0700 when it is absent:
    /// one sealing key for the intake and one for each unit. Blocks on the disk.
    ///
    /// # Errors
    /// [`KeysError::Exists`] rather than ever overwriting a key,
    /// [`KeysError::ReservedUnit`] for a unit named like the intake's file, or
    /// [`KeysError::Io`].
    pub fn generate(
        dir: &Path,
        units: &[UnitId],
        rng: &mut impl CryptoRng,
    ) -> Result<Self, KeysError> {
        if let Some(unit) = units.iter().find(|unit| unit.as_str() == INTAKE) {
            return Err(KeysError::ReservedUnit(unit.clone()));
        }
        create_private_directory(dir)?;
        let sealing_dir = dir.join(SEALING);
        create_private_directory(&sealing_dir)?;
        let signing = SigningKey::generate(rng);
        file::write(&dir.join("signing.key"), Kind::Signing, &signing.seed())?;
        let mut sealing = Vec::new();
        for unit in std::iter::once(None).chain(units.iter().map(Some)) {
            let key = SealingPrivateKey::generate(rng);
            let name = format!("{}.key", unit.map_or(INTAKE, UnitId::as_str));
            file::write(&sealing_dir.join(name), Kind::Sealing, &key.to_bytes())?;
            sealing.push(SealingEntry { unit: unit.cloned(), key, in_use: Use::Receives });
        }
        let wrapping = KeyEncryptionKey::generate(rng);
        let path = dir.join("data-key-encryption.key");
        file::write(&path, Kind::DataKeyEncryption, &wrapping.to_bytes())?;
        Ok(Self { signing, sealing, key_ring: KeyRing::new(wrapping, Vec::new()) })
    }

    /// Reads the keys in `dir`. Blocks on the disk.
    ///
    /// # Errors
    /// [`KeysError`] names the file: absent, open to its group or to everyone, or not a key
    /// of its kind.
    pub fn load(dir: &Path) -> Result<Self, KeysError> {
        file::check_private(dir)?;
        let sealing_dir = dir.join(SEALING);
        file::check_private(&sealing_dir)?;
        let signing = SigningKey::from_seed(&*file::read(&dir.join("signing.key"), Kind::Signing)?);
        let mut sealing = Vec::new();
        for KeyFile { path, name, is_current } in file::key_files(&sealing_dir, None)? {
            let unit = unit_of(&name, &path)?;
            let key = SealingPrivateKey::from_bytes(&*file::read(&path, Kind::Sealing)?);
            let in_use = if is_current { Use::Receives } else { Use::OpensOnly };
            sealing.push(SealingEntry { unit, key, in_use });
        }
        if !sealing.iter().any(|entry| entry.unit.is_none() && entry.in_use == Use::Receives) {
            return Err(KeysError::Missing(sealing_dir.join("intake.key")));
        }
        sealing.extend(next::waiting_sealing(dir)?);
        Ok(Self { signing, sealing, key_ring: load_key_ring(dir)? })
    }

    /// The key that signs for this node.
    pub const fn signing(&self) -> &SigningKey {
        &self.signing
    }

    /// The key that opens what is sealed to a unit now, or to the intake where none is named.
    ///
    /// `None` for a unit that this node has no key for.
    pub fn sealing(&self, unit: Option<&UnitId>) -> Option<&SealingPrivateKey> {
        let mut current = self.sealing.iter().filter(|entry| entry.in_use == Use::Receives);
        current.find(|entry| entry.unit.as_ref() == unit).map(|entry| &entry.key)
    }

    /// Every key that opens what is or was sealed to the intake, the present one first.
    pub fn intake(&self) -> impl Iterator<Item = &SealingPrivateKey> {
        let (present, other): (Vec<_>, Vec<_>) = self
            .sealing
            .iter()
            .filter(|entry| entry.unit.is_none())
            .partition(|entry| entry.in_use == Use::Receives);
        present.into_iter().chain(other).map(|entry| &entry.key)
    }

    /// The key that opens what was sealed to a key id, earlier keys included.
    pub fn sealing_by_id(&self, key_id: KeyId) -> Option<&SealingPrivateKey> {
        let mut keys = self.sealing.iter().map(|entry| &entry.key);
        keys.find(|key| key.public().key_id() == key_id)
    }

    /// The keys that wrap the keys of cases.
    pub const fn key_ring(&self) -> &KeyRing {
        &self.key_ring
    }

    /// The public half of the signing key.
    pub fn verifying(&self) -> VerifyingKey {
        self.signing.public()
    }

    /// The signing key as it stands in the node's registry entry.
    pub fn signing_entry(&self) -> MemberSigningKey {
        MemberSigningKey { key: self.signing.public(), validity: Validity::default() }
    }

    /// The sealing keys as they stand in the node's registry entry, the intake's first.
    pub fn sealing_entries(&self) -> Vec<MemberSealingKey> {
        self.entries_of(Use::Receives)
    }

    /// The sealing keys that wait for the registry to list them.
    pub fn waiting_sealing_entries(&self) -> Vec<MemberSealingKey> {
        self.entries_of(Use::Waits)
    }

    fn entries_of(&self, in_use: Use) -> Vec<MemberSealingKey> {
        let mut chosen: Vec<_> = self.sealing.iter().filter(|e| e.in_use == in_use).collect();
        chosen.sort_by(|a, b| a.unit.cmp(&b.unit));
        let entry = |entry: &SealingEntry| MemberSealingKey {
            key: entry.key.public(),
            unit: entry.unit.clone(),
            valid_until: None,
        };
        chosen.into_iter().map(entry).collect()
    }
}

/// The unit that a key file is named after; none for the intake.
fn unit_of(name: &str, path: &Path) -> Result<Option<UnitId>, KeysError> {
    match name {
        INTAKE => Ok(None),
        unit => UnitId::parse(unit).map(Some).map_err(|_| KeysError::Name(path.to_owned())),
    }
}

fn load_key_ring(dir: &Path) -> Result<KeyRing, KeysError> {
    const NAME: &str = "data-key-encryption";
    let mut first = None;
    let mut older = Vec::new();
    for KeyFile { path, is_current, .. } in file::key_files(dir, Some(NAME))? {
        let key = KeyEncryptionKey::from_bytes(&*file::read(&path, Kind::DataKeyEncryption)?);
        if is_current { first = Some(key) } else { older.push(key) }
    }
    let first = first.ok_or_else(|| KeysError::Missing(dir.join(format!("{NAME}.key"))))?;
    Ok(KeyRing::new(first, older))
}

#[cfg(test)]
mod tests;
