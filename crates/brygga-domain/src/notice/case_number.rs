//! The number of a case at Kronofogden.

use std::fmt;
use std::str::FromStr;

/// A case number as Kronofogden writes it, for example `U-12345-26` or `U-12345-26/0108`.
///
/// One or two letters, one to seven digits, a year of two digits, and perhaps four digits more. Nothing else passes, so
/// that no name and no personnummer can stand where everybody reads it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseNumber(String);

impl CaseNumber {
    /// Reads a case number; none where it has another form.
    pub fn parse(text: &str) -> Option<Self> {
        let (main, part) = match text.split_once('/') {
            Some((main, part)) => (main, Some(part)),
            None => (text, None),
        };
        let mut fields = main.split('-');
        let (letters, number, year) = (fields.next()?, fields.next()?, fields.next()?);
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let sound = fields.next().is_none()
            && (1..=2).contains(&letters.len())
            && letters.bytes().all(|byte| byte.is_ascii_uppercase())
            && (1..=7).contains(&number.len())
            && digits(number)
            && year.len() == 2
            && digits(year)
            && part.is_none_or(|part| part.len() == 4 && digits(part));
        sound.then(|| Self(text.to_owned()))
    }

    /// The number.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is no case number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoCaseNumber;

impl fmt::Display for NoCaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a case number looks like U-12345-26")
    }
}

impl std::error::Error for NoCaseNumber {}

impl FromStr for CaseNumber {
    type Err = NoCaseNumber;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text).ok_or(NoCaseNumber)
    }
}
