//! Organisations and the units inside them, as the registry and every message name them.

use std::fmt;
use std::str::FromStr;

/// An organisation: `kommun:0880`, `org:2120000746` or `demo:stadsmissionen-kalmar`.
///
/// A municipality is named by its code (a string: leading zeros count), others by
/// organisation number (ten digits, Luhn-checked), and organisations that do not
/// exist by a `demo:` slug, so that an invented one can never be taken for a real one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrgId(String);

/// Why a text is not an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrgIdError {
    /// `demo:` is followed by something else than 1-64 of `a-z`, `0-9` and `-`.
    #[error("a demo organisation is 1 to 64 of a-z, 0-9 and hyphen")]
    Demo,
    /// `kommun:` is not followed by four digits.
    #[error("a municipality is kommun: and its four-digit code")]
    Kommun,
    /// `org:` is not followed by ten digits whose last is the right check digit.
    #[error("an organisation is org: and ten digits with a valid check digit")]
    OrganisationNumber,
    /// No scheme that is known.
    #[error("an organisation begins with kommun:, org: or demo:")]
    Scheme,
}

impl OrgId {
    /// Reads the text form.
    ///
    /// # Errors
    /// [`OrgIdError`] names the part that is wrong.
    pub fn parse(text: &str) -> Result<Self, OrgIdError> {
        let (scheme, value) = text.split_once(':').ok_or(OrgIdError::Scheme)?;
        match scheme {
            "demo" if is_slug(value) => {}
            "demo" => return Err(OrgIdError::Demo),
            "kommun" if value.len() == 4 && value.bytes().all(|b| b.is_ascii_digit()) => {}
            "kommun" => return Err(OrgIdError::Kommun),
            "org" if value.len() == 10 && luhn_valid(value) => {}
            "org" => return Err(OrgIdError::OrganisationNumber),
            _ => return Err(OrgIdError::Scheme),
        }
        Ok(Self(text.to_owned()))
    }

    /// The text form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The four-digit code, where the organisation is a municipality.
    pub fn kommunkod(&self) -> Option<&str> {
        self.0.strip_prefix("kommun:")
    }
}

impl fmt::Display for OrgId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for OrgId {
    type Err = OrgIdError;

    fn from_str(text: &str) -> Result<Self, OrgIdError> {
        Self::parse(text)
    }
}

/// A unit inside an organisation, addressed by function and never by person: `mobila-teamet`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitId(String);

/// Why a text is not a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a unit is 1 to 64 of a-z, 0-9 and hyphen")]
pub struct UnitIdError;

impl UnitId {
    /// Reads the text form.
    ///
    /// # Errors
    /// [`UnitIdError`] when the text is empty, too long or has another character.
    pub fn parse(text: &str) -> Result<Self, UnitIdError> {
        if is_slug(text) { Ok(Self(text.to_owned())) } else { Err(UnitIdError) }
    }

    /// The text form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UnitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for UnitId {
    type Err = UnitIdError;

    fn from_str(text: &str) -> Result<Self, UnitIdError> {
        Self::parse(text)
    }
}

fn is_slug(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn luhn_valid(digits: &str) -> bool {
    let mut sum = 0_u32;
    for (index, byte) in digits.bytes().rev().enumerate() {
        if !byte.is_ascii_digit() {
            return false;
        }
        let digit = u32::from(byte - b'0');
        let doubled = if index % 2 == 1 { digit * 2 } else { digit };
        sum += doubled / 10 + doubled % 10;
    }
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_schemes_are_read_and_printed() {
        for text in ["kommun:0880", "org:2120000746", "demo:stadsmissionen-kalmar"] {
            assert_eq!(OrgId::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn each_wrong_part_has_its_own_error() {
        assert_eq!(OrgId::parse("0880"), Err(OrgIdError::Scheme));
        assert_eq!(OrgId::parse("kommun:880"), Err(OrgIdError::Kommun));
        assert_eq!(OrgId::parse("org:2120000747"), Err(OrgIdError::OrganisationNumber));
        assert_eq!(OrgId::parse("demo:Stadsmissionen"), Err(OrgIdError::Demo));
    }
}
