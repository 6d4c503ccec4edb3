//! What a service is: the same words as flags and as keys of a file.

use std::str::FromStr;

use brygga_domain::UnitId;
use brygga_domain::code::{CodedTerm, HOUSE_RULE};
use brygga_proto::agreement::v1::SubjectArea;
use brygga_proto::capacity::v1::{
    AcquisitionRoute, OpeningWindow, Permit, PlaceKind, Reception, Season, Service, Visibility,
};
use clap::Args;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::commands::referral::service;
use crate::content_file::term_to_proto;
use crate::text::complaint::Complaint;
use crate::wire_code::{self, parser};

/// What a service is, as far as it is named.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Description {
    /// What people call it; no address
    #[arg(long, value_name = "TEXT")]
    pub(crate) name: Option<String>,
    /// What it is: a code of the list in "brygga referral request --help"
    #[arg(long = "type", value_name = "SERVICE", value_parser = service)]
    #[serde(deserialize_with = "service_type")]
    pub(crate) service_type: Option<CodedTerm>,
    /// What is counted
    #[arg(long, value_parser = parser::<PlaceKind>())]
    #[serde(deserialize_with = "wire_code::deserialize")]
    pub(crate) place: Option<PlaceKind>,
    /// Function of this organisation that runs it
    #[arg(long, value_name = "UNIT")]
    #[serde(deserialize_with = "unit")]
    pub(crate) unit: Option<UnitId>,
    /// Subject under the agreement; homelessness when left out
    #[arg(long, value_parser = parser::<SubjectArea>())]
    #[serde(deserialize_with = "wire_code::deserialize")]
    pub(crate) subject: Option<SubjectArea>,
    /// Municipality where it is, four digits; never for protected housing
    #[arg(long, value_name = "0880")]
    pub(crate) municipality: Option<String>,
    /// County where it is, two digits
    #[arg(long, value_name = "08")]
    pub(crate) county: Option<String>,
    /// First and last day of the part of the year in which it is open
    #[arg(long, value_name = "10-01..03-31")]
    season: Option<Range>,
    /// Time of day in which it is open
    #[arg(long, value_name = "19:00..08:00")]
    opening: Option<Range>,
    /// Youngest age; 0 for any
    #[arg(long, value_name = "YEARS")]
    min_age: Option<u32>,
    /// Oldest age; 0 for any
    #[arg(long, value_name = "YEARS")]
    max_age: Option<u32>,
    /// Children come with an adult
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    children: Option<bool>,
    /// Couples are received together
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    couples: Option<bool>,
    /// Pets are received
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    pets: Option<bool>,
    /// A wheelchair gets everywhere
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    wheelchair: Option<bool>,
    /// There is support for people in substance use
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    substance_support: Option<bool>,
    /// Somebody whose income is income support is received
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    income_support: Option<bool>,
    /// Languages that somebody speaks there, as codes such as sv,ar,so; all of them anew
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    languages: Option<Vec<String>>,
    /// Rule of the house; may be repeated; all of them anew
    #[arg(long = "house-rule", value_name = "RULE", value_parser = house_rule)]
    #[serde(deserialize_with = "rules")]
    house_rules: Option<Vec<CodedTerm>>,
    /// Longest stay in nights; 0 for none
    #[arg(long, value_name = "NIGHTS")]
    max_nights: Option<u32>,
    /// The socialnämnd decides about each stay
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    needs_decision: Option<bool>,
    /// Notice when a stay is ended, in hours; at 24 or less no child is received
    #[arg(long, value_name = "HOURS")]
    notice_hours: Option<u32>,
    /// Visits of support in a week; 168 is around the clock
    #[arg(long, value_name = "VISITS")]
    support_visits: Option<u32>,
    /// There is staff around the clock
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    staffed: Option<bool>,
    /// How a dwelling came to be offered
    #[arg(long, value_parser = parser::<AcquisitionRoute>())]
    #[serde(deserialize_with = "wire_code::deserialize")]
    route: Option<AcquisitionRoute>,
    /// Who may see it; for a new one whom the agreement names
    #[arg(long, value_parser = parser::<Visibility>())]
    #[serde(deserialize_with = "wire_code::deserialize")]
    pub(crate) visibility: Option<Visibility>,
    /// Permit that it is run under, as the registry attests it
    #[arg(long, value_name = "REFERENCE")]
    permit: Option<String>,
    /// Most persons that the permit allows
    #[arg(long, value_name = "NUMBER")]
    permit_persons: Option<u32>,
}

macro_rules! replaced {
    ($old:ident by $new:ident: $($field:ident)*) => {
        Self { $($field: $new.$field.clone().or($old.$field),)* }
    };
}

impl Description {
    /// The same with what another names in its place.
    pub(crate) fn replaced_by(self, new: &Self) -> Self {
        replaced!(self by new: name service_type place unit subject municipality county season
            opening min_age max_age children couples pets wheelchair substance_support
            income_support languages house_rules max_nights needs_decision notice_hours
            support_visits staffed route visibility permit permit_persons)
    }

    /// Puts what is named in place of what stands; the node checks it as a whole.
    pub(super) fn apply(self, service: &mut Service) {
        set(&mut service.name, self.name);
        if let Some(term) = self.service_type {
            service.service_type = Some(term_to_proto(&term));
        }
        set(&mut service.place, self.place.map(i32::from));
        set(&mut service.unit, self.unit.map(|unit| unit.to_string()));
        set(&mut service.subject, self.subject.map(i32::from));
        set(&mut service.municipality, self.municipality);
        set(&mut service.county, self.county);
        if let Some(Range { from, until }) = self.season {
            service.season = Some(Season { from, until });
        }
        if let Some(Range { from: opens, until: closes }) = self.opening {
            service.opening = Some(OpeningWindow { opens, closes });
        }
        let reception = service.reception.get_or_insert_with(Reception::default);
        set(&mut reception.min_age, self.min_age);
        set(&mut reception.max_age, self.max_age);
        set(&mut reception.children, self.children);
        set(&mut reception.couples, self.couples);
        set(&mut reception.pets, self.pets);
        set(&mut reception.wheelchair, self.wheelchair);
        set(&mut reception.substance_support, self.substance_support);
        set(&mut reception.income_support, self.income_support);
        set(&mut reception.languages, self.languages);
        let rules = self.house_rules.map(|rules| rules.iter().map(term_to_proto).collect());
        set(&mut service.house_rules, rules);
        set(&mut service.max_nights, self.max_nights);
        set(&mut service.needs_decision, self.needs_decision);
        set(&mut service.termination_hours, self.notice_hours);
        set(&mut service.support_visits_per_week, self.support_visits);
        set(&mut service.staffed, self.staffed);
        set(&mut service.acquisition_route, self.route.map(i32::from));
        set(&mut service.visibility, self.visibility.map(i32::from));
        if self.permit.is_some() || self.permit_persons.is_some() {
            let permit = service.permit.get_or_insert_with(Permit::default);
            set(&mut permit.reference, self.permit);
            set(&mut permit.max_persons, self.permit_persons);
        }
    }
}

fn set<T>(target: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *target = given;
    }
}

/// `FROM..UNTIL`; what each is the node checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    from: String,
    until: String,
}

impl FromStr for Range {
    type Err = Complaint;

    fn from_str(text: &str) -> Result<Self, Complaint> {
        let (from, until) = text.split_once("..").ok_or(Complaint::NotARange)?;
        Ok(Self { from: from.trim().to_owned(), until: until.trim().to_owned() })
    }
}

impl<'de> Deserialize<'de> for Range {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

fn house_rule(text: &str) -> Result<CodedTerm, String> {
    let code = text.trim().to_ascii_uppercase().replace('-', "_");
    CodedTerm::known(HOUSE_RULE, &code)
        .ok_or_else(|| "not a code of the list house_rule".to_owned())
}

pub(super) fn service_type<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<CodedTerm>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    text.map(|text| service(&text).map_err(D::Error::custom)).transpose()
}

pub(super) fn unit<'de, D: Deserializer<'de>>(from: D) -> Result<Option<UnitId>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    let wrong = |_| D::Error::custom(Complaint::NotAUnit);
    text.map(|text| text.parse().map_err(wrong)).transpose()
}

fn rules<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<CodedTerm>>, D::Error> {
    let texts = Option::<Vec<String>>::deserialize(from)?;
    let read = |texts: Vec<String>| -> Result<_, _> {
        texts.iter().map(|text| house_rule(text)).collect()
    };
    texts.map(|texts| read(texts).map_err(D::Error::custom)).transpose()
}
