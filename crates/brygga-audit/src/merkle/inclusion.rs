//! Proof that a leaf is in the tree (RFC 9162, section 2.1.3).

use std::ops::Range;

use brygga_crypto::Digest;

use super::{ProofError, TreeHead, middle, node};

/// The hashes that lead from leaf `index` to the root of the first `size` leaves,
/// lowest first; `None` when there is no such leaf.
///
/// `root_of_range` gives the root over a range of leaves.
pub fn inclusion_proof(
    index: u64,
    size: u64,
    root_of_range: &impl Fn(Range<u64>) -> Digest,
) -> Option<Vec<Digest>> {
    if index >= size {
        return None;
    }
    let mut proof = Vec::new();
    let mut range = 0..size;
    while range.end - range.start > 1 {
        let middle = middle(&range);
        if index < middle {
            proof.push(root_of_range(middle..range.end));
            range.end = middle;
        } else {
            proof.push(root_of_range(range.start..middle));
            range.start = middle;
        }
    }
    proof.reverse();
    Some(proof)
}

/// Checks that `leaf` is leaf number `index` of the tree with this head.
pub fn verify_inclusion(
    leaf: &Digest,
    index: u64,
    head: &TreeHead,
    proof: &[Digest],
) -> Result<(), ProofError> {
    if index >= head.size {
        return Err(ProofError);
    }
    let (mut position, mut last) = (index, head.size - 1);
    let mut hash = *leaf;
    for sibling in proof {
        if last == 0 {
            return Err(ProofError);
        }
        if position & 1 == 1 || position == last {
            hash = node(sibling, &hash);
            // A node without a right sibling rises unchanged to where it has a left one.
            let levels = position.trailing_zeros();
            position = position.checked_shr(levels).unwrap_or(0);
            last = last.checked_shr(levels).unwrap_or(0);
        } else {
            hash = node(&hash, sibling);
        }
        position >>= 1;
        last >>= 1;
    }
    if last == 0 && hash == head.root { Ok(()) } else { Err(ProofError) }
}
