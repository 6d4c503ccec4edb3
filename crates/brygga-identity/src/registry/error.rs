//! Why a registry is not accepted.

use std::io;

use super::{FieldError, MAX_DOCUMENT_BYTES, MAX_SIGNATURES};

/// Why a registry is not verified or not installed. Whatever the reason, the registry
/// that was held before stays in use.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The document breaks the contract.
    #[error("the registry document is invalid")]
    Document(#[source] FieldError),
    /// It is past its expiry, so nothing new is trusted from it.
    #[error("the registry has expired already")]
    Expired,
    /// It claims to be made more than two minutes from now.
    #[error("the registry is issued in the future")]
    IssuedInFuture,
    /// It could not be made durable, so it must not be used.
    #[error("the registry could not be stored")]
    NotPersisted(#[source] io::Error),
    /// Two sets of signatures are over different documents.
    #[error("the signatures are over another document")]
    OtherDocument,
    /// It belongs to another federation than the trust anchor.
    #[error("the registry belongs to another federation")]
    OtherFederation,
    /// It is older than the one that is held: somebody hides a change, or a mirror lags.
    #[error("the registry has sequence {offered}, older than {held} which is held")]
    Rollback {
        /// Sequence that the node holds.
        held: u64,
        /// Sequence that was offered.
        offered: u64,
    },
    /// It differs from the held one under the same number: operators or keys have gone astray.
    #[error("another registry than the one held has the same sequence {sequence}")]
    SplitView {
        /// The number that both have.
        sequence: u64,
    },
    /// Not enough different operators signed it.
    #[error("{valid} operators have signed the registry, {threshold} must")]
    TooFewSignatures {
        /// Different operators of the anchor whose signature verifies.
        valid: usize,
        /// How many must.
        threshold: usize,
    },
    /// The document is over its limit.
    #[error("the registry document is larger than {MAX_DOCUMENT_BYTES} bytes")]
    TooLarge,
    /// The signatures are over their limit.
    #[error("the registry has more than {MAX_SIGNATURES} signatures")]
    TooManySignatures,
}

impl RegistryError {
    /// Stable code for logs, alarms and the operator's manual.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Document(_) => "REGISTRY_INVALID",
            Self::Expired => "REGISTRY_EXPIRED",
            Self::IssuedInFuture => "REGISTRY_ISSUED_IN_FUTURE",
            Self::NotPersisted(_) => "REGISTRY_NOT_PERSISTED",
            Self::OtherDocument => "REGISTRY_OTHER_DOCUMENT",
            Self::OtherFederation => "REGISTRY_OTHER_FEDERATION",
            Self::Rollback { .. } => "REGISTRY_ROLLBACK",
            Self::SplitView { .. } => "REGISTRY_SPLIT_VIEW",
            Self::TooFewSignatures { .. } => "REGISTRY_TOO_FEW_SIGNATURES",
            Self::TooLarge => "REGISTRY_TOO_LARGE",
            Self::TooManySignatures => "REGISTRY_TOO_MANY_SIGNATURES",
        }
    }

    /// Whether the same bytes can be accepted later, so that trying again makes sense.
    pub const fn can_pass_later(&self) -> bool {
        matches!(self, Self::IssuedInFuture | Self::NotPersisted(_))
    }
}
