//! Short names of keys, for log lines, registry entries and wrapped bytes.

use std::{fmt, str::FromStr};

use crate::digest::sha256;

/// The first 8 bytes of the SHA-256 of a public key; shown as 16 hexadecimal digits.
///
/// It picks a key out of a few; it proves nothing, since 64 bits can be collided.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 8]);

/// The given text is no key id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key id is 16 lower-case hexadecimal digits")]
pub struct KeyIdError;

impl KeyId {
    /// Length of the id in bytes.
    pub const LEN: usize = 8;

    /// Takes 8 bytes out of a stored or received message.
    pub const fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// The 8 bytes.
    pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// The id of whatever `parts` hash to.
    pub(crate) fn of(parts: &[&[u8]]) -> Self {
        let mut id = [0; Self::LEN];
        id.copy_from_slice(&sha256(parts).as_bytes()[..Self::LEN]);
        Self(id)
    }
}

impl FromStr for KeyId {
    type Err = KeyIdError;

    fn from_str(text: &str) -> Result<Self, KeyIdError> {
        let mut bytes = [0; Self::LEN];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| KeyIdError)?;
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(KeyIdError);
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_id_is_the_head_of_the_digest() {
        let id = KeyId::of(&[b"abc"]);
        assert_eq!(id.to_string(), "ba7816bf8f01cfea");
        assert_eq!("ba7816bf8f01cfea".parse(), Ok(id));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "ba7816bf8f01cf", "BA7816BF8F01CFEA", "ba7816bf8f01cfeaff", "xyz"] {
            assert_eq!(text.parse::<KeyId>(), Err(KeyIdError), "{text}");
        }
    }
}
