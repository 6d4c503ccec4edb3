//! Instants as people and programs write them.
//!
//! People read Swedish time to the minute; JSON holds RFC 3339 in UTC. A date that a person
//! writes means its first moment in Sweden.

use brygga_domain::Timestamp;
use brygga_identity::clock::{Clock, SystemClock};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp as Instant, Zoned};

const ZONE: &str = "Europe/Stockholm";

/// The machine's clock, read once for a command.
pub(crate) fn now() -> Timestamp {
    SystemClock.now()
}

fn stockholm() -> TimeZone {
    // The zone's data are compiled in; UTC stands in should they ever be taken out.
    TimeZone::get(ZONE).unwrap_or(TimeZone::UTC)
}

fn instant(at: Timestamp) -> Instant {
    // Outside the years -9999 to 9999 nothing has a date.
    Instant::from_millisecond(at.as_millis()).unwrap_or(Instant::UNIX_EPOCH)
}

/// `2026-03-09 14:05`, Swedish time.
pub(crate) fn swedish(at: Timestamp) -> String {
    instant(at).to_zoned(stockholm()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// RFC 3339 in UTC.
pub(crate) fn rfc3339(at: Timestamp) -> String {
    instant(at).to_string()
}

/// Reads `2026-12-31` (its first moment in Sweden) or RFC 3339.
pub(crate) fn parse(text: &str) -> Result<Timestamp, String> {
    if let Ok(date) = text.parse::<Date>()
        && text.len() == 10
    {
        let start: Result<Zoned, _> = date.to_zoned(stockholm());
        return start.map(|at| millis(at.timestamp())).map_err(|_| expected());
    }
    text.parse::<Instant>().map(millis).map_err(|_| expected())
}

fn expected() -> String {
    "expected a date such as 2026-12-31, or an instant such as 2026-12-31T12:00:00Z".to_owned()
}

fn millis(at: Instant) -> Timestamp {
    Timestamp::from_millis(at.as_millisecond())
}

/// An instant of the contract; `None` for unset and for what is no instant.
pub(crate) fn from_proto(at: Option<prost_types::Timestamp>) -> Option<Timestamp> {
    let at = at?;
    let millis = at.seconds.checked_mul(1000)?.checked_add(i64::from(at.nanos / 1_000_000))?;
    Some(Timestamp::from_millis(millis))
}

/// An instant as the contract writes it.
pub(crate) fn to_proto(at: Timestamp) -> prost_types::Timestamp {
    let millis = at.as_millis();
    prost_types::Timestamp {
        seconds: millis.div_euclid(1000),
        // Below 1000 and not negative, so the product fits.
        nanos: i32::try_from(millis.rem_euclid(1000) * 1_000_000).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_begins_at_swedish_midnight_in_winter_and_summer() {
        assert_eq!(rfc3339(parse("2026-01-01").unwrap()), "2025-12-31T23:00:00Z");
        assert_eq!(rfc3339(parse("2026-07-01").unwrap()), "2026-06-30T22:00:00Z");
    }

    #[test]
    fn people_read_swedish_time() {
        assert_eq!(swedish(parse("2026-07-01T12:00:00Z").unwrap()), "2026-07-01 14:00");
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in ["", "2026", "2026-13-01", "1/2/2026", "2026-01-01T00:00"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_instant_survives_the_contract() {
        let at = Timestamp::from_millis(1_767_225_600_123);
        assert_eq!(from_proto(Some(to_proto(at))), Some(at));
        let before = Timestamp::from_millis(-1);
        assert_eq!(from_proto(Some(to_proto(before))), Some(before));
    }
}
