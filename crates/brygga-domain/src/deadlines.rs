//! The times of an eviction (domain guide 8.3, T1 to T8), in Swedish days.
//!
//! A last day on which something has to be done moves to the next working day where it is a Saturday, a Sunday or a holiday
//! (lagen 1930:173 om beräkning av lagstadgad tid 2 §). A day that only has to be over does not move.

use jiff::civil::Date;

use crate::{Timestamp, calendar};

/// Weeks in which rent can be paid, or its payment be undertaken (JB 12:44).
const REDEMPTION_WEEKS: i32 = 3;
/// Weekdays after that before an eviction may be decided (JB 12:44).
const QUIET_DAYS: u32 = 2;
/// Weeks after an eviction in which whoever lived there is followed up.
const FOLLOW_UP_WEEKS: i32 = 2;
/// Months after which an application at Kronofogden lapses.
const LAPSE_MONTHS: i32 = 6;

/// T1: the last day to pay, three weeks from the later of the two services. The tenant is served on a day, and the
/// socialnämnd is when the notice reaches its node.
pub fn redemption_end(tenant_served: Date, board_served: Date) -> Date {
    let later = tenant_served.max(board_served);
    calendar::weeks_after(later, REDEMPTION_WEEKS)
}

/// T2: the first day on which an eviction may be decided.
pub fn earliest_decision(redemption_end: Date) -> Date {
    calendar::working_days_after(redemption_end, QUIET_DAYS)
}

/// T3: from when an undertaking to pay comes too late: when the last day to pay is over.
pub fn undertaking_too_late(redemption_end: Date) -> Timestamp {
    calendar::end_of_swedish_day(redemption_end)
}

/// T4: from when a notice that arrived on a day is not confirmed on the same day.
pub fn confirmation_too_late(arrived: Date) -> Timestamp {
    calendar::end_of_swedish_day(arrived)
}

/// T5: the day, a week before an eviction, on which it is seen whether somebody has been there.
pub fn outreach_check(planned: Date) -> Date {
    calendar::weeks_after(planned, -1)
}

/// T6: the last day to follow up whoever lived there.
pub fn follow_up(executed: Date) -> Date {
    calendar::weeks_after(executed, FOLLOW_UP_WEEKS)
}

/// T7: from when a respite is over whose last day is named.
pub fn respite_over(last_day: Date) -> Timestamp {
    calendar::end_of_swedish_day(last_day)
}

/// T8: the last day before an application lapses on which nothing has happened since a day.
pub fn lapses_after(since: Date) -> Date {
    calendar::months_after(since, LAPSE_MONTHS)
}

#[cfg(test)]
mod tests;
