//! The Merkle tree of RFC 6962, section 2.1, over leaf hashes.
//!
//! A log appends with a [`Frontier`], which is at most 64 hashes whatever the size.
//! Proofs are made from a function that gives the root of a range of leaves, so
//! the caller decides whether to read leaves or stored subtrees.

use std::ops::Range;

use brygga_crypto::{Digest, sha256};

mod consistency;
mod frontier;
mod inclusion;

pub use consistency::{consistency_proof, verify_consistency};
pub use frontier::{Frontier, FrontierError};
pub use inclusion::{inclusion_proof, verify_inclusion};

const NODE_PREFIX: &[u8] = &[1];

/// How many leaves a tree has, and what they hash to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeHead {
    /// Number of leaves.
    pub size: u64,
    /// Root hash; that of the empty tree is the hash of nothing.
    pub root: Digest,
}

/// The proof does not connect what it should connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the proof does not hold")]
pub struct ProofError;

/// The root over these leaf hashes.
pub fn root_of(leaves: &[Digest]) -> Digest {
    let mut frontier = Frontier::default();
    for leaf in leaves {
        frontier.push(*leaf);
    }
    frontier.root()
}

/// `SHA-256(0x01 || left || right)`.
fn node(left: &Digest, right: &Digest) -> Digest {
    sha256(&[NODE_PREFIX, left.as_bytes(), right.as_bytes()])
}

/// Where RFC 6962 cuts a range of at least two leaves: after the largest power of
/// two that is smaller than its length.
fn middle(range: &Range<u64>) -> u64 {
    range.start + (1 << (range.end - range.start - 1).ilog2())
}

#[cfg(test)]
mod tests;
