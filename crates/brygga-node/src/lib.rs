//! One running node, from its settings to its last acknowledged message.
//!
//! The binary starts one per process; the test kit starts several in one process, each with a
//! clock of its own. Everything that a node does in the background is started here and nowhere else.

mod background;
mod capacity;
mod counting;
mod delivery;
mod doorbell;
mod error;
mod evaluations;
mod observers;
mod parts;
mod ports;
mod registry_files;
mod registry_floor;
mod retention;
mod revoked_tokens;
mod running;
mod standing;
mod vault_binding;

pub use error::StartError;
pub use observers::Observers;
pub use parts::token_verifier;
pub use running::{Node, NodeOptions};
