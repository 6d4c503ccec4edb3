//! The source cancels while the target completes, ten thousand times, over a network that loses,
//! doubles and delays: one of the two happens, once, and both ends know which.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};

use brygga_domain::ReferralId;
use brygga_wire::referral::decode_progressed;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use crate::deeds;
use crate::model::{settle, standing};
use crate::outcome;
use crate::plan::{Deed, End, Fate, Way};
use crate::world::World;

const RACES: u64 = 10_000;
const BASES: [&str; 3] = ["ACCEPTED", "IN_PROGRESS", "ON_HOLD"];
const SOURCE: End = End::A;
const TARGET: End = End::B;

/// One race; returns how it ended.
fn race(mut world: World, id: ReferralId, seed: u64) -> &'static str {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut to_do = vec![(SOURCE, Deed::Withdraw), (TARGET, Deed::Complete)];
    let patience = rng.next_u64() % 8;
    for _ in 0..6 + patience {
        match rng.next_u64() % 12 {
            0 if !to_do.is_empty() => {
                let first = rng.next_u64() as usize % to_do.len();
                let (end, deed) = to_do.remove(first);
                act(&mut world, end, id, deed);
            }
            2 => act(&mut world, TARGET, id, Deed::ConfirmCancellation),
            _ => travel(&mut world, &mut rng),
        }
    }
    // Whoever has not acted yet does so before or after the network has healed.
    world.flights.clear();
    for (end, deed) in to_do {
        if deed == Deed::Complete && !rng.next_u64().is_multiple_of(4) {
            settle(&mut world);
            act(&mut world, end, id, Deed::ConfirmCancellation);
        }
        act(&mut world, end, id, deed);
    }
    settle(&mut world);
    act(&mut world, TARGET, id, Deed::ConfirmCancellation);
    settle(&mut world);
    let [source, target] = End::BOTH.map(|end| {
        let held = world.nodes[end as usize].store.referral(id).expect("it began");
        (held.status.clone(), held.version)
    });
    assert_eq!(source, target, "seed {seed}: the ends differ");
    assert!(target.0.is_final(), "seed {seed}: the race has no end");
    let log = outcome::log(&world.nodes[TARGET as usize].store, id);
    let ends = log.filter(|(_, bytes)| {
        let event = decode_progressed(bytes).expect("an event that can be read").event;
        ["completed", "cancelled"].contains(&event.name())
    });
    assert_eq!(ends.count(), 1, "seed {seed}: it ended more than once");
    outcome::check(&mut world);
    target.0.as_str()
}

fn act(world: &mut World, end: End, id: ReferralId, deed: Deed) {
    let now = world.now;
    let node = world.node(end);
    let command = deeds::command(deed, node.clock(now)).expect("a command");
    drop(node.act(id, None, command, now, None));
}

/// A batch leaves, arrives or is answered, or does not; now and then an old message comes again.
fn travel(world: &mut World, rng: &mut ChaCha8Rng) {
    let from = End::BOTH[(rng.next_u64() % 2) as usize];
    match rng.next_u64() % 7 {
        0 | 1 => world.send(from, 1 + (rng.next_u64() % 3) as usize),
        2 | 3 => {
            let fates = [Fate::Lost, Fate::Whole, Fate::Whole, Fate::Twice, Fate::Reversed];
            world.arrive(from, &fates[(rng.next_u64() % 5) as usize]);
        }
        4 | 5 => {
            let way = [Way::Lost, Way::Whole, Way::Whole][(rng.next_u64() % 3) as usize];
            world.answer(from, way, None);
        }
        _ => world.replay(from, rng.next_u32()),
    }
    world.advance((rng.next_u64() % 3_000).cast_signed());
}

#[test]
fn cancel_and_complete_race_to_one_end_that_both_know() {
    let bases = BASES.map(standing);
    let (next, completed) = (AtomicU64::new(0), AtomicU64::new(0));
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= RACES {
                return;
            }
            let (world, id) = &bases[(seed % 3) as usize];
            let run = AssertUnwindSafe(|| race(world.clone(), *id, seed));
            let end = catch_unwind(run).unwrap_or_else(|_| panic!("the race of seed {seed}"));
            let is_completed = end == "COMPLETED";
            completed.fetch_add(u64::from(is_completed), Ordering::Relaxed);
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        work();
    });
    let completed = completed.into_inner();
    assert!((RACES / 10..RACES / 10 * 9).contains(&completed), "no race: {completed} completed");
}
