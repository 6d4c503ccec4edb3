//! Export, line by line, so that a log of any size fits.

use std::io;

use brygga_crypto::VerifyingKey;

use super::line::{FORMAT, Line};
use crate::{
    leaf::{Commitment, Opening},
    note::KeyName,
};

/// What the first line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundleHeader {
    /// Which log.
    pub origin: KeyName,
    /// The key that signs its checkpoints.
    pub public_key: VerifyingKey,
    /// How many checkpoints follow.
    pub checkpoints: u64,
    /// How many leaves follow.
    pub size: u64,
}

/// Writes a bundle: the header, then all checkpoints, then all leaves.
///
/// Anything else than what the header announces, in that order, is refused as
/// [`io::ErrorKind::InvalidInput`], since the bundle would not verify.
#[derive(Debug)]
pub struct BundleWriter<W> {
    out: W,
    /// Checkpoints that are still to come.
    checkpoints_left: u64,
    /// The number of the next leaf.
    next_leaf: u64,
    size: u64,
}

impl<W: io::Write> BundleWriter<W> {
    /// Writes the header.
    pub fn new(mut out: W, header: &BundleHeader) -> io::Result<Self> {
        Line::Header {
            format: FORMAT.to_owned(),
            origin: header.origin.to_string(),
            public_key: hex_of(&header.public_key),
            checkpoints: header.checkpoints,
            size: header.size,
        }
        .write(&mut out)?;
        Ok(Self { out, checkpoints_left: header.checkpoints, next_leaf: 0, size: header.size })
    }

    /// Writes a signed checkpoint; the oldest comes first.
    pub fn checkpoint(&mut self, note: &str) -> io::Result<()> {
        self.checkpoints_left = self.checkpoints_left.checked_sub(1).ok_or_else(unannounced)?;
        Line::Checkpoint { note: note.to_owned() }.write(&mut self.out)
    }

    /// Writes the next leaf, with its opening where the reader may see the entry.
    ///
    /// An entry over about 750 kB is refused as [`io::ErrorKind::InvalidInput`].
    pub fn leaf(&mut self, commitment: &Commitment, opening: Option<&Opening>) -> io::Result<()> {
        if self.checkpoints_left > 0 || self.next_leaf == self.size {
            return Err(unannounced());
        }
        Line::Leaf {
            index: self.next_leaf,
            commitment: commitment.digest().to_string(),
            opening: opening.map(Into::into),
        }
        .write(&mut self.out)?;
        self.next_leaf += 1;
        Ok(())
    }

    /// Checks that nothing is missing, flushes, and gives the writer back.
    pub fn finish(mut self) -> io::Result<W> {
        if self.checkpoints_left > 0 || self.next_leaf < self.size {
            return Err(unannounced());
        }
        self.out.flush()?;
        Ok(self.out)
    }
}

fn unannounced() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "the bundle differs from its header")
}

/// The public key as the header spells it.
pub(super) fn hex_of(key: &VerifyingKey) -> String {
    brygga_crypto::Digest::from_bytes(*key.as_bytes()).to_string()
}
