//! Identifiers of 128 random bits, one type for each thing that has one.
//!
//! They are random and not time-ordered (UUIDv7): an identifier that a partner
//! stores must not tell when a person asked for help.

use std::fmt;
use std::str::FromStr;

/// Why a text is not an identifier. The text itself is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier: expected 32 hexadecimal digits, with or without hyphens")]
pub struct IdParseError;

macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// Wraps 16 bytes that came from a random source or from storage.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The 16 bytes.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = IdParseError;

            fn try_from(bytes: &[u8]) -> Result<Self, IdParseError> {
                bytes.try_into().map(Self).map_err(|_| IdParseError)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_hyphenated(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = IdParseError;

            fn from_str(text: &str) -> Result<Self, IdParseError> {
                parse_hyphenated(text).map(Self)
            }
        }
    };
}

random_id!(
    /// Names an agreement; the same in all its versions.
    AgreementId
);
random_id!(
    /// Names a consent record at the organisation that collected it.
    ConsentId
);
random_id!(
    /// Names a thread of messages between two organisations.
    ConversationId
);
random_id!(
    /// Names one message for ever; made by the sender before the first attempt.
    MessageId
);
random_id!(
    /// Names a referral at both its source and its target.
    ReferralId
);

fn write_hyphenated(bytes: &[u8; 16], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            f.write_str("-")?;
        }
        write!(f, "{byte:02x}")?;
    }
    Ok(())
}

fn parse_hyphenated(text: &str) -> Result<[u8; 16], IdParseError> {
    let mut bytes = [0_u8; 16];
    let mut digits = text.bytes().filter(|byte| *byte != b'-');
    for byte in &mut bytes {
        let high = digits.next().and_then(hex_value).ok_or(IdParseError)?;
        let low = digits.next().and_then(hex_value).ok_or(IdParseError)?;
        *byte = high << 4 | low;
    }
    if digits.next().is_some() {
        return Err(IdParseError);
    }
    Ok(bytes)
}

const fn hex_value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_what_it_prints() {
        let id = ReferralId::from_bytes(*b"0123456789abcdef");
        assert_eq!(id.to_string(), "30313233-3435-3637-3839-616263646566");
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn short_long_and_foreign_texts_are_refused() {
        for text in [
            "",
            "30",
            "30313233-3435-3637-3839-6162636465667",
            "zz313233-3435-3637-3839-616263646566",
        ] {
            assert_eq!(text.parse::<MessageId>(), Err(IdParseError));
        }
    }
}
