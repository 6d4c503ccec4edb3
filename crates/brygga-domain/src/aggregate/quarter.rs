//! The only periods that can be asked about: they do not overlap, so that no two answers can be subtracted.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

use crate::swedish_day::start_of_swedish_day;
use crate::{Reason, Refusal, Timestamp};

/// A calendar quarter as people in Sweden count it, for example `2026-Q3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quarter {
    /// 2000 to 2999.
    year: i16,
    /// 1 to 4.
    number: i8,
}

impl Quarter {
    /// Reads `2026-Q3`, and no other spelling.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, number) = text.split_once("-Q")?;
        let is_plain = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
        let year = year.parse().ok().filter(|year| is_plain && (2000..=2999).contains(year))?;
        let number = match number {
            "1" => 1,
            "2" => 2,
            "3" => 3,
            "4" => 4,
            _ => return None,
        };
        Some(Self { year, number })
    }

    /// Its first instant.
    pub fn from(self) -> Timestamp {
        start(self.year, self.number)
    }

    /// The first instant after it.
    pub fn until(self) -> Timestamp {
        if self.number == 4 { start(self.year + 1, 1) } else { start(self.year, self.number + 1) }
    }

    /// Whether it is over, so that nothing more arrives in it.
    pub fn is_over(self, now: Timestamp) -> bool {
        self.until() <= now
    }
}

/// Every year and number of a quarter make a date; an absent one would lie beyond all time.
fn start(year: i16, number: i8) -> Timestamp {
    Date::new(year, number * 3 - 2, 1)
        .map_or(Timestamp::from_millis(i64::MAX), start_of_swedish_day)
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-Q{}", self.year, self.number)
    }
}

impl FromStr for Quarter {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        Self::parse(text).ok_or(Refusal::at(Reason::InvalidField, "quarter"))
    }
}
