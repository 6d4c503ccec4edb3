//! Every event in every status by either end, with each message of the step lost, its answer lost,
//! doubled and swapped with the next: both ends stand where the guide's table says, or where they stood.

use std::sync::atomic::{AtomicUsize, Ordering};

use brygga_domain::ReferralId;

use crate::deeds;
use crate::edges::{OF_SOURCE, OF_TARGET, STATUSES, leads};
use crate::outcome;
use crate::plan::{Deed, End, Fate, Plan, Want, Way};
use crate::world::World;

const ASKS: End = End::A;
const ANSWERS: End = End::B;
/// A referral that nobody answered is over by then.
const PAST_THE_DEADLINE: i64 = 4 * 86_400_000;
/// Nobody has taken the referral on by then, and the time to answer is not over.
const PAST_TAKING_ON: i64 = 44 * 3_600_000;

/// What happens to one message of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    None,
    Lost,
    AnswerLost,
    Twice,
    Swapped,
}

const FAULTS: [Fault; 4] = [Fault::Lost, Fault::AnswerLost, Fault::Twice, Fault::Swapped];

/// A world with one referral on a consent, asked for by A and here in a status at both ends.
pub(crate) fn standing(status: &str) -> (World, ReferralId) {
    let mut world = World::new(&Plan { seed: 1, valid_days: 365, ops: Vec::new() });
    world.request(ASKS, Want::Consented, None);
    let id = *world.node(ASKS).store.referrals.keys().next().expect("it was permitted");
    quiet(&mut world, Fault::None, 0);
    let script: &[&str] = match status {
        "REQUESTED" => &[],
        "ACCEPTED" => &["accept"],
        "IN_PROGRESS" => &["accept", "start"],
        "ON_HOLD" => &["accept", "put_on_hold"],
        "CANCELLATION_REQUESTED" => &["accept", "withdraw"],
        "REJECTED" => &["decline"],
        "CANCELLED" => &["withdraw"],
        "EXPIRED" => &["expire"],
        "COMPLETED" => &["accept", "complete"],
        "FAILED" => &["accept", "fail"],
        "ENTERED_IN_ERROR" => &["mark_in_error"],
        other => panic!("no way to {other}"),
    };
    for by in script {
        let end = if OF_SOURCE.contains(by) { ASKS } else { ANSWERS };
        attempt(&mut world, end, id, by);
        quiet(&mut world, Fault::None, 0);
    }
    assert_eq!(status_at(&world, ANSWERS, id), Some(status.to_owned()));
    (world, id)
}

fn status_at(world: &World, end: End, id: ReferralId) -> Option<String> {
    let held = world.nodes[end as usize].store.referral(id);
    held.map(|referral| referral.status.as_str().to_owned())
}

/// Somebody at an end tries it; returns whether it was taken or, at the source, proposed.
fn attempt(world: &mut World, end: End, id: ReferralId, by: &str) -> bool {
    let now = world.now;
    match by {
        "stop" => {
            let consent = world.node(end).store.referral(id).and_then(|held| held.grant.consent);
            let (consent, _) = consent.expect("it rests on a consent");
            let node = world.node(end);
            if !node.store.consents.contains_key(&consent) {
                return false;
            }
            node.withdraw_consent(consent, now, None).expect("no crash was asked for");
            true
        }
        "mark_in_error" => {
            let marked = world.node(end).mark_in_error(id, now, None);
            marked.expect("no crash was asked for").is_ok()
        }
        _ => {
            let by = if by == "reroute" { Deed::DeclineElsewhere } else { deed(by) };
            match by {
                Deed::Expire => world.advance(PAST_THE_DEADLINE),
                Deed::Escalate => world.advance(PAST_TAKING_ON),
                _ => {}
            }
            let now = world.now;
            let node = world.node(end);
            let command = deeds::command(by, node.clock(now)).expect("a command");
            node.act(id, None, command, now, None).expect("no crash was asked for").is_ok()
        }
    }
}

fn deed(by: &str) -> Deed {
    let is_called = |deed: &&Deed| {
        let command = deeds::command(**deed, brygga_domain::Timestamp::from_millis(0));
        command.is_ok_and(|command| command.name() == by)
    };
    *Deed::ALL.iter().find(is_called).expect("a deed of that name")
}

/// Delivers until nothing waits, one message at a time; the `nth` of them meets the fault. Returns how
/// many there were.
fn quiet(world: &mut World, fault: Fault, nth: usize) -> usize {
    let mut count = 0;
    for _ in 0..64 {
        let before = count;
        for from in End::BOTH {
            world.answer_stops(from, None);
            let is_hit = fault != Fault::None && count == nth;
            let limit = if is_hit && fault == Fault::Swapped { 2 } else { 1 };
            let under_way = world.sent.len();
            world.send(from, limit);
            count += world.sent.len() - under_way;
            let fate = match fault {
                Fault::Lost if is_hit => Fate::Lost,
                Fault::Twice if is_hit => Fate::Twice,
                Fault::Swapped if is_hit => Fate::Reversed,
                _ => Fate::Whole,
            };
            let way = if is_hit && fault == Fault::AnswerLost { Way::Lost } else { Way::Whole };
            world.arrive(from, &fate);
            world.answer(from, way, None);
        }
        let mut outboxes = world.nodes.iter().flat_map(|node| &node.store.outbox);
        if !outboxes.any(crate::memory::is_queued) {
            return count;
        }
        if count == before {
            world.advance(300_000);
        }
    }
    panic!("messages that never end");
}

/// Delivers without faults until nothing waits.
pub(crate) fn settle(world: &mut World) {
    quiet(world, Fault::None, 0);
}

/// One step from a status, by an end, with a fault; returns how many messages it took.
fn step(
    base: &World,
    id: ReferralId,
    from: &'static str,
    by: &str,
    end: End,
    hit: (Fault, usize),
) -> usize {
    let mut world = base.clone();
    if (from, by) == ("REJECTED", "review") {
        attempt(&mut world, ASKS, id, "request_review");
        settle(&mut world);
    }
    let is_taken = attempt(&mut world, end, id, by);
    // The next message of the same thread, where anything may still be said.
    let (now, token) = (world.now, world.random_bytes());
    let reader = world.nodes[end.other() as usize].principal.clone();
    drop(world.node(end).note(id, token, &reader, now, None));
    let count = quiet(&mut world, hit.0, hit.1);
    let what = format!("{by} at {end:?} in {from}, {hit:?}");
    let belongs = if OF_SOURCE.contains(&by) { ASKS } else { ANSWERS };
    let leads_to = if end == belongs { leads(from, by) } else { None };
    // What the source sends is a proposal, which the target may refuse.
    let is_proposal = end == ASKS && OF_SOURCE.contains(&by);
    assert!(is_taken == leads_to.is_some() || (is_taken && is_proposal), "{is_taken}: {what}");
    let expected = Some(leads_to.unwrap_or(from).to_owned());
    assert_eq!(status_at(&world, ANSWERS, id), expected, "the target after {what}");
    assert_eq!(status_at(&world, ASKS, id), expected, "the source after {what}");
    outcome::check(&mut world);
    count
}

#[test]
fn every_event_in_every_status_by_either_end_leads_both_to_where_the_guide_says() {
    let next = std::sync::Mutex::new(STATUSES.iter());
    let steps = AtomicUsize::new(0);
    let work = || {
        loop {
            let Some(from) = next.lock().expect("nobody panics while holding it").next() else {
                return;
            };
            let (base, id) = standing(from);
            for by in OF_TARGET.iter().chain(&OF_SOURCE) {
                for end in End::BOTH {
                    let messages = step(&base, id, from, by, end, (Fault::None, 0));
                    steps.fetch_add(1 + FAULTS.len() * messages, Ordering::Relaxed);
                    for fault in FAULTS {
                        for nth in 0..messages {
                            step(&base, id, from, by, end, (fault, nth));
                        }
                    }
                }
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        work();
    });
    let steps = steps.into_inner();
    assert!(steps > 1_500, "only {steps} steps: a table with holes");
}
