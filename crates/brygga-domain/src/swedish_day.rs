//! Days as people in Sweden count them. An instant has no time zone until a person reads it or a
//! section of law counts from it; this is where it gets one.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::Timestamp;

/// The day in Europe/Stockholm on which an instant falls.
pub fn swedish_day(at: Timestamp) -> Date {
    // Outside the years -9999 to 9999 nothing has a date.
    let instant = jiff::Timestamp::from_millisecond(at.as_millis());
    instant.unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_zoned(stockholm()).date()
}

/// Date and time of day in Europe/Stockholm at an instant.
pub fn swedish_time(at: Timestamp) -> DateTime {
    let instant = jiff::Timestamp::from_millisecond(at.as_millis());
    instant.unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_zoned(stockholm()).datetime()
}

/// The first instant of a day in Europe/Stockholm.
pub fn start_of_swedish_day(day: Date) -> Timestamp {
    let start = day.to_zoned(stockholm()).map(|at| at.timestamp().as_millisecond());
    Timestamp::from_millis(start.unwrap_or(i64::MAX))
}

/// The instant of a date and time of day in Europe/Stockholm. Of the hour that comes twice it is the first; in the hour
/// that does not come, the clock has been put on.
pub fn swedish_instant(at: DateTime) -> Timestamp {
    let instant = at.to_zoned(stockholm()).map(|at| at.timestamp().as_millisecond());
    Timestamp::from_millis(instant.unwrap_or(i64::MAX))
}

fn stockholm() -> TimeZone {
    // The zone's data are compiled in; UTC stands in should they ever be taken out.
    TimeZone::get("Europe/Stockholm").unwrap_or(TimeZone::UTC)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// 2026-01-01T00:00:00Z.
    const NEW_YEAR_UTC: i64 = 1_767_225_600_000;

    #[test]
    fn the_swedish_year_begins_an_hour_before_the_one_in_utc() {
        let hour = 3_600_000;
        let day = |millis| swedish_day(Timestamp::from_millis(millis));
        assert_eq!(day(NEW_YEAR_UTC - hour), date(2026, 1, 1));
        assert_eq!(day(NEW_YEAR_UTC - hour - 1), date(2025, 12, 31));
    }

    #[test]
    fn a_day_begins_at_midnight_in_winter_and_summer() {
        for day in [date(2026, 1, 1), date(2026, 7, 1), date(2026, 3, 29)] {
            let start = start_of_swedish_day(day);
            assert_eq!(swedish_day(start), day);
            assert_ne!(swedish_day(Timestamp::from_millis(start.as_millis() - 1)), day);
        }
    }
}
