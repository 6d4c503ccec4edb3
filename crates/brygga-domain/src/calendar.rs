//! Days on which Swedish authorities work, and the day on which a time in law ends.
//!
//! Public holidays stand in lag (1989:253) om allmänna helgdagar. How time is counted, and that a last day which is a
//! holiday moves to the next working day, stands in lag (1930:173) om beräkning av lagstadgad tid. All of it is
//! computed, so that no list runs out.

use jiff::Span;
use jiff::civil::{Date, Weekday, date};

use crate::Timestamp;
use crate::legal::coded_enum;
use crate::swedish_day::{start_of_swedish_day, swedish_day};

coded_enum!(
    /// Why authorities are closed on a day from Monday to Friday, or a Saturday has a name.
    Holiday {
        /// Nyårsdagen, 1 January.
        NewYearsDay = "NEW_YEARS_DAY",
        /// Trettondedag jul, 6 January.
        Epiphany = "EPIPHANY",
        /// Långfredagen.
        GoodFriday = "GOOD_FRIDAY",
        /// Påskdagen.
        EasterSunday = "EASTER_SUNDAY",
        /// Annandag påsk.
        EasterMonday = "EASTER_MONDAY",
        /// Första maj.
        FirstOfMay = "FIRST_OF_MAY",
        /// Kristi himmelsfärdsdag, the sixth Thursday after Easter.
        AscensionDay = "ASCENSION_DAY",
        /// Pingstdagen, the seventh Sunday after Easter.
        WhitSunday = "WHIT_SUNDAY",
        /// Sveriges nationaldag, 6 June.
        NationalDay = "NATIONAL_DAY",
        /// Midsommarafton, which counts as a holiday by lag 1930:173 § 2.
        MidsummerEve = "MIDSUMMER_EVE",
        /// Midsommardagen, the Saturday of 20 to 26 June.
        MidsummerDay = "MIDSUMMER_DAY",
        /// Alla helgons dag, the Saturday of 31 October to 6 November.
        AllSaintsDay = "ALL_SAINTS_DAY",
        /// Julafton, which counts as a holiday by lag 1930:173 § 2.
        ChristmasEve = "CHRISTMAS_EVE",
        /// Juldagen.
        ChristmasDay = "CHRISTMAS_DAY",
        /// Annandag jul.
        BoxingDay = "BOXING_DAY",
        /// Nyårsafton, which counts as a holiday by lag 1930:173 § 2.
        NewYearsEve = "NEW_YEARS_EVE",
    }
);

/// Which holiday a day is, besides being a Saturday or a Sunday.
pub fn holiday(day: Date) -> Option<Holiday> {
    fixed(day).or_else(|| of_easter(day)).or_else(|| of_a_week(day))
}

/// Whether authorities work: neither a Saturday, a Sunday nor a holiday.
pub fn is_working_day(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && holiday(day).is_none()
}

/// The day itself where it is a working day, else the next one (lag 1930:173 § 2).
pub fn working_day_from(mut day: Date) -> Date {
    // No run of closed days is longer than a week, so this ends.
    while !is_working_day(day) && day < Date::MAX {
        day = later(day, Span::new().days(1));
    }
    day
}

/// The `count`th working day after a day, which itself is not counted. 0 is the first working day from it on.
pub fn working_days_after(day: Date, count: u32) -> Date {
    let day_after = |day| working_day_from(later(day, Span::new().days(1)));
    if count == 0 { working_day_from(day) } else { (0..count).fold(day, |at, _| day_after(at)) }
}

/// The last day of a time of so many weeks: the day of the same name, or the next working day.
pub fn weeks_after(day: Date, count: i32) -> Date {
    working_day_from(later(day, Span::new().weeks(count)))
}

/// The last day of a time of so many months: the day of the same number, in a shorter month its last, or the next
/// working day (lag 1930:173 §§ 1 and 2).
pub fn months_after(day: Date, count: i32) -> Date {
    working_day_from(later(day, Span::new().months(count)))
}

/// The first instant after a day in Europe/Stockholm: what was to be done on the day is late from then on.
pub fn end_of_swedish_day(day: Date) -> Timestamp {
    start_of_swedish_day(later(day, Span::new().days(1)))
}

/// The Swedish day of an instant, and the instant when a time that ends some days later is over.
pub fn over_after(from: Timestamp, last_day: impl FnOnce(Date) -> Date) -> Timestamp {
    end_of_swedish_day(last_day(swedish_day(from)))
}

/// Easter Sunday of a year in the Gregorian calendar (the anonymous computus of 1876).
pub fn easter_sunday(year: i16) -> Date {
    let year_number = i32::from(year);
    let golden = year_number.rem_euclid(19);
    let (century, of_century) = (year_number.div_euclid(100), year_number.rem_euclid(100));
    let (leap_century, over) = (century / 4, century % 4);
    let correction = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - leap_century - correction + 15) % 30;
    let weekday = (32 + 2 * over + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    // Days after 22 March, the first possible Easter.
    let after = epact + weekday - 7 * late;
    later(date(year, 3, 22), Span::new().days(after))
}

/// Holidays of one date.
fn fixed(day: Date) -> Option<Holiday> {
    match (day.month(), day.day()) {
        (1, 1) => Some(Holiday::NewYearsDay),
        (1, 6) => Some(Holiday::Epiphany),
        (5, 1) => Some(Holiday::FirstOfMay),
        (6, 6) => Some(Holiday::NationalDay),
        (12, 24) => Some(Holiday::ChristmasEve),
        (12, 25) => Some(Holiday::ChristmasDay),
        (12, 26) => Some(Holiday::BoxingDay),
        (12, 31) => Some(Holiday::NewYearsEve),
        _ => None,
    }
}

/// Holidays that move with Easter.
fn of_easter(day: Date) -> Option<Holiday> {
    let easter = easter_sunday(day.year());
    let is = |days: i64| later(easter, Span::new().days(days)) == day;
    match day.weekday() {
        Weekday::Friday if is(-2) => Some(Holiday::GoodFriday),
        Weekday::Sunday if is(0) => Some(Holiday::EasterSunday),
        Weekday::Monday if is(1) => Some(Holiday::EasterMonday),
        Weekday::Thursday if is(39) => Some(Holiday::AscensionDay),
        Weekday::Sunday if is(49) => Some(Holiday::WhitSunday),
        _ => None,
    }
}

/// Holidays on a day of the week within a week of the year.
fn of_a_week(day: Date) -> Option<Holiday> {
    match (day.weekday(), day.month(), day.day()) {
        (Weekday::Friday, 6, 19..=25) => Some(Holiday::MidsummerEve),
        (Weekday::Saturday, 6, 20..=26) => Some(Holiday::MidsummerDay),
        (Weekday::Saturday, 10, 31) | (Weekday::Saturday, 11, 1..=6) => Some(Holiday::AllSaintsDay),
        _ => None,
    }
}

/// A day moved by a span, staying at the last day there is instead of failing.
fn later(day: Date, span: Span) -> Date {
    day.saturating_add(span)
}

#[cfg(test)]
mod tests;
