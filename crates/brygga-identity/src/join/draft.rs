//! A registry that nobody has signed yet.

use brygga_crypto::SigningKey;
use brygga_domain::Timestamp;

use crate::registry::{FieldError, Registry, RegistryError, SignedRegistry};

/// When a document is made and until when new trust may be taken from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Issuance {
    /// Now, on the operator's clock.
    pub issued_at: Timestamp,
    /// Later than `issued_at`; exchange goes on for [`crate::trust::GRACE`] after it.
    pub expires_at: Timestamp,
}

/// The next registry, complete and within its limits. It binds nobody until it is signed.
#[derive(Clone, Debug)]
pub struct Draft {
    registry: Registry,
    unsigned: SignedRegistry,
}

/// Why a change cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The organisation is a member already.
    #[error("the organisation is a member already")]
    AlreadyMember,
    /// The member is excluded; its entry is history.
    #[error("the member is excluded")]
    Excluded,
    /// An exclusion cannot lie ahead: it works from the moment at which it is published.
    #[error("an exclusion cannot be dated later than the document")]
    ExclusionAhead,
    /// The result would break the contract, for example a ninth key.
    #[error("the changed registry is invalid")]
    Invalid(#[source] FieldError),
    /// The organisation is no member.
    #[error("the organisation is not a member")]
    NotMember,
    /// There is no number after this one.
    #[error("the registry's sequence is exhausted")]
    SequenceExhausted,
    /// The result would be over 4 MiB.
    #[error("the changed registry is too large")]
    TooLarge(#[source] RegistryError),
}

impl Draft {
    /// Serialises a registry, and reads the bytes back so that no operator signs what nodes refuse.
    pub(super) fn of(registry: &Registry) -> Result<Self, ChangeError> {
        let unsigned =
            SignedRegistry::unsigned(registry.encode()).map_err(ChangeError::TooLarge)?;
        let registry = unsigned.registry().map_err(ChangeError::Invalid)?;
        Ok(Self { registry, unsigned })
    }

    /// What it says.
    pub const fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The document with one operator's signature; others add theirs with
    /// [`SignedRegistry::sign`] or [`SignedRegistry::merge`].
    pub fn sign(self, operator: &SigningKey) -> SignedRegistry {
        // The first of at most 16 signatures always has room.
        self.unsigned.sign(operator).expect("room for one signature")
    }
}
