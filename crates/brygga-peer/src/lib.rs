//! What a node owes others: connections to their nodes, delivery of the outbox, and the newest
//! registry from wherever it can be had.
//!
//! Everything here calls out. [`channels`] holds one connection to each organisation,
//! [`delivery`] empties the outbox over them, [`capacity_watch`] hears what others offer,
//! [`registry_sync`] asks for a newer registry, and [`relay_rounds`] speaks in exchange networks.

pub mod capacity_watch;
pub mod channels;
pub mod delivery;
pub mod limits;
pub mod registry_sync;
pub mod relay_rounds;

pub use capacity_watch::CapacityWatch;
pub use channels::{CallError, PeerChannels};
pub use delivery::{Deliverer, DeliveryObserver, Outcome};
pub use registry_sync::{RegistryHints, RegistrySync};
pub use relay_rounds::RelayRounds;
