//! The systematic, recurring review of the access log (lag 2001:454 10 §): what is looked at.
//!
//! A sample is random, and the same seed draws the same one, so that whoever signs a review signs
//! for what was looked at. Besides, every breaking of the glass is in it, and what stands out.

use std::collections::{BTreeMap, BTreeSet};

use crate::Timestamp;
use crate::legal::coded_enum;
use crate::swedish_day;

coded_enum!(
    /// What a reviewer found.
    ReviewFinding {
        /// Somebody looked at what was none of their task.
        AccessUnjustified = "ACCESS_UNJUSTIFIED",
        /// It was not found out why somebody looked.
        GroundUnclear = "GROUND_UNCLEAR",
        /// Nothing to remark.
        NoRemark = "NO_REMARK",
        /// Somebody may see more than the task needs.
        RightsTooWide = "RIGHTS_TOO_WIDE",
    }
);

coded_enum!(
    /// Why an access is in a sample.
    Sampled {
        /// The glass was broken for it.
        BreakGlass = "BREAK_GLASS",
        /// The same person read about unusually many that day.
        ManyPersons = "MANY_PERSONS",
        /// It happened outside working hours.
        OutsideHours = "OUTSIDE_HOURS",
        /// It was drawn.
        Random = "RANDOM",
    }
);

/// Different persons' cases that somebody may have read in one day before it stands out.
pub const MANY_A_DAY: usize = 25;
/// Working hours on weekdays, in Sweden.
const WORKING_HOURS: std::ops::Range<i8> = 6..20;

/// One access, as far as the search for what stands out looks at it.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// Its place in the log.
    pub place: i64,
    /// When.
    pub at: Timestamp,
    /// Who, by the subject of the token.
    pub subject: &'a str,
    /// Whose case, by its identifier; none for a list.
    pub object: Option<[u8; 16]>,
}

/// Whether an instant lies outside working hours in Sweden.
pub fn is_outside_hours(at: Timestamp) -> bool {
    use jiff::civil::Weekday::{Saturday, Sunday};
    let local = swedish_day::swedish_time(at);
    matches!(local.weekday(), Saturday | Sunday) || !WORKING_HOURS.contains(&local.hour())
}

/// Places of the log at which somebody had read more than [`MANY_A_DAY`] different cases that day:
/// the last access of that person and day.
#[derive(Clone, Debug, Default)]
pub struct Curious {
    days: BTreeMap<(String, jiff::civil::Date), ReadingDay>,
}

/// What one person read on one day.
#[derive(Clone, Debug, Default)]
struct ReadingDay {
    objects: BTreeSet<[u8; 16]>,
    last: i64,
}

impl Curious {
    /// Looks at one access.
    pub fn look(&mut self, seen: Seen<'_>) {
        let Some(object) = seen.object else { return };
        let day = (seen.subject.to_owned(), swedish_day::swedish_day(seen.at));
        let day = self.days.entry(day).or_default();
        day.objects.insert(object);
        day.last = day.last.max(seen.place);
    }

    /// What stood out.
    pub fn places(&self) -> BTreeSet<i64> {
        let many = self.days.values().filter(|day| day.objects.len() > MANY_A_DAY);
        many.map(|day| day.last).collect()
    }
}
