//! A service: what can be had, and under which rules. It changes with a publication.

use std::ops::Deref;

use super::{AcquisitionRoute, OpeningWindow, PlaceKind, Reception, Season, Visibility};
use crate::agreement::SubjectArea;
use crate::code::{CodeLists, CodedTerm, HOUSE_RULE, SERVICE_TYPE};
use crate::swedish_day::swedish_day;
use crate::{Reason, Refusal, ServiceId, Timestamp, UnitId};

/// Longest name, in characters.
const NAME_MAX: usize = 100;
/// Most rules of the house.
const HOUSE_RULES_MAX: usize = 16;
/// Longest notice: a year.
const TERMINATION_HOURS_MAX: u32 = 8_760;
/// Support around the clock.
const VISITS_MAX: u32 = 168;
/// Longest stay: ten years.
const NIGHTS_MAX: u32 = 3_650;
/// Most persons of a permit.
const PERSONS_MAX: u32 = 10_000;
/// Longest reference of a permit, in characters.
const REFERENCE_MAX: usize = 64;
/// With so little notice no child is received (VAS-06).
const CHILD_SAFE_HOURS: u32 = 24;

/// Code of protected housing.
const PROTECTED: &str = "PROTECTED_HOUSING";

/// What a service is run under (SoL 26:1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permit {
    /// As the registry attests it. 1 to 64 characters.
    pub reference: String,
    /// Most persons that it allows. 1 to 10,000.
    pub max_persons: u32,
}

/// A service as somebody described it; nothing about it is certain until [`Self::check`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceDraft {
    /// Which.
    pub id: ServiceId,
    /// What people call it. 1 to 100 characters.
    pub name: String,
    /// Function that runs it; none for the organisation as a whole.
    pub unit: Option<UnitId>,
    /// Subject under the agreement.
    pub subject: SubjectArea,
    /// What it is.
    pub service_type: CodedTerm,
    /// What is counted.
    pub place: PlaceKind,
    /// Municipality where it is, four digits; none where that is not told.
    pub municipality: Option<String>,
    /// County where it is, two digits; none where that is not told.
    pub county: Option<String>,
    /// Part of the year in which it is open; none for the whole year.
    pub season: Option<Season>,
    /// Time of day in which it is open; none for always.
    pub opening: Option<OpeningWindow>,
    /// Who can be received.
    pub reception: Reception,
    /// Codes of the list `house_rule`. At most 16.
    pub house_rules: Vec<CodedTerm>,
    /// Longest stay in nights; none where none is set.
    pub max_nights: Option<u32>,
    /// Whether the socialnämnd decides about each stay.
    pub needs_decision: bool,
    /// Notice when a stay is ended, in hours; none where none is agreed.
    pub termination_hours: Option<u32>,
    /// Visits of support in a week; 168 is around the clock.
    pub support_visits_per_week: u32,
    /// Whether there is staff around the clock.
    pub staffed: bool,
    /// How a dwelling came to be offered.
    pub acquisition_route: Option<AcquisitionRoute>,
    /// Who may see it.
    pub visibility: Visibility,
    /// Permit that it is run under.
    pub permit: Option<Permit>,
}

impl ServiceDraft {
    /// Checks every limit, and that protected housing tells no more than its county and only to named roles (R11).
    ///
    /// # Errors
    /// [`Reason::InvalidField`], naming the first bad field.
    pub fn check(self) -> Result<Service, Refusal> {
        let lists = CodeLists::current();
        let is_rule = |rule: &CodedTerm| rule.list() == HOUSE_RULE;
        let name_chars = self.name.chars().count();
        let sound = [
            ((1..=NAME_MAX).contains(&name_chars) && is_line(&self.name), "service.name"),
            (self.service_type.list() == SERVICE_TYPE, "service.service_type"),
            (digits(self.municipality.as_deref(), 4), "service.municipality"),
            (digits(self.county.as_deref(), 2), "service.county"),
            (self.county_fits(), "service.county"),
            (self.house_rules.len() <= HOUSE_RULES_MAX, "service.house_rules"),
            (self.house_rules.iter().all(is_rule), "service.house_rules"),
            (self.rules_agree(&lists), "service.house_rules"),
            (within(self.max_nights, NIGHTS_MAX), "service.max_nights"),
            (within(self.termination_hours, TERMINATION_HOURS_MAX), "service.termination_hours"),
            (self.support_visits_per_week <= VISITS_MAX, "service.support_visits_per_week"),
            (self.permit.as_ref().is_none_or(Permit::is_sound), "service.permit"),
            (!self.is_protected() || self.municipality.is_none(), "service.municipality"),
            (
                !self.is_protected() || self.visibility == Visibility::NamedRole,
                "service.visibility",
            ),
        ];
        if let Some((_, field)) = sound.iter().find(|(holds, _)| !holds) {
            return Err(Refusal::at(Reason::InvalidField, field));
        }
        self.reception.check()?;
        Ok(Service(self))
    }

    /// Whether it is protected housing, whose place is told nobody.
    pub fn is_protected(&self) -> bool {
        CodeLists::current().effective(&self.service_type) == PROTECTED
    }

    /// Whether a household with a child can be safe here (VAS-06).
    pub fn is_child_safe(&self) -> bool {
        self.termination_hours.is_none_or(|hours| hours > CHILD_SAFE_HOURS)
    }

    /// Whether it is the part of the year in which it is open. A season ends by itself.
    pub fn is_in_season(&self, at: Timestamp) -> bool {
        self.season.is_none_or(|season| season.contains(swedish_day(at)))
    }

    /// Whether it follows a rule of the house, or one under it.
    pub fn has_house_rule(&self, code: &str) -> bool {
        let lists = CodeLists::current();
        self.house_rules.iter().any(|rule| lists.covers(HOUSE_RULE, code, lists.effective(rule)))
    }

    fn county_fits(&self) -> bool {
        match (&self.municipality, &self.county) {
            (Some(municipality), Some(county)) => municipality.starts_with(county.as_str()),
            _ => true,
        }
    }

    /// No two rules under one parent: they exclude each other.
    fn rules_agree(&self, lists: &CodeLists) -> bool {
        let codes = || self.house_rules.iter().map(|rule| rule.code());
        let Some(list) = lists.list(HOUSE_RULE) else { return false };
        let excluded = |one: &str, other: &str| {
            let parents = (list.ancestors(one).next(), list.ancestors(other).next());
            one == other || (parents.0.is_some() && parents.0 == parents.1)
        };
        codes().enumerate().all(|(at, one)| codes().skip(at + 1).all(|other| !excluded(one, other)))
    }
}

impl Permit {
    pub(super) fn is_sound(&self) -> bool {
        (1..=REFERENCE_MAX).contains(&self.reference.chars().count())
            && is_line(&self.reference)
            && (1..=PERSONS_MAX).contains(&self.max_persons)
    }
}

/// A checked service. It reads like the draft and cannot be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service(ServiceDraft);

impl Deref for Service {
    type Target = ServiceDraft;

    fn deref(&self) -> &ServiceDraft {
        &self.0
    }
}

fn is_line(text: &str) -> bool {
    !text.trim().is_empty() && !text.chars().any(char::is_control)
}

fn digits(text: Option<&str>, count: usize) -> bool {
    text.is_none_or(|text| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit()))
}

fn within(number: Option<u32>, max: u32) -> bool {
    number.is_none_or(|number| (1..=max).contains(&number))
}
