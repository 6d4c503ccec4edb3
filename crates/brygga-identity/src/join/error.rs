//! Why an invite or a request to join is refused.

use crate::registry::{AnchorError, FieldError, RegistryError};

/// Why an invite or a request to join is refused.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// The code belongs to no invite of this operator.
    #[error("the invite is not known here")]
    CodeUnknown,
    /// The text was cut, changed or is something else.
    #[error("not a whole {0}, or one of another version")]
    Garbled(&'static str),
    /// Its time is over.
    #[error("the invite has expired")]
    InviteExpired,
    /// It has been used.
    #[error("the invite has been used already")]
    InviteUsed,
    /// The trust anchor inside the invite breaks the contract.
    #[error("the invite's trust anchor is invalid")]
    Anchor(#[source] AnchorError),
    /// A field of the invite or of the proposed entry breaks the contract.
    #[error("a field is invalid")]
    Field(#[source] FieldError),
    /// The entry names no signing key, or its first is not the one that signs.
    #[error("the first signing key of the entry must sign the request")]
    NotItsFirstKey,
    /// The invite is for another organisation.
    #[error("the invite is for another organisation")]
    OtherOrganisation,
    /// The registry inside the invite is not what the anchor's operators signed.
    #[error("the invite's registry is not accepted")]
    Registry(#[source] RegistryError),
    /// The newcomer attests facts about itself, or is excluded by its own word.
    #[error("trust marks and exclusions are for the operators to write")]
    SelfAttested,
    /// The signature does not verify: the request was changed on its way.
    #[error("the request's signature does not verify")]
    Tampered,
}
