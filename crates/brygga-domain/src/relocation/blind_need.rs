//! What is asked of those who do not know who asks: a household in codes, and nothing that a name, a number, a place or
//! a sentence could stand in.

use std::ops::Deref;

use crate::{Reason, Refusal};

use super::{AgeBand, Earliest, HousingKind, SupportLevel};

/// Most adults of a household.
const ADULTS_MAX: u32 = 6;
/// Most children of a household.
const CHILDREN_MAX: usize = 10;
/// Most languages.
const LANGUAGES_MAX: usize = 3;
/// The languages that can be asked for (ISO 639): a closed list, since three free letters are a text.
const LANGUAGES: &[&str] = &[
    "am", "ar", "bs", "en", "es", "fa", "fi", "fr", "ku", "pl", "prs", "rom", "ru", "so", "sq",
    "sr", "sv", "swl", "th", "ti", "tr", "uk", "ur",
];

/// A need as an officer wrote it; nothing about it is certain until [`Self::check`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlindNeedDraft {
    /// How many are 18 or older. 1 to 6.
    pub adults: u32,
    /// The children's ages. At most 10.
    pub children: Vec<AgeBand>,
    /// Whether somebody uses a wheelchair.
    pub wheelchair: bool,
    /// Whether an animal comes along.
    pub animals: bool,
    /// One of these has to be spoken; codes of a closed list. At most 3.
    pub languages: Vec<String>,
    /// What is needed.
    pub housing: HousingKind,
    /// How much support.
    pub support: SupportLevel,
    /// When.
    pub earliest: Earliest,
}

impl BlindNeedDraft {
    /// Checks every limit.
    ///
    /// # Errors
    /// [`Reason::InvalidField`] for a number beyond its limit, [`Reason::ContentForbidden`] for a language that is none.
    pub fn check(mut self) -> Result<BlindNeed, Refusal> {
        if !(1..=ADULTS_MAX).contains(&self.adults) {
            return Err(Refusal::at(Reason::InvalidField, "need.adults"));
        }
        if self.children.len() > CHILDREN_MAX {
            return Err(Refusal::at(Reason::InvalidField, "need.children"));
        }
        if self.languages.len() > LANGUAGES_MAX {
            return Err(Refusal::at(Reason::InvalidField, "need.languages"));
        }
        if !self.languages.iter().all(|language| LANGUAGES.contains(&language.as_str())) {
            return Err(Refusal::at(Reason::ContentForbidden, "need.languages"));
        }
        // An order could tell somebody apart.
        self.children.sort_unstable();
        self.languages.sort_unstable();
        Ok(BlindNeed(self))
    }
}

/// A need that keeps every limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlindNeed(BlindNeedDraft);

impl Deref for BlindNeed {
    type Target = BlindNeedDraft;

    fn deref(&self) -> &BlindNeedDraft {
        &self.0
    }
}
