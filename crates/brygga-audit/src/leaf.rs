//! What stands in the log for an entry: a commitment that says nothing without its salt.

use std::fmt;

use brygga_crypto::{Digest, sha256};
use rand_core::CryptoRng;

const CONTEXT: &[u8] = b"brygga/v1/audit-entry";
const LEAF_PREFIX: &[u8] = &[0];

/// 32 random bytes that hide an entry; drawn anew for each one.
///
/// Entries are easy to guess ("accepted referral 7"), so whoever knows the salt can
/// confirm a guess. It is kept with the case, is erased with it, and is not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Salt([u8; 32]);

/// `SHA-256("brygga/v1/audit-entry" || salt || entry)`; used in stored state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Commitment(Digest);

/// What turns a commitment back into an entry that can be checked.
#[derive(Clone, PartialEq, Eq)]
pub struct Opening {
    /// The salt drawn for this entry.
    pub salt: Salt,
    /// The canonical bytes of the entry.
    pub entry: Vec<u8>,
}

impl Salt {
    /// Draws a new salt.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// Takes 32 stored bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes, for whoever stores or exports them.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt([redacted])")
    }
}

impl Commitment {
    /// Commits to `entry` under `salt`.
    pub fn of(salt: &Salt, entry: &[u8]) -> Self {
        Self(sha256(&[CONTEXT, &salt.0, entry]))
    }

    /// Takes a stored commitment.
    pub const fn from_digest(digest: Digest) -> Self {
        Self(digest)
    }

    /// The digest, for storage and export.
    pub const fn digest(&self) -> Digest {
        self.0
    }

    /// The hash of the leaf (RFC 6962, section 2.1): `SHA-256(0x00 || commitment)`.
    pub fn leaf_hash(&self) -> Digest {
        sha256(&[LEAF_PREFIX, self.0.as_bytes()])
    }
}

impl Opening {
    /// Whether `commitment` is a commitment to this entry under this salt.
    pub fn opens(&self, commitment: &Commitment) -> bool {
        Commitment::of(&self.salt, &self.entry) == *commitment
    }
}

impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opening([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    use super::*;

    fn salt(seed: u64) -> Salt {
        Salt::generate(&mut ChaCha20Rng::seed_from_u64(seed))
    }

    #[test]
    fn same_entry_under_two_salts_looks_unrelated() {
        assert_ne!(Commitment::of(&salt(1), b"hej"), Commitment::of(&salt(2), b"hej"));
        assert_eq!(Commitment::of(&salt(1), b"hej"), Commitment::of(&salt(1), b"hej"));
    }

    #[test]
    fn only_the_right_salt_and_entry_open() {
        let commitment = Commitment::of(&salt(1), b"hej");
        let opening = |seed, entry: &[u8]| Opening { salt: salt(seed), entry: entry.to_vec() };
        assert!(opening(1, b"hej").opens(&commitment));
        assert!(!opening(2, b"hej").opens(&commitment));
        assert!(!opening(1, b"hej!").opens(&commitment));
    }

    #[test]
    fn leaf_hash_is_that_of_rfc_6962() {
        let commitment = Commitment::of(&salt(1), b"hej");
        let expected = sha256(&[&[&[0], &commitment.digest().as_bytes()[..]].concat()]);
        assert_eq!(commitment.leaf_hash(), expected);
        assert_ne!(commitment.leaf_hash(), commitment.digest());
    }

    #[test]
    fn debug_shows_neither_salt_nor_entry() {
        let opening = Opening { salt: salt(1), entry: b"hej".to_vec() };
        assert_eq!(format!("{:?} {opening:?}", salt(1)), "Salt([redacted]) Opening([redacted])");
    }
}
