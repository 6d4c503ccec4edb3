//! What can be wrong with a bundle, and where.

use std::io;

/// The first thing that is wrong; nothing in such a bundle is to be trusted.
///
/// Lines are counted from 1, leaves from 0. No variant carries any content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// The seal is not the log's signature over the lines before it.
    #[error("the bundle is not as the log's key sealed it")]
    BadSeal,
    /// A checkpoint is not signed by the log's key, or is of another log.
    #[error("line {line}: the checkpoint is not signed by this log")]
    BadSignature {
        /// The line of the checkpoint.
        line: u64,
    },
    /// Checkpoints were left out or added.
    #[error("the bundle has {found} checkpoints, and announces {expected}")]
    CheckpointCount {
        /// How many there are.
        found: u64,
        /// How many the header announces.
        expected: u64,
    },
    /// Sizes do not increase strictly, or time goes back.
    #[error("line {line}: the checkpoint of size {size} does not follow the one before it")]
    CheckpointOrder {
        /// The line of the checkpoint.
        line: u64,
        /// Its size.
        size: u64,
    },
    /// The leaves are not those that the checkpoint signed.
    #[error("a leaf from {from} on and before {size} is not the one that was signed")]
    Edited {
        /// The first leaf that no earlier checkpoint vouches for.
        from: u64,
        /// The size of the checkpoint that does not match.
        size: u64,
    },
    /// A leaf is missing, doubled or out of its place.
    #[error("leaf {expected} is missing, leaf {found} stands in its place")]
    Gap {
        /// The leaf that should come here.
        expected: u64,
        /// The leaf that does.
        found: u64,
    },
    /// A line is no line of a bundle in its one spelling, or does not belong there.
    #[error("line {line} is malformed or out of place")]
    Malformed {
        /// The line.
        line: u64,
    },
    /// Without any checkpoint nothing is signed.
    #[error("the bundle has no checkpoint")]
    NoCheckpoint,
    /// The salt and entry of a leaf are not those it commits to.
    #[error("the opening of leaf {index} does not match its commitment")]
    OpeningMismatch {
        /// The leaf.
        index: u64,
    },
    /// The bundle names another key, or another log than the remembered checkpoint.
    #[error("the bundle is of another log")]
    OtherLog,
    /// The reader failed.
    #[error("the bundle cannot be read: {0}")]
    Read(io::ErrorKind),
    /// The log was rebuilt: it does not contain the checkpoint that the verifier remembers.
    #[error("the first {size} leaves are not those of the remembered checkpoint")]
    Rewritten {
        /// The size of the remembered checkpoint.
        size: u64,
    },
    /// Leaves or checkpoints are missing at the end.
    #[error("the bundle ends at {found} leaves, and should vouch for {expected}")]
    Truncated {
        /// How many there are.
        found: u64,
        /// How many a checkpoint, the header or the remembered checkpoint asks for.
        expected: u64,
    },
    /// The last line is missing, without which checkpoints and openings can be left out unseen.
    #[error("the bundle has no seal at its end")]
    Unsealed,
}

impl BundleError {
    /// The stable word for this error, for scripts.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::BadSeal => "BAD_SEAL",
            Self::BadSignature { .. } => "BAD_SIGNATURE",
            Self::CheckpointCount { .. } => "CHECKPOINT_COUNT",
            Self::CheckpointOrder { .. } => "CHECKPOINT_ORDER",
            Self::Edited { .. } => "EDITED",
            Self::Gap { .. } => "GAP",
            Self::Malformed { .. } => "MALFORMED",
            Self::NoCheckpoint => "NO_CHECKPOINT",
            Self::OpeningMismatch { .. } => "OPENING_MISMATCH",
            Self::OtherLog => "OTHER_LOG",
            Self::Read(_) => "READ",
            Self::Rewritten { .. } => "REWRITTEN",
            Self::Truncated { .. } => "TRUNCATED",
            Self::Unsealed => "UNSEALED",
        }
    }
}
