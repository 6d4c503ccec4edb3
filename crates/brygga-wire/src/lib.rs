//! Where bytes become meaning: protobuf to domain and back, once, at the edge of a node.
//!
//! Parse, do not validate: what comes out of here holds its invariants in its type, and what
//! breaks a limit of the contract is refused with the name of the field. The signed forms
//! (envelope, receipt, agreement) keep the very bytes that were signed.
//!
//! | Module | What passes through it |
//! |---|---|
//! | [`envelope`], [`receipt`] | every message between two nodes, and its answer |
//! | [`referral`], [`offer`], [`stop`], [`agreement`], [`aggregate`] | payloads |
//! | [`capacity`] | what is published, told and held |
//! | [`content`] | personal data, before sealing and after opening |
//! | [`consent`], [`local`] | what the organisation's own staff send and see |
//! | [`relay`] | cells of an exchange network, and the parcels inside of them |
//! | [`status`] | a refusal as a gRPC status: the only such mapping |
//!
//! Invariant: no error of this crate holds a byte of what it refused.

pub mod aggregate;
pub mod agreement;
pub mod capacity;
mod code;
pub mod consent;
pub mod content;
mod eligibility;
pub mod envelope;
mod field;
pub mod local;
pub mod notice;
pub mod offer;
pub mod receipt;
pub mod referral;
pub mod relay;
pub mod relocation;
#[cfg(test)]
mod samples;
pub mod signal;
pub mod status;
pub mod stop;
pub mod time;
pub mod transfer;

pub use content::ReferralContent;
pub use envelope::{Header, MessageType, SealedInfo, SignedEnvelope, VerifiedEnvelope};
pub use receipt::{Receipt, ReceiptStatement, RefusalReason, Verdict};
pub use status::{from_status, to_status};
