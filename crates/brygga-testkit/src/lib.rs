//! A small region to test in: real nodes over real mutual TLS in one process, each with a clock
//! that a test can turn, in directories that the real program has made.
//!
//! A development dependency only; nothing here ships.

mod client;
mod clock;
mod eventually;
mod program;
mod region;
mod running;
mod story;
mod visitor;

pub use brygga_node::StartError;
pub use client::Staff;
pub use clock::TestClock;
pub use eventually::{eventually, holds_for};
pub use program::{Program, ProgramOutput};
pub use region::{Place, Region};
pub use running::Running;
pub use story::{agreement_terms, consent_for, reason_of, referral_to};
pub use visitor::{Visit, Visitor};
