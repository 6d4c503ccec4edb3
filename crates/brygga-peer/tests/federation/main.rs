//! A node delivers to peers that behave well and badly: real TCP, real TLS, a real store.
//!
//! The node's clock stands still unless the test moves it, so that what is tried again is tried
//! exactly when the test says so.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its peers must stop")]

mod connections;
mod delivering;
mod fake_peer;
mod federation;
mod limits;
mod node;
mod processes;
mod raw_peer;
mod registry;
mod trouble;
