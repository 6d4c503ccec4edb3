use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::swedish_day::start_of_swedish_day;

#[test]
fn three_weeks_run_from_the_later_of_the_two_services() {
    // Tenant on Monday 7 September 2026, socialnämnd on Saturday the 12th: three weeks later is Saturday 3 October.
    let end = redemption_end(date(2026, 9, 7), date(2026, 9, 12));
    assert_eq!(end, date(2026, 10, 5));
    assert_eq!(end, redemption_end(date(2026, 9, 12), date(2026, 9, 7)));
    assert_eq!(earliest_decision(end), date(2026, 10, 7));
    assert_eq!(undertaking_too_late(end), start_of_swedish_day(date(2026, 10, 6)));
    // The two weekdays pass over Christmas: 23 December 2026 is a Wednesday.
    assert_eq!(earliest_decision(date(2026, 12, 23)), date(2026, 12, 29));
}

#[test]
fn the_other_times_end_where_the_law_has_them() {
    // 25 October 2026 has 25 hours.
    let day = date(2026, 10, 25);
    assert_eq!(confirmation_too_late(day), start_of_swedish_day(date(2026, 10, 26)));
    assert_eq!(outreach_check(date(2026, 12, 8)), date(2026, 12, 1));
    // The week before 2 January 2027, a Saturday, is Boxing Day, and the working day after it Monday.
    assert_eq!(outreach_check(date(2027, 1, 2)), date(2026, 12, 28));
    // Two weeks after 11 December 2026 is Christmas Day.
    assert_eq!(follow_up(date(2026, 12, 11)), date(2026, 12, 28));
    assert_eq!(respite_over(day), start_of_swedish_day(date(2026, 10, 26)));
    assert_eq!(lapses_after(date(2026, 8, 31)), date(2027, 3, 1));
}

proptest! {
    #[test]
    fn no_last_day_falls_on_a_closed_day_or_comes_early(
        days in 0..27_000_i32, later in 0..60_i32,
    ) {
        // 2026 to 2100.
        let served = date(2026, 1, 1).saturating_add(jiff::Span::new().days(days));
        let told = served.saturating_add(jiff::Span::new().days(later));
        let end = redemption_end(served, told);
        prop_assert!(calendar::is_working_day(end));
        let whole = told.saturating_add(jiff::Span::new().weeks(3));
        prop_assert!(end >= whole && end <= whole.saturating_add(jiff::Span::new().days(5)));
        let decision = earliest_decision(end);
        let between = end.series(jiff::Span::new().days(1)).skip(1).take_while(|day| *day <= decision);
        prop_assert_eq!(between.filter(|day| calendar::is_working_day(*day)).count(), 2);
        prop_assert!(undertaking_too_late(end) <= confirmation_too_late(decision));
    }
}
