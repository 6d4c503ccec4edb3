//! An exported log, as text that anyone can check without a network or a database.
//!
//! JSON lines, in this order: one header, every checkpoint from the oldest to the
//! newest, every leaf from the first to the last. A leaf may carry its opening
//! (salt and entry), for whoever is entitled to read that entry. The checkpoints
//! stand first, so that a file that was cut off is seen to be cut off.
//!
//! Each line has exactly one spelling, so any changed byte is noticed up to the
//! newest checkpoint. Not protected: leaves behind it, which are counted as
//! unsigned; signatures of witnesses, which are not looked at here; and a checkpoint
//! that is left out together with its count in the header, since later ones still
//! vouch for the same leaves.

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
