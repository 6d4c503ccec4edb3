//! The personal data of a referral: clear only before it is sealed and after it is opened.
//!
//! Every field about the person is [`Sensitive`], so nothing here can be printed. The categories
//! that the agreement, the consent and the header speak of are derived from what is filled in;
//! nobody states them, so they cannot be stated wrong.

mod encoding;
mod household;
mod person_number;
mod place_scan;
mod scan;
mod test_result;
#[cfg(test)]
mod tests;
mod third_person;

use std::fmt;

use brygga_domain::code::CodedTerm;
use brygga_domain::sensitive::Sensitive;
use brygga_domain::{DataCategory, ThirdPersonRelation};

pub(crate) use encoding::content_from_proto;
pub use encoding::{SALT_BYTES, commitment, content_to_proto};
pub use household::{CauseLevel, ChildAgeBand, HomelessnessSituation, Household, MAX_HOUSEHOLD};
pub use person_number::PersonalIdentityNumber;
pub use place_scan::tells_a_place;
pub use scan::ContentWarning;
pub(crate) use scan::{names_another, names_somebody};
pub use third_person::{MAX_THIRD_PERSONS, ThirdPerson};

/// Longest name, in characters.
pub const MAX_NAME_CHARS: usize = 200;
/// Longest way to reach the person, in characters.
pub const MAX_CONTACT_CHARS: usize = 500;
/// Longest note, in characters.
pub const MAX_NOTE_CHARS: usize = 4_000;
/// Most entries in a list of needs.
pub const MAX_NEEDS: usize = 16;

/// What the source tells the receiving function about the person.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ReferralContent {
    /// Name as the person gave it; may be a first name only.
    pub name: Option<Sensitive<String>>,
    /// Personnummer or samordningsnummer.
    pub personal_identity_number: Option<Sensitive<PersonalIdentityNumber>>,
    /// How to reach the person.
    pub contact: Option<Sensitive<String>>,
    /// Who belongs to the household.
    pub household: Option<Sensitive<Household>>,
    /// Where the person sleeps, in Socialstyrelsen's terms.
    pub homelessness_situation: Option<Sensitive<HomelessnessSituation>>,
    /// What is needed of a dwelling or bed.
    pub housing_needs: Vec<Sensitive<CodedTerm>>,
    /// What support is needed.
    pub support_needs: Vec<Sensitive<CodedTerm>>,
    /// What the case worker wants to add.
    pub note: Option<Sensitive<String>>,
    /// Others that the request is about as well.
    pub third_persons: Vec<Sensitive<ThirdPerson>>,
    /// Where the reasons lie; no rule reads it.
    pub cause_level: Option<Sensitive<CauseLevel>>,
}

impl ReferralContent {
    /// The kinds of data that are filled in, in the order of the vocabulary; empty for none.
    pub fn categories(&self) -> Vec<DataCategory> {
        let filled = |category: &DataCategory| match category {
            DataCategory::Identity => {
                self.name.is_some() || self.personal_identity_number.is_some()
            }
            DataCategory::Contact => self.contact.is_some(),
            DataCategory::Household => self.household.is_some(),
            DataCategory::HousingSituation => {
                self.homelessness_situation.is_some() || self.cause_level.is_some()
            }
            DataCategory::HousingNeed => !self.housing_needs.is_empty(),
            DataCategory::SupportNeed => !self.support_needs.is_empty(),
            DataCategory::FreeText => self.note.is_some(),
            DataCategory::ThirdPerson => !self.third_persons.is_empty(),
        };
        DataCategory::ALL.iter().copied().filter(filled).collect()
    }

    /// A content that holds only a note, as it travels between the two sides in between.
    pub fn note(text: String) -> Self {
        Self { note: Some(Sensitive::new(text)), ..Self::default() }
    }

    /// How the others that it tells of are related to the person, each relation once.
    pub fn relations(&self) -> Vec<ThirdPersonRelation> {
        let told = |relation: &&ThirdPersonRelation| {
            self.third_persons.iter().any(|one| one.expose().relation == **relation)
        };
        ThirdPersonRelation::ALL.iter().filter(told).copied().collect()
    }

    /// Whether a child belongs to the household, or is told of (rule R30).
    pub fn has_child(&self) -> bool {
        self.household.as_ref().is_some_and(|household| household.expose().has_child())
            || self.relations().contains(&ThirdPersonRelation::Child)
    }
}

impl fmt::Debug for ReferralContent {
    /// The kinds of data, which the header tells anyway.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReferralContent")
            .field("categories", &self.categories())
            .finish_non_exhaustive()
    }
}
