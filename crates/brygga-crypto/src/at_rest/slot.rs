//! The place of a data key outside the database that it opens.
//!
//! A database row names the slot; the slot holds the wrapped key, in a store of its own that
//! ordinary backups leave out. Empty the slot and every copy of the row is noise.

use std::fmt;

use rand_core::CryptoRng;

use super::{AssociatedData, AtRestError, DataKey, KeyRing};
use crate::key_id::KeyId;

/// The name of a slot: 16 bytes that tell nothing of what the key opens. Used in stored state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeySlot([u8; 16]);

/// A new data key, wrapped for its slot.
#[derive(Debug)]
pub struct FilledSlot {
    /// The slot.
    pub slot: KeySlot,
    /// The key, for whoever encrypts.
    pub key: DataKey,
    /// The key as the vault keeps it.
    pub wrapped_key: Vec<u8>,
    /// The key-encryption key that wrapped it.
    pub wrapped_by: KeyId,
}

impl KeySlot {
    /// Takes the 16 bytes of a name.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Makes a data key for this slot and wraps it with the newest key-encryption key.
    ///
    /// # Errors
    /// None that a key of 32 bytes can cause.
    pub fn fill(self, ring: &KeyRing, rng: &mut impl CryptoRng) -> Result<FilledSlot, AtRestError> {
        let key = DataKey::generate(rng);
        let wrapped_key = ring.wrap(rng, &key, &self.place())?;
        Ok(FilledSlot { slot: self, key, wrapped_key, wrapped_by: ring.wrapping_id() })
    }

    /// The key that was wrapped for this slot.
    ///
    /// # Errors
    /// [`AtRestError::Decrypt`] for what was wrapped for another slot or changed, and
    /// [`AtRestError::UnknownKey`] where the key-encryption key is not in the ring.
    pub fn open(self, ring: &KeyRing, wrapped_key: &[u8]) -> Result<DataKey, AtRestError> {
        ring.unwrap(wrapped_key, &self.place())
    }

    /// The same key under the newest key-encryption key; none where it is that already.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn rewrap(
        self,
        ring: &KeyRing,
        wrapped_key: &[u8],
        rng: &mut impl CryptoRng,
    ) -> Result<Option<Vec<u8>>, AtRestError> {
        if !ring.is_outdated(wrapped_key) {
            return Ok(None);
        }
        let key = self.open(ring, wrapped_key)?;
        ring.wrap(rng, &key, &self.place()).map(Some)
    }

    fn place(&self) -> AssociatedData<'_> {
        AssociatedData { table: "slot", row: &self.0, column: "wrapped_key" }
    }
}

/// The bytes have another length than a slot's name.
impl TryFrom<&[u8]> for KeySlot {
    type Error = std::array::TryFromSliceError;

    fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
        bytes.try_into().map(Self)
    }
}

impl fmt::Debug for KeySlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeySlot({})", hex::encode(self.0))
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;
    use crate::at_rest::KeyEncryptionKey;

    const PLACE: AssociatedData<'static> = AssociatedData { table: "t", row: b"1", column: "c" };

    #[test]
    fn a_key_opens_in_its_own_slot_only() {
        let mut rng = ChaCha20Rng::from_seed([1; 32]);
        let ring = KeyRing::new(KeyEncryptionKey::generate(&mut rng), Vec::new());
        let filled = KeySlot::from_bytes([1; 16]).fill(&ring, &mut rng).unwrap();
        let stored = filled.key.encrypt(&mut rng, &PLACE, b"hemligt").unwrap();
        let opened = filled.slot.open(&ring, &filled.wrapped_key).unwrap();
        assert_eq!(&opened.decrypt(&PLACE, &stored).unwrap()[..], b"hemligt");
        let elsewhere = KeySlot::from_bytes([2; 16]).open(&ring, &filled.wrapped_key);
        assert_eq!(elsewhere.unwrap_err(), AtRestError::Decrypt);
    }

    #[test]
    fn after_rewrapping_the_old_key_encryption_key_opens_nothing() {
        let mut rng = ChaCha20Rng::from_seed([2; 32]);
        let old = KeyEncryptionKey::generate(&mut rng);
        let copy = || KeyEncryptionKey::from_bytes(&old.to_bytes());
        let before = KeyRing::new(copy(), Vec::new());
        let filled = KeySlot::from_bytes([3; 16]).fill(&before, &mut rng).unwrap();
        let after = KeyRing::new(KeyEncryptionKey::generate(&mut rng), vec![copy()]);
        let anew = filled.slot.rewrap(&after, &filled.wrapped_key, &mut rng).unwrap().unwrap();
        let stored = filled.key.encrypt(&mut rng, &PLACE, b"hemligt").unwrap();
        let opened = filled.slot.open(&after, &anew).unwrap();
        assert_eq!(&opened.decrypt(&PLACE, &stored).unwrap()[..], b"hemligt");
        assert!(filled.slot.open(&before, &anew).is_err());
        assert_eq!(filled.slot.rewrap(&after, &anew, &mut rng), Ok(None));
    }
}
