//! One line of a bundle, in the one way in which it is written.

use std::io::{self, BufRead, Read as _};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use brygga_crypto::{Digest, RunningDigest, Signature, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

use super::BundleError;
use crate::leaf::{Opening, Salt};

/// The longest line that is written or read, with its line feed.
pub(super) const LINE_BYTES: u64 = 1024 * 1024;

/// What the seal's signature is for.
const SEAL_CONTEXT: &str = "audit-bundle";

/// The name of this format, in the header.
pub(super) const FORMAT: &str = "brygga-audit-bundle/1";

#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Line {
    Header {
        format: String,
        origin: String,
        public_key: String,
        checkpoints: u64,
        size: u64,
    },
    Checkpoint {
        note: String,
    },
    Leaf {
        index: u64,
        commitment: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        opening: Option<OpeningLine>,
    },
    Seal {
        signature: String,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OpeningLine {
    salt: String,
    entry: String,
}

impl Line {
    /// The line with its line feed; refuses what a reader would refuse.
    pub(super) fn spell(&self) -> io::Result<Vec<u8>> {
        let mut text = serde_json::to_vec(self)?;
        text.push(b'\n');
        if text.len() as u64 > LINE_BYTES {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the entry is too large"));
        }
        Ok(text)
    }

    /// The line that ends a bundle whose lines so far have this digest.
    pub(super) fn seal(key: &SigningKey, lines: Digest) -> Self {
        let signature = key.sign(SEAL_CONTEXT, lines.as_bytes());
        Self::Seal { signature: STANDARD.encode(signature.as_bytes()) }
    }

    /// Reads a line without its line feed; `None` unless it is spelled as [`Line::spell`] does.
    fn parse(text: &str) -> Option<Self> {
        let line: Self = serde_json::from_str(text).ok()?;
        (serde_json::to_string(&line).ok()? == text).then_some(line)
    }
}

impl From<&Opening> for OpeningLine {
    fn from(opening: &Opening) -> Self {
        Self {
            salt: Digest::from_bytes(*opening.salt.as_bytes()).to_string(),
            entry: STANDARD.encode(&opening.entry),
        }
    }
}

impl OpeningLine {
    pub(super) fn parse(&self) -> Option<Opening> {
        let salt: Digest = self.salt.parse().ok()?;
        let entry = STANDARD.decode(&self.entry).ok()?;
        Some(Opening { salt: Salt::from_bytes(*salt.as_bytes()), entry })
    }
}

/// Whether `key` signed the lines with this digest in [`Line::seal`].
pub(super) fn is_sealed(signature: &str, key: &VerifyingKey, lines: Digest) -> bool {
    let signature = STANDARD.decode(signature).ok();
    let signature = signature.and_then(|bytes| Signature::try_from(&bytes[..]).ok());
    signature
        .is_some_and(|signature| key.verify(SEAL_CONTEXT, lines.as_bytes(), &signature).is_ok())
}

/// The lines of a reader, counted from 1.
pub(super) struct Lines<R> {
    reader: R,
    number: u64,
    digest: RunningDigest,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, number: 0, digest: RunningDigest::default() }
    }

    /// The number of the line that was read last.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// The next line, or `None` at the end.
    pub(super) fn read(&mut self) -> Result<Option<Line>, BundleError> {
        let mut bytes = Vec::new();
        self.reader
            .by_ref()
            .take(LINE_BYTES)
            .read_until(b'\n', &mut bytes)
            .map_err(|error| BundleError::Read(error.kind()))?;
        if bytes.is_empty() {
            return Ok(None);
        }
        self.number += 1;
        let line = bytes
            .strip_suffix(b"\n")
            .and_then(|text| std::str::from_utf8(text).ok())
            .and_then(Line::parse)
            .ok_or_else(|| self.malformed())?;
        if !matches!(line, Line::Seal { .. }) {
            self.digest.update(&bytes);
        }
        Ok(Some(line))
    }

    /// The digest of all lines so far with their line feeds, the seal left out.
    pub(super) fn digest(&self) -> Digest {
        self.digest.clone().finish()
    }

    /// The error that blames the line that was read last.
    pub(super) fn malformed(&self) -> BundleError {
        BundleError::Malformed { line: self.number }
    }
}
