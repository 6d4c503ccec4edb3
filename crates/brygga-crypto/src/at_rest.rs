//! Encryption of rows on disk, so that erasure can be real.
//!
//! Each case has a [`DataKey`] of its own. It lies in a [`KeySlot`] of a vault apart
//! from the database, wrapped by a [`KeyEncryptionKey`]. Destroy the wrapped key and
//! the case is gone from every copy of the database, old backups included.
//!
//! AES-256-GCM with a random 96-bit nonce: good for 2^32 messages under one key
//! (NIST SP 800-38D, section 8.3), far beyond the rows of a case. Every value is
//! bound to its table, row and column, so it cannot be moved to another person's
//! row. Not protected: an older value of the same row can be put back.

mod cipher;
mod key_ring;
mod slot;

use rand_core::CryptoRng;

pub use key_ring::{KeyEncryptionKey, KeyRing};
pub use slot::{FilledSlot, KeySlot};

use crate::{key_id::KeyId, secret::Secret};

/// The version byte of both stored formats; used in stored state.
const VERSION: u8 = 1;

/// The key of one case.
#[derive(Debug)]
pub struct DataKey(Secret);

/// Where a value is stored; the same three must be given to read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssociatedData<'a> {
    /// Name of the table.
    pub table: &'a str,
    /// Primary key of the row, as bytes.
    pub row: &'a [u8],
    /// Name of the column.
    pub column: &'a str,
}

/// Why a value was not encrypted or not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AtRestError {
    /// Wrong key, wrong place, unknown version, or changed on disk; never said which.
    #[error("the stored value does not decrypt")]
    Decrypt,
    /// The value is longer than the cipher takes: about 64 GiB.
    #[error("the value is too long to encrypt")]
    TooLong,
    /// The data key was wrapped by a key-encryption key that is not in the ring.
    #[error("key-encryption key {0} is not loaded")]
    UnknownKey(KeyId),
}

impl DataKey {
    pub(crate) const fn from_secret(secret: Secret) -> Self {
        Self(secret)
    }

    pub(crate) const fn secret(&self) -> &Secret {
        &self.0
    }

    /// Makes the key of a new case.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self(Secret::generate(rng))
    }

    /// Encrypts one value: version, nonce (12 bytes), ciphertext with tag.
    pub fn encrypt(
        &self,
        rng: &mut impl CryptoRng,
        place: &AssociatedData<'_>,
        plaintext: &[u8],
    ) -> Result<Vec<u8>, AtRestError> {
        cipher::encrypt(&self.0, rng, &[VERSION], &place.to_bytes(), plaintext)
    }

    /// Reads what [`DataKey::encrypt`] wrote for the same place.
    pub fn decrypt(
        &self,
        place: &AssociatedData<'_>,
        stored: &[u8],
    ) -> Result<zeroize::Zeroizing<Vec<u8>>, AtRestError> {
        match stored.split_first() {
            Some((&VERSION, body)) => cipher::decrypt(&self.0, &[VERSION], &place.to_bytes(), body),
            _ => Err(AtRestError::Decrypt),
        }
    }
}

impl AssociatedData<'_> {
    /// The three parts, each behind its length (u64, big-endian), so that no two
    /// places have the same bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for part in [self.table.as_bytes(), self.row, self.column.as_bytes()] {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part);
        }
        bytes
    }
}

#[cfg(test)]
mod tests;
