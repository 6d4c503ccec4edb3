//! Ed25519 signatures (RFC 8032) that are good for one purpose only.
//!
//! A node signs envelopes, receipts, agreements and checkpoints with one key. A
//! context in front of the signed bytes keeps a signature of one kind from being
//! shown as another: `"brygga/v1/" || context || 0x00 || message`.
//!
//! [`SigningKey::sign_raw`] signs without a context, for C2SP signed notes whose
//! bytes are given by that standard. A note contains no zero byte, a message with
//! a context always does, so the two can never be the same bytes.

use std::fmt;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::{key_id::KeyId, secret::Secret};

const PREFIX: &[u8] = b"brygga/v1/";

/// A private signing key, parsed once and kept ready.
pub struct SigningKey {
    pair: Ed25519KeyPair,
    seed: Secret,
    public: VerifyingKey,
}

/// A public Ed25519 key.
///
/// Whether it belongs to anyone is the registry's matter; bytes that are no point
/// on the curve are taken here and verify nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VerifyingKey([u8; 32]);

/// The 64 bytes of an Ed25519 signature.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signature([u8; 64]);

/// The signature is not by this key, over these bytes, in this context.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not verify")]
pub struct BadSignature;

impl SigningKey {
    /// Makes a new key.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self::from_secret(Secret::generate(rng))
    }

    /// Loads the key that [`SigningKey::seed`] saved.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self::from_secret(Secret::from_bytes(seed))
    }

    fn from_secret(seed: Secret) -> Self {
        // Every string of 32 bytes is an Ed25519 seed (RFC 8032, section 5.1.5).
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.expose()).expect("a 32-byte seed");
        let mut public = [0; 32];
        public.copy_from_slice(pair.public_key().as_ref());
        Self { pair, seed, public: VerifyingKey(public) }
    }

    /// The seed, for the key file; it clears itself when dropped.
    pub fn seed(&self) -> Zeroizing<[u8; 32]> {
        self.seed.export()
    }

    /// The key that verifies what this one signs.
    pub fn public(&self) -> VerifyingKey {
        self.public
    }

    /// Signs `message` for the purpose `context`, which contains no zero byte.
    pub fn sign(&self, context: &'static str, message: &[u8]) -> Signature {
        self.sign_raw(&in_context(context, message))
    }

    /// Signs exactly these bytes; only for formats that separate their purposes themselves.
    pub fn sign_raw(&self, message: &[u8]) -> Signature {
        let mut bytes = [0; 64];
        bytes.copy_from_slice(self.pair.sign(message).as_ref());
        Signature(bytes)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, [redacted])", self.public.key_id())
    }
}

impl VerifyingKey {
    /// Takes the 32 bytes of a public key.
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

    /// Checks a signature that [`SigningKey::sign`] made in the same `context`.
    pub fn verify(
        &self,
        context: &'static str,
        message: &[u8],
        signature: &Signature,
    ) -> Result<(), BadSignature> {
        self.verify_raw(&in_context(context, message), signature)
    }

    /// Checks a signature over exactly these bytes.
    pub fn verify_raw(&self, message: &[u8], signature: &Signature) -> Result<(), BadSignature> {
        UnparsedPublicKey::new(&ED25519, &self.0)
            .verify(message, &signature.0)
            .map_err(|_| BadSignature)
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({})", self.key_id())
    }
}

impl Signature {
    /// Takes 64 bytes out of a message.
    pub const fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// The 64 bytes.
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

impl TryFrom<&[u8]> for Signature {
    type Error = BadSignature;

    fn try_from(bytes: &[u8]) -> Result<Self, BadSignature> {
        bytes.try_into().map(Self).map_err(|_| BadSignature)
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({})", hex::encode(self.0))
    }
}

fn in_context(context: &'static str, message: &[u8]) -> Vec<u8> {
    debug_assert!(!context.contains('\0'), "the zero byte ends the context");
    [PREFIX, context.as_bytes(), &[0], message].concat()
}

#[cfg(test)]
mod tests;
