//! Sealing to the key of a receiving function or officer, with HPKE (RFC 9180).
//!
//! Base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. A node on the
//! way, its log, its backup and its operator hold only what [`seal()`] returns.
//! Base mode does not say who sealed: sign first, then seal.
//!
//! `info` names the purpose and the two ends, `aad` the message that carries the
//! sealed part; both must be the same when opening. The content is padded, see
//! [`crate::padding`], so the length shows little.
//!
//! The randomness is no argument here: the HPKE of the TLS library draws its own,
//! and content is sealed before the deterministic core sees it.
//!
//! Not protected: there is no forward secrecy towards the receiver. Whoever gets
//! the private key opens everything ever sealed to it. The library also leaves
//! the content, and the secrets it derives, in memory that it has given back.

use std::fmt;

use aws_lc_rs::agreement::{PrivateKey, X25519};
use rand_core::CryptoRng;
use rustls::crypto::{
    aws_lc_rs::hpke::DH_KEM_X25519_HKDF_SHA256_AES_256 as SUITE,
    hpke::{EncapsulatedSecret, Hpke, HpkePrivateKey, HpkePublicKey},
};
use zeroize::Zeroizing;

use crate::{
    key_id::KeyId,
    padding::{pad, unpad},
    secret::Secret,
};

const ENC_BYTES: usize = 32;

/// The public key of a function or an officer, as the registry states it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SealingPublicKey([u8; 32]);

/// The key that opens.
pub struct SealingPrivateKey {
    secret: Secret,
    public: SealingPublicKey,
}

/// An encapsulated key (32 bytes) and the ciphertext behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed(Vec<u8>);

/// Nothing can be sealed to that key, or the plaintext has 4 GiB or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot seal to this key")]
pub struct SealError;

/// The bytes do not open: wrong key, `info` or `aad`, or changed on the way.
///
/// One answer for every cause, since a difference would help whoever is guessing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the sealed content does not open")]
pub struct OpenError;

/// Pads `plaintext` and seals it to the holder of `to`'s private key.
pub fn seal(
    to: &SealingPublicKey,
    info: &[u8],
    aad: &[u8],
    plaintext: &[u8],
) -> Result<Sealed, SealError> {
    let padded = pad(plaintext).map_err(|_| SealError)?;
    seal_unpadded(to, info, aad, &padded).map(Sealed)
}

/// Seals without our padding, for content that has one length only: 48 bytes more than `plaintext`.
pub(crate) fn seal_unpadded(
    to: &SealingPublicKey,
    info: &[u8],
    aad: &[u8],
    plaintext: &[u8],
) -> Result<Vec<u8>, SealError> {
    let to = HpkePublicKey(to.0.to_vec());
    let (enc, ciphertext) = SUITE.seal(info, aad, plaintext, &to).map_err(|_| SealError)?;
    Ok([enc.0, ciphertext].concat())
}

/// Opens what [`seal_unpadded`] made.
pub(crate) fn open_unpadded(
    key: &SealingPrivateKey,
    info: &[u8],
    aad: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    open_with(SUITE, key, info, aad, sealed)
}

/// Opens what [`seal()`] made with the same `info` and `aad`.
pub fn open(
    key: &SealingPrivateKey,
    info: &[u8],
    aad: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let padded = open_with(SUITE, key, info, aad, sealed)?;
    unpad(&padded).map(|data| Zeroizing::new(data.to_vec())).map_err(|_| OpenError)
}

/// HPKE without our padding, with the suite open for the vector of RFC 9180.
fn open_with(
    suite: &dyn Hpke,
    key: &SealingPrivateKey,
    info: &[u8],
    aad: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let (enc, ciphertext) = sealed.split_at_checked(ENC_BYTES).ok_or(OpenError)?;
    let enc = EncapsulatedSecret(enc.to_vec());
    // Clears its copy when dropped, as ours does.
    let key = HpkePrivateKey::from(key.secret.expose().to_vec());
    suite.open(&enc, info, aad, ciphertext, &key).map(Zeroizing::new).map_err(|_| OpenError)
}

impl SealingPublicKey {
    /// Takes the 32 bytes of a public X25519 key.
    ///
    /// The few points of small order are taken too; [`seal()`] refuses them.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The short name of this key.
    pub fn key_id(&self) -> KeyId {
        KeyId::of(&[&self.0])
    }
}

impl fmt::Debug for SealingPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingPublicKey({})", self.key_id())
    }
}

impl SealingPrivateKey {
    /// Makes a new key.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self::from_secret(Secret::generate(rng))
    }

    /// Loads the key that [`SealingPrivateKey::to_bytes`] saved.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self::from_secret(Secret::from_bytes(bytes))
    }

    fn from_secret(secret: Secret) -> Self {
        // Every 32 bytes are an X25519 private key and have a public one (RFC 7748, section 5).
        let pair = PrivateKey::from_private_key(&X25519, secret.expose()).expect("a 32-byte key");
        let computed = pair.compute_public_key().expect("the public key of a private one");
        let mut public = [0; 32];
        public.copy_from_slice(computed.as_ref());
        Self { secret, public: SealingPublicKey(public) }
    }

    /// The 32 secret bytes, for the key file; they clear themselves when dropped.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        self.secret.export()
    }

    /// The key that others seal to.
    pub fn public(&self) -> SealingPublicKey {
        self.public
    }
}

impl fmt::Debug for SealingPrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingPrivateKey({}, [redacted])", self.public.key_id())
    }
}

impl Sealed {
    /// The bytes that travel.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes that travel, without a copy.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

#[cfg(test)]
mod tests;
