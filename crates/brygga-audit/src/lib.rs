//! The audit log: accountability without content.
//!
//! Each entry enters a Merkle tree (RFC 6962) as a salted commitment, so the tree
//! can be shown to anyone. The node signs the tree's head on a clock (C2SP
//! `tlog-checkpoint`) and neighbours cosign it as witnesses (C2SP
//! `tlog-cosignature`). Whoever holds one old checkpoint can tell whether history
//! was rewritten, offline, from an exported [`bundle`].
//!
//! The salt and the entry lie with the case. Erasing them leaves a commitment
//! that nobody can connect to a person, and the tree stays whole.
//!
//! Nothing here stores or sends: bytes come in, bytes and verdicts go out.

pub mod bundle;
pub mod checkpoint;
pub mod cosignature;
pub mod leaf;
pub mod merkle;
pub mod note;

pub use bundle::{BundleError, BundleHeader, BundleWriter, VerifiedBundle};
pub use checkpoint::{Checkpoint, CheckpointError};
pub use cosignature::{CosignatureError, cosign, verify_cosignature};
pub use leaf::{Commitment, Opening, Salt};
pub use merkle::{Frontier, FrontierError, ProofError, TreeHead};
pub use note::{KeyName, KeyNameError};
