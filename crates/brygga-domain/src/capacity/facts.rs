//! What of a line is judged in every search, in one small piece: a search looks at lines all over the country, and each
//! other place in memory that it had to look at would cost more than the judging.

use super::{
    AcquisitionRoute, CapacityStatus, Known, LineKey, Need, PlaceFor, PlaceKind, Season, Sobriety,
    ToldLine, Warning, WhyNot,
};
use crate::Timestamp;
use crate::swedish_day::swedish_day;

/// What counts of a line that stands in all columns that are wanted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts {
    pub(super) key: LineKey,
    place: PlaceKind,
    /// How many places can be had, or none where that there are some is all that is told.
    free: Result<Option<u32>, WhyNot>,
    relied_on_until: Timestamp,
    season: Option<Season>,
    support_visits_per_week: u32,
    max_nights: Option<u32>,
    /// What to think of, whoever comes.
    tells_sobriety: bool,
    tells_numbers: bool,
    assesses: bool,
    needs_decision: bool,
    without_agreement: bool,
}

impl Facts {
    pub(super) fn of(known: &Known, line: &ToldLine) -> Self {
        let service = &known.statement.service;
        let route = service.acquisition_route;
        Self {
            key: line.key,
            place: service.place,
            free: free(line),
            relied_on_until: known.relied_on_until,
            season: service.season,
            support_visits_per_week: service.support_visits_per_week,
            max_nights: service.max_nights,
            tells_sobriety: service.has_house_rule("SOBRIETY"),
            tells_numbers: line.counts.is_ok(),
            assesses: line.status == CapacityStatus::AssessmentRequired,
            needs_decision: service.needs_decision,
            without_agreement: route == Some(AcquisitionRoute::WithoutAgreement),
        }
    }

    /// Why it does not fit, as far as places, time and season go.
    pub(super) fn reasons(&self, need: &Need, now: Timestamp) -> Vec<WhyNot> {
        let day = || need.from.unwrap_or_else(|| swedish_day(now));
        let is_in_season = self.season.is_none_or(|season| season.contains(day()));
        let season = (!is_in_season).then_some(WhyNot::OutOfSeason);
        season.into_iter().chain(self.why_not_free(need, now)).collect()
    }

    fn why_not_free(&self, need: &Need, now: Timestamp) -> Option<WhyNot> {
        match self.free {
            _ if self.relied_on_until <= now => Some(WhyNot::Stale),
            Ok(Some(places)) if places < need.places(self.place) => Some(WhyNot::Full),
            Ok(_) => None,
            Err(why) => Some(why),
        }
    }

    /// What to think of where it fits.
    pub(super) fn warnings(&self, need: &Need, now: Timestamp) -> Vec<Warning> {
        let is_gendered = matches!(self.key.place_for, PlaceFor::Men | PlaceFor::Women);
        let not_sober = need.sobriety == Some(Sobriety::NotSober);
        let too_short = |(wanted, most)| wanted > most;
        let whether = [
            (need.support_visits_per_week > self.support_visits_per_week, Warning::SupportTooLow),
            (need.nights.zip(self.max_nights).is_some_and(too_short), Warning::StayTooShort),
            (is_gendered && need.gender.is_none(), Warning::GenderNotSaid),
            (not_sober && !self.tells_sobriety, Warning::SobrietyNotTold),
            (!self.tells_numbers, Warning::NumbersNotTold),
            (need.from.is_some_and(|day| day > swedish_day(now)), Warning::NumbersOfNow),
            (self.assesses, Warning::AssessmentRequired),
            (self.needs_decision, Warning::NeedsDecision),
            (self.without_agreement, Warning::WithoutAgreement),
        ];
        whether.iter().filter(|(holds, _)| *holds).map(|(_, warning)| *warning).collect()
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
