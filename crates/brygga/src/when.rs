//! Instants as people and programs write them.
//!
//! People read and write Swedish time, with the zone told so that the hour that autumn repeats is
//! read only one way; JSON holds RFC 3339 in UTC. The zone's rules are compiled in, so a machine
//! without time-zone data is as right as one with them.

use brygga_domain::Timestamp;
use brygga_identity::clock::{Clock, SystemClock};
use jiff::civil::{Date, DateTime};
use jiff::fmt::strtime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp as Instant, Zoned};

use crate::text::complaint::Complaint;

const ZONE: &str = "Europe/Stockholm";
/// What people read: `2026-03-29 14:05 CEST`.
const FORM: &str = "%Y-%m-%d %H:%M %Z";
/// What they may write, beside a date: the zone is needed in the hour that comes twice only.
const WRITTEN: [&str; 2] = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"];

/// The machine's clock, read once for a command.
pub(crate) fn now() -> Timestamp {
    SystemClock.now()
}

fn stockholm() -> TimeZone {
    // The zone's data are compiled in; UTC, which says so, stands in should they ever be taken out.
    TimeZone::get(ZONE).unwrap_or(TimeZone::UTC)
}

fn zoned(at: Timestamp) -> Zoned {
    // Outside the years -9999 to 9999 nothing has a date.
    Instant::from_millisecond(at.as_millis()).unwrap_or(Instant::UNIX_EPOCH).to_zoned(stockholm())
}

/// `2026-03-29 14:05 CEST`: Swedish time to the minute, in winter with `CET`.
pub(crate) fn swedish(at: Timestamp) -> String {
    zoned(at).strftime(FORM).to_string()
}

/// RFC 3339 in UTC.
pub(crate) fn rfc3339(at: Timestamp) -> String {
    zoned(at).timestamp().to_string()
}

/// Reads what a person writes: `2026-12-31` (its first moment in Sweden), `2026-12-31 14:05`
/// (Swedish time, with or without `CET` or `CEST`), or RFC 3339.
///
/// # Errors
///
/// The complaint says what is expected: for what is no time, for an hour that spring leaves out, and
/// for one that autumn repeats unless the zone is told.
pub(crate) fn parse(text: &str) -> Result<Timestamp, Complaint> {
    if let Ok(date) = strtime::parse("%Y-%m-%d", text).and_then(|read| read.to_date()) {
        return start_of(date);
    }
    let (written, zone) = match text.rsplit_once(' ') {
        Some((written, zone @ ("CET" | "CEST"))) => (written, Some(zone)),
        _ => (text, None),
    };
    let mut read = WRITTEN.iter().filter_map(|form| strtime::parse(form, written).ok());
    if let Some(at) = read.find_map(|read| read.to_datetime().ok()) {
        return local(at, zone);
    }
    text.parse::<Instant>().map(millis).map_err(|_| Complaint::NotATime)
}

fn start_of(date: Date) -> Result<Timestamp, Complaint> {
    let start = date.to_zoned(stockholm()).map_err(|_| Complaint::NotATime)?;
    Ok(millis(start.timestamp()))
}

fn local(at: DateTime, zone: Option<&str>) -> Result<Timestamp, Complaint> {
    let candidates = stockholm().into_ambiguous_zoned(at);
    match (candidates.offset(), zone) {
        (AmbiguousOffset::Gap { .. }, _) => return Err(Complaint::TimeLeftOut),
        (AmbiguousOffset::Fold { .. }, None) => return Err(Complaint::TimeTwice),
        (AmbiguousOffset::Fold { .. } | AmbiguousOffset::Unambiguous { .. }, _) => {}
    }
    let read = if zone == Some("CET") { candidates.later() } else { candidates.earlier() };
    let read = read.map_err(|_| Complaint::NotATime)?;
    match zone {
        Some(zone) if read.strftime("%Z").to_string() != zone => Err(Complaint::TimeHasOtherZone),
        _ => Ok(millis(read.timestamp())),
    }
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
mod tests;
