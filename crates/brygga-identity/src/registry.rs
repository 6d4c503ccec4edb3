//! The registry: the one list of who is who in the federation, signed by its operators.
//!
//! There is no central server. A registry is a document that proves itself: k of n
//! operators signed it ([`TrustAnchor`]), so any mirror, peer or memory stick may carry
//! it. Here it is read into domain terms with every limit of the contract checked, signed
//! and verified; what a node believes at a given moment is [`crate::trust`].

mod anchor;
mod decode;
pub(crate) mod durable_file;
mod encode;
mod endpoint;
mod error;
mod field;
mod file;
mod member;
mod signed;

use std::collections::BTreeMap;

use brygga_domain::{OrgId, Timestamp};

pub use anchor::{AnchorError, TrustAnchor};
pub use endpoint::{Endpoint, EndpointError};
pub use error::RegistryError;
pub use field::{FieldError, Problem};
pub use file::{MirrorFile, RegistryFile, RegistryFileError};
pub use member::{
    Audience, ContactPoint, Member, MemberSealingKey, MemberSigningKey, NodeKey, TrustMark,
    Validity,
};
pub use signed::{OperatorSignature, SignedRegistry, VerifiedRegistry};

pub(crate) use anchor::is_federation_name;
pub(crate) use encode::to_proto_time;
pub(crate) use field::required_time;

/// A serialised document is at most 4 MiB.
pub const MAX_DOCUMENT_BYTES: usize = 4 * 1024 * 1024;
/// Signatures on one document.
pub const MAX_SIGNATURES: usize = 16;
/// Operators in a trust anchor.
pub const MAX_OPERATORS: usize = 16;
/// Members of a federation; all 290 municipalities and 4,710 partners.
pub const MAX_MEMBERS: usize = 5_000;

/// The whole membership at one moment. It says nothing about whether anybody signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registry {
    /// Name of the federation, for example `kalmar.example`.
    pub federation: String,
    /// Strictly increasing from 1.
    pub sequence: u64,
    /// When the document was made.
    pub issued_at: Timestamp,
    /// The last instant at which new trust may be taken from it.
    pub expires_at: Timestamp,
    /// The members by their identifier.
    pub members: BTreeMap<OrgId, Member>,
}

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;
