//! The right edge of the tree: all a log needs in order to grow and to sign.

use brygga_crypto::{Digest, sha256};

use super::{TreeHead, node};

/// The roots of the full subtrees that make up the tree, the largest first.
///
/// There is one for each bit that is set in the size.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Digest>,
}

/// The stored bytes are no frontier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the stored form of a tree's frontier")]
pub struct FrontierError;

impl Frontier {
    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends one leaf hash.
    pub fn push(&mut self, leaf: Digest) {
        let mut peak = leaf;
        // Each trailing one of the size is a full subtree that the new leaf completes.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                peak = node(&left, &peak);
            }
        }
        self.peaks.push(peak);
        self.size += 1;
    }

    /// The root over all leaves so far.
    pub fn root(&self) -> Digest {
        self.peaks
            .iter()
            .copied()
            .rev()
            .reduce(|right, left| node(&left, &right))
            .unwrap_or_else(|| sha256(&[]))
    }

    /// Size and root together.
    pub fn head(&self) -> TreeHead {
        TreeHead { size: self.size, root: self.root() }
    }

    /// The size (u64, big-endian) and the hashes; used in stored state.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.size.to_be_bytes().to_vec();
        for peak in &self.peaks {
            bytes.extend_from_slice(peak.as_bytes());
        }
        bytes
    }

    /// Reads what [`Frontier::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FrontierError> {
        let (size, rest) = bytes.split_first_chunk().ok_or(FrontierError)?;
        let size = u64::from_be_bytes(*size);
        let (peaks, remainder) = rest.as_chunks::<32>();
        if !remainder.is_empty() || peaks.len() != size.count_ones() as usize {
            return Err(FrontierError);
        }
        Ok(Self { size, peaks: peaks.iter().copied().map(Digest::from_bytes).collect() })
    }
}
