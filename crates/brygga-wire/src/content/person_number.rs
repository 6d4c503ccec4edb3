//! Personnummer and samordningsnummer, of which nothing is ever printed.

use std::fmt;

/// Twelve digits in the shape of a personnummer (folkbokföringslagen 18 §) or, with 60 added to
/// the day, of a samordningsnummer (lag 2022:1697).
///
/// The shape and the check digit are right; that the number has been given to anybody, and to
/// whom, is not known. Month 0 and day 60 occur in a samordningsnummer whose date is unknown.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonalIdentityNumber(String);

impl PersonalIdentityNumber {
    /// Reads twelve digits without a sign; none for anything else.
    pub fn parse(digits: String) -> Option<Self> {
        let is_number = digits.len() == 12 && digits.bytes().all(|byte| byte.is_ascii_digit());
        (is_number && is_date(&digits) && is_checked(&digits)).then_some(Self(digits))
    }

    /// The twelve digits, for sealing or for somebody who may see them.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PersonalIdentityNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonalIdentityNumber(..)")
    }
}

/// Twelve ASCII digits, so every slice is on a character boundary.
fn is_date(digits: &str) -> bool {
    let (century, month, day) = (&digits[0..2], &digits[4..6], &digits[6..8]);
    let coordinated = ("60"..="91").contains(&day);
    matches!(century, "18" | "19" | "20")
        && (("01"..="12").contains(&month) || coordinated && month == "00")
        && (coordinated || ("01"..="31").contains(&day))
}

/// The check digit is over the last ten digits, from the left doubled and not in turn.
fn is_checked(digits: &str) -> bool {
    let weighed = digits.bytes().skip(2).zip([2, 1].into_iter().cycle());
    let sum: u32 = weighed
        .map(|(byte, weight)| u32::from(byte - b'0') * weight)
        .map(|product| product / 10 + product % 10)
        .sum();
    sum.is_multiple_of(10)
}
