//! Swedish time at both switches of two years, as it is read and as it is written.

use super::*;

fn at(text: &str) -> Timestamp {
    parse(text).unwrap()
}

#[test]
fn a_date_begins_at_swedish_midnight_in_winter_and_summer() {
    assert_eq!(rfc3339(at("2026-01-01")), "2025-12-31T23:00:00Z");
    assert_eq!(rfc3339(at("2026-07-01")), "2026-06-30T22:00:00Z");
}

#[test]
fn a_date_begins_at_swedish_midnight_also_around_the_switches() {
    for (date, begins) in [
        ("2026-03-29", "2026-03-28T23:00:00Z"),
        ("2026-03-30", "2026-03-29T22:00:00Z"),
        ("2026-10-25", "2026-10-24T22:00:00Z"),
        ("2026-10-26", "2026-10-25T23:00:00Z"),
        ("2027-03-28", "2027-03-27T23:00:00Z"),
        ("2027-03-29", "2027-03-28T22:00:00Z"),
        ("2027-10-31", "2027-10-30T22:00:00Z"),
        ("2027-11-01", "2027-10-31T23:00:00Z"),
    ] {
        assert_eq!(rfc3339(at(date)), begins, "{date}");
    }
}

#[test]
fn people_read_swedish_time_with_its_zone() {
    for (instant, read) in [
        ("2026-03-29T00:59:59Z", "2026-03-29 01:59 CET"),
        ("2026-03-29T01:00:00Z", "2026-03-29 03:00 CEST"),
        ("2026-10-25T00:59:59Z", "2026-10-25 02:59 CEST"),
        ("2026-10-25T01:00:00Z", "2026-10-25 02:00 CET"),
        ("2027-03-28T00:59:59Z", "2027-03-28 01:59 CET"),
        ("2027-03-28T01:00:00Z", "2027-03-28 03:00 CEST"),
        ("2027-10-31T00:30:00Z", "2027-10-31 02:30 CEST"),
        ("2027-10-31T01:30:00Z", "2027-10-31 02:30 CET"),
    ] {
        assert_eq!(swedish(at(instant)), read);
        // What was read can be written back, to the minute.
        let minute = at(instant).as_millis() / 60_000 * 60_000;
        assert_eq!(at(read), Timestamp::from_millis(minute), "{read}");
    }
}

#[test]
fn the_hour_that_comes_twice_needs_its_zone() {
    for year in ["2026-10-25", "2027-10-31"] {
        let first = at(&format!("{year} 02:30 CEST"));
        let second = at(&format!("{year} 02:30 CET"));
        assert_eq!(second.as_millis() - first.as_millis(), 3_600_000);
        assert_eq!(parse(&format!("{year} 02:30")), Err(Complaint::TimeTwice));
        assert_eq!(
            rfc3339(at(&format!("{year} 01:59"))),
            format!("{}T23:59:00Z", day_before(year))
        );
        assert_eq!(rfc3339(at(&format!("{year} 03:00"))), format!("{year}T02:00:00Z"));
    }
}

fn day_before(date: &str) -> String {
    date.parse::<Date>().unwrap().yesterday().unwrap().to_string()
}

#[test]
fn the_hour_that_is_left_out_is_refused() {
    for text in ["2026-03-29 02:30", "2027-03-28T02:00", "2027-03-28 02:59 CEST"] {
        assert_eq!(parse(text), Err(Complaint::TimeLeftOut), "{text}");
    }
}

#[test]
fn a_zone_that_does_not_hold_then_is_refused() {
    for text in ["2026-07-01 12:00 CET", "2026-01-01 12:00 CEST"] {
        assert_eq!(parse(text), Err(Complaint::TimeHasOtherZone), "{text}");
    }
}

#[test]
fn an_instant_may_be_written_with_any_offset() {
    assert_eq!(at("2026-07-01T14:00:00+02:00"), at("2026-07-01T12:00:00Z"));
    assert_eq!(at("2026-07-01T14:00"), at("2026-07-01T12:00:00Z"));
}

#[test]
fn what_is_no_time_is_refused() {
    for text in ["", "2026", "2026-13-01", "1/2/2026", "2026-01-01 25:00", "2026-01-01 12:00 PST"] {
        assert_eq!(parse(text), Err(Complaint::NotATime), "{text}");
    }
}

#[test]
fn an_instant_survives_the_contract() {
    let at = Timestamp::from_millis(1_767_225_600_123);
    assert_eq!(from_proto(Some(to_proto(at))), Some(at));
    let before = Timestamp::from_millis(-1);
    assert_eq!(from_proto(Some(to_proto(before))), Some(before));
}
