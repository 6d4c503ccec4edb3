//! Who can be received.

use crate::{Reason, Refusal};

/// Most languages that a service names.
const LANGUAGES_MAX: usize = 32;
/// No age is above it.
const AGE_MAX: u32 = 120;

/// Who can be received by a service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reception {
    /// Youngest age in years; none for any.
    pub min_age: Option<u32>,
    /// Oldest age in years; none for any.
    pub max_age: Option<u32>,
    /// Whether children come with an adult.
    pub children: bool,
    /// Whether couples are received together.
    pub couples: bool,
    /// Whether pets are received.
    pub pets: bool,
    /// Whether a wheelchair gets everywhere.
    pub wheelchair: bool,
    /// Whether there is support for people in substance use (NAT-06).
    pub substance_support: bool,
    /// Whether somebody is received whose income is income support (VAS-09).
    pub income_support: bool,
    /// Languages that somebody speaks there, as ISO 639 codes, each once. At most 32.
    pub languages: Vec<String>,
}

impl Reception {
    pub(super) fn check(&self) -> Result<(), Refusal> {
        let ages = [self.min_age, self.max_age];
        let (low, high) = (self.min_age.unwrap_or(0), self.max_age.unwrap_or(AGE_MAX));
        let is_sound = ages.iter().flatten().all(|age| (1..=AGE_MAX).contains(age))
            && low <= high
            && self.languages.len() <= LANGUAGES_MAX
            && self.languages.iter().all(|code| is_language(code));
        if is_sound { Ok(()) } else { Err(Refusal::at(Reason::InvalidField, "service.reception")) }
    }

    /// Whether somebody of an age is received.
    pub fn receives_age(&self, age: u32) -> bool {
        self.min_age.is_none_or(|min| min <= age) && self.max_age.is_none_or(|max| age <= max)
    }

    /// Whether somebody there speaks a language.
    pub fn speaks(&self, language: &str) -> bool {
        self.languages.iter().any(|spoken| spoken == language)
    }
}

/// Whether a text is formed like an ISO 639 code.
fn is_language(code: &str) -> bool {
    (2..=3).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_lowercase())
}
