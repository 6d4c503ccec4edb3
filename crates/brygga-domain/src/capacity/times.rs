//! When a service is open: a part of the year and a time of day, in Europe/Stockholm.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime, Time};

use crate::{Reason, Refusal};

/// A year in which every day of every year exists.
const LEAP_YEAR: i16 = 2000;

/// A part of every year, both days included; it may run over New Year. It ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Season {
    from: (i8, i8),
    until: (i8, i8),
}

impl Season {
    /// Reads two days, each as `MM-DD`.
    ///
    /// # Errors
    /// [`Reason::InvalidField`] where one is no day.
    pub fn parse(from: &str, until: &str) -> Result<Self, Refusal> {
        let invalid = Refusal::at(Reason::InvalidField, "service.season");
        let (Some(from), Some(until)) = (month_day(from), month_day(until)) else {
            return Err(invalid);
        };
        Ok(Self { from, until })
    }

    /// Its first day, as `MM-DD`.
    pub fn from(&self) -> String {
        format!("{:02}-{:02}", self.from.0, self.from.1)
    }

    /// Its last day, as `MM-DD`.
    pub fn until(&self) -> String {
        format!("{:02}-{:02}", self.until.0, self.until.1)
    }

    /// Whether a day lies in it.
    pub fn contains(&self, day: Date) -> bool {
        let day = (day.month(), day.day());
        if self.from <= self.until {
            self.from <= day && day <= self.until
        } else {
            self.from <= day || day <= self.until
        }
    }
}

fn month_day(text: &str) -> Option<(i8, i8)> {
    let (month, day) = text.split_once('-').filter(|parts| is_two_and_two(*parts))?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    Date::new(LEAP_YEAR, month, day).ok().map(|_| (month, day))
}

fn is_two_and_two((first, second): (&str, &str)) -> bool {
    [first, second].iter().all(|part| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit()))
}

/// A time of day; it may run over midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpeningWindow {
    opens: Minute,
    closes: Minute,
}

/// A minute of the day, as `HH:MM`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Minute(i8, i8);

impl OpeningWindow {
    /// Reads two times, each as `HH:MM`.
    ///
    /// # Errors
    /// [`Reason::InvalidField`] where one is no time, or both are the same.
    pub fn parse(opens: &str, closes: &str) -> Result<Self, Refusal> {
        let invalid = Refusal::at(Reason::InvalidField, "service.opening");
        match (opens.parse::<Minute>(), closes.parse::<Minute>()) {
            (Ok(opens), Ok(closes)) if opens != closes => Ok(Self { opens, closes }),
            _ => Err(invalid),
        }
    }

    /// When it opens, as `HH:MM`.
    pub fn opens(&self) -> String {
        self.opens.to_string()
    }

    /// When it closes, as `HH:MM`.
    pub fn closes(&self) -> String {
        self.closes.to_string()
    }

    /// Whether it is open at a time of day.
    pub fn contains(&self, at: DateTime) -> bool {
        let at = Minute(at.hour(), at.minute());
        if self.opens < self.closes {
            self.opens <= at && at < self.closes
        } else {
            self.opens <= at || at < self.closes
        }
    }
}

impl FromStr for Minute {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let parts = text.split_once(':').filter(|parts| is_two_and_two(*parts));
        let (hour, minute) = parts.ok_or(())?;
        let (hour, minute) = (hour.parse().map_err(drop)?, minute.parse().map_err(drop)?);
        Time::new(hour, minute, 0, 0).map(|_| Self(hour, minute)).map_err(drop)
    }
}

impl fmt::Display for Minute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0, self.1)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_winter_runs_over_new_year_and_ends_by_itself() {
        let winter = Season::parse("10-01", "03-31").unwrap();
        for inside in [date(2026, 10, 1), date(2026, 12, 31), date(2027, 1, 1), date(2027, 3, 31)] {
            assert!(winter.contains(inside), "{inside}");
        }
        for outside in [date(2026, 9, 30), date(2027, 4, 1)] {
            assert!(!winter.contains(outside), "{outside}");
        }
        assert_eq!((winter.from(), winter.until()), ("10-01".to_owned(), "03-31".to_owned()));
    }

    #[test]
    fn a_night_runs_over_midnight() {
        let night = OpeningWindow::parse("19:00", "08:00").unwrap();
        let at = |hour, minute| date(2026, 1, 1).at(hour, minute, 0, 0);
        assert!(night.contains(at(19, 0)) && night.contains(at(0, 0)) && night.contains(at(7, 59)));
        assert!(!night.contains(at(8, 0)) && !night.contains(at(18, 59)));
    }

    #[test]
    fn what_is_no_day_or_time_is_refused() {
        for text in ["", "13-01", "02-30", "1-1", "+1-01", "01-0x"] {
            assert!(Season::parse(text, "03-31").is_err(), "{text}");
        }
        for text in ["", "24:00", "19:60", "7:00", "-1:00"] {
            assert!(OpeningWindow::parse(text, "08:00").is_err(), "{text}");
        }
        assert!(OpeningWindow::parse("08:00", "08:00").is_err());
    }
}
