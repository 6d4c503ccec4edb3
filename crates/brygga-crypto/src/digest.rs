//! SHA-256, and the one type in which a digest travels.

use std::{fmt, str::FromStr};

use aws_lc_rs::digest::{Context, SHA256};

/// A SHA-256 digest; shown as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

/// The given text or bytes are no digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a digest is 32 bytes, written as 64 lower-case hexadecimal digits")]
pub struct DigestError;

/// The digest of all `parts` one after the other.
///
/// The borders between parts are not hashed: where two parts vary in length,
/// the caller writes a length before each.
pub fn sha256(parts: &[&[u8]]) -> Digest {
    let mut digest = RunningDigest::default();
    for part in parts {
        digest.update(part);
    }
    digest.finish()
}

/// A digest of something too long to be held, taken piece by piece.
#[derive(Clone)]
pub struct RunningDigest(Context);

impl Default for RunningDigest {
    fn default() -> Self {
        Self(Context::new(&SHA256))
    }
}

impl RunningDigest {
    /// Adds the next piece; borders between pieces are not hashed.
    pub fn update(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    /// The digest of all pieces.
    pub fn finish(self) -> Digest {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(self.0.finish().as_ref());
        Digest(bytes)
    }
}

impl fmt::Debug for RunningDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RunningDigest")
    }
}

impl Digest {
    /// Takes 32 bytes that some other place computed.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl TryFrom<&[u8]> for Digest {
    type Error = DigestError;

    fn try_from(bytes: &[u8]) -> Result<Self, DigestError> {
        bytes.try_into().map(Self).map_err(|_| DigestError)
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    /// Upper-case digits are refused, so that a digest has one text.
    fn from_str(text: &str) -> Result<Self, DigestError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| DigestError)?;
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(DigestError);
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-4, the message "abc".
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn parts_hash_as_their_concatenation() {
        assert_eq!(sha256(&[b"abc"]).to_string(), ABC);
        assert_eq!(sha256(&[b"a", b"", b"bc"]).to_string(), ABC);
        assert_ne!(sha256(&[b"abd"]).to_string(), ABC);
    }

    #[test]
    fn text_and_bytes_come_back_as_the_same_digest() {
        let digest = sha256(&[b"abc"]);
        assert_eq!(ABC.parse(), Ok(digest));
        assert_eq!(Digest::try_from(&digest.as_bytes()[..]), Ok(digest));
    }

    #[test]
    fn other_lengths_and_other_digits_are_refused() {
        assert_eq!(Digest::try_from(&[0; 31][..]), Err(DigestError));
        assert_eq!(Digest::try_from(&[0; 33][..]), Err(DigestError));
        assert_eq!(ABC.to_uppercase().parse::<Digest>(), Err(DigestError));
        assert_eq!(ABC[1..].parse::<Digest>(), Err(DigestError));
        assert_eq!(ABC.replace('f', "g").parse::<Digest>(), Err(DigestError));
    }
}
