//! Verification in one pass, with one frontier and the checkpoints in memory.

use std::io::BufRead;

use brygga_crypto::VerifyingKey;

use super::{
    BundleError,
    line::{FORMAT, Line, Lines, OpeningLine, is_sealed},
    write::hex_of,
};
use crate::{
    checkpoint::{Checkpoint, CheckpointError},
    leaf::Commitment,
    merkle::Frontier,
    note::KeyName,
};

/// A bundle in which everything holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedBundle {
    /// Which log.
    pub origin: KeyName,
    /// How many leaves the newest checkpoint vouches for.
    pub size: u64,
    /// Leaves behind the newest checkpoint: sealed as exported, but under no checkpoint yet.
    pub unsigned_leaves: u64,
    /// All checkpoints, the oldest first; never empty.
    pub checkpoints: Vec<Checkpoint>,
    /// How many openings were checked against their commitments.
    pub openings_checked: u64,
}

/// Checks a whole bundle of the log whose key is `trusted`.
///
/// `remembered` is a checkpoint that the verifier holds from earlier or from a
/// neighbour, its signature checked. The bundle must contain its leaves and vouch
/// for them; without it, a log that its own node wiped and built anew verifies.
///
/// Cosignatures are not counted here; see [`crate::verify_cosignature`].
pub fn verify(
    reader: impl BufRead,
    trusted: &VerifyingKey,
    remembered: Option<&Checkpoint>,
) -> Result<VerifiedBundle, BundleError> {
    let mut lines = Lines::new(reader);
    let mut verifier = Verifier::after_header(&mut lines, trusted, remembered)?;
    while let Some(line) = lines.read()? {
        match line {
            Line::Checkpoint { note } if verifier.frontier.size() == 0 => {
                verifier.checkpoint(&note, lines.number())?;
            }
            Line::Leaf { index, commitment, opening } => {
                let commitment = commitment
                    .parse()
                    .map(Commitment::from_digest)
                    .map_err(|_| lines.malformed())?;
                if verifier.frontier.size() == verifier.announced_leaves {
                    return Err(lines.malformed());
                }
                verifier.check_head()?;
                verifier.leaf(index, &commitment)?;
                if let Some(opening) = opening {
                    verifier.opening(index, &commitment, &opening)?;
                }
            }
            Line::Seal { signature } => {
                if lines.read()?.is_some() {
                    return Err(lines.malformed());
                }
                return verifier.finish(Some(is_sealed(&signature, trusted, lines.digest())));
            }
            Line::Checkpoint { .. } | Line::Header { .. } => return Err(lines.malformed()),
        }
    }
    verifier.finish(None)
}

struct Verifier<'a> {
    trusted: &'a VerifyingKey,
    remembered: Option<&'a Checkpoint>,
    origin: KeyName,
    /// The number of checkpoints that the header announces.
    announced_checkpoints: u64,
    /// The number of leaves that the header announces.
    announced_leaves: u64,
    checkpoints: Vec<Checkpoint>,
    /// How many of the checkpoints have been compared with the leaves.
    compared: usize,
    frontier: Frontier,
    openings_checked: u64,
}

impl<'a> Verifier<'a> {
    fn after_header(
        lines: &mut Lines<impl BufRead>,
        trusted: &'a VerifyingKey,
        remembered: Option<&'a Checkpoint>,
    ) -> Result<Self, BundleError> {
        let Some(Line::Header { format, origin, public_key, checkpoints, size }) = lines.read()?
        else {
            return Err(BundleError::Malformed { line: 1 });
        };
        let origin = KeyName::parse(&origin).map_err(|_| lines.malformed())?;
        if format != FORMAT {
            return Err(lines.malformed());
        }
        let other_origin = remembered.is_some_and(|checkpoint| checkpoint.origin != origin);
        if public_key != hex_of(trusted) || other_origin {
            return Err(BundleError::OtherLog);
        }
        Ok(Self {
            trusted,
            remembered,
            origin,
            announced_checkpoints: checkpoints,
            announced_leaves: size,
            checkpoints: Vec::new(),
            compared: 0,
            frontier: Frontier::default(),
            openings_checked: 0,
        })
    }

    fn checkpoint(&mut self, note: &str, line: u64) -> Result<(), BundleError> {
        let checkpoint =
            Checkpoint::parse_and_verify(note, &self.origin, self.trusted).map_err(|error| {
                match error {
                    CheckpointError::Malformed => BundleError::Malformed { line },
                    CheckpointError::BadSignature | CheckpointError::OtherLog => {
                        BundleError::BadSignature { line }
                    }
                }
            })?;
        if let Some(before) = self.checkpoints.last()
            && (checkpoint.size <= before.size || checkpoint.time < before.time)
        {
            return Err(BundleError::CheckpointOrder { line, size: checkpoint.size });
        }
        self.checkpoints.push(checkpoint);
        Ok(())
    }

    fn leaf(&mut self, index: u64, commitment: &Commitment) -> Result<(), BundleError> {
        let expected = self.frontier.size();
        if index != expected {
            return Err(BundleError::Gap { expected, found: index });
        }
        self.frontier.push(commitment.leaf_hash());
        Ok(())
    }

    fn opening(
        &mut self,
        index: u64,
        commitment: &Commitment,
        opening: &OpeningLine,
    ) -> Result<(), BundleError> {
        if !opening.parse().is_some_and(|opening| opening.opens(commitment)) {
            return Err(BundleError::OpeningMismatch { index });
        }
        self.openings_checked += 1;
        Ok(())
    }

    /// Compares the leaves so far with the checkpoints of exactly that size.
    fn check_head(&mut self) -> Result<(), BundleError> {
        let size = self.frontier.size();
        if let Some(checkpoint) = self.checkpoints.get(self.compared)
            && checkpoint.size == size
        {
            if checkpoint.root != self.frontier.root() {
                let before = self.compared.checked_sub(1).and_then(|at| self.checkpoints.get(at));
                let from = before.map_or(0, |checkpoint| checkpoint.size);
                return Err(BundleError::Edited { from, size });
            }
            self.compared += 1;
        }
        match self.remembered {
            Some(checkpoint)
                if checkpoint.size == size && checkpoint.root != self.frontier.root() =>
            {
                Err(BundleError::Rewritten { size })
            }
            _ => Ok(()),
        }
    }

    /// `sealed` is whether the seal is good; none where there is none.
    fn finish(mut self, sealed: Option<bool>) -> Result<VerifiedBundle, BundleError> {
        self.check_head()?;
        let found = self.frontier.size();
        let size = self.checkpoints.last().ok_or(BundleError::NoCheckpoint)?.size;
        let expected = size.max(self.announced_leaves);
        if found < expected {
            return Err(BundleError::Truncated { found, expected });
        }
        let (count, announced) = (self.checkpoints.len() as u64, self.announced_checkpoints);
        if count != announced {
            return Err(BundleError::CheckpointCount { found: count, expected: announced });
        }
        if let Some(checkpoint) = self.remembered.filter(|checkpoint| size < checkpoint.size) {
            return Err(BundleError::Truncated { found: size, expected: checkpoint.size });
        }
        match sealed {
            None => Err(BundleError::Unsealed),
            Some(false) => Err(BundleError::BadSeal),
            Some(true) => Ok(VerifiedBundle {
                origin: self.origin,
                size,
                unsigned_leaves: found - size,
                checkpoints: self.checkpoints,
                openings_checked: self.openings_checked,
            }),
        }
    }
}
