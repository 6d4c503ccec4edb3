use jiff::civil::{date, datetime};

use super::*;
use crate::Seconds;
use crate::calendar::end_of_swedish_day;

const EARLY: i8 = 10;

/// An instant of 1 July 2026 in Sweden, when summer time holds.
fn at(hour: i8, minute: i8) -> Timestamp {
    swedish_instant(datetime(2026, 7, 1, hour, minute, 0, 0))
}

fn notice(kind: NoticeKind, side: NoticeSide) -> EvictionNotice {
    EvictionNotice {
        id: NoticeId::from_bytes([1; 16]),
        side,
        sender: OrgId::parse("demo:kronofogden").unwrap(),
        recipient: OrgId::parse("kommun:0880").unwrap(),
        sender_unit: None,
        recipient_unit: None,
        protected: false,
        case_number: CaseNumber::parse("U-12345-26").unwrap(),
        with_children: false,
        kind,
        until: None,
        message_id: MessageId::from_bytes([2; 16]),
        agreement_id: AgreementId::from_bytes([3; 16]),
        agreement_version: 1,
        rule_id: "avisering".to_owned(),
        sent_at: at(EARLY, 0),
        arrived_at: Some(at(EARLY, 0)),
        not_taken: None,
        confirmed_at: None,
        changed_at: at(EARLY, 0),
        lateness: Lateness::default(),
        revision: 1,
    }
}

fn said(number: u8, sent_at: Timestamp) -> Said {
    Said {
        message_id: MessageId::from_bytes([number; 16]),
        sent_at,
        arrived_at: Some(sent_at),
        with_children: None,
        until: None,
    }
}

#[test]
fn evi_01_an_unconfirmed_time_warns_escalates_and_breaches_on_the_same_swedish_day() {
    let waiting = notice(NoticeKind::Scheduled, NoticeSide::Recipient);
    assert_eq!(waiting.alarm(at(13, 59)), None);
    assert_eq!(waiting.alarm(at(14, 0)), Some(NoticeAlarm::Warning));
    assert_eq!(waiting.alarm(at(15, 59)), Some(NoticeAlarm::Warning));
    assert_eq!(waiting.alarm(at(16, 0)), Some(NoticeAlarm::Escalated));
    assert_eq!(waiting.alarm(at(23, 59)), Some(NoticeAlarm::Escalated));
    let midnight = swedish_instant(datetime(2026, 7, 2, 0, 0, 0, 0));
    assert_eq!(waiting.alarm(midnight), Some(NoticeAlarm::Breached));
    // 22:00 UTC is midnight in Sweden in the summer, and 23:00 in the winter.
    assert_eq!(midnight.as_millis() % 86_400_000, 22 * 3_600_000);
}

#[test]
fn the_day_is_the_one_of_arrival_and_until_that_is_known_the_one_of_sending() {
    let next = swedish_instant(datetime(2026, 7, 2, 9, 0, 0, 0));
    let mut sent = notice(NoticeKind::Scheduled, NoticeSide::Sender);
    sent.arrived_at = None;
    assert_eq!(sent.alarm(next), Some(NoticeAlarm::Breached));
    assert!(sent.settle(sent.message_id, Ok(next), next));
    assert_eq!(sent.alarm(next), None);
    assert!(!sent.settle(sent.message_id, Err(Reason::NotFound), next), "it has arrived");
}

#[test]
fn evi_06_what_ends_or_defers_stops_the_clock() {
    for kind in [NoticeKind::Withdrawn, NoticeKind::Respite, NoticeKind::Lapsed] {
        let mut told = notice(NoticeKind::Scheduled, NoticeSide::Recipient);
        told.follow(kind, said(9, at(15, 0)), at(15, 0)).unwrap();
        assert_eq!((told.due(), told.alarm(at(23, 0))), (None, None), "{}", kind.as_str());
        let refused = told.confirm(at(15, 1)).unwrap_err();
        assert_eq!(refused.reason, Reason::InvalidTransition);
    }
}

#[test]
fn a_new_time_is_confirmed_anew_and_an_old_confirmation_says_nothing_of_it() {
    let mut here = notice(NoticeKind::Scheduled, NoticeSide::Recipient);
    assert_eq!(here.confirm(at(11, 0)), Ok(true));
    assert_eq!((here.confirm(at(11, 5)), here.confirmed_at), (Ok(false), Some(at(11, 0))));
    assert_eq!(here.alarm(at(17, 0)), None);
    here.follow(NoticeKind::Scheduled, said(9, at(12, 0)), at(12, 0)).unwrap();
    assert_eq!(here.alarm(at(17, 0)), Some(NoticeAlarm::Escalated));

    let mut there = notice(NoticeKind::Scheduled, NoticeSide::Sender);
    let first = there.message_id;
    there.follow(NoticeKind::Scheduled, said(9, at(12, 0)), at(12, 0)).unwrap();
    assert_eq!(there.observe_confirmed(first, at(11, 0), at(12, 1)), Ok(false));
    let second = there.message_id;
    assert_eq!(there.observe_confirmed(second, at(12, 2), at(12, 3)), Ok(true));
    assert_eq!(there.confirmed_at, Some(at(12, 2)));
}

#[test]
fn each_end_does_what_is_its_to_do() {
    let mut there = notice(NoticeKind::Scheduled, NoticeSide::Sender);
    assert_eq!(there.confirm(at(11, 0)).unwrap_err().reason, Reason::WrongActor);
    let mut here = notice(NoticeKind::Scheduled, NoticeSide::Recipient);
    let heard = here.observe_confirmed(here.message_id, at(11, 0), at(11, 0));
    assert_eq!(heard.unwrap_err().reason, Reason::WrongActor);
}

#[test]
fn what_follows_what_is_a_table() {
    use NoticeKind::*;
    let follows: [(NoticeKind, &[NoticeKind]); 7] = [
        (Application, &[Scheduled, Withdrawn, Lapsed]),
        (Scheduled, &[Scheduled, Withdrawn, Respite, Lapsed, Executed]),
        (Withdrawn, &[]),
        (Respite, &[Scheduled, Withdrawn, Lapsed, Removal]),
        (Lapsed, &[]),
        (Executed, &[]),
        (Removal, &[Withdrawn, Respite, Lapsed, Executed, Removal]),
    ];
    for (from, allowed) in follows {
        for next in NoticeKind::ALL {
            let found = from.check_next(*next).map_err(|refusal| refusal.reason);
            let closed = if from.is_over() { Reason::Terminal } else { Reason::InvalidTransition };
            let wanted = if allowed.contains(next) { Ok(()) } else { Err(closed) };
            assert_eq!(found, wanted, "{} after {}", next.as_str(), from.as_str());
        }
    }
}

#[test]
fn a_case_number_has_one_form_and_no_room_for_a_person() {
    for good in ["U-1-26", "U-1234567-26", "KU-12345-26/0108"] {
        assert_eq!(CaseNumber::parse(good).map(|one| one.to_string()).as_deref(), Some(good));
    }
    let bad = [
        "",
        "U-12345",
        "u-12345-26",
        "U-12345678-26",
        "U-12345-2026",
        "U-12345-26/108",
        "199001012385",
        "Eva Testsson",
        "U-12345-26 Eva",
        "U-1-26-1",
        "-1-26",
    ];
    for text in bad {
        assert_eq!(CaseNumber::parse(text), None, "{text}");
    }
}

#[test]
fn each_alarm_of_a_day_is_raised_once_and_a_confirmation_stops_the_clock() {
    // 25 October 2026 has 25 hours; the notice came at nine.
    let morning = swedish_instant(jiff::civil::date(2026, 10, 25).at(9, 0, 0, 0));
    let at = |hour| swedish_instant(jiff::civil::date(2026, 10, 25).at(hour, 0, 0, 0));
    let (arrived_at, changed_at) = (Some(morning), morning);
    let waiting = notice(NoticeKind::Scheduled, NoticeSide::Recipient);
    let mut notice = EvictionNotice { arrived_at, changed_at, ..waiting }.timed();
    assert_eq!(notice.lateness.due_at, Some(at(14)));
    assert_eq!(notice.raise(at(14)), Some(NoticeAlarm::Warning));
    assert_eq!((notice.lateness.due_at, notice.changed_at), (Some(at(16)), morning));
    assert_eq!(notice.raise(at(15)), None, "once");
    let midnight = swedish_instant(jiff::civil::date(2026, 10, 26).at(0, 0, 0, 0));
    assert_eq!(notice.raise(at(16)), Some(NoticeAlarm::Escalated));
    assert_eq!(notice.lateness.due_at, Some(midnight));
    let mut late = notice.clone();
    assert_eq!(late.raise(midnight), Some(NoticeAlarm::Breached));
    assert_eq!(late.lateness.due_at, None);
    notice.confirm(at(17)).unwrap();
    assert_eq!(notice.lateness, Lateness::default());
}

#[test]
fn a_respite_and_an_application_end_by_their_own_clock() {
    let mut deferred = notice(NoticeKind::Scheduled, NoticeSide::Sender);
    let until = Some(date(2026, 12, 18));
    let told = Said { until, ..said(3, at(EARLY, 0)) };
    deferred.follow(NoticeKind::Respite, told, at(EARLY, 0)).unwrap();
    let over = end_of_swedish_day(date(2026, 12, 18));
    assert_eq!(deferred.alarm(over.minus(Seconds(1))), None);
    assert_eq!(deferred.alarm(over), Some(NoticeAlarm::RespiteOver));
    deferred.follow(NoticeKind::Scheduled, said(4, at(EARLY, 1)), at(EARLY, 1)).unwrap();
    assert_eq!((deferred.until, deferred.lapses_after()), (None, None));

    let applied = notice(NoticeKind::Application, NoticeSide::Recipient);
    let last = applied.lapses_after().unwrap();
    assert_eq!(applied.alarm(end_of_swedish_day(last).minus(Seconds(1))), None);
    assert_eq!(applied.alarm(end_of_swedish_day(last)), Some(NoticeAlarm::LapseDue));
    let refused = EvictionNotice { not_taken: Some(Reason::NotFound), ..applied };
    assert_eq!(refused.alarm(end_of_swedish_day(last)), None, "nobody there knows of it");

    let executed = notice(NoticeKind::Executed, NoticeSide::Recipient);
    assert!(executed.follow_up_by().unwrap() > swedish_day(executed.sent_at));
    assert_eq!(executed.alarm(end_of_swedish_day(date(2030, 1, 1))), None);
}
