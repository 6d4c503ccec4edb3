//! Identifiers of 128 bits, one type for each thing that has one.
//!
//! What is made for every exchange is a UUIDv7 (RFC 9562, section 5.7), so that a store of any
//! size writes the newest where it wrote the last. It tells the instant that stands beside it in
//! the same row anyway; whatever must not tell it, as in a protected flow, is random instead.

use std::fmt;
use std::str::FromStr;

use uuid::Builder;

use crate::time::Timestamp;

/// A UUIDv7: milliseconds of `now`, then 74 random bits.
pub fn time_ordered(now: Timestamp, random: [u8; 10]) -> [u8; 16] {
    let millis = u64::try_from(now.as_millis()).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, &random).into_uuid().into_bytes()
}

/// Why a text is not an identifier. The text itself is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier: expected 32 hexadecimal digits, with or without hyphens")]
pub struct IdParseError;

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// Wraps 16 bytes that were made as an identifier.
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

identifier!(
    /// Names a review of the access log; random, since it is about nobody.
    AccessReviewId
);
identifier!(
    /// Names an agreement; the same in all its versions.
    AgreementId
);
identifier!(
    /// Names one breaking of the glass.
    BreakGlassId
);
identifier!(
    /// Names a call for places at its caller and at every party, and its thread with each.
    CallId
);
identifier!(
    /// Names a consent record at the organisation that collected it.
    ConsentId
);
identifier!(
    /// Names a thread of messages between two organisations.
    ConversationId
);
identifier!(
    /// Names a hold of places at both its publisher and its holder, and its thread.
    HoldId
);
identifier!(
    /// Names a disclosure from one authority to another inside an organisation.
    InsideDisclosureId
);
identifier!(
    /// Names one message for ever; made by the sender before the first attempt.
    MessageId
);
identifier!(
    /// Names a blind enquiry of a protected relocation; random, and nobody's.
    EnquiryId
);
identifier!(
    /// Names a notice of an eviction at both its ends, and its thread.
    NoticeId
);
identifier!(
    /// Names a protected officer inside the own organisation; random.
    OfficerId
);
identifier!(
    /// Names an open referral, which any party of the agreement may claim.
    OfferId
);
identifier!(
    /// Names a parcel of an exchange network, the same each time it is sent; random.
    ParcelId
);
identifier!(
    /// Names a referral at both its source and its target.
    ReferralId
);
identifier!(
    /// Names a protected relocation at one of its two sides; random, and the other side has another.
    RelocationId
);
identifier!(
    /// Names a service that an organisation offers.
    ServiceId
);
identifier!(
    /// Names an order to stop processing, and its thread.
    StopId
);
identifier!(
    /// Names the transfer of a case at both municipalities, and its thread.
    TransferId
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
    fn a_later_identifier_comes_after_an_earlier_one_whatever_chance_says() {
        let at = |millis, random| time_ordered(Timestamp::from_millis(millis), [random; 10]);
        assert!(at(1_767_225_600_001, 0x00) > at(1_767_225_600_000, 0xff));
        assert_ne!(at(1, 1), at(1, 2));
        assert_eq!(at(-5, 7), at(0, 7), "a clock before 1970 must not wrap round");
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
