//! Key-encryption keys: several can read, the first one writes.
//!
//! Rotation puts a new key first and leaves the old ones behind it until every
//! data key is wrapped anew; nothing has to happen at one instant.

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::{AssociatedData, AtRestError, DataKey, VERSION, cipher};
use crate::{key_id::KeyId, secret::Secret};

const HEADER_BYTES: usize = 1 + KeyId::LEN;

/// A key that wraps data keys; kept outside the database and its backups.
#[derive(Debug)]
pub struct KeyEncryptionKey(Secret);

/// One key that wraps and any number that can still unwrap.
#[derive(Debug)]
pub struct KeyRing {
    first: KeyEncryptionKey,
    older: Vec<KeyEncryptionKey>,
}

impl KeyEncryptionKey {
    /// Makes a new key.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self(Secret::generate(rng))
    }

    /// Loads the key that [`KeyEncryptionKey::to_bytes`] saved.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(Secret::from_bytes(bytes))
    }

    /// The 32 secret bytes, for the key file; they clear themselves when dropped.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        self.0.export()
    }

    /// The short name that stands in what this key wrapped; it tells nothing of the key.
    pub fn key_id(&self) -> KeyId {
        KeyId::of(&[b"brygga/v1/kek-id\0", self.0.expose()])
    }

    /// Wraps a data key: version, key id (8 bytes), nonce (12 bytes), ciphertext with tag.
    pub fn wrap(
        &self,
        rng: &mut impl CryptoRng,
        key: &DataKey,
        place: &AssociatedData<'_>,
    ) -> Result<Vec<u8>, AtRestError> {
        let mut header = [VERSION; HEADER_BYTES];
        header[1..].copy_from_slice(self.key_id().as_bytes());
        cipher::encrypt(&self.0, rng, &header, &place.to_bytes(), key.0.expose())
    }

    /// Unwraps what this key wrapped for the same place.
    ///
    /// Errors: [`AtRestError::UnknownKey`] when another key wrapped it.
    pub fn unwrap(
        &self,
        wrapped: &[u8],
        place: &AssociatedData<'_>,
    ) -> Result<DataKey, AtRestError> {
        let id = wrapping_key(wrapped)?;
        if id != self.key_id() {
            return Err(AtRestError::UnknownKey(id));
        }
        let (header, body) = wrapped.split_at(HEADER_BYTES);
        let bytes = cipher::decrypt(&self.0, header, &place.to_bytes(), body)?;
        let bytes = <&[u8; 32]>::try_from(&bytes[..]).map_err(|_| AtRestError::Decrypt)?;
        Ok(DataKey(Secret::from_bytes(bytes)))
    }
}

impl KeyRing {
    /// A ring in which `first` wraps, and all unwrap.
    pub fn new(first: KeyEncryptionKey, older: Vec<KeyEncryptionKey>) -> Self {
        Self { first, older }
    }

    /// Wraps a data key with the first key.
    pub fn wrap(
        &self,
        rng: &mut impl CryptoRng,
        key: &DataKey,
        place: &AssociatedData<'_>,
    ) -> Result<Vec<u8>, AtRestError> {
        self.first.wrap(rng, key, place)
    }

    /// Unwraps a data key with whichever key wrapped it.
    pub fn unwrap(
        &self,
        wrapped: &[u8],
        place: &AssociatedData<'_>,
    ) -> Result<DataKey, AtRestError> {
        let id = wrapping_key(wrapped)?;
        std::iter::once(&self.first)
            .chain(&self.older)
            .find(|key| key.key_id() == id)
            .ok_or(AtRestError::UnknownKey(id))?
            .unwrap(wrapped, place)
    }

    /// The id of the key that wraps.
    pub fn wrapping_id(&self) -> KeyId {
        self.first.key_id()
    }

    /// Whether an older key wrapped this, so that it should be wrapped anew.
    pub fn is_outdated(&self, wrapped: &[u8]) -> bool {
        wrapping_key(wrapped).is_ok_and(|id| id != self.first.key_id())
    }
}

/// The id of the key that made `wrapped`.
fn wrapping_key(wrapped: &[u8]) -> Result<KeyId, AtRestError> {
    match wrapped.split_first() {
        Some((&VERSION, rest)) => {
            rest.first_chunk().map(|id| KeyId::from_bytes(*id)).ok_or(AtRestError::Decrypt)
        }
        _ => Err(AtRestError::Decrypt),
    }
}
