//! Proof that a tree only grew (RFC 9162, section 2.1.4).

use std::ops::Range;

use brygga_crypto::{Digest, sha256};

use super::{ProofError, TreeHead, middle, node};

/// The hashes that connect the tree of the first `earlier` leaves with that of the
/// first `later`, lowest first; `None` when `earlier` is larger.
///
/// Empty when the sizes are equal or `earlier` is zero: nothing is left to prove.
pub fn consistency_proof(
    earlier: u64,
    later: u64,
    root_of_range: &impl Fn(Range<u64>) -> Digest,
) -> Option<Vec<Digest>> {
    if earlier > later {
        return None;
    }
    if earlier == 0 {
        return Some(Vec::new());
    }
    let mut proof = Vec::new();
    let mut range = 0..later;
    while range.end != earlier {
        let middle = middle(&range);
        if earlier <= middle {
            proof.push(root_of_range(middle..range.end));
            range.end = middle;
        } else {
            proof.push(root_of_range(range.start..middle));
            range.start = middle;
        }
    }
    // The verifier has the root of the whole earlier tree, but not of a part of it.
    if range.start != 0 {
        proof.push(root_of_range(range));
    }
    proof.reverse();
    Some(proof)
}

/// Checks that the tree `later` begins with all leaves of the tree `earlier`.
pub fn verify_consistency(
    earlier: &TreeHead,
    later: &TreeHead,
    proof: &[Digest],
) -> Result<(), ProofError> {
    if earlier.size == 0 || earlier.size == later.size {
        let known = if earlier.size == 0 { sha256(&[]) } else { later.root };
        return if proof.is_empty() && earlier.root == known { Ok(()) } else { Err(ProofError) };
    }
    if earlier.size > later.size {
        return Err(ProofError);
    }
    // A full earlier tree is a node of the later one; its root opens the proof.
    let (start, rest) = if earlier.size.is_power_of_two() {
        (earlier.root, proof)
    } else {
        proof.split_first().map(|(first, rest)| (*first, rest)).ok_or(ProofError)?
    };
    let levels = (earlier.size - 1).trailing_ones();
    let mut position = (earlier.size - 1).checked_shr(levels).unwrap_or(0);
    let mut last = (later.size - 1).checked_shr(levels).unwrap_or(0);
    let (mut old, mut new) = (start, start);
    for hash in rest {
        if last == 0 {
            return Err(ProofError);
        }
        if position & 1 == 1 || position == last {
            old = node(hash, &old);
            new = node(hash, &new);
            let levels = position.trailing_zeros();
            position = position.checked_shr(levels).unwrap_or(0);
            last = last.checked_shr(levels).unwrap_or(0);
        } else {
            new = node(&new, hash);
        }
        position >>= 1;
        last >>= 1;
    }
    if last == 0 && old == earlier.root && new == later.root { Ok(()) } else { Err(ProofError) }
}
