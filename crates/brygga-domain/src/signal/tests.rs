use jiff::civil::date;

use super::*;
use crate::swedish_day::swedish_instant;
use crate::{Seconds, UnitId};

/// Monday 7 September 2026, ten o'clock in Sweden.
fn monday() -> Timestamp {
    swedish_instant(date(2026, 9, 7).at(10, 0, 0, 0))
}

fn later(days: i64) -> Timestamp {
    monday().plus(Seconds::days(days))
}

/// A signal that reached the municipality on Monday.
fn signal(subject: SignalSubject) -> Signal {
    Signal {
        id: NoticeId::from_bytes([1; 16]),
        side: NoticeSide::Recipient,
        sender: OrgId::parse("demo:hyresvard").unwrap(),
        recipient: OrgId::parse("kommun:0880").unwrap(),
        sender_unit: None,
        recipient_unit: UnitId::parse("bosocialt").ok(),
        subject,
        replaces: None,
        on: None,
        priority: BTreeSet::new(),
        rank: 4,
        times: SignalTimes::default(),
        ground: DisclosureGround::LandlordDuty,
        message_id: MessageId::from_bytes([2; 16]),
        agreement_id: AgreementId::from_bytes([3; 16]),
        agreement_version: 1,
        rule_id: "signal-1".to_owned(),
        sent_at: monday(),
        arrived_at: Some(monday()),
        not_taken: None,
        steps: Vec::new(),
        outcome: None,
        lateness: Lateness::default(),
        changed_at: monday(),
        revision: 1,
    }
}

fn next(step: SignalStep, at: Timestamp) -> NextStep {
    NextStep {
        message_id: MessageId::from_bytes([9; 16]),
        step,
        at,
        on: None,
        reason: None,
        notice: None,
    }
}

fn take(signal: &mut Signal, step: SignalStep, at: Timestamp) -> Result<bool, Refusal> {
    let by = step.rule(signal.subject).map_or(NoticeSide::Recipient, |rule| rule.by);
    signal.take(by, next(step, at), at)
}

#[test]
fn the_window_opens_when_both_are_served_and_runs_from_the_later() {
    let mut notice = signal(SignalSubject::RentNotice);
    assert_eq!(notice.redeem_by(), None, "nobody has served the tenant");
    let served =
        NextStep { on: Some(date(2026, 9, 2)), ..next(SignalStep::TenantServed, monday()) };
    notice.take(NoticeSide::Sender, served, monday()).unwrap();
    // Five days after the tenant the socialnämnd had it.
    assert_eq!(notice.redeem_by(), Some(date(2026, 9, 28)));
    assert_eq!(notice.earliest_decision(), Some(date(2026, 9, 30)));
    let again = NextStep { on: Some(date(2026, 9, 1)), ..served };
    assert_eq!(notice.take(NoticeSide::Sender, again, monday()), Ok(false), "it is told once");
    assert_eq!(notice.on, Some(date(2026, 9, 2)));
}

#[test]
fn an_undertaking_in_time_averts_and_a_late_one_is_no_more_than_a_message() {
    for (day, is_late) in [(20, false), (21, false), (22, true)] {
        let mut notice = signal(SignalSubject::RentNotice);
        notice.on = Some(date(2026, 9, 1));
        assert_eq!(take(&mut notice, SignalStep::Undertaking, later(day)), Ok(true));
        assert_eq!(notice.steps[0].is_late, is_late, "day {day}");
        let outcome = (!is_late).then_some(SignalOutcome::Averted);
        assert_eq!(notice.outcome, outcome, "day {day}");
    }
}

#[test]
fn a_corrected_notice_ends_the_one_before_and_nothing_else() {
    let mut old = signal(SignalSubject::RentNotice);
    assert!(old.supersede(MessageId::from_bytes([5; 16]), later(1)));
    assert_eq!(old.outcome, Some(SignalOutcome::Superseded));
    assert!(!old.supersede(MessageId::from_bytes([6; 16]), later(2)));
    assert_eq!(
        take(&mut old, SignalStep::Undertaking, later(2)).unwrap_err().reason,
        Reason::Terminal
    );
    assert!(!signal(SignalSubject::Arrears).supersede(MessageId::from_bytes([5; 16]), later(1)));
}

#[test]
fn a_visit_before_any_letter_has_a_reason_and_one_after_has_none() {
    let mut arrears = signal(SignalSubject::Arrears);
    let refused = take(&mut arrears, SignalStep::Visit, later(1)).unwrap_err();
    assert_eq!(refused, Refusal::at(Reason::InvalidField, "reason"));
    let reason = Some(StepReason::Children);
    let early = NextStep { reason, ..next(SignalStep::Visit, later(1)) };
    assert_eq!(arrears.take(NoticeSide::Recipient, early, later(1)), Ok(true));
    take(&mut arrears, SignalStep::Letter, later(2)).unwrap();
    assert_eq!(take(&mut arrears, SignalStep::Visit, later(3)), Ok(true));
    assert!(arrears.take(NoticeSide::Recipient, early, later(4)).is_err(), "it needs none now");
}

#[test]
fn an_incident_is_over_when_all_three_say_so() {
    use SignalStep::{CaseWorkerDone, LandlordDone, SupportDone};
    for order in
        [[LandlordDone, SupportDone, CaseWorkerDone], [CaseWorkerDone, LandlordDone, SupportDone]]
    {
        let mut incident = signal(SignalSubject::Disturbance);
        for step in &order[..2] {
            take(&mut incident, *step, later(1)).unwrap();
            assert_eq!(incident.outcome, None);
        }
        take(&mut incident, order[2], later(1)).unwrap();
        assert_eq!(incident.outcome, Some(SignalOutcome::Resolved));
    }
    let mut incident = signal(SignalSubject::Disturbance);
    let plan = take(&mut incident, SignalStep::ActionPlan, later(1));
    assert_eq!(plan.unwrap_err().reason, Reason::InvalidTransition, "nobody has been there");
}

#[test]
fn each_end_takes_its_own_steps_about_what_they_belong_to() {
    for subject in SignalSubject::ALL {
        for step in SignalStep::ALL {
            for by in [NoticeSide::Sender, NoticeSide::Recipient] {
                let mut one = signal(*subject);
                let on = (*step == SignalStep::TenantServed).then(|| date(2026, 9, 7));
                let visits = *step == SignalStep::Visit && subject.is_rent();
                let reason = visits.then_some(StepReason::NoTime);
                let notice =
                    (*step == SignalStep::EvictionNotice).then(|| NoticeId::from_bytes([8; 16]));
                let asked = NextStep { on, reason, notice, ..next(*step, later(1)) };
                let taken = one.take(by, asked, later(1)).map_err(|refusal| refusal.reason);
                let expected = match step.rule(*subject) {
                    None => Err(Reason::InvalidTransition),
                    Some(rule) if rule.by != by => Err(Reason::WrongActor),
                    Some(_) if *step == SignalStep::ActionPlan => Err(Reason::InvalidTransition),
                    Some(_) => Ok(true),
                };
                assert_eq!(taken, expected, "{subject:?} {step:?} {by:?}");
            }
        }
    }
}

#[test]
fn what_is_late_follows_from_the_clock_at_each_end() {
    let mut arrears = signal(SignalSubject::Arrears);
    assert_eq!(arrears.alarm(later(3).minus(Seconds(1))), None);
    assert_eq!(arrears.alarm(later(3)), Some(SignalAlarm::NoContact));
    assert_eq!(arrears.alarm(later(5)), Some(SignalAlarm::NotTakenOn));
    assert_eq!(arrears.next_due(monday()), Some(later(3)));
    assert_eq!(arrears.days_unhandled(later(4)), 4);
    let there = Signal { side: NoticeSide::Sender, ..arrears.clone() };
    assert_eq!(
        there.alarm(later(3)),
        None,
        "the landlord does not know whether somebody was reached"
    );
    take(&mut arrears, SignalStep::Letter, later(1)).unwrap();
    take(&mut arrears, SignalStep::TakenOn, later(1)).unwrap();
    assert_eq!((arrears.alarm(later(9)), arrears.days_unhandled(later(9))), (None, 0));

    // Friday 16:00: nobody has been there by Sunday 16:00.
    let friday = swedish_instant(date(2026, 9, 11).at(16, 0, 0, 0));
    let mut incident = signal(SignalSubject::Disturbance);
    incident.arrived_at = Some(friday);
    let sunday = friday.plus(Seconds::days(2));
    assert_eq!(incident.alarm(sunday.minus(Seconds(1))), None);
    assert_eq!(incident.alarm(sunday), Some(SignalAlarm::NotOnSite));
    incident.side = NoticeSide::Sender;
    assert_eq!(incident.alarm(sunday), Some(SignalAlarm::NotOnSite), "both see it");
    take(&mut incident, SignalStep::OnSite, sunday).unwrap();
    assert_eq!(incident.alarm(sunday), None);

    let mut release = signal(SignalSubject::Release);
    release.on = Some(date(2026, 11, 2));
    take(&mut release, SignalStep::TakenOn, later(1)).unwrap();
    let planned = swedish_instant(date(2026, 11, 2).at(0, 0, 0, 0));
    assert_eq!(release.alarm(planned.minus(Seconds(1))), None);
    assert_eq!(release.alarm(planned), Some(SignalAlarm::NoOutcome));
    take(&mut release, SignalStep::PlaceArranged, planned).unwrap();
    assert_eq!((release.alarm(planned), release.outcome), (None, Some(SignalOutcome::Placed)));
}

#[test]
fn a_round_ends_with_its_last_day() {
    let mut round = signal(SignalSubject::VisitRound);
    round.on = Some(date(2026, 9, 30));
    assert!(!round.expire(swedish_instant(date(2026, 9, 30).at(23, 59, 0, 0))));
    assert!(round.expire(swedish_instant(date(2026, 10, 1).at(0, 0, 0, 0))));
    assert_eq!(round.outcome, Some(SignalOutcome::Expired));
    assert!(!round.expire(later(60)), "once");
}
