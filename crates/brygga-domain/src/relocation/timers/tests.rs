use jiff::civil::date;
use proptest::prelude::*;

use super::super::tests::{destination, pair, with_another_offer};
use super::super::{EndKind, OwnOffer, RefusalCode, Withheld};
use super::*;
use crate::calendar::is_working_day;
use crate::{EnquiryId, ThirdPersonRelation};

/// What the network agreed on where it says nothing else.
const DAYS: u32 = 3;

/// An instant of a Swedish day: at noon, which no change of clocks touches.
fn noon(day: Date) -> Timestamp {
    Timestamp::from_millis(start_of_swedish_day(day).as_millis() + 12 * 3_600_000)
}

/// The last day on which something is in time.
fn last_day(at: Timestamp) -> Date {
    swedish_day(Timestamp::from_millis(at.as_millis() - 1))
}

/// A transfer whose disclosure the destination has opened on a day.
fn opened_on(day: Date) -> Relocation {
    let (mut origin, _) = pair();
    origin.route = Some(Route::Transfer);
    origin.opened_at = Some(noon(day));
    origin
}

fn last_day_of(case: &Relocation, kind: DueKind) -> Option<Date> {
    case.dues(DAYS).into_iter().find(|due| due.kind == kind).map(|due| last_day(due.at))
}

#[test]
fn a_position_is_due_on_the_third_working_day_however_the_week_falls() {
    for (opened, due) in [
        // Maundy Thursday: Good Friday, the weekend and Easter Monday do not count.
        (date(2026, 4, 2), date(2026, 4, 9)),
        // The Wednesday before Midsummer: its eve is a Friday.
        (date(2026, 6, 17), date(2026, 6, 23)),
        // The Friday before summer time begins, and before it ends.
        (date(2026, 3, 27), date(2026, 4, 1)),
        (date(2026, 10, 23), date(2026, 10, 28)),
        // 23 December: Christmas, and the eve of the new year, and the new year.
        (date(2026, 12, 23), date(2026, 12, 30)),
    ] {
        assert_eq!(last_day_of(&opened_on(opened), DueKind::Position), Some(due), "{opened}");
    }
}

#[test]
fn silence_goes_to_ivo_after_the_same_day_of_the_next_month() {
    for (opened, due) in [
        // February has no 31st, and its 28th is a Saturday in 2026.
        (date(2026, 1, 31), date(2026, 3, 2)),
        // A leap year: 29 February 2028 is a Tuesday.
        (date(2028, 1, 31), date(2028, 2, 29)),
        // The month ends on Good Friday.
        (date(2026, 3, 3), date(2026, 4, 7)),
        // The month ends on Midsummer's Eve, a Friday.
        (date(2026, 5, 19), date(2026, 6, 22)),
        // A month with the change of clocks in it.
        (date(2026, 3, 10), date(2026, 4, 10)),
    ] {
        let mut case = opened_on(opened);
        assert_eq!(last_day_of(&case, DueKind::Statutory), Some(due), "{opened}");
        let over = case.statutory_due().expect("a transfer that is opened");
        assert_eq!(over, start_of_swedish_day(due.tomorrow().unwrap()), "midnight in Sweden");
        let before = Timestamp::from_millis(over.as_millis() - 1);
        assert!(case.clone().escalate(over, before).is_err());
        case.escalate(over, over).unwrap();
        assert_eq!(last_day_of(&case, DueKind::Statutory), None, "it waits for IVO now");
    }
}

#[test]
fn only_a_transfer_has_a_month() {
    for route in Route::ALL.iter().filter(|route| **route != Route::Transfer) {
        let case = Relocation { route: Some(*route), ..opened_on(date(2026, 1, 31)) };
        assert_eq!(case.statutory_due(), None);
        assert_eq!(case.next_due(DAYS).map(|due| due.kind), Some(DueKind::Position));
    }
}

#[test]
fn ivo_has_three_months_and_its_decision_three_weeks() {
    let mut case = opened_on(date(2026, 1, 31));
    let asked = noon(date(2026, 11, 30));
    case.escalate(case.statutory_due().unwrap(), asked).unwrap();
    // February 2027 has no 30th; its 28th is a Sunday.
    assert_eq!(last_day_of(&case, DueKind::Ivo), Some(date(2027, 3, 1)));
    let came = noon(date(2027, 3, 5));
    for wrong in [noon(date(2026, 11, 29)), noon(date(2027, 3, 6))] {
        assert_eq!(case.decision_received(wrong, came).unwrap_err().field, "at");
    }
    case.decision_received(came, came).unwrap();
    // The last day is Good Friday, so it is the Tuesday after Easter.
    let dues: Vec<_> = case.dues(DAYS).iter().map(|due| (due.kind, last_day(due.at))).collect();
    assert_eq!(dues, [(DueKind::Appeal, date(2027, 3, 30))]);
    case.ivo_decided(true).unwrap();
    assert_eq!(case.next_due(DAYS), None, "it is final");
    assert!(case.decision_received(came, came).is_err());
}

#[test]
fn a_refusal_can_be_appealed_for_three_weeks_at_both_ends() {
    let (mut origin, mut destination) = pair();
    let refused = noon(date(2026, 6, 2));
    let position = Position::Refused(RefusalCode::NoPlace);
    let letter = destination.take_position(position, refused).unwrap();
    origin.take(2, &letter).unwrap();
    for case in [origin, destination] {
        assert_eq!(last_day_of(&case, DueKind::Appeal), Some(date(2026, 6, 23)));
        assert_eq!(case.due_on(DAYS), Some(start_of_swedish_day(date(2026, 6, 23))));
    }
}

#[test]
fn what_is_due_first_stands_first_also_when_it_is_late() {
    let mut case = opened_on(date(2026, 1, 30));
    let review = |day| Withheld {
        relation: ThirdPersonRelation::Guardian,
        decided_at: noon(date(2025, 8, 3)),
        review_due: start_of_swedish_day(day),
    };
    case.withheld = vec![review(date(2026, 7, 1)), review(date(2026, 2, 4))];
    let kinds: Vec<_> = case.dues(DAYS).iter().map(|due| due.kind).collect();
    let expected =
        [DueKind::Review, DueKind::Position, DueKind::Statutory, DueKind::Review].to_vec();
    assert_eq!(kinds, expected);
    assert_eq!(case.due_on(DAYS), Some(start_of_swedish_day(date(2026, 2, 3))));
    case.end(EndKind::Withdrawn, noon(date(2026, 2, 2)));
    assert_eq!((case.next_due(DAYS), case.due_on(DAYS)), (None, None), "only the purge is left");
    assert_eq!(case.purge_on(), Some(start_of_swedish_day(date(2026, 3, 5))));
    assert_eq!(case.dues(DAYS).len(), 1);
}

#[test]
fn an_offer_that_nobody_took_goes_a_day_after_its_end() {
    let mut case = destination();
    assert_eq!(case.purge_on(), None, "without an end");
    let until = noon(date(2026, 3, 28));
    let enquiry = EnquiryId::from_bytes([7; 16]);
    case.own_offer =
        Some(OwnOffer { enquiry, mailbox: [6; 32], until, reply_key: [7; 32], reply_to: [8; 32] });
    assert_eq!(case.next_due(DAYS), Some(Due { kind: DueKind::OfferEnds, at: until }));
    assert_eq!(case.purge_on(), Some(start_of_swedish_day(date(2026, 3, 30))));
    case.arrived().unwrap();
    assert_eq!((case.next_due(DAYS), case.purge_on()), (None, None), "somebody took it");
}

#[test]
fn another_choice_takes_back_what_ivo_was_asked() {
    let mut case = opened_on(date(2026, 1, 31));
    case.escalate(case.statutory_due().unwrap(), noon(date(2026, 3, 3))).unwrap();
    case.decision_received(noon(date(2026, 3, 4)), noon(date(2026, 3, 4))).unwrap();
    case.ivo_decided(false).unwrap();
    let mut other = with_another_offer(case);
    other.select(1, Timestamp::from_millis(0)).unwrap();
    assert_eq!((other.escalated_at, other.decided_at, other.opened_at), (None, None, None));
    assert_eq!(other.next_due(DAYS), None);
}

proptest! {
    /// On every day, at every hour and by whatever agreement.
    #[test]
    fn every_time_ends_with_a_swedish_working_day(
        millis in 1_767_225_600_000..2_208_988_800_000_i64, days in 1..30_u32
    ) {
        let opened = Timestamp::from_millis(millis);
        let mut case = opened_on(date(2026, 1, 1));
        case.opened_at = Some(opened);
        let from = swedish_day(opened);
        for Due { kind, at } in case.dues(days) {
            prop_assert_eq!(start_of_swedish_day(swedish_day(at)), at);
            let last = last_day(at);
            prop_assert!(is_working_day(last), "{:?}", last);
            let between = |from: Date, to: Date| {
                from.series(Span::new().days(1)).skip(1).take_while(|day| *day <= to)
                    .filter(|day| is_working_day(*day)).count()
            };
            match kind {
                DueKind::Position => prop_assert_eq!(between(from, last), days as usize),
                // No month has fewer than 28 days, and no run of closed days is longer than a week.
                _ => prop_assert!((from + Span::new().days(28)..=from + Span::new().days(38)).contains(&last)),
            }
        }
        case.end(EndKind::Aborted, opened);
        let purge = case.purge_on().unwrap();
        let kept = purge.as_millis() - millis;
        let hours = 3_600_000;
        // An hour more or less where the clocks change.
        prop_assert!((30 * 24 * hours - hours..=31 * 24 * hours + hours).contains(&kept));
        prop_assert_eq!(start_of_swedish_day(swedish_day(purge)), purge);
    }
}
