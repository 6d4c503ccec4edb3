//! Export, line by line, so that a log of any size fits.

use std::io;

use brygga_crypto::{RunningDigest, SigningKey, VerifyingKey};

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

/// Writes a bundle: the header, then all checkpoints, then all leaves, then the seal.
///
/// Anything else than what the header announces, in that order, is refused as
/// [`io::ErrorKind::InvalidInput`], since the bundle would not verify.
#[derive(Debug)]
pub struct BundleWriter<W> {
    out: W,
    /// Over the lines so far, for the seal.
    digest: RunningDigest,
    public_key: VerifyingKey,
    /// Checkpoints that are still to come.
    checkpoints_left: u64,
    /// The number of the next leaf.
    next_leaf: u64,
    size: u64,
}

impl<W: io::Write> BundleWriter<W> {
    /// Writes the header.
    pub fn new(out: W, header: &BundleHeader) -> io::Result<Self> {
        let mut writer = Self {
            out,
            digest: RunningDigest::default(),
            public_key: header.public_key,
            checkpoints_left: header.checkpoints,
            next_leaf: 0,
            size: header.size,
        };
        writer.write(&Line::Header {
            format: FORMAT.to_owned(),
            origin: header.origin.to_string(),
            public_key: hex_of(&header.public_key),
            checkpoints: header.checkpoints,
            size: header.size,
        })?;
        Ok(writer)
    }

    /// Writes a signed checkpoint; the oldest comes first.
    pub fn checkpoint(&mut self, note: &str) -> io::Result<()> {
        self.checkpoints_left = self.checkpoints_left.checked_sub(1).ok_or_else(unannounced)?;
        self.write(&Line::Checkpoint { note: note.to_owned() })
    }

    /// Writes the next leaf, with its opening where the reader may see the entry.
    ///
    /// An entry over about 750 kB is refused as [`io::ErrorKind::InvalidInput`].
    pub fn leaf(&mut self, commitment: &Commitment, opening: Option<&Opening>) -> io::Result<()> {
        if self.checkpoints_left > 0 || self.next_leaf == self.size {
            return Err(unannounced());
        }
        self.write(&Line::Leaf {
            index: self.next_leaf,
            commitment: commitment.digest().to_string(),
            opening: opening.map(Into::into),
        })?;
        self.next_leaf += 1;
        Ok(())
    }

    /// Checks that nothing is missing, seals, flushes, and gives the writer back.
    ///
    /// `key` is the one that the header announces.
    pub fn finish(mut self, key: &SigningKey) -> io::Result<W> {
        let missing = self.checkpoints_left > 0 || self.next_leaf < self.size;
        if missing || key.public() != self.public_key {
            return Err(unannounced());
        }
        let seal = Line::seal(key, self.digest.clone().finish());
        self.write(&seal)?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn write(&mut self, line: &Line) -> io::Result<()> {
        let text = line.spell()?;
        self.digest.update(&text);
        self.out.write_all(&text)
    }
}

fn unannounced() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "the bundle differs from its header")
}

/// The public key as the header spells it.
pub(super) fn hex_of(key: &VerifyingKey) -> String {
    brygga_crypto::Digest::from_bytes(*key.as_bytes()).to_string()
}
