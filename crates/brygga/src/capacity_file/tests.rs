use std::fs;
use std::path::Path;

use brygga_proto::capacity::v1::{
    AbsentReason, CapacityStatus, Counts, Line, Period, PlaceFor, PlaceKind,
};

use super::*;
use crate::cli::Language;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

fn example(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/examples/capacity");
    fs::read_to_string(folder.join(name)).unwrap()
}

fn line(period: Period, (baseline, occupied): (u32, u32)) -> Line {
    let available = baseline - occupied - 1;
    let counts = Counts { baseline, occupied, held: 1, available, ..Counts::default() };
    let status = if available > 0 { CapacityStatus::Capacity } else { CapacityStatus::NoCapacity };
    Line {
        place_for: PlaceFor::Anybody.into(),
        period: period.into(),
        counts: Some(counts),
        status: status.into(),
        ..Line::default()
    }
}

/// A night shelter with one bed held, as the node tells it.
fn stands(lines: Vec<Line>) -> CapacityStatement {
    let service = Service { name: "Natthärbärget".to_owned(), ..new_service() };
    CapacityStatement {
        service: Some(service),
        lines,
        sequence: 7,
        published_at: Some(when::to_proto(NOW)),
        valid_until: Some(when::to_proto(NOW.plus(Seconds(1_800)))),
        ..CapacityStatement::default()
    }
}

fn json(text: &str) -> Wanted {
    Wanted::from_json(text).unwrap()
}

#[test]
fn the_example_of_a_shelter_is_a_whole_publication() {
    let wanted = Wanted::from_toml(&example("natt.toml")).unwrap();
    let publication = wanted.publication(None, NOW).unwrap();
    let service = publication.service.unwrap();
    assert_eq!((service.name.as_str(), service.place()), ("Natthärbärget", PlaceKind::Bed));
    assert_eq!(service.opening.unwrap().closes, "08:00");
    assert_eq!(service.house_rules.len(), 2);
    assert_eq!(publication.lines[0].counts.unwrap().baseline, 20);
    assert_eq!((publication.sequence, service.service_id.len()), (0, 16));
}

#[test]
fn one_number_changes_one_number() {
    let told = stands(vec![line(Period::Night, (20, 3))]);
    let wanted = json(r#"{"lines": [{"occupied": 12}]}"#);
    let publication = wanted.publication(Some(&told), NOW).unwrap();
    let counts = Counts { baseline: 20, occupied: 12, ..Counts::default() };
    assert_eq!(publication.lines[0].counts, Some(counts), "what is computed is left out");
    assert_eq!(publication.lines[0].status(), CapacityStatus::Unspecified);
    assert_eq!(publication.sequence, 8);
    let until = when::from_proto(publication.valid_until);
    assert_eq!(until, Some(NOW.plus(Seconds(1_800))), "as long as last time");
}

#[test]
fn of_two_lines_the_one_that_is_meant_must_be_named() {
    let told = stands(vec![line(Period::Night, (20, 3)), line(Period::Day, (5, 1))]);
    let failure = json(r#"{"lines": [{"occupied": 2}]}"#).publication(Some(&told), NOW);
    assert_eq!(failure.unwrap_err().code(), "CAPACITY_INCOMPLETE");
    let wanted = json(r#"{"lines": [{"when": "day", "occupied": 2}]}"#);
    let publication = wanted.publication(Some(&told), NOW).unwrap();
    assert_eq!(publication.lines[1].counts.unwrap().occupied, 2);
    assert_eq!(publication.lines[0].counts.unwrap().occupied, 3);
}

#[test]
fn what_has_no_numbers_needs_the_places_too() {
    let masked = Line {
        counts: None,
        absent_reason: AbsentReason::Masked.into(),
        ..line(Period::Night, (20, 3))
    };
    let told = stands(vec![masked]);
    let failure = json(r#"{"lines": [{"occupied": 2}]}"#).publication(Some(&told), NOW);
    assert_eq!(failure.unwrap_err().code(), "CAPACITY_INCOMPLETE");
    let wanted = json(r#"{"lines": [{"baseline": 6, "occupied": 2}]}"#);
    let publication = wanted.publication(Some(&told), NOW).unwrap();
    assert_eq!(publication.lines[0].absent_reason(), AbsentReason::Unspecified);
}

#[test]
fn a_waiting_list_stays_and_a_closed_house_stays_closed_until_somebody_says_so() {
    let waitlist = Line { status: CapacityStatus::Waitlist.into(), ..line(Period::Night, (20, 3)) };
    let closed = Line { status: CapacityStatus::NoCapacity.into(), ..line(Period::Day, (20, 3)) };
    let told = stands(vec![waitlist, closed]);
    let publication = Wanted::default().publication(Some(&told), NOW).unwrap();
    assert_eq!(publication.lines[0].status(), CapacityStatus::Waitlist);
    assert_eq!(publication.lines[1].status(), CapacityStatus::NoCapacity);
    let wanted = json(r#"{"lines": [{"when": "DAY", "status": "CAPACITY"}]}"#);
    let opened = wanted.publication(Some(&told), NOW).unwrap();
    assert_eq!(opened.lines[1].status(), CapacityStatus::Unspecified);
}

#[test]
fn a_key_that_there_is_not_is_refused() {
    let failure = Wanted::from_toml("[description]\nnamn = \"x\"\n").unwrap_err();
    assert_eq!(failure.code(), "CAPACITY_FILE");
    assert!(failure.text(Language::En).contains("line 2"), "{}", failure.text(Language::En));
    assert!(Wanted::from_json(r#"{"lines": [{"for": "KATTER"}]}"#).is_err());
}

#[test]
fn a_spreadsheets_table_is_read_with_its_mark_and_in_swedish() {
    let text = format!("\u{feff}{}", example("platser.csv").replace('\n', "\r\n"));
    let batches = table::read(&text).unwrap();
    let rows: Vec<_> = batches.iter().map(|batch| batch.rows.clone()).collect();
    assert_eq!(rows, [vec![2], vec![3, 4], vec![5]]);
    let places = batches[1].wanted.clone().unwrap();
    assert_eq!(places.service.as_deref(), Some("Akutplatser"));
    assert_eq!(places.lines[1].occupied, Some(8));
    assert!(places.description.service_type.is_some(), "an empty cell takes nothing back");
}

#[test]
fn a_bad_row_spoils_its_service_and_no_other() {
    let text =
        "service,for,when,occupied\nA,MEN,NIGHT,1\nA,KATTER,NIGHT,1\nB,,,2\nB,,,3\nC,,,x\nD,,,4\n";
    let batches = table::read(text).unwrap();
    let problems: Vec<_> = batches.iter().map(|batch| batch.wanted.as_ref().err()).collect();
    assert!(problems[0].unwrap().text(Language::En).contains("row 3"));
    assert!(problems[1].unwrap().text(Language::En).contains("stands twice"));
    assert!(problems[2].unwrap().text(Language::En).contains("row 6"));
    assert!(problems[3].is_none());
    assert!(table::read("service,katter\n").is_err());
    assert!(table::read("for,when\n").is_err());
}
