//! What is looked for and what is found, as the organisation's own staff and systems ask and see.

use brygga_domain::Refusal;
use brygga_domain::capacity::{County, LineKey};
use brygga_domain::capacity::{
    Days, Locality, Nearness, Need, NeedDraft, UnmetSum, Warning, WhyNot,
};
use brygga_proto::local::v1 as proto;

use crate::code;
use crate::field::{counted, from_text, from_text_or_none, invalid, required};

/// Most languages, and most rules of the house.
const MAX_WISHES: usize = 8;

/// Reads what is looked for.
///
/// # Errors
/// `SEND_INVALID_FIELD` at the field.
pub fn capacity_need(request: proto::SearchCapacityRequest) -> Result<Need, Refusal> {
    let need = required(request.need, "need")?;
    counted(&need.house_rules, 0..=MAX_WISHES, "need.house_rules")?;
    counted(&need.languages, 0..=MAX_WISHES, "need.languages")?;
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    let number = |number: u32| Some(number).filter(|number| *number > 0);
    let near = |text: String| Locality::parse(&text).ok_or(invalid("need.near"));
    NeedDraft {
        service_type: some(need.service_type),
        near: some(need.near).map(near).transpose()?,
        adults: need.adults,
        children: need.children,
        couple: need.couple,
        gender: code::read_or_unset(need.gender, "need.gender")?,
        age: number(need.age),
        wheelchair: need.wheelchair,
        pets: need.pets,
        sobriety: code::read_or_unset(need.sobriety, "need.sobriety")?,
        house_rules: need.house_rules,
        substance_support: need.substance_support,
        income_support: need.income_support,
        languages: need.languages,
        support_visits_per_week: need.support_visits_per_week,
        period: code::read_or_unset(need.period, "need.period")?,
        from: from_text_or_none(&need.from, "need.from")?,
        nights: number(need.nights),
    }
    .check()
}

/// A line that fits.
pub fn hit_to_proto(
    service: proto::KnownService,
    line: LineKey,
    nearness: Option<Nearness>,
    warnings: &[Warning],
) -> proto::CapacityHit {
    proto::CapacityHit {
        service: Some(service),
        place_for: code::number_or_unset(Some(line.place_for)),
        period: code::number_or_unset(Some(line.period)),
        nearness: code::number_or_unset(nearness),
        warnings: code::numbers(warnings),
    }
}

/// A line that does not fit.
pub fn miss_to_proto(
    service: proto::KnownService,
    line: LineKey,
    nearness: Option<Nearness>,
    reasons: &[WhyNot],
) -> proto::CapacityMiss {
    proto::CapacityMiss {
        service: Some(service),
        place_for: code::number_or_unset(Some(line.place_for)),
        period: code::number_or_unset(Some(line.period)),
        nearness: code::number_or_unset(nearness),
        reasons: code::numbers(reasons),
    }
}

/// Reads which days are added up.
///
/// # Errors
/// `SEND_INVALID_FIELD` at `from` or `until`.
pub fn unmet_days(request: &proto::ShowUnmetNeedRequest) -> Result<Days, Refusal> {
    Days::new(from_text(&request.from, "from")?, from_text(&request.until, "until")?)
}

/// Searches in vain, as they are shown.
pub fn unmet_to_proto(sums: Vec<UnmetSum>) -> proto::ShowUnmetNeedResponse {
    let need = |sum: UnmetSum| proto::UnmetNeed {
        service_type: sum.service_type.unwrap_or_default(),
        county: sum.county.map(County::code).unwrap_or_default(),
        searches: sum.searches,
    };
    proto::ShowUnmetNeedResponse { needs: sums.into_iter().map(need).collect() }
}
