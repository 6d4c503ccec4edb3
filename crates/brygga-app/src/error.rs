//! Why a use case did not happen.

use brygga_domain::{Reason, Refusal};
use brygga_storage::StorageError;

/// Why a use case did not happen: refused, or not possible now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppError {
    /// Decided and refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store could not do it.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl AppError {
    /// The refusal that the caller is told; what ails a store is nobody else's business.
    pub fn to_refusal(&self) -> Refusal {
        match self {
            Self::Refused(refusal) => refusal.clone(),
            Self::Storage(StorageError::Full) => Refusal::at(Reason::TooManyRequests, "storage"),
            Self::Storage(StorageError::Conflict) => Refusal::new(Reason::VersionConflict),
            Self::Storage(
                StorageError::Busy | StorageError::Unavailable | StorageError::Broken,
            ) => Refusal::new(Reason::RecipientUnavailable),
            Self::Storage(_) => Refusal::new(Reason::RecipientInternal),
        }
    }
}
