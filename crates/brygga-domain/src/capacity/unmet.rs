//! What is looked for in vain, as numbers: how often, of which type and where. Nothing of whoever needed it, and no
//! search by itself, is kept (NAT-13, NKP-08).

use jiff::civil::Date;

use super::{County, Locality, Need};
use crate::swedish_day::swedish_day;
use crate::{Reason, Refusal, Timestamp};

/// Longest time that is added up: a year and a day.
const DAYS_MAX: i32 = 366;

/// What a search that found nothing is counted as.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnmetNeed {
    /// The day of the search, in Sweden.
    pub day: Date,
    /// Code of the list `service_type` that was looked for; none for any.
    pub service_type: Option<String>,
    /// County where it was wanted; none where nobody said.
    pub county: Option<County>,
}

impl UnmetNeed {
    /// What a search at an instant is counted as.
    pub fn of(need: &Need, now: Timestamp) -> Self {
        Self {
            day: swedish_day(now),
            service_type: need.service_type.clone(),
            county: need.near.map(Locality::county),
        }
    }
}

/// Searches in vain of some days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnmetSum {
    /// As in [`UnmetNeed`].
    pub service_type: Option<String>,
    /// As in [`UnmetNeed`].
    pub county: Option<County>,
    /// How many.
    pub searches: u64,
}

/// Days that are added up, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    from: Date,
    until: Date,
}

impl Days {
    /// From a day to a day, at most 366 of them.
    ///
    /// # Errors
    /// [`Reason::InvalidField`] at `until`.
    pub fn new(from: Date, until: Date) -> Result<Self, Refusal> {
        let days = (until - from).get_days();
        if (0..DAYS_MAX).contains(&days) {
            Ok(Self { from, until })
        } else {
            Err(Refusal::at(Reason::InvalidField, "until"))
        }
    }

    /// The first.
    pub const fn from(&self) -> Date {
        self.from
    }

    /// The last.
    pub const fn until(&self) -> Date {
        self.until
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::capacity::NeedDraft;

    #[test]
    fn a_search_in_vain_keeps_its_day_type_and_county_and_nothing_else() {
        let need = NeedDraft {
            service_type: Some("NIGHT_SHELTER".to_owned()),
            near: Locality::parse("0881"),
            children: 2,
            substance_support: true,
            ..NeedDraft::default()
        };
        // 2025-12-31T23:30:00Z, half past midnight in Sweden.
        let late = Timestamp::from_millis(1_767_223_800_000);
        let UnmetNeed { day, service_type, county } = UnmetNeed::of(&need.check().unwrap(), late);
        assert_eq!(day, date(2026, 1, 1));
        assert_eq!(service_type.as_deref(), Some("NIGHT_SHELTER"));
        assert_eq!(county, County::parse("08"), "the county and not the municipality");
    }

    #[test]
    fn a_year_and_a_day_can_be_added_up_and_no_more() {
        let from = date(2026, 1, 1);
        assert!(Days::new(from, from).is_ok());
        assert!(Days::new(from, date(2027, 1, 1)).is_ok());
        assert!(Days::new(from, date(2027, 1, 2)).is_err());
        assert!(Days::new(from, date(2025, 12, 31)).is_err());
    }
}
