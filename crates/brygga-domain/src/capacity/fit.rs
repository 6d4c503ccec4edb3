//! Whether a line of a service fits a need: every reason why not, from a closed list, and what to think of where it does.
//! A reason is about the service, never about whoever needs it.

use super::{
    AcquisitionRoute, CapacityStatus, Gender, Known, Need, Period, PlaceFor, Service, Sobriety,
    ToldLine,
};
use crate::Timestamp;
use crate::code::CodedTerm;
use crate::legal::coded_enum;
use crate::swedish_day::swedish_day;

coded_enum!(
    /// Why a line does not fit.
    WhyNot {
        /// A household with a child, and notice of 24 hours or less (VAS-06). No search finds it all the same.
        ChildSafety = "CHILD_SAFETY_RULE",
        /// The places are for others.
        PlaceFor = "PLACE_FOR",
        /// They are not used at that time of day.
        Period = "PERIOD",
        /// Another age.
        Age = "AGE",
        /// No children are received.
        Children = "CHILDREN",
        /// No couples are received together.
        Couple = "COUPLE",
        /// No pets are received.
        Pets = "PETS",
        /// A wheelchair does not get everywhere.
        Wheelchair = "WHEELCHAIR",
        /// There is no support for people in substance use (NAT-06).
        SubstanceSupport = "SUBSTANCE_SUPPORT",
        /// Sobriety is demanded, or not, otherwise than wanted.
        Sobriety = "SOBRIETY",
        /// The house has not a rule that is wanted.
        HouseRule = "HOUSE_RULE",
        /// Nobody is received whose income is income support (VAS-09).
        IncomeSupport = "INCOME_SUPPORT",
        /// Nobody speaks a language that is wanted.
        Language = "LANGUAGE",
        /// It is closed at that part of the year.
        OutOfSeason = "OUT_OF_SEASON",
        /// Fewer places are left than are needed.
        Full = "FULL",
        /// There is a waiting list.
        Waitlist = "WAITLIST",
        /// The numbers are past their time: not known, and never free (CAP-01).
        Stale = "STALE",
        /// The publisher does not tell how it stands.
        Unknown = "UNKNOWN",
    }
);

coded_enum!(
    /// What to think of where a line fits.
    Warning {
        /// Less support than is needed (JKP-10).
        SupportTooLow = "SUPPORT_TOO_LOW",
        /// The longest stay is shorter than what is needed.
        StayTooShort = "STAY_TOO_SHORT",
        /// Places are for men or for women, and nobody has said who comes.
        GenderNotSaid = "GENDER_NOT_SAID",
        /// Nobody has said whether the house demands sobriety.
        SobrietyNotTold = "SOBRIETY_NOT_TOLD",
        /// There is a place, and no number.
        NumbersNotTold = "NUMBERS_NOT_TOLD",
        /// The numbers are those of now, and it is wanted later.
        NumbersOfNow = "NUMBERS_OF_NOW",
        /// Each case is assessed first.
        AssessmentRequired = "ASSESSMENT_REQUIRED",
        /// The socialnämnd decides about each stay.
        NeedsDecision = "NEEDS_DECISION",
        /// The dwelling is offered without a standing agreement.
        WithoutAgreement = "WITHOUT_AGREEMENT",
    }
);

/// How a line fits a need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fit {
    /// Why it does not; empty where it does.
    pub reasons: Vec<WhyNot>,
    /// What to think of.
    pub warnings: Vec<Warning>,
}

impl Fit {
    /// Judges a line of a service that is of the wanted type and may be seen.
    pub fn of(need: &Need, known: &Known, line: &ToldLine, now: Timestamp) -> Self {
        let service = &known.statement.service;
        let mut reasons = Vec::new();
        let whether = [
            (is_child_safe(need, service), WhyNot::ChildSafety),
            (is_for(need, line.key.place_for), WhyNot::PlaceFor),
            (is_in_period(need, line.key.period), WhyNot::Period),
            (need.age.is_none_or(|age| service.reception.receives_age(age)), WhyNot::Age),
            (!need.has_child() || takes_children(service, line), WhyNot::Children),
            (!need.couple || takes_couples(service, line), WhyNot::Couple),
            (!need.pets || takes_pets(service), WhyNot::Pets),
            (!need.wheelchair || service.reception.wheelchair, WhyNot::Wheelchair),
            (has_substance_support(need, service), WhyNot::SubstanceSupport),
            (is_sober_enough(need, service), WhyNot::Sobriety),
            (need.house_rules.iter().all(|rule| service.has_house_rule(rule)), WhyNot::HouseRule),
            (!need.income_support || service.reception.income_support, WhyNot::IncomeSupport),
            (is_spoken(need, service), WhyNot::Language),
            (is_in_season(need, service, now), WhyNot::OutOfSeason),
        ];
        reasons.extend(whether.iter().filter(|(fits, _)| !fits).map(|(_, why)| *why));
        reasons.extend(why_not_free(need, known, line, now));
        Self { reasons, warnings: warnings(need, service, line, now) }
    }

    /// Judges what the columns of the replica do not tell for certain, of a line that stands in all that are wanted:
    /// places, time and season. Everything else of it fits.
    pub(super) fn of_candidate(
        need: &Need,
        known: &Known,
        line: &ToldLine,
        now: Timestamp,
    ) -> Self {
        let service = &known.statement.service;
        let mut reasons = Vec::new();
        if !is_in_season(need, service, now) {
            reasons.push(WhyNot::OutOfSeason);
        }
        reasons.extend(why_not_free(need, known, line, now));
        Self { reasons, warnings: warnings(need, service, line, now) }
    }

    /// Whether it fits.
    pub const fn is_fit(&self) -> bool {
        self.reasons.is_empty()
    }
}

fn is_child_safe(need: &Need, service: &Service) -> bool {
    !need.has_child() || service.is_child_safe()
}

/// Whether places for somebody are for whoever comes. Where nobody says who comes, men's and women's may be.
pub(super) fn is_for(need: &Need, place_for: PlaceFor) -> bool {
    let is_of = |gender| {
        !need.couple && !need.is_unaccompanied() && need.gender.is_none_or(|one| one == gender)
    };
    match place_for {
        PlaceFor::Anybody => true,
        PlaceFor::Men => is_of(Gender::Man),
        PlaceFor::Women => is_of(Gender::Woman),
        PlaceFor::Couples => need.couple,
        PlaceFor::Families => need.is_family(),
        PlaceFor::Young => need.is_young_alone(),
    }
}

/// Whether places in a period can be used when they are wanted.
pub(super) fn is_in_period(need: &Need, period: Period) -> bool {
    period == Period::RoundTheClock || need.period.is_none_or(|wanted| wanted == period)
}

pub(super) fn takes_children(service: &Service, line: &ToldLine) -> bool {
    service.reception.children || matches!(line.key.place_for, PlaceFor::Families | PlaceFor::Young)
}

pub(super) fn takes_couples(service: &Service, line: &ToldLine) -> bool {
    service.reception.couples || line.key.place_for == PlaceFor::Couples
}

pub(super) fn takes_pets(service: &Service) -> bool {
    service.reception.pets && !service.has_house_rule("PETS_NOT_ALLOWED")
}

fn has_substance_support(need: &Need, service: &Service) -> bool {
    !need.substance_support || service.reception.substance_support
}

/// Whether the house demands sobriety, by its rules or by what it is.
pub(super) fn is_sober(service: &Service) -> bool {
    let rules = || service.house_rules.iter().map(CodedTerm::effective);
    let allows = |code| matches!(code, "SOBRIETY_NONE" | "ALCOHOL_ALLOWED");
    rules().any(|code| matches!(code, "SOBRIETY_TOTAL" | "SOBRIETY_ON_SITE"))
        || service.service_type.effective() == "SOBER_HOUSING" && !rules().any(allows)
}

fn is_sober_enough(need: &Need, service: &Service) -> bool {
    match need.sobriety {
        None => true,
        Some(Sobriety::Sober) => is_sober(service),
        Some(Sobriety::NotSober) => !is_sober(service),
    }
}

fn is_spoken(need: &Need, service: &Service) -> bool {
    let is_spoken = |language: &String| service.reception.speaks(language);
    need.languages.is_empty() || need.languages.iter().any(is_spoken)
}

fn is_in_season(need: &Need, service: &Service, now: Timestamp) -> bool {
    let day = || need.from.unwrap_or_else(|| swedish_day(now));
    service.season.is_none_or(|season| season.contains(day()))
}

fn why_not_free(need: &Need, known: &Known, line: &ToldLine, now: Timestamp) -> Option<WhyNot> {
    let needed = need.places(known.statement.service.place);
    match free(line) {
        _ if known.is_stale(now) => Some(WhyNot::Stale),
        Ok(Some(places)) if places < needed => Some(WhyNot::Full),
        Ok(_) => None,
        Err(why) => Some(why),
    }
}

/// How many places can be had, or none where that there are some is all that is told.
pub(super) fn free(line: &ToldLine) -> Result<Option<u32>, WhyNot> {
    match (line.status, line.counts) {
        (CapacityStatus::Capacity | CapacityStatus::AssessmentRequired, Ok(told)) => {
            Ok(Some(told.available()))
        }
        (CapacityStatus::Capacity | CapacityStatus::AssessmentRequired, Err(_)) => Ok(None),
        (CapacityStatus::NoCapacity, _) => Err(WhyNot::Full),
        (CapacityStatus::Waitlist, _) => Err(WhyNot::Waitlist),
        (CapacityStatus::Unknown, _) => Err(WhyNot::Unknown),
    }
}

fn warnings(need: &Need, service: &Service, line: &ToldLine, now: Timestamp) -> Vec<Warning> {
    let is_gendered = matches!(line.key.place_for, PlaceFor::Men | PlaceFor::Women);
    let not_sober = need.sobriety == Some(Sobriety::NotSober);
    let tells_sobriety = || service.has_house_rule("SOBRIETY");
    let too_short = |(wanted, most)| wanted > most;
    let whether = [
        (need.support_visits_per_week > service.support_visits_per_week, Warning::SupportTooLow),
        (need.nights.zip(service.max_nights).is_some_and(too_short), Warning::StayTooShort),
        (is_gendered && need.gender.is_none(), Warning::GenderNotSaid),
        (not_sober && !tells_sobriety(), Warning::SobrietyNotTold),
        (line.counts.is_err(), Warning::NumbersNotTold),
        (need.from.is_some_and(|day| day > swedish_day(now)), Warning::NumbersOfNow),
        (line.status == CapacityStatus::AssessmentRequired, Warning::AssessmentRequired),
        (service.needs_decision, Warning::NeedsDecision),
        (
            service.acquisition_route == Some(AcquisitionRoute::WithoutAgreement),
            Warning::WithoutAgreement,
        ),
    ];
    whether.iter().filter(|(holds, _)| *holds).map(|(_, warning)| *warning).collect()
}
