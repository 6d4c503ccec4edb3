//! Identifiers on the command line: whole, or the first digits of one.

use std::fmt;
use std::str::FromStr;

use brygga_domain::ReferralId;

use crate::failure::Failure;

/// Digits that a person can be expected to type, and few enough referrals share.
const PREFIX_DIGITS_MIN: usize = 8;

/// 16 random bytes that name an agreement, a consent, a referral or a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identifier([u8; 16]);

impl Identifier {
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        self.0.to_vec()
    }
}

impl FromStr for Identifier {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // All identifiers share one text form.
        text.parse().map(|id: ReferralId| Self(*id.as_bytes())).map_err(|error| error.to_string())
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        ReferralId::from_bytes(self.0).fmt(f)
    }
}

/// Bytes of the contract as text; empty bytes are empty text.
pub(crate) fn show(bytes: &[u8]) -> String {
    ReferralId::try_from(bytes).map_or_else(|_| hex::encode(bytes), |id| id.to_string())
}

/// A whole identifier, or at least eight of its first digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum IdentifierOrPrefix {
    Whole(Identifier),
    Prefix(String),
}

impl FromStr for IdentifierOrPrefix {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(whole) = text.parse() {
            return Ok(Self::Whole(whole));
        }
        let digits = text.replace('-', "").to_ascii_lowercase();
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hex && (PREFIX_DIGITS_MIN..32).contains(&digits.len()) {
            Ok(Self::Prefix(digits))
        } else {
            Err("expected an identifier, or at least its first 8 hexadecimal digits".to_owned())
        }
    }
}

/// The one identifier among `candidates` that begins with `prefix`.
pub(crate) fn only_match(prefix: &str, candidates: &[Vec<u8>]) -> Result<Vec<u8>, Failure> {
    let mut matching = candidates.iter().filter(|bytes| hex::encode(bytes).starts_with(prefix));
    match (matching.next(), matching.next()) {
        (Some(found), None) => Ok(found.clone()),
        (None, _) => Err(Failure::refused("SEND_NOT_FOUND", "")),
        (Some(_), Some(_)) => Err(Failure::usage(
            "IDENTIFIER_AMBIGUOUS",
            format!("more than one identifier begins with {prefix}"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_reads_back_what_it_prints() {
        let text = "30313233-3435-3637-3839-616263646566";
        let id: Identifier = text.parse().unwrap();
        assert_eq!(id.to_string(), text);
        assert_eq!(show(&id.to_bytes()), text);
    }

    #[test]
    fn eight_digits_are_a_prefix_and_seven_are_nothing() {
        assert_eq!("3031-3233".parse(), Ok(IdentifierOrPrefix::Prefix("30313233".to_owned())));
        assert!("3031323".parse::<IdentifierOrPrefix>().is_err());
        assert!("3031323g".parse::<IdentifierOrPrefix>().is_err());
    }

    #[test]
    fn a_prefix_must_be_unique() {
        let (one, two) = (b"0123456789abcdef".to_vec(), b"0123x56789abcdef".to_vec());
        let candidates = [one.clone(), two];
        assert_eq!(only_match("3031323334", &candidates).unwrap(), one);
        assert_eq!(only_match("30313233", &candidates).unwrap_err().code(), "IDENTIFIER_AMBIGUOUS");
        assert_eq!(only_match("ffffffff", &candidates).unwrap_err().code(), "SEND_NOT_FOUND");
    }
}
