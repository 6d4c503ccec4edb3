//! Capacity as staff and a program read it, and which service a text means.

use brygga_proto::agreement::v1::SubjectArea;
use brygga_proto::capacity::v1::{
    AbsentReason, CapacityStatement, CapacityStatus, Line, Period, PlaceFor, PlaceKind, Visibility,
};
use brygga_proto::local::v1::{KnownService, PublishedService};
use serde_json::{Value, json};

use crate::capacity_file::line_name;
use crate::cli::Language;
use crate::failure::Failure;
use crate::identifier::show;
use crate::output::{Answer, table};
use crate::text::Text;
use crate::text::service::service;
use crate::text::vocabulary::word;
use crate::{when, wire_code};

/// No service is meant by a text.
pub(super) const NOT_FOUND: &str = "SERVICE_NOT_FOUND";
/// Digits that a person can be expected to type.
const ENDING_DIGITS_MIN: usize = 8;
const LABEL_WIDTH: usize = 16;

/// One own service.
pub(super) fn one(published: &PublishedService, language: Language) -> Answer {
    let told = published.statement.clone().unwrap_or_default();
    let described = told.service.clone().unwrap_or_default();
    let code = described.service_type.as_ref().map_or("", |term| term.code.as_str());
    let all = [
        (Text::Service, format!("{}  {}", described.name, show(&described.service_id))),
        (Text::Kind, service(code, language)),
        (Text::CapacitySequence, told.sequence.to_string()),
        (Text::CapacityFresh, own_until(published, language)),
        (Text::CapacitySeenBy, published.seen_by.join(", ")),
    ];
    let shown = all.into_iter().filter(|(_, value)| !value.is_empty());
    let lines = shown.map(|(label, value)| format!("{:<LABEL_WIDTH$}{value}", label.of(language)));
    let numbers = told.lines.iter().map(|line| {
        let name = line_name(line.place_for, line.period);
        format!("{name:<LABEL_WIDTH$}{}", numbers(line, language))
    });
    Answer::new(json!({"service": own_entry(published)})).lines(lines).lines(numbers)
}

/// Own services, one line of each in a row.
pub(super) fn own(services: &[PublishedService], language: Language) -> Answer {
    let entries: Vec<_> = services.iter().map(own_entry).collect();
    let answer = Answer::new(json!({"services": entries}));
    let rows = services.iter().flat_map(|one| {
        let told = one.statement.clone().unwrap_or_default();
        rows("", &told, &own_until(one, language), language)
    });
    let due = services.iter().filter(|one| one.is_due).count();
    let reminder = (due > 0).then(|| format!("{} {due}", Text::CapacityToCount.of(language)));
    answer.lines(tabled(rows.collect(), language)).lines(reminder)
}

/// Others' services, one line of each in a row.
pub(super) fn known(services: &[KnownService], language: Language) -> Answer {
    let entries: Vec<_> = services.iter().map(known_entry).collect();
    let answer = Answer::new(json!({"services": entries}));
    let rows = services.iter().flat_map(|one| {
        let told = one.statement.clone().unwrap_or_default();
        rows(&told.publisher, &told, &until(&told, one.is_stale, language), language)
    });
    answer.lines(tabled(rows.collect(), language))
}

/// How a service stands, in one line.
pub(super) fn brief(published: &PublishedService, language: Language) -> String {
    let told = published.statement.clone().unwrap_or_default();
    let at = when::from_proto(told.published_at).map_or_else(String::new, when::swedish);
    let lines = told.lines.iter().map(|line| {
        format!("{} {}", line_name(line.place_for, line.period), numbers(line, language))
    });
    let lines = lines.collect::<Vec<_>>().join("; ");
    let label = Text::CapacitySequence.of(language);
    format!("{}: {label} {}, {at}: {lines}", name(Some(&told)), told.sequence)
}

/// What a service is called.
pub(super) fn name(told: Option<&CapacityStatement>) -> &str {
    told.and_then(|told| told.service.as_ref()).map_or("", |service| service.name.as_str())
}

/// Whether a text means a service: its id, the last digits of it, or a part of its name.
fn matches(told: &CapacityStatement, wanted: &str) -> bool {
    let Some(service) = &told.service else { return false };
    let digits = wanted.replace('-', "").to_lowercase();
    let is_ending = digits.len() >= ENDING_DIGITS_MIN
        && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        && hex::encode(&service.service_id).ends_with(&digits);
    is_ending || service.name.to_lowercase().contains(&wanted.trim().to_lowercase())
}

/// Which of several a text means: the one of just that name, or the only one that has it somewhere.
pub(in crate::commands) fn only<'a>(
    services: impl Iterator<Item = Option<&'a CapacityStatement>> + Clone,
    wanted: &str,
) -> Result<usize, Failure> {
    let is_named = |told: &Option<&CapacityStatement>| name(*told) == wanted.trim();
    let mut named = services.clone().enumerate().filter(|(_, told)| is_named(told));
    if let (Some((at, _)), None) = (named.next(), named.next()) {
        return Ok(at);
    }
    let is_meant = |told: &Option<&CapacityStatement>| told.is_some_and(|it| matches(it, wanted));
    let mut meant = services.clone().enumerate().filter(|(_, told)| is_meant(told));
    match (meant.next(), meant.next()) {
        (Some((at, _)), None) => Ok(at),
        (None, _) => Err(not_found()),
        (Some(_), Some(_)) => Err(ambiguous(services.filter(is_meant))),
    }
}

pub(super) fn not_found() -> Failure {
    Failure::usage("SERVICE_NOT_FOUND", "there is no such service")
        .fix("see the services: brygga capacity services (own), brygga capacity list (others')")
}

pub(super) fn ambiguous<'a>(
    services: impl Iterator<Item = Option<&'a CapacityStatement>>,
) -> Failure {
    let names: Vec<_> = services.map(name).collect();
    Failure::usage("SERVICE_AMBIGUOUS", names.join(", "))
        .fix("write more of the name, or the last 8 digits of its id")
}

fn tabled(rows: Vec<Vec<String>>, language: Language) -> Vec<String> {
    if rows.is_empty() {
        return vec![Text::None.of(language).to_owned()];
    }
    let heading = [
        Text::CapacityPublisher,
        Text::Service,
        Text::CapacityLine,
        Text::CapacityAvailable,
        Text::CapacityHeld,
        Text::CapacityBaseline,
        Text::Status,
        Text::CapacityFresh,
    ];
    let heading = heading.map(|text| text.of(language).to_owned()).to_vec();
    let mut all = vec![heading];
    all.extend(rows);
    if all.iter().skip(1).all(|row| row.first().is_some_and(String::is_empty)) {
        all.iter_mut().for_each(|row| drop(row.remove(0)));
    }
    table(&all)
}

fn rows(
    publisher: &str,
    told: &CapacityStatement,
    until: &str,
    language: Language,
) -> Vec<Vec<String>> {
    let row = |line: &Line| {
        let number = |of: fn(&brygga_proto::capacity::v1::Counts) -> u32| {
            line.counts.as_ref().map_or_else(|| "?".to_owned(), |counts| of(counts).to_string())
        };
        vec![
            publisher.to_owned(),
            name(Some(told)).to_owned(),
            spoken(line, language),
            number(|counts| counts.available),
            number(|counts| counts.held),
            number(|counts| counts.baseline + counts.overflow),
            status(line, language),
            until.to_owned(),
        ]
    };
    told.lines.iter().map(row).collect()
}

/// `alla, natt`.
fn spoken(line: &Line, language: Language) -> String {
    let whom = word::<PlaceFor>(line.place_for, language);
    format!("{whom}, {}", word::<Period>(line.period, language))
}

fn status(line: &Line, language: Language) -> String {
    match line.absent_reason() {
        AbsentReason::Unspecified => word::<CapacityStatus>(line.status, language),
        _ => {
            let status = word::<CapacityStatus>(line.status, language);
            format!("{status} ({})", word::<AbsentReason>(line.absent_reason, language))
        }
    }
}

fn until(told: &CapacityStatement, is_stale: bool, language: Language) -> String {
    let until = when::from_proto(told.valid_until).map_or_else(String::new, when::swedish);
    if is_stale { format!("{until} {}", Text::CapacityStale.of(language)) } else { until }
}

/// The same of an own service: until when everybody is shown its numbers, and whether they are to be counted again.
fn own_until(published: &PublishedService, language: Language) -> String {
    let until = when::from_proto(published.shown_until).map_or_else(String::new, when::swedish);
    match (published.is_stale, published.is_due) {
        (true, _) => format!("{until} {}", Text::CapacityCountNow.of(language)),
        (false, true) => format!("{until} {}", Text::CapacityCountSoon.of(language)),
        (false, false) => until,
    }
}

/// `7 lediga, 12 belagda, 1 hållna av 20`.
fn numbers(line: &Line, language: Language) -> String {
    let Some(counts) = &line.counts else { return status(line, language) };
    let total = counts.baseline + counts.overflow;
    format!(
        "{} {}, {} {}, {} {} {} {total} ({})",
        counts.available,
        Text::CapacityAvailable.of(language),
        counts.occupied,
        Text::CapacityOccupied.of(language),
        counts.held,
        Text::CapacityHeld.of(language),
        Text::OutOf.of(language),
        status(line, language),
    )
}

fn own_entry(published: &PublishedService) -> Value {
    let told = published.statement.clone().unwrap_or_default();
    let mut entry = entry(&told);
    entry["seen_by"] = json!(published.seen_by);
    entry["is_stale"] = json!(published.is_stale);
    entry["is_due"] = json!(published.is_due);
    entry["shown_until"] = json!(when::from_proto(published.shown_until).map(when::rfc3339));
    entry
}

pub(super) fn known_entry(known: &KnownService) -> Value {
    let told = known.statement.clone().unwrap_or_default();
    let mut entry = entry(&told);
    entry["as_of"] = json!(when::from_proto(known.as_of).map(when::rfc3339));
    entry["is_stale"] = json!(known.is_stale);
    entry["agreement_id"] = json!(show(&known.agreement_id));
    entry
}

/// A statement for programs.
fn entry(told: &CapacityStatement) -> Value {
    let instant = |at| when::from_proto(at).map(when::rfc3339);
    let service = told.service.clone().unwrap_or_default();
    let line = |line: &Line| {
        json!({
            "for": wire_code::show::<PlaceFor>(line.place_for),
            "when": wire_code::show::<Period>(line.period),
            "status": wire_code::show::<CapacityStatus>(line.status),
            "absent": (line.absent_reason != 0)
                .then(|| wire_code::show::<AbsentReason>(line.absent_reason)),
            "baseline": line.counts.map(|counts| counts.baseline),
            "occupied": line.counts.map(|counts| counts.occupied),
            "overflow": line.counts.map(|counts| counts.overflow),
            "additional_24h": line.counts.map(|counts| counts.additional_24h),
            "additional_72h": line.counts.map(|counts| counts.additional_72h),
            "held": line.counts.map(|counts| counts.held),
            "available": line.counts.map(|counts| counts.available),
        })
    };
    json!({
        "service_id": show(&service.service_id),
        "publisher": told.publisher,
        "name": service.name,
        "unit": service.unit,
        "subject": wire_code::show::<SubjectArea>(service.subject),
        "service_type": service.service_type.as_ref().map(|term| term.code.clone()),
        "place": wire_code::show::<PlaceKind>(service.place),
        "municipality": service.municipality,
        "county": service.county,
        "visibility": wire_code::show::<Visibility>(service.visibility),
        "house_rules": service.house_rules.iter().map(|rule| rule.code.clone()).collect::<Vec<_>>(),
        "lines": told.lines.iter().map(line).collect::<Vec<_>>(),
        "sequence": told.sequence,
        "revision": told.revision,
        "published_at": instant(told.published_at),
        "valid_until": instant(told.valid_until),
        "made_at": instant(told.made_at),
    })
}
