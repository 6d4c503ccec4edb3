//! An officer's private key under a passphrase: Argon2id (RFC 9106), then AES-256-GCM.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::at_rest::{AssociatedData, DataKey};
use crate::seal::{SealingPrivateKey, SealingPublicKey};
use crate::secret::Secret;

/// The version byte of the stored format; used in stored state.
const VERSION: u8 = 1;
const SALT_BYTES: usize = 16;
/// What a node has to spare: RFC 9106 recommends 64 MiB where three passes are made, so there are more passes here.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 8;
const LANES: u32 = 1;

const PLACE: AssociatedData<'_> =
    AssociatedData { table: "officer", row: b"", column: "locked_key" };

/// A private key that opens with a passphrase only. As stored: version, salt (16 bytes), ciphertext.
#[derive(Clone, PartialEq, Eq)]
pub struct LockedKey(Vec<u8>);

/// The passphrase is another one, or the bytes are damaged; never said which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the officer's key does not open")]
pub struct UnlockError;

impl LockedKey {
    /// Makes a new key and locks it. Takes a tenth of a second and 19 MiB, on purpose.
    ///
    /// # Errors
    /// [`UnlockError`] where there is no memory for it.
    pub fn generate(
        rng: &mut impl CryptoRng,
        passphrase: &[u8],
    ) -> Result<(Self, SealingPublicKey), UnlockError> {
        let key = SealingPrivateKey::generate(rng);
        let mut salt = [0; SALT_BYTES];
        rng.fill_bytes(&mut salt);
        let lock = derive(passphrase, &salt)?;
        let ciphertext = lock.encrypt(rng, &PLACE, &*key.to_bytes()).map_err(|_| UnlockError)?;
        let stored = [&[VERSION], salt.as_slice(), ciphertext.as_slice()].concat();
        Ok((Self(stored), key.public()))
    }

    /// What was stored. Nothing is certain about it until it opens.
    pub const fn from_stored(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// For the store.
    pub fn as_stored(&self) -> &[u8] {
        &self.0
    }

    /// A key that nobody has a passphrase for, to spend the same time on an officer that does not exist.
    pub fn of_nobody(salt: [u8; SALT_BYTES]) -> Self {
        // A ciphertext of 32 bytes with its version, nonce and tag.
        Self([&[VERSION], salt.as_slice(), &[1; 1 + 12 + 32 + 16]].concat())
    }

    /// Opens it.
    ///
    /// # Errors
    /// [`UnlockError`].
    pub fn unlock(&self, passphrase: &[u8]) -> Result<SealingPrivateKey, UnlockError> {
        let (version, rest) = self.0.split_first().ok_or(UnlockError)?;
        let (salt, ciphertext) = rest.split_first_chunk::<SALT_BYTES>().ok_or(UnlockError)?;
        if *version != VERSION {
            return Err(UnlockError);
        }
        let plain = derive(passphrase, salt)?.decrypt(&PLACE, ciphertext);
        let plain = plain.map_err(|_| UnlockError)?;
        let bytes: &[u8; 32] = plain.as_slice().try_into().map_err(|_| UnlockError)?;
        Ok(SealingPrivateKey::from_bytes(bytes))
    }
}

impl fmt::Debug for LockedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LockedKey(..)")
    }
}

fn derive(passphrase: &[u8], salt: &[u8; SALT_BYTES]) -> Result<DataKey, UnlockError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(32)).map_err(|_| UnlockError)?;
    let mut key = Zeroizing::new([0; 32]);
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_into(passphrase, salt, &mut *key).map_err(|_| UnlockError)?;
    Ok(DataKey::from_secret(Secret::from_bytes(&key)))
}
