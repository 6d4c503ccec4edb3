//! What only named officers read: their keys, the records sealed to them, and contents that two open together.
//!
//! The node stores and carries all of it, and reads none of it without an officer's passphrase.

mod locked_key;
mod record;
mod shares;
#[cfg(test)]
mod tests;

pub use locked_key::{LockedKey, UnlockError};
pub use record::{open_record, seal_record};
pub use shares::{Share, SharedContent, open_share, seal_shared};
