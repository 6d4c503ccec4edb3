//! C2SP signed notes: a text, an empty line, and signature lines.
//!
//! The format is chosen because the tools of the transparency community read it:
//! `— <key name> base64(key id (4 bytes) || signature)`.
//! <https://c2sp.org/signed-note>

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use brygga_crypto::{VerifyingKey, sha256};

const KEY_NAME_BYTES: usize = 255;
const NOTE_BYTES: usize = 64 * 1024;
const SIGNATURES: usize = 64;

/// The name of a signer in a note; for a log, also its origin line.
///
/// By convention an address without scheme, such as `ljungby.example/brygga`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(String);

/// The text cannot be a name in a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key name has 1 to 255 bytes, no space, no control character and no plus sign")]
pub struct KeyNameError;

/// Which signature algorithm a key id stands for.
#[derive(Clone, Copy)]
pub(crate) enum Algorithm {
    /// Ed25519 over the text.
    Ed25519 = 1,
    /// Ed25519 over a time and the text, by a witness.
    Cosignature = 4,
}

/// A note taken apart; no signature is checked yet.
pub(crate) struct Note<'a> {
    /// The signed text, with its last line feed.
    pub(crate) text: &'a str,
    lines: Vec<SignatureLine<'a>>,
}

struct SignatureLine<'a> {
    name: &'a str,
    key_id: [u8; 4],
    signature: Vec<u8>,
}

impl KeyName {
    /// Checks the text; the standard forbids spaces and plus signs in it.
    pub fn parse(text: &str) -> Result<Self, KeyNameError> {
        let forbidden = |c: char| c.is_whitespace() || c.is_control() || c == '+';
        if text.is_empty() || text.len() > KEY_NAME_BYTES || text.contains(forbidden) {
            return Err(KeyNameError);
        }
        Ok(Self(text.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first 4 bytes of `SHA-256(name || 0x0A || algorithm || public key)`.
    pub(crate) fn key_id(&self, algorithm: Algorithm, key: &VerifyingKey) -> [u8; 4] {
        let digest = sha256(&[self.0.as_bytes(), b"\n", &[algorithm as u8], key.as_bytes()]);
        let [a, b, c, d, ..] = *digest.as_bytes();
        [a, b, c, d]
    }

    /// The line that carries `signature`, with its line feed.
    pub(crate) fn signature_line(&self, key_id: [u8; 4], signature: &[u8]) -> String {
        format!("— {self} {}\n", STANDARD.encode([&key_id[..], signature].concat()))
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'a> Note<'a> {
    /// Splits a note; `None` when it is none, is over 64 KiB or has over 64 signatures.
    pub(crate) fn parse(note: &'a str) -> Option<Self> {
        let control = |c: char| c.is_control() && c != '\n';
        if note.len() > NOTE_BYTES || note.contains(control) {
            return None;
        }
        let end = note.rfind("\n\n")?;
        let signatures = note[end + 2..].strip_suffix('\n')?;
        let lines = signatures
            .split('\n')
            .map(SignatureLine::parse)
            .take(SIGNATURES + 1)
            .collect::<Option<Vec<_>>>()?;
        (lines.len() <= SIGNATURES).then_some(Self { text: &note[..=end], lines })
    }

    /// Every signature that claims this name and key id; others are not looked at.
    pub(crate) fn signatures_by(
        &self,
        name: &KeyName,
        key_id: [u8; 4],
    ) -> impl Iterator<Item = &[u8]> {
        self.lines
            .iter()
            .filter(move |line| line.name == name.0 && line.key_id == key_id)
            .map(|line| &line.signature[..])
    }
}

impl<'a> SignatureLine<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let (name, encoded) = line.strip_prefix("— ")?.split_once(' ')?;
        let bytes = STANDARD.decode(encoded).ok()?;
        let (key_id, signature) = bytes.split_first_chunk()?;
        KeyName::parse(name).ok()?;
        Some(Self { name, key_id: *key_id, signature: signature.to_vec() })
    }
}

#[cfg(test)]
mod tests {
    use brygga_crypto::Signature;

    use super::*;

    /// The published example of the note format (Go module `sumdb/note`).
    const EXAMPLE: &str = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n\n\
        — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    const EXAMPLE_KEY: &str = "GlzZBxQ8OExB6DDFvOEqqIF+xWSaqr8sMTiLNbLXRNY=";

    #[test]
    fn published_example_verifies() {
        let name = KeyName::parse("PeterNeumann").unwrap();
        let key = STANDARD.decode(EXAMPLE_KEY).unwrap().try_into().unwrap();
        let key = VerifyingKey::from_bytes(key);
        let key_id = name.key_id(Algorithm::Ed25519, &key);
        assert_eq!(key_id, [0xc7, 0x4f, 0x20, 0xa3]);

        let note = Note::parse(EXAMPLE).unwrap();
        let signatures: Vec<_> = note.signatures_by(&name, key_id).collect();
        let [signature] = signatures[..] else { panic!("one signature") };
        let signature = Signature::try_from(signature).unwrap();
        assert_eq!(key.verify_raw(note.text.as_bytes(), &signature), Ok(()));
        assert!(key.verify_raw(note.text.trim_end().as_bytes(), &signature).is_err());
    }

    #[test]
    fn texts_that_are_no_note_are_refused() {
        for wrong in [
            "",
            "text\n",
            "text\n\n",
            "text\n\n\n",
            EXAMPLE.trim_end(),
            &EXAMPLE.replace("— ", "- "),
            &EXAMPLE.replace("x08go", "x08g*"),
            &EXAMPLE.replace("think", "th\rnk"),
            &EXAMPLE.replace("BwJnAM=", "BwJnAN="),
            &format!("{}{}", EXAMPLE, "— a AAAAAA==\n".repeat(SIGNATURES)),
        ] {
            assert!(Note::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn names_with_spaces_or_plus_are_refused() {
        assert!(KeyName::parse("ljungby.example/brygga").is_ok());
        for wrong in ["", "a b", "a+b", "a\nb", "a\u{a0}b", &"a".repeat(256)] {
            assert_eq!(KeyName::parse(wrong), Err(KeyNameError), "{wrong}");
        }
    }
}
