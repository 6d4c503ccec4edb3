//! Who comes back, and in which order.

use super::super::tests::{KEY, SERVICE, START, TTL, beds, draft, hold, publication, waiting};
use super::super::{CapacityStatus, HoldAct, HoldEnd, Line, PublicationDraft, Statement};
use super::*;
use crate::OrgId;

fn house(all: u32, occupied: u32) -> Publication {
    publication(1, beds(all, occupied)).unwrap()
}

fn moved(publication: &Publication, holds: &mut [Hold], now: Timestamp) -> BTreeSet<usize> {
    let mut promised = Promised::of(SERVICE, &*holds);
    let moved = advance(publication, &mut promised, holds, now);
    assert_eq!(promised, Promised::of(SERVICE, &*holds), "what is promised is told alike");
    moved
}

/// The state of each afterwards.
fn after(publication: &Publication, holds: &mut [Hold]) -> Vec<HoldState> {
    moved(publication, holds, START);
    holds.iter().map(|hold| hold.state).collect()
}

const fn at(position: u32) -> HoldState {
    HoldState::Waiting { position }
}

const HELD: HoldState = HoldState::Held { expires_at: START.plus(TTL) };

#[test]
fn what_is_free_goes_to_those_who_stand_first() {
    let mut holds = [1, 2, 3].map(|number| waiting(number, 1, START));
    for (position, hold) in (1..).zip(&mut holds) {
        hold.change(at(position), START);
    }
    assert_eq!(after(&house(2, 2), &mut holds), [at(1), at(2), at(3)]);
    assert_eq!(after(&house(2, 0), &mut holds), [HELD, HELD, at(1)]);
    holds[0].act(HoldAct::Cancel, START, 0).unwrap();
    assert_eq!(after(&house(2, 0), &mut holds), [HoldState::Cancelled, HELD, HELD]);
    assert!(moved(&house(2, 0), &mut holds, START).is_empty(), "nothing moves for nothing");
}

#[test]
fn whoever_needs_less_does_not_overtake() {
    let mut holds = [waiting(1, 2, START), waiting(2, 1, START)];
    holds[0].change(at(1), START);
    let house = house(3, 2);
    assert_eq!(after(&house, &mut holds), [at(1), at(2)]);
    let promised = Promised::of(SERVICE, &holds);
    let ledger = Ledger::new(&house, &promised);
    assert_eq!((ledger.free(KEY), ledger.held(KEY), ledger.available(KEY)), (Some(1), 1, Some(0)));
    assert!(ledger.check().is_ok(), "nothing is promised to who waits");
    assert!(!promised.is_nothing(), "it is not withdrawn");
    let told = Statement::of(&holds[0].publisher, &ledger, 1, START);
    assert_eq!(told.lines[0].status, CapacityStatus::Waitlist);
}

#[test]
fn nothing_is_given_by_old_numbers_out_of_season_or_where_no_child_may_be() {
    let unsafe_house = || {
        let service =
            super::super::ServiceDraft { termination_hours: Some(24), ..draft("NIGHT_SHELTER") };
        let lines = vec![Line { key: KEY, counts: Ok(beds(1, 0)), status: None }];
        let (service, valid_until) = (service.check().unwrap(), START.plus(TTL));
        PublicationDraft { service, lines, sequence: 1, published_at: START, valid_until }.check()
    };
    let house = unsafe_house().unwrap();
    let mut holds = [waiting(1, 1, START)];
    moved(&house, &mut holds, house.valid_until);
    assert_eq!(holds[0].state, at(1), "the numbers are old");
    let mut holds = [waiting(1, 1, START), waiting(2, 1, START)];
    holds[0].with_child = true;
    holds[0].change(at(1), START);
    assert_eq!(after(&house, &mut holds), [at(1), HELD], "and it keeps nobody else out");
}

#[test]
fn a_turn_that_is_over_is_the_last_again() {
    let mut holds = [waiting(1, 1, START), waiting(2, 1, START)];
    holds[0].change(at(1), START);
    assert_eq!(after(&house(1, 0), &mut holds), [HELD, at(1)]);
    assert!(holds[0].expire(START.plus(TTL)));
    holds[0].wait(START.plus(TTL));
    assert_eq!(after(&house(1, 0), &mut holds), [at(1), HELD]);
    // Who alone waits is granted it anew.
    let mut alone = [waiting(1, 1, START)];
    assert_eq!(after(&house(1, 0), &mut alone), [HELD]);
}

#[test]
fn what_waits_is_given_back_or_taken_back_and_nothing_else() {
    let mut waits = waiting(1, 1, START);
    for act in [HoldAct::Confirm, HoldAct::Extend] {
        assert_eq!(waits.act(act, START, 9).unwrap_err().reason, Reason::InvalidTransition);
    }
    assert_eq!(
        waits.clone().end(HoldEnd::Departed, START).unwrap_err().reason,
        Reason::InvalidTransition
    );
    assert_eq!(waits.clone().end(HoldEnd::TakenBack, START), Ok(true));
    assert_eq!(waits.act(HoldAct::Cancel, START, 0), Ok(true));
    assert_eq!(waits.state, HoldState::Cancelled);
}

#[test]
fn whoever_holds_believes_the_publisher_until_it_is_taken_or_over() {
    let mut mirror = Hold { state: HoldState::Requested, ..waiting(1, 1, START) };
    mirror.granted(START);
    assert_eq!(mirror.state, HoldState::Requested, "an acceptance does not say where it stands");
    assert!(mirror.turned(Turn::At(2), START));
    assert!(mirror.turned(Turn::Until(START.plus(TTL)), START));
    assert!(mirror.expire(START.plus(TTL)));
    assert!(mirror.turned(Turn::At(3), START.plus(TTL)), "its own clock does not end it");
    // A second turn was confirmed before it was heard of.
    mirror.pending = Some(HoldAct::Confirm);
    mirror.settled(Ok(()), START);
    assert_eq!(mirror.state, HoldState::Confirmed);
    assert!(!mirror.turned(Turn::Until(START.plus(TTL)), START));
    let mut ordinary = hold(1, 1, START);
    assert!(!ordinary.turned(Turn::At(1), START), "it never waited");
}

#[test]
fn only_who_has_left_comes_back_once_and_in_time() {
    let mut left = hold(1, 2, START);
    left.act(HoldAct::Confirm, START, 0).unwrap();
    left.end(HoldEnd::Departed, START).unwrap();
    let right = Departed { hold: left.clone(), is_used: false };
    let asked = waiting(2, 2, START);
    let refused = |right: &Departed, asked: &Hold, days, now| {
        right.check(asked, days, now).err().map(|refusal| refusal.reason)
    };
    let last = START.plus(Seconds(Seconds::days(30).0 - 1));
    assert_eq!(refused(&right, &asked, 30, last), None);
    assert_eq!(refused(&right, &asked, 30, last.plus(Seconds(1))), Some(Reason::OutsideValidity));
    assert_eq!(refused(&right, &asked, 0, START), Some(Reason::AgreementScope));
    let used = Departed { is_used: true, ..right.clone() };
    assert_eq!(refused(&used, &asked, 30, START), Some(Reason::InvalidTransition));
    let absent = [
        waiting(2, 3, START),
        Hold { holder: OrgId::parse("kommun:0880").unwrap(), ..asked.clone() },
    ];
    for asked in absent {
        assert_eq!(refused(&right, &asked, 30, START), Some(Reason::NotFound));
    }
    let there = Departed { hold: Hold { state: HoldState::Confirmed, ..left }, is_used: false };
    assert_eq!(refused(&there, &asked, 30, START), Some(Reason::NotFound));
    let twice = Hold { items: [asked.items.clone(), asked.items.clone()].concat(), ..asked };
    assert_eq!(refused(&right, &twice, 30, START), Some(Reason::InvalidField));
}
