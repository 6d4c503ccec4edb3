//! Identifiers on the command line: whole, or the last digits of one; the first tell its time and
//! are the same for many.

use std::fmt;
use std::str::FromStr;

use brygga_crypto::SystemRandom;
use brygga_domain::ReferralId;
use brygga_domain::id::time_ordered;
use rand_core::Rng;

use crate::failure::Failure;
use crate::text::complaint::Complaint;
use crate::when::now;

/// Digits that a person can be expected to type, and few enough referrals share.
const ENDING_DIGITS_MIN: usize = 8;

/// 16 bytes that name an agreement, a consent, a referral, a message or a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identifier([u8; 16]);

impl Identifier {
    /// A new one of this instant.
    pub(crate) fn fresh() -> Self {
        let mut random = [0; 10];
        SystemRandom.fill_bytes(&mut random);
        Self(time_ordered(now(), random))
    }

    pub(crate) fn to_bytes(self) -> Vec<u8> {
        self.0.to_vec()
    }
}

impl FromStr for Identifier {
    type Err = Complaint;

    fn from_str(text: &str) -> Result<Self, Complaint> {
        // All identifiers share one text form.
        let id: Result<ReferralId, _> = text.parse();
        id.map(|id| Self(*id.as_bytes())).map_err(|_| Complaint::NotAnIdentifier)
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

/// A whole identifier, or at least eight of its last digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum IdentifierOrEnding {
    Whole(Identifier),
    Ending(String),
}

impl FromStr for IdentifierOrEnding {
    type Err = Complaint;

    fn from_str(text: &str) -> Result<Self, Complaint> {
        if let Ok(whole) = text.parse() {
            return Ok(Self::Whole(whole));
        }
        let digits = text.replace('-', "").to_ascii_lowercase();
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hex && (ENDING_DIGITS_MIN..32).contains(&digits.len()) {
            Ok(Self::Ending(digits))
        } else {
            Err(Complaint::NotAnIdentifier)
        }
    }
}

/// The one identifier among `candidates` that ends with `ending`.
pub(crate) fn only_match(ending: &str, candidates: &[Vec<u8>]) -> Result<Vec<u8>, Failure> {
    let mut matching = candidates.iter().filter(|bytes| hex::encode(bytes).ends_with(ending));
    match (matching.next(), matching.next()) {
        (Some(found), None) => Ok(found.clone()),
        (None, _) => Err(Failure::refused("SEND_NOT_FOUND", "")),
        (Some(_), Some(_)) => Err(Failure::usage(
            "IDENTIFIER_AMBIGUOUS",
            format!("more than one identifier ends with {ending}"),
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
    fn eight_digits_are_an_ending_and_seven_are_nothing() {
        assert_eq!("3031-3233".parse(), Ok(IdentifierOrEnding::Ending("30313233".to_owned())));
        assert!("3031323".parse::<IdentifierOrEnding>().is_err());
        assert!("3031323g".parse::<IdentifierOrEnding>().is_err());
    }

    #[test]
    fn an_ending_must_be_unique() {
        let (one, two) = (b"0123456789abcdef".to_vec(), b"0123456789xbcdef".to_vec());
        let candidates = [one.clone(), two];
        assert_eq!(only_match("616263646566", &candidates).unwrap(), one);
        assert_eq!(
            only_match("6263646566", &candidates).unwrap_err().code(),
            "IDENTIFIER_AMBIGUOUS"
        );
        assert_eq!(only_match("ffffffff", &candidates).unwrap_err().code(), "SEND_NOT_FOUND");
    }
}
