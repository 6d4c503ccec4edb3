//! One line of a bundle, in the one way in which it is written.

use std::io::{self, BufRead, Read as _};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use brygga_crypto::Digest;
use serde::{Deserialize, Serialize};

use super::BundleError;
use crate::leaf::{Opening, Salt};

/// The longest line that is written or read, with its line feed.
pub(super) const LINE_BYTES: u64 = 1024 * 1024;

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
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OpeningLine {
    salt: String,
    entry: String,
}

impl Line {
    /// Writes the line with its line feed; refuses what a reader would refuse.
    pub(super) fn write(&self, out: &mut impl io::Write) -> io::Result<()> {
        let mut text = serde_json::to_vec(self)?;
        text.push(b'\n');
        if text.len() as u64 > LINE_BYTES {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the entry is too large"));
        }
        out.write_all(&text)
    }

    /// Reads a line without its line feed; `None` unless it is spelled as [`Line::write`] does.
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

/// The lines of a reader, counted from 1.
pub(super) struct Lines<R> {
    reader: R,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, number: 0 }
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
        bytes
            .strip_suffix(b"\n")
            .and_then(|text| std::str::from_utf8(text).ok())
            .and_then(Line::parse)
            .map(Some)
            .ok_or_else(|| self.malformed())
    }

    /// The error that blames the line that was read last.
    pub(super) fn malformed(&self) -> BundleError {
        BundleError::Malformed { line: self.number }
    }
}
