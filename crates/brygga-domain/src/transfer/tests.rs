use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::swedish_day::start_of_swedish_day;
use crate::{Refusal, Seconds};

/// A Tuesday morning in Sweden.
fn start() -> Timestamp {
    at(date(2026, 2, 10))
}

/// Nine in the morning of a day.
fn at(day: Date) -> Timestamp {
    start_of_swedish_day(day).plus(Seconds::hours(9))
}

fn org(code: &str) -> OrgId {
    OrgId::parse(&format!("kommun:{code}")).unwrap()
}

/// Kalmar (0880) asks Nybro (0881).
fn transfer(side: TransferSide, direction: TransferDirection) -> Transfer {
    Transfer {
        id: TransferId::from_bytes([7; 16]),
        side,
        requester: org("0880"),
        asked: org("0881"),
        requester_unit: None,
        asked_unit: None,
        direction,
        about_child: false,
        agreement_id: AgreementId::from_bytes([2; 16]),
        agreement_version: 1,
        rule_id: "flytt".to_owned(),
        position_days: POSITION_DAYS,
        requested_at: start(),
        arrived_at: Some(start()),
        not_taken: None,
        answer: None,
        applied_on: None,
        decided: None,
        appealed: None,
        finalised: None,
        withdrawn_at: None,
        handed_over_at: None,
        changed_at: start(),
        revision: 1,
    }
}

fn asking() -> Transfer {
    transfer(TransferSide::Requester, TransferDirection::HandOver)
}

fn asked() -> Transfer {
    transfer(TransferSide::Asked, TransferDirection::HandOver)
}

fn reason(answer: Result<bool, Refusal>) -> Reason {
    answer.unwrap_err().reason
}

#[test]
fn a_request_that_is_agreed_on_is_handed_over_and_then_the_new_one_is_responsible() {
    let (mut kalmar, mut nybro) = (asking(), asked());
    let now = at(date(2026, 2, 11));
    let agree = TransferAct::Answer(Position::Agree);
    assert_eq!(nybro.act(&agree, now), Ok(true));
    assert_eq!(kalmar.observe(&agree, now, now), Ok(true));
    assert_eq!(kalmar.status(now), TransferStatus::Agreed);
    assert_eq!(kalmar.responsible(), &org("0880"));
    assert_eq!(reason(nybro.act(&TransferAct::HandOver, now)), Reason::WrongActor);
    assert_eq!(kalmar.act(&TransferAct::HandOver, now), Ok(true));
    assert_eq!(nybro.observe(&TransferAct::HandOver, now, now), Ok(true));
    for end in [&kalmar, &nybro] {
        assert_eq!(end.status(now), TransferStatus::HandedOver);
        assert_eq!(end.responsible(), &org("0881"));
    }
    assert_eq!(reason(kalmar.act(&TransferAct::Withdraw, now)), Reason::Terminal);
}

#[test]
fn whoever_wants_to_take_over_asks_and_the_old_one_hands_over() {
    let mut nybro = transfer(TransferSide::Asked, TransferDirection::TakeOver);
    assert_eq!(nybro.responsible(), &org("0881"));
    assert_eq!(nybro.act(&TransferAct::Answer(Position::Agree), start()), Ok(true));
    assert_eq!(nybro.act(&TransferAct::HandOver, start()), Ok(true));
    assert_eq!(nybro.responsible(), &org("0880"));
}

#[test]
fn the_days_are_those_of_the_law() {
    let mut kalmar = asking();
    let times = kalmar.times();
    assert_eq!(times.position_ends, Some(date(2026, 2, 13)));
    assert_eq!(times.month_ends, Some(date(2026, 3, 10)));
    assert_eq!(kalmar.due(start()), Some((Due::Position, Some(date(2026, 2, 13)))));
    assert!(!kalmar.is_overdue(at(date(2026, 2, 13))) && kalmar.is_overdue(at(date(2026, 2, 14))));
    let (last, after) = (at(date(2026, 3, 10)), at(date(2026, 3, 11)));
    assert_eq!(kalmar.status(last), TransferStatus::Requested);
    assert!(!kalmar.breaches(last));
    assert_eq!(kalmar.status(after), TransferStatus::NoReply);
    assert!(kalmar.breaches(after));
    assert_eq!(
        reason(kalmar.act(&TransferAct::Apply { on: date(2026, 3, 10) }, last)),
        Reason::InvalidTransition
    );
    assert_eq!(
        reason(kalmar.act(&TransferAct::Apply { on: date(2026, 3, 10) }, after)),
        Reason::InvalidField
    );
    assert_eq!(
        reason(kalmar.act(&TransferAct::Apply { on: date(2026, 3, 12) }, after)),
        Reason::InvalidField
    );
    // An answer after the month is an answer, and came too late for good.
    let mut late = asked();
    late.act(&TransferAct::Answer(Position::Disagree), after).unwrap();
    assert!(late.status(after) == TransferStatus::Disagreed && late.breaches(after));
    assert_eq!(kalmar.act(&TransferAct::Apply { on: date(2026, 3, 11) }, after), Ok(true));
    assert_eq!(kalmar.times().ivo_ends, Some(date(2026, 6, 11)));
    let decide = TransferAct::Decide { on: date(2026, 5, 29), outcome: Outcome::Moves };
    assert_eq!(kalmar.act(&decide, at(date(2026, 6, 1))), Ok(true));
    // Three weeks end on midsummer eve; the Monday after is the last day.
    assert_eq!(kalmar.times().appeal_ends, Some(date(2026, 6, 22)));
    let finalise = |on| TransferAct::Finalise { on, outcome: Outcome::Moves, after_appeal: false };
    let early = kalmar.act(&finalise(date(2026, 6, 22)), at(date(2026, 7, 1)));
    assert_eq!(reason(early), Reason::InvalidField);
    assert_eq!(kalmar.responsible(), &org("0880"));
    assert_eq!(kalmar.act(&finalise(date(2026, 6, 23)), at(date(2026, 7, 1))), Ok(true));
    assert_eq!(kalmar.responsible(), &org("0881"));
    assert_eq!(kalmar.act(&TransferAct::HandOver, at(date(2026, 7, 1))), Ok(true));
}

#[test]
fn the_month_counts_from_when_the_request_reached_the_other() {
    let mut kalmar = Transfer { arrived_at: None, ..asking() };
    assert_eq!(kalmar.status(at(date(2027, 1, 1))), TransferStatus::Requested);
    assert!(kalmar.settle_request(Ok(at(date(2026, 2, 20))), start()));
    assert_eq!(kalmar.times().month_ends, Some(date(2026, 3, 20)));
    assert!(!kalmar.settle_request(Err(Reason::PolicyDenied), start()));
    let mut refused = Transfer { arrived_at: None, ..asking() };
    assert!(refused.settle_request(Err(Reason::PolicyDenied), start()));
    assert_eq!(refused.status(start()), TransferStatus::NotTaken);
    assert_eq!(reason(refused.act(&TransferAct::Withdraw, start())), Reason::Terminal);
}

#[test]
fn an_appeal_is_in_time_and_what_the_court_says_holds() {
    let mut nybro = asked();
    nybro.act(&TransferAct::Answer(Position::Disagree), start()).unwrap();
    let on = date(2026, 2, 11);
    let now = at(date(2026, 9, 1));
    nybro.observe(&TransferAct::Apply { on }, now, now).unwrap();
    let decide = TransferAct::Decide { on, outcome: Outcome::Moves };
    assert_eq!(reason(nybro.act(&decide, now)), Reason::WrongActor);
    nybro.observe(&decide, now, now).unwrap();
    let late = nybro.act(&TransferAct::Appeal { on: date(2026, 3, 5) }, now);
    assert_eq!(reason(late), Reason::InvalidField);
    assert_eq!(nybro.act(&TransferAct::Appeal { on: date(2026, 3, 4) }, now), Ok(true));
    assert_eq!(nybro.act(&TransferAct::Appeal { on: date(2026, 3, 4) }, now), Ok(false));
    let (on, outcome) = (date(2026, 8, 1), Outcome::Stays);
    let unappealed = TransferAct::Finalise { on, outcome: Outcome::Moves, after_appeal: false };
    assert_eq!(reason(nybro.observe(&unappealed, now, now)), Reason::InvalidTransition);
    let stays = TransferAct::Finalise { on, outcome, after_appeal: true };
    assert_eq!(nybro.observe(&stays, now, now), Ok(true));
    assert_eq!(nybro.responsible(), &org("0880"));
    assert!(nybro.is_over(now));
    assert_eq!(reason(nybro.observe(&TransferAct::HandOver, now, now)), Reason::InvalidTransition);
}

#[test]
fn nothing_happens_out_of_order() {
    let on = date(2026, 2, 10);
    let outcome = Outcome::Moves;
    let (apply, decide) = (TransferAct::Apply { on }, TransferAct::Decide { on, outcome });
    let finalise = TransferAct::Finalise { on, outcome, after_appeal: false };
    for act in [&apply, &decide, &TransferAct::Appeal { on }, &finalise, &TransferAct::HandOver] {
        assert_eq!(reason(asking().act(act, start())), Reason::InvalidTransition, "{act:?}");
    }
    let mut agreed = asking();
    agreed.observe(&TransferAct::Answer(Position::Agree), start(), start()).unwrap();
    for act in [&apply, &TransferAct::Withdraw, &decide, &finalise] {
        assert_eq!(reason(agreed.act(act, start())), Reason::InvalidTransition, "{act:?}");
    }
    let other = agreed.observe(&TransferAct::Answer(Position::Disagree), start(), start());
    assert_eq!(reason(other), Reason::InvalidTransition);
}

/// One of the two acts, with days as so many ago, or hears the oldest of what it has not heard; or time passes.
#[derive(Clone, Debug)]
enum Step {
    Acts(bool, fn(Date, Outcome, bool) -> TransferAct, i32, Outcome, bool),
    Hears(bool),
    Waits(i64),
}

const ACTS: [fn(Date, Outcome, bool) -> TransferAct; 8] = [
    |_, _, _| TransferAct::Answer(Position::Agree),
    |_, _, _| TransferAct::Answer(Position::Disagree),
    |_, _, _| TransferAct::Withdraw,
    |on, _, _| TransferAct::Apply { on },
    |on, outcome, _| TransferAct::Decide { on, outcome },
    |on, _, _| TransferAct::Appeal { on },
    |on, outcome, after_appeal| TransferAct::Finalise { on, outcome, after_appeal },
    |_, _, _| TransferAct::HandOver,
];

fn any_step() -> impl Strategy<Value = Step> {
    let act = prop::sample::select(&ACTS[..]);
    let outcome = prop::sample::select(Outcome::ALL);
    prop_oneof![
        8 => (any::<bool>(), act, 0..30_i32, outcome, any::<bool>()).prop_map(
            |(who, act, days, outcome, appealed)| Step::Acts(who, act, days, outcome, appealed)
        ),
        4 => any::<bool>().prop_map(Step::Hears),
        3 => (1..900_i64).prop_map(Step::Waits),
    ]
}

/// Both ends, and what each has not heard yet.
struct Pair {
    ends: [Transfer; 2],
    unheard: [std::collections::VecDeque<(TransferAct, Timestamp)>; 2],
    now: Timestamp,
}

impl Pair {
    /// So far into the usual course: nothing, not agreed, applied, decided, appealed or final.
    fn so_far(direction: TransferDirection, acts: usize) -> Self {
        let side = |side| transfer(side, direction);
        let ends = [side(TransferSide::Requester), side(TransferSide::Asked)];
        let mut pair = Self { ends, unheard: Default::default(), now: start() };
        let on = swedish_day(pair.now);
        let course = [
            (1, TransferAct::Answer(Position::Disagree)),
            (0, TransferAct::Apply { on }),
            (0, TransferAct::Decide { on, outcome: Outcome::Moves }),
        ];
        for (who, act) in course.into_iter().take(acts) {
            pair.acts(who, act);
            pair.hear_all();
        }
        pair
    }

    fn acts(&mut self, who: usize, act: TransferAct) {
        if self.ends[who].act(&act, self.now) == Ok(true) {
            self.unheard[1 - who].push_back((act, self.now));
        }
    }

    fn hears(&mut self, who: usize) -> bool {
        let Some((act, told_at)) = self.unheard[who].pop_front() else { return false };
        drop(self.ends[who].observe(&act, told_at, self.now));
        true
    }

    fn hear_all(&mut self) {
        while self.hears(0) || self.hears(1) {}
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Waits(hours) => self.now = self.now.plus(Seconds::hours(hours)),
            Step::Hears(who) => drop(self.hears(usize::from(who))),
            Step::Acts(who, act, days, outcome, after_appeal) => {
                let today = swedish_day(self.now);
                let on = today.saturating_sub(jiff::Span::new().days(days));
                self.acts(usize::from(who), act(on, outcome, after_appeal));
            }
        }
    }
}

/// Facts that both ends must have alike.
fn facts(one: &Transfer) -> impl PartialEq + std::fmt::Debug {
    let answer = one.answer.map(|(position, _)| position);
    let gone = (one.withdrawn_at.is_some(), one.handed_over_at.is_some());
    (answer, one.applied_on, one.decided, one.appealed.clone(), one.finalised, gone)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn whatever_crosses_both_ends_come_to_the_same_and_the_old_one_stays_responsible(
        direction in prop::sample::select(TransferDirection::ALL),
        so_far in 0..4_usize,
        steps in prop::collection::vec(any_step(), 0..40),
    ) {
        let mut pair = Pair::so_far(direction, so_far);
        for step in steps {
            pair.step(step);
            for end in &pair.ends {
                if end.handed_over_at.is_none() && end.outcome() != Some(Outcome::Moves) {
                    prop_assert_eq!(end.responsible(), end.old());
                }
            }
        }
        pair.hear_all();
        let Pair { ends: [kalmar, nybro], now, .. } = pair;
        prop_assert_eq!(facts(&kalmar), facts(&nybro));
        prop_assert_eq!(kalmar.status(now), nybro.status(now));
        prop_assert_eq!(kalmar.responsible(), nybro.responsible());
    }
}
