//! An exported log, as text that anyone can check without a network or a database.
//!
//! JSON lines, in this order: one header, every checkpoint from the oldest to the
//! newest, every leaf from the first to the last, one seal. A leaf may carry its
//! opening (salt and entry), for whoever is entitled to read that entry. The
//! checkpoints stand first, so that a file that was cut off is seen to be cut off.
//!
//! The checkpoints vouch for the leaves, whoever wrote the file. The seal is the
//! log's signature over every line before it, and vouches for what no checkpoint
//! can: which checkpoints, openings and signature lines were exported, and leaves
//! behind the newest checkpoint. So any changed byte is noticed. Not protected: a
//! whole older bundle shown instead of a newer one, and a log that its own node
//! built anew; both need a remembered checkpoint. Signatures of witnesses are not
//! looked at here.

mod error;
mod line;
mod verify;
mod write;

pub use error::BundleError;
pub use verify::{VerifiedBundle, verify};
pub use write::{BundleHeader, BundleWriter};

#[cfg(test)]
mod mutation_tests;
#[cfg(test)]
mod tests;
