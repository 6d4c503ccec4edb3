//! Sign, seal, digest and encrypt at rest: the only crate that touches a cipher.
//!
//! Every operation is fixed to one algorithm, so that no caller can choose badly:
//!
//! | Need | Algorithm | Module |
//! |---|---|---|
//! | digest | SHA-256 | [`digest`] |
//! | signature | Ed25519 (RFC 8032) with a context | [`sign`] |
//! | sealing to a function or an officer | HPKE base mode (RFC 9180), padded | [`mod@seal`] |
//! | rows on disk | AES-256-GCM under a key per case | [`at_rest`] |
//! | cells of a relay, all alike | HPKE unpadded, AES-256-GCM under a key for each cell | [`cell`] |
//! | what named officers read | a key for each record, sealed to each of them | [`officer`] |
//!
//! Invariant: a type that holds a secret has no `Display` and a `Debug` that
//! prints no byte of it, and its memory is cleared when it is dropped.
//! Randomness is an argument, except in [`mod@seal`] and where others use it; [`SystemRandom`] is what the binary passes.

pub mod at_rest;
pub mod cell;
pub mod digest;
pub mod key_id;
pub mod officer;
pub mod padding;
pub mod random;
pub mod seal;
mod secret;
pub mod sign;

pub use at_rest::{AssociatedData, AtRestError, DataKey, KeyEncryptionKey, KeyRing};
pub use cell::{CELL_BYTES, CELL_CONTENT_BYTES, CELL_WRAPS, Cell, CellError};
pub use digest::{Digest, DigestError, RunningDigest, sha256};
pub use key_id::{KeyId, KeyIdError};
pub use random::SystemRandom;
pub use seal::{OpenError, SealError, Sealed, SealingPrivateKey, SealingPublicKey, open, seal};
pub use sign::{BadSignature, Signature, SigningKey, VerifyingKey};
