use proptest::prelude::*;

use super::*;

/// Holidays of six years as an almanac has them, written by hand and not by the rules above. The fixed ones stand in
/// [`FIXED`].
const MOVABLE: [(i16, [(i8, i8); 8]); 6] = [
    // Good Friday, Easter Sunday, Easter Monday, Ascension, Whit Sunday, midsummer eve, midsummer day, All Saints.
    (2025, [(4, 18), (4, 20), (4, 21), (5, 29), (6, 8), (6, 20), (6, 21), (11, 1)]),
    (2026, [(4, 3), (4, 5), (4, 6), (5, 14), (5, 24), (6, 19), (6, 20), (10, 31)]),
    (2027, [(3, 26), (3, 28), (3, 29), (5, 6), (5, 16), (6, 25), (6, 26), (11, 6)]),
    (2028, [(4, 14), (4, 16), (4, 17), (5, 25), (6, 4), (6, 23), (6, 24), (11, 4)]),
    (2029, [(3, 30), (4, 1), (4, 2), (5, 10), (5, 20), (6, 22), (6, 23), (11, 3)]),
    (2030, [(4, 19), (4, 21), (4, 22), (5, 30), (6, 9), (6, 21), (6, 22), (11, 2)]),
];

const FIXED: [(i8, i8); 8] =
    [(1, 1), (1, 6), (5, 1), (6, 6), (12, 24), (12, 25), (12, 26), (12, 31)];

fn days_of(year: i16) -> impl Iterator<Item = Date> {
    date(year, 1, 1).series(Span::new().days(1)).take_while(move |day| day.year() == year)
}

#[test]
fn six_years_have_the_holidays_of_the_almanac_and_no_others() {
    for (year, movable) in MOVABLE {
        let mut expected: Vec<_> = FIXED.into_iter().chain(movable).collect();
        expected.sort_unstable();
        let computed: Vec<_> = days_of(year)
            .filter(|day| holiday(*day).is_some())
            .map(|day| (day.month(), day.day()))
            .collect();
        assert_eq!(computed, expected, "{year}");
    }
}

/// What others have published, whose rules are not ours.
const PUBLISHED: &str = include_str!("../../tests/golden/holidays_se.txt");

#[test]
fn every_year_until_2100_has_the_holidays_of_the_published_list() {
    let lines: Vec<_> = PUBLISHED.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(lines.len(), 96);
    for (line, year) in lines.into_iter().zip(2005..) {
        let days = days_of(year).filter(|day| holiday(*day).is_some());
        let computed: String = days.map(|day| day.strftime(" %m%d").to_string()).collect();
        assert_eq!(format!("{year}{computed}"), line);
    }
}

#[test]
fn easter_falls_where_history_and_tables_have_it() {
    let known = [
        (2000, 4, 23),
        (2008, 3, 23),
        (2011, 4, 24),
        (2024, 3, 31),
        (2035, 3, 25),
        (2038, 4, 25),
        (2100, 3, 28),
    ];
    for (year, month, day) in known {
        assert_eq!(easter_sunday(year), date(year, month, day));
    }
}

#[test]
fn the_eves_count_as_holidays_and_other_eves_do_not() {
    for eve in [date(2026, 6, 19), date(2026, 12, 24), date(2026, 12, 31)] {
        assert!(!is_working_day(eve), "{eve}");
    }
    // Skärtorsdagen, valborgsmässoafton, the day before Ascension and trettondagsafton.
    for day in [date(2026, 4, 2), date(2026, 4, 30), date(2026, 5, 13), date(2026, 1, 5)] {
        assert!(is_working_day(day), "{day}");
    }
}

#[test]
fn working_days_pass_over_what_is_closed() {
    // Thursday before Easter 2026: Friday to Monday are closed.
    assert_eq!(working_days_after(date(2026, 4, 2), 3), date(2026, 4, 9));
    // 23 December 2026, a Wednesday: eve, Christmas, Boxing Day on a Saturday, Sunday.
    assert_eq!(working_days_after(date(2026, 12, 23), 1), date(2026, 12, 28));
    assert_eq!(working_days_after(date(2026, 12, 23), 4), date(2027, 1, 4));
    assert_eq!(working_days_after(date(2026, 4, 3), 0), date(2026, 4, 7));
}

#[test]
fn a_month_ends_on_the_day_of_its_number_or_the_last_or_the_next_working_day() {
    assert_eq!(months_after(date(2026, 2, 10), 1), date(2026, 3, 10));
    // 31 January: February 2028 has 29 days, a Tuesday.
    assert_eq!(months_after(date(2028, 1, 31), 1), date(2028, 2, 29));
    // 24 November: Christmas Eve 2026 is a Thursday, the next working day the Monday after.
    assert_eq!(months_after(date(2026, 11, 24), 1), date(2026, 12, 28));
    assert_eq!(months_after(date(2026, 3, 20), 3), date(2026, 6, 22));
    // Three weeks from 29 May 2026 end on midsummer eve.
    assert_eq!(weeks_after(date(2026, 5, 29), 3), date(2026, 6, 22));
    assert_eq!(weeks_after(date(2026, 5, 28), 3), date(2026, 6, 18));
}

#[test]
fn a_day_is_over_at_its_own_midnight_when_the_clocks_change() {
    // 29 March 2026 has 23 hours, 25 October 2026 has 25.
    for (day, hours) in [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)] {
        let long = end_of_swedish_day(day).millis_since(start_of_swedish_day(day));
        assert_eq!(long, hours * 3_600_000);
    }
    // 23:45 in UTC on 23 November 2026 is the 24th in Sweden, and a month later is Christmas Eve.
    let asked = Timestamp::from_millis(1_795_477_500_000);
    assert_eq!(
        over_after(asked, |day| months_after(day, 1)),
        end_of_swedish_day(date(2026, 12, 28))
    );
}

proptest! {
    #[test]
    fn until_2200_each_year_has_its_sixteen_names_and_easter_is_a_sunday(year in 1990..2200_i16) {
        let easter = easter_sunday(year);
        prop_assert_eq!(easter.weekday(), Weekday::Sunday);
        prop_assert!((date(year, 3, 22)..=date(year, 4, 25)).contains(&easter));
        let names: std::collections::BTreeSet<_> = days_of(year).filter_map(holiday).collect();
        // Ascension can fall on the first of May, and Whit Sunday on the sixth of June; the date's own name is told.
        prop_assert!(names.len() >= Holiday::ALL.len() - 1, "{year}: {names:?}");
    }

    #[test]
    fn what_is_counted_ends_on_a_working_day_and_never_early(
        days in 0..60_000_i32, count in 1..40_u32, months in 1..13_i32, weeks in 1..53_i32,
    ) {
        let day = later(date(2000, 1, 1), Span::new().days(days));
        for last in [working_days_after(day, count), months_after(day, months), weeks_after(day, weeks)] {
            prop_assert!(is_working_day(last) && last > day);
        }
        let between = day.series(Span::new().days(1)).skip(1).take_while(|one| *one <= working_days_after(day, count));
        prop_assert_eq!(between.filter(|one| is_working_day(*one)).count(), count as usize);
        prop_assert!(months_after(day, months) >= day.saturating_add(Span::new().months(months)));
        prop_assert!(weeks_after(day, weeks) >= day.saturating_add(Span::new().weeks(weeks)));
        // The longest closed run is Christmas Eve on a Thursday to Sunday, or Easter: never more than four days and one.
        let moved = weeks_after(day, weeks).since(day.saturating_add(Span::new().weeks(weeks))).unwrap();
        prop_assert!(moved.get_days() <= 5);
    }
}
