//! Whether a line of a service fits a need: the reasons why not, a closed list, and what to think of where it does.
//! A reason is about the service, never about whoever needs it.

use super::{Gender, Need, Period, PlaceFor, Service, ToldLine};
use crate::code::CodedTerm;
use crate::legal::coded_enum;

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

/// Whether the house demands sobriety, by its rules or by what it is.
pub(super) fn is_sober(service: &Service) -> bool {
    let rules = || service.house_rules.iter().map(CodedTerm::effective);
    let allows = |code| matches!(code, "SOBRIETY_NONE" | "ALCOHOL_ALLOWED");
    rules().any(|code| matches!(code, "SOBRIETY_TOTAL" | "SOBRIETY_ON_SITE"))
        || service.service_type.effective() == "SOBER_HOUSING" && !rules().any(allows)
}
