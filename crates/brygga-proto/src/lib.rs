//! The protobuf contract of Brygga as Rust types, clients and servers.
//!
//! Everything under `gen` is generated from `proto/` by `cargo xtask codegen` and checked in,
//! so that it can be read and built without a generator. The comments are those of the
//! contract: they say who may call, what unset means and which statuses are answered.
//! Only `brygga-wire` turns these types into domain types.

mod codec;

#[expect(missing_docs, unreachable_pub, clippy::allow_attributes, reason = "generated code")]
#[path = "gen/mod.rs"]
mod generated;

#[path = "gen/rpc.rs"]
pub mod rpc;

pub use codec::MAX_FIELDS;
pub use generated::brygga::*;
