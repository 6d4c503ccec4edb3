//! A permission that counts: how much it carries, and over what (ODRL `count`).

use crate::legal::coded_enum;
use crate::swedish_day::{start_of_swedish_day, swedish_day};
use crate::{Reason, Refusal, Timestamp};

/// Most that a quota can name, and most that it can be a share of.
pub const QUOTA_MAX: u32 = 1_000_000;

coded_enum!(
    /// What a quota is counted over. A referral counts in the period in which it arrives.
    QuotaPeriod {
        /// As long as the agreement lasts, all versions together.
        Agreement = "AGREEMENT",
        /// A calendar year in Europe/Stockholm.
        Year = "YEAR",
        /// A calendar month in Europe/Stockholm.
        Month = "MONTH",
    }
);

impl QuotaPeriod {
    /// When the period began that an instant falls in; 1970 where it is the whole agreement.
    pub fn began(self, at: Timestamp) -> Timestamp {
        let day = swedish_day(at);
        match self {
            Self::Agreement => Timestamp::from_millis(0),
            Self::Year => start_of_swedish_day(day.first_of_year()),
            Self::Month => start_of_swedish_day(day.first_of_month()),
        }
    }
}

/// How much a quota carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuotaAmount {
    /// So many. 0 to 1,000,000.
    Count(u32),
    /// A share of what the giver declares for the period, rounded down. 1 to 100 percent.
    Percent(u32),
}

/// How much a permission carries, counted by whoever gives the places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// How much.
    pub amount: QuotaAmount,
    /// What it is counted over.
    pub period: QuotaPeriod,
    /// Whether each of those who use it has the whole of it; otherwise all share it.
    pub per_sender: bool,
}

impl Quota {
    /// How many places there are where the giver has declared `base`, or nothing.
    pub fn limit(&self, base: Option<u32>) -> u32 {
        match self.amount {
            QuotaAmount::Count(count) => count,
            QuotaAmount::Percent(percent) => {
                let share = u64::from(base.unwrap_or(0)) * u64::from(percent) / 100;
                u32::try_from(share).unwrap_or(u32::MAX)
            }
        }
    }

    pub(super) fn check(&self) -> Result<(), Refusal> {
        let (is_sound, field) = match self.amount {
            QuotaAmount::Count(count) => (count <= QUOTA_MAX, "terms.rules.quota.count"),
            QuotaAmount::Percent(percent) => {
                ((1..=100).contains(&percent), "terms.rules.quota.percent")
            }
        };
        if is_sound { Ok(()) } else { Err(Refusal::at(Reason::InvalidField, field)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;
    /// 2026-01-01T00:00:00Z, an hour into the Swedish year.
    const NEW_YEAR_UTC: i64 = 1_767_225_600_000;

    #[test]
    fn a_year_and_a_month_begin_at_midnight_in_sweden() {
        let at = |millis| Timestamp::from_millis(millis);
        for period in [QuotaPeriod::Year, QuotaPeriod::Month] {
            assert_eq!(period.began(at(NEW_YEAR_UTC)), at(NEW_YEAR_UTC - HOUR));
            assert_ne!(period.began(at(NEW_YEAR_UTC - HOUR - 1)), at(NEW_YEAR_UTC - HOUR));
        }
        let march = at(NEW_YEAR_UTC + 65 * 24 * HOUR);
        assert_eq!(QuotaPeriod::Year.began(march), at(NEW_YEAR_UTC - HOUR));
        assert!(QuotaPeriod::Month.began(march) > at(NEW_YEAR_UTC));
        assert_eq!(QuotaPeriod::Agreement.began(march), at(0));
    }

    #[test]
    fn a_share_is_rounded_down_and_is_nothing_until_something_is_declared() {
        let period = QuotaPeriod::Year;
        let quota = Quota { amount: QuotaAmount::Percent(10), period, per_sender: false };
        let limits = [None, Some(9), Some(10), Some(109), Some(u32::MAX)].map(|b| quota.limit(b));
        assert_eq!(limits, [0, 0, 1, 10, u32::MAX / 10]);
    }
}
