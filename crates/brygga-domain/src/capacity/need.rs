//! What is looked for: a household and a place, never a person. It is used for one search and kept nowhere (NKP-08).

use std::ops::Deref;

use jiff::civil::Date;

use super::{Locality, Period, PlaceKind};
use crate::code::{CodeLists, HOUSE_RULE, SERVICE_TYPE};
use crate::legal::coded_enum;
use crate::{Reason, Refusal};

/// Most adults, and most children, of a household.
const PERSONS_MAX: u32 = 20;
/// No age is above it.
const AGE_MAX: u32 = 120;
/// Support around the clock.
const VISITS_MAX: u32 = 168;
/// Longest stay: ten years.
const NIGHTS_MAX: u32 = 3_650;
/// Most languages, and most rules of the house.
const WISHES_MAX: usize = 8;
/// Until this age somebody without an adult is young.
const YOUNG_MAX: u32 = 20;

coded_enum!(
    /// Of the adults of a household, where all are the same and somebody says it.
    Gender {
        /// Men.
        Man = "MAN",
        /// Women.
        Woman = "WOMAN",
    }
);

coded_enum!(
    /// What the house has to demand, or not to.
    Sobriety {
        /// Somebody comes who is not sober: no house that demands it.
        NotSober = "NOT_SOBER",
        /// Only houses that demand it (NKP-06).
        Sober = "SOBER",
    }
);

/// For whom a search is made inside the organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Those who decide about placements: also services for named roles.
    Deciders,
    /// All others who work with capacity.
    Staff,
}

/// What is looked for as somebody wrote it; nothing about it is certain until [`Self::check`]. What is not said
/// excludes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NeedDraft {
    /// Code of the list `service_type`, which covers its children.
    pub service_type: Option<String>,
    /// Where it is wanted: nearer comes first.
    pub near: Option<Locality>,
    /// How many of the household are 18 or older. At most 20.
    pub adults: u32,
    /// How many are younger. At most 20. Without an adult they come alone.
    pub children: u32,
    /// Whether two of them are to live together as a couple.
    pub couple: bool,
    /// Of the adults.
    pub gender: Option<Gender>,
    /// In years, of whoever it is about.
    pub age: Option<u32>,
    /// Whether somebody uses a wheelchair.
    pub wheelchair: bool,
    /// Whether a pet comes along.
    pub pets: bool,
    /// Whether sobriety may or has to be demanded.
    pub sobriety: Option<Sobriety>,
    /// Codes of the list `house_rule` that the house has to have. At most 8.
    pub house_rules: Vec<String>,
    /// Whether there has to be support for people in substance use.
    pub substance_support: bool,
    /// Whether the income is income support.
    pub income_support: bool,
    /// ISO 639 codes, one of which has to be spoken. At most 8.
    pub languages: Vec<String>,
    /// Visits of support needed in a week; 168 is around the clock.
    pub support_visits_per_week: u32,
    /// When the place is used.
    pub period: Option<Period>,
    /// First day; none for today.
    pub from: Option<Date>,
    /// How many nights; none where nobody knows.
    pub nights: Option<u32>,
}

impl NeedDraft {
    /// Checks every limit, and that every code is known here.
    ///
    /// # Errors
    /// [`Reason::InvalidField`], naming the first bad field.
    pub fn check(self) -> Result<Need, Refusal> {
        let lists = CodeLists::current();
        let is_known = |list, code: &String| lists.knows(list, code);
        let is_language = |code: &String| code.len() <= 3 && code.len() >= 2;
        let sound = [
            (self.service_type.iter().all(|it| is_known(SERVICE_TYPE, it)), "need.service_type"),
            (self.adults <= PERSONS_MAX, "need.adults"),
            (self.children <= PERSONS_MAX, "need.children"),
            (!self.couple || self.adults != 1, "need.couple"),
            (self.age.is_none_or(|age| age <= AGE_MAX), "need.age"),
            (self.house_rules.len() <= WISHES_MAX, "need.house_rules"),
            (self.house_rules.iter().all(|it| is_known(HOUSE_RULE, it)), "need.house_rules"),
            (self.languages.len() <= WISHES_MAX, "need.languages"),
            (self.languages.iter().all(is_language), "need.languages"),
            (self.support_visits_per_week <= VISITS_MAX, "need.support_visits_per_week"),
            (self.nights.is_none_or(|nights| (1..=NIGHTS_MAX).contains(&nights)), "need.nights"),
        ];
        match sound.iter().find(|(holds, _)| !holds) {
            Some((_, field)) => Err(Refusal::at(Reason::InvalidField, field)),
            None => Ok(Need(self)),
        }
    }

    /// Whether a child comes, with or without an adult.
    pub const fn has_child(&self) -> bool {
        self.children > 0
    }

    /// Whether children come with an adult.
    pub const fn is_family(&self) -> bool {
        self.adults > 0 && self.children > 0
    }

    /// Whether children come without an adult.
    pub const fn is_unaccompanied(&self) -> bool {
        self.adults == 0 && self.children > 0
    }

    /// Whether somebody young comes without an adult.
    pub fn is_young_alone(&self) -> bool {
        let is_single = self.adults <= 1 && self.children == 0 && !self.couple;
        self.is_unaccompanied() || is_single && self.age.is_some_and(|age| age <= YOUNG_MAX)
    }

    /// How many places of a kind are needed: each person a bed, all together one room or dwelling.
    pub fn places(&self, kind: PlaceKind) -> u32 {
        let adults = if self.couple { self.adults.max(2) } else { self.adults };
        match kind {
            PlaceKind::Bed => (adults + self.children).max(1),
            _ => 1,
        }
    }
}

/// What is looked for, checked. It reads like the draft and cannot be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need(NeedDraft);

impl Deref for Need {
    type Target = NeedDraft;

    fn deref(&self) -> &NeedDraft {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_names_its_field() {
        let field = |draft: NeedDraft| draft.check().unwrap_err().field;
        let none = NeedDraft::default;
        assert!(none().check().is_ok(), "nothing said excludes nothing");
        let unknown = Some("NO_SUCH".to_owned());
        assert_eq!(field(NeedDraft { service_type: unknown, ..none() }), "need.service_type");
        assert_eq!(field(NeedDraft { adults: 21, ..none() }), "need.adults");
        assert_eq!(field(NeedDraft { children: 21, ..none() }), "need.children");
        assert_eq!(field(NeedDraft { adults: 1, couple: true, ..none() }), "need.couple");
        assert_eq!(field(NeedDraft { age: Some(121), ..none() }), "need.age");
        let rules = vec!["NO_SUCH".to_owned()];
        assert_eq!(field(NeedDraft { house_rules: rules, ..none() }), "need.house_rules");
        let languages = vec!["x".to_owned()];
        assert_eq!(field(NeedDraft { languages, ..none() }), "need.languages");
        let visits = NeedDraft { support_visits_per_week: 169, ..none() };
        assert_eq!(field(visits), "need.support_visits_per_week");
        assert_eq!(field(NeedDraft { nights: Some(0), ..none() }), "need.nights");
    }

    #[test]
    fn each_person_needs_a_bed_and_all_together_one_dwelling() {
        let need = NeedDraft { adults: 2, children: 3, ..NeedDraft::default() };
        assert_eq!(need.places(PlaceKind::Bed), 5);
        assert_eq!(need.places(PlaceKind::Dwelling), 1);
        assert_eq!(NeedDraft::default().places(PlaceKind::Bed), 1);
        let couple = NeedDraft { couple: true, ..NeedDraft::default() };
        assert_eq!(couple.places(PlaceKind::Bed), 2);
    }
}
