//! Services in the form of HSDS 3 (Open Referral), as far as it goes: `service_capacity` with a number or none.

use brygga_domain::Timestamp;
use brygga_domain::capacity::{CapacityStatus, Period, PlaceFor, Statement, ToldLine};
use serde_json::{Value, json};

/// The page's data. A number that is not known is null, never zero.
pub(super) fn services(told: &[Statement]) -> Value {
    json!({ "services": told.iter().map(service).collect::<Vec<_>>() })
}

fn service(told: &Statement) -> Value {
    let service = &told.service;
    json!({
        "id": service.id.to_string(),
        "organization_id": told.publisher.to_string(),
        "name": service.name,
        "status": "active",
        "service_type": service.service_type.code(),
        "municipality": service.municipality,
        "minimum_age": service.reception.min_age,
        "maximum_age": service.reception.max_age,
        "eligibility_description": eligibility(told),
        "languages": service.reception.languages,
        "schedules": service.opening.map(|opening| json!([{
            "opens_at": opening.opens(),
            "closes_at": opening.closes(),
            "timezone": "Europe/Stockholm",
            "valid_from": service.season.map(|season| season.from()),
            "valid_to": service.season.map(|season| season.until()),
        }])),
        "assured_date": instant(told.published_at),
        "service_capacities": told.lines.iter().map(|line| capacity(told, line)).collect::<Vec<_>>(),
    })
}

fn capacity(told: &Statement, line: &ToldLine) -> Value {
    let counts = line.counts.ok();
    json!({
        "id": format!("{}/{}/{}", told.service.id, line.key.place_for.as_str(), line.key.period.as_str()),
        "unit": { "name": told.service.place.as_str() },
        "available": counts.map(|counts| counts.available()),
        "maximum": counts.map(|counts| counts.counts.total()),
        "status": line.status.as_str(),
        "description": description(line),
        "updated": instant(told.made_at),
    })
}

/// Whom a line is for and when, in Swedish.
pub(super) fn description(line: &ToldLine) -> String {
    let whom = match line.key.place_for {
        PlaceFor::Anybody => "alla",
        PlaceFor::Men => "män",
        PlaceFor::Women => "kvinnor",
        PlaceFor::Couples => "par",
        PlaceFor::Families => "familjer",
        PlaceFor::Young => "unga",
    };
    let when = match line.key.period {
        Period::RoundTheClock => "dygnet runt",
        Period::Day => "dag",
        Period::Night => "natt",
    };
    format!("{whom}, {when}")
}

/// How a line stands, in Swedish.
pub(super) const fn standing(status: CapacityStatus) -> &'static str {
    match status {
        CapacityStatus::Capacity => "platser finns",
        CapacityStatus::NoCapacity => "fullt",
        CapacityStatus::Waitlist => "kö",
        CapacityStatus::AssessmentRequired => "bedöms i varje fall",
        CapacityStatus::Unknown => "inte känt",
    }
}

fn eligibility(told: &Statement) -> String {
    let reception = &told.service.reception;
    let all = [
        (reception.children, "barn tas emot med en vuxen"),
        (reception.couples, "par tas emot tillsammans"),
        (reception.pets, "husdjur tas emot"),
        (reception.wheelchair, "rullstol kommer fram överallt"),
    ];
    let met: Vec<&str> =
        all.into_iter().filter(|(is_so, _)| *is_so).map(|(_, text)| text).collect();
    met.join("; ")
}

/// An instant as RFC 3339; none beyond the calendar.
fn instant(at: Timestamp) -> Option<String> {
    jiff::Timestamp::from_millisecond(at.as_millis()).ok().map(|at| at.to_string())
}
