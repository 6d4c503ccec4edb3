//! A checkpoint: what a node signs about its whole log (C2SP `tlog-checkpoint`).
//!
//! Origin, size, root in base64, and one extension line `time <milliseconds>`, so
//! that a verifier can also tell when the node said so.
//! <https://c2sp.org/tlog-checkpoint>

use base64::{Engine as _, engine::general_purpose::STANDARD};
use brygga_crypto::{Digest, Signature, SigningKey, VerifyingKey};
use brygga_domain::Timestamp;

use crate::{
    merkle::{ProofError, TreeHead, verify_consistency},
    note::{Algorithm, KeyName, Note},
};

/// The state of one log at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: KeyName,
    /// Number of leaves.
    pub size: u64,
    /// Root over all of them.
    pub root: Digest,
    /// When the node signed, by its own clock.
    pub time: Timestamp,
}

/// Why a checkpoint is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// No signature by this key over this text.
    #[error("the checkpoint is not signed by the log's key")]
    BadSignature,
    /// Not a checkpoint in the one form that this crate writes.
    #[error("the text is not a checkpoint")]
    Malformed,
    /// A checkpoint of another origin.
    #[error("the checkpoint is of another log")]
    OtherLog,
}

impl Checkpoint {
    /// The signed note, ready to be stored, sent and cosigned.
    pub fn sign(&self, key: &SigningKey) -> String {
        let text = self.text();
        let key_id = self.origin.key_id(Algorithm::Ed25519, &key.public());
        let signature = key.sign_raw(text.as_bytes());
        format!("{text}\n{}", self.origin.signature_line(key_id, signature.as_bytes()))
    }

    /// Reads a note and checks that `key` signed it for the log `origin`.
    ///
    /// Signatures of other names, such as witnesses, are not looked at; see
    /// [`crate::verify_cosignature`].
    pub fn parse_and_verify(
        note: &str,
        origin: &KeyName,
        key: &VerifyingKey,
    ) -> Result<Self, CheckpointError> {
        let note = Note::parse(note).ok_or(CheckpointError::Malformed)?;
        let checkpoint = Self::parse(note.text).ok_or(CheckpointError::Malformed)?;
        if checkpoint.origin != *origin {
            return Err(CheckpointError::OtherLog);
        }
        let mut signed = false;
        for signature in note.signatures_by(origin, origin.key_id(Algorithm::Ed25519, key)) {
            Signature::try_from(signature)
                .and_then(|signature| key.verify_raw(note.text.as_bytes(), &signature))
                .map_err(|_| CheckpointError::BadSignature)?;
            signed = true;
        }
        if signed { Ok(checkpoint) } else { Err(CheckpointError::BadSignature) }
    }

    /// Reads a note from one's own store, whose signatures nobody needs to check again; none for a
    /// text that is no checkpoint.
    pub fn parse_own(note: &str) -> Option<Self> {
        Self::parse(Note::parse(note)?.text)
    }

    /// Size and root, without origin and time.
    pub fn head(&self) -> TreeHead {
        TreeHead { size: self.size, root: self.root }
    }

    /// Checks that this is the same log as `earlier`, grown and no older.
    ///
    /// A witness asks this of the last checkpoint that it cosigned.
    pub fn extends(&self, earlier: &Self, proof: &[Digest]) -> Result<(), ProofError> {
        if self.origin != earlier.origin || self.time < earlier.time {
            return Err(ProofError);
        }
        verify_consistency(&earlier.head(), &self.head(), proof)
    }

    fn text(&self) -> String {
        let Self { origin, size, root, time } = self;
        let root = STANDARD.encode(root.as_bytes());
        format!("{origin}\n{size}\n{root}\ntime {}\n", time.as_millis())
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let checkpoint = Self {
            origin: KeyName::parse(lines.next()?).ok()?,
            size: lines.next()?.parse().ok()?,
            root: Digest::try_from(&STANDARD.decode(lines.next()?).ok()?[..]).ok()?,
            time: Timestamp::from_millis(lines.next()?.strip_prefix("time ")?.parse().ok()?),
        };
        // One checkpoint, one text: no leading zero, no plus sign, no further line.
        (checkpoint.text() == text).then_some(checkpoint)
    }
}

#[cfg(test)]
mod tests;
