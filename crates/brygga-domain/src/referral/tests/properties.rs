//! What holds in every course of events: random commands at the target, mirrored at the source.

use proptest::prelude::*;

use super::*;

/// One step of a course: a command, and how long after the one before it.
type Step = (Command, i64);

fn any_command() -> impl Strategy<Value = Command> {
    let reason = prop::sample::select(StatusReason::ALL);
    let result = prop::sample::select(OutcomeResult::ALL);
    let decline = (
        prop::sample::select(DeclineParty::ALL),
        reason.clone(),
        prop::option::of(prop::sample::select(NextStep::ALL)),
    );
    let decline = decline
        .prop_filter_map("nobody is sent away with nothing", |(party, reason, step)| {
            Decline::new(party, reason, step).ok().map(Command::Decline)
        });
    prop_oneof![
        2 => (0..100_i64).prop_map(|hours| {
            let act_by = START.plus(Seconds::hours(hours));
            Command::TakeOn(TakenOn { unit: None, act_by })
        }),
        4 => Just(Command::Accept),
        1 => decline,
        3 => Just(Command::Start),
        1 => result.prop_map(|result| Command::Complete(Outcome { result, place_type: None })),
        2 => reason.clone().prop_map(|reason| Command::ConfirmCancellation { reason }),
        2 => reason.clone().prop_map(|reason| Command::Withdraw { reason }),
        2 => Just(Command::Expire),
        1 => reason.clone().prop_map(|reason| Command::PutOnHold { reason }),
        1 => Just(Command::Resume),
        1 => reason.prop_map(|reason| Command::Fail { reason }),
        1 => prop::sample::select(BusinessStatus::ALL).prop_map(Command::SetBusinessStatus),
        1 => prop::sample::select(ReviewResult::ALL).prop_map(|result| Command::Review { result }),
        1 => Just(Command::Acknowledge),
        1 => prop::sample::select(ReviewGround::ALL)
            .prop_map(|ground| Command::RequestReview { ground }),
        1 => prop::sample::select(StopReason::ALL).prop_map(|reason| Command::Stop { reason }),
        1 => (1..=3_u8).prop_map(|level| Command::Escalate(Escalation { level, unit: None })),
    ]
}

fn any_course() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((any_command(), 0..40_000_000_i64), 0..24)
}

/// Lets a course happen at the target; calls back with the referral before and after each step and
/// what was decided.
fn play(
    course: Vec<Step>,
    mut each: impl FnMut(&Referral, &Referral, &Result<Event, Refusal>, Timestamp),
) -> Referral {
    let mut referral = referral(Side::Target);
    let mut now = START;
    for (command, millis) in course {
        now = Timestamp::from_millis(now.as_millis() + millis);
        let before = referral.clone();
        let decided = referral.decide(command, now);
        if let Ok(event) = &decided {
            referral.apply(event, now);
        }
        each(&before, &referral, &decided, now);
    }
    referral
}

proptest! {
    #[test]
    fn the_version_counts_the_events_and_a_refusal_changes_nothing(course in any_course()) {
        let mut events = 0;
        let last = play(course, |before, after, decided, now| match decided {
            Ok(_) => {
                events += 1;
                assert_eq!((after.version, after.changed_at), (before.version + 1, now));
            }
            Err(_) => assert_eq!(before, after),
        });
        prop_assert_eq!(last.version, 1 + events);
    }

    #[test]
    fn what_is_final_stays_final(course in any_course()) {
        play(course, |before, after, decided, _| {
            let marked = matches!(decided, Ok(Event::EnteredInError));
            if before.status.is_final() && !marked {
                assert_eq!(before.status, after.status, "{decided:?}");
            }
        });
    }

    #[test]
    fn what_is_asked_and_what_permits_it_never_change(course in any_course()) {
        let begun = referral(Side::Target);
        let last = play(course, |_, _, _, _| {});
        prop_assert_eq!((last.request, last.grant), (begun.request, begun.grant));
    }

    /// KAL-01: the duty is the host's until the home accepts, and comes back if that comes to nothing.
    #[test]
    fn the_acute_duty_has_one_holder_at_every_moment(course in any_course()) {
        let mut accepted = false;
        play(course, |_, after, decided, _| {
            match decided {
                Ok(Event::Accepted) => accepted = true,
                Ok(
                    Event::Declined(_)
                    | Event::Cancelled { .. }
                    | Event::Expired
                    | Event::Failed { .. }
                    | Event::EnteredInError,
                ) => accepted = false,
                _ => {}
            }
            let holder = if accepted { nybro() } else { kalmar() };
            assert_eq!(after.acute_duty_holder(), Some(&holder), "{:?}", after.status);
        });
    }

    /// KAL-02: whatever led to it, a provider's decline leaves a next step behind.
    #[test]
    fn nobody_is_sent_away_with_nothing(course in any_course()) {
        let last = play(course, |_, _, _, _| {});
        if let Status::Rejected(decline) = &last.status {
            let has_step = decline.next_step().is_some();
            prop_assert!(has_step || decline.party() != DeclineParty::Provider);
        }
    }

    #[test]
    fn an_answer_in_time_or_late_stops_the_clock_for_good(course in any_course()) {
        let mut answered = false;
        play(course, |_, after, decided, now| {
            match decided {
                Ok(Event::Expired) => {
                    assert!(!answered && now >= after.answer_due, "it was answered or not due");
                }
                Ok(Event::TakenOn(_) | Event::BusinessStatusSet(_) | Event::Escalated(_)) | Err(_) => {}
                Ok(_) => answered = true,
            }
            assert_eq!(after.is_overdue(now), after.status == Status::Requested && now >= RESPOND_BY);
        });
    }

    /// Each in line is asked once, the next only when the one before had its time, and nobody after an answer.
    #[test]
    fn what_nobody_takes_on_goes_up_the_line_step_by_step(course in any_course()) {
        let mut level = 0;
        play(course, |before, after, decided, now| {
            if let Ok(Event::Escalated(escalation)) = decided {
                assert!(escalation.level > level && escalation.level <= Escalation::LAST);
                assert!(before.escalation_due().is_some_and(|due| now >= due));
                level = escalation.level;
            }
            let waits = after.status == Status::Requested && after.taken_on.is_none();
            assert_eq!(after.escalation_due().is_some(), waits && level < Escalation::LAST);
            assert_eq!(after.unhandled_days(now).is_some(), waits);
        });
    }

    /// Every event of the target fits at the source; a repeat changes nothing and a gap is refused.
    #[test]
    fn the_source_mirrors_the_targets_log_and_nothing_else(course in any_course()) {
        let mut mirror = referral(Side::Source);
        let last = play(course, |_, after, decided, now| {
            let Ok(event) = decided else { return };
            let before = mirror.clone();
            let gap = mirror.observe(after.version + 1, event, now);
            assert_eq!(gap, Err(Refusal::at(Reason::ChainBroken, "payload.version")));
            assert_eq!(mirror, before, "a gap changed the mirror");
            assert_eq!(mirror.observe(after.version, event, now), Ok(true));
            let seen = mirror.clone();
            assert_eq!(mirror.observe(after.version, event, now), Ok(false));
            assert_eq!(mirror, seen, "a repeat changed the mirror");
        });
        let shown = |referral: Referral| {
            let told = (referral.taken_on, referral.escalation, referral.business_status);
            let after = (referral.loop_closed_at, referral.review);
            (referral.status, referral.version, referral.changed_at, told, after)
        };
        prop_assert_eq!(shown(mirror), shown(last));
    }

    /// The promise stands, and nobody gets less than a whole response time from arrival on (SYS-01).
    #[test]
    fn people_always_have_a_whole_response_time(
        late_millis in -86_400_000..2_000_000_000_i64,
        response_seconds in 60..31_536_000_i64,
    ) {
        let mut parts = parts();
        parts.request.respond_by = START.plus(Seconds(response_seconds));
        let promised = parts.request.respond_by;
        let mut referral = referral_of(Side::Target, parts);
        let arrival = Timestamp::from_millis(START.as_millis() + late_millis);
        referral.arrived(arrival);
        let due = referral.answer_due;
        prop_assert!(due >= promised && due.millis_since(arrival) >= response_seconds * 1_000);
        prop_assert_eq!(due, if late_millis > 0 { arrival.plus(Seconds(response_seconds)) } else { promised });
        let early = Timestamp::from_millis(due.as_millis() - 1);
        prop_assert!(referral.decide(Command::Expire, early).is_err());
        prop_assert_eq!(referral.decide(Command::Expire, due), Ok(Event::Expired));
    }
}
