//! Runs of everything that can happen, in any order. The seed tells the run.

use brygga_domain::HoldId;
use brygga_domain::capacity::{HoldAct, HoldEnd, HoldState};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use crate::node::{BED, STORAGE};
use crate::world::{PUBLISHER, World};

const RUNS: u64 = 1_000;
const STEPS: usize = 150;
const CLAIMANTS: usize = 4;
/// Beds of the service; publications give it more and fewer in half of the runs.
const BEDS: u32 = 2;

struct Chance(ChaCha8Rng);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        (self.0.next_u64() % end.max(1) as u64) as usize
    }

    fn hold(&mut self, world: &World) -> Option<(usize, HoldId)> {
        let at = 1 + self.below(CLAIMANTS);
        let ids: Vec<_> = world.nodes[at].holds.keys().copied().collect();
        let pick = self.below(ids.len());
        ids.get(pick).map(|id| (at, *id))
    }
}

/// Runs a seed; returns how many were granted a place, and how many were in a queue. In every fourth run people come back to where they were.
pub(crate) fn run(seed: u64) -> (usize, usize) {
    let mut chance = Chance(ChaCha8Rng::seed_from_u64(seed));
    let mut world = World::new(CLAIMANTS, BEDS, seed);
    let is_steady = seed.is_multiple_of(2);
    for _ in 0..STEPS {
        if seed % 4 == 1 && chance.below(3) > 0 {
            come_back(&mut world, &mut chance);
        } else {
            step(&mut world, &mut chance, is_steady);
        }
        world.check();
    }
    world.heal();
    world.agree();
    if is_steady {
        world.history.check(BEDS);
    }
    let granted = world.history.holds.values().filter(|seen| seen.granted.is_some());
    let queued = world.nodes[PUBLISHER].holds.values().filter(|hold| hold.reentry_of.is_some());
    (granted.count(), queued.count())
}

fn step(world: &mut World, chance: &mut Chance, is_steady: bool) {
    let flight = chance.below(world.flights.len());
    let is_flight = flight < world.flights.len();
    match chance.below(100) {
        0..12 => claim(world, chance),
        12..30 => {
            let Some((at, id)) = chance.hold(world) else { return };
            let acts = [HoldAct::Extend, HoldAct::Confirm, HoldAct::Confirm, HoldAct::Cancel];
            world.act(at, id, acts[chance.below(4)]);
        }
        30..36 => {
            let ids: Vec<_> = world.nodes[PUBLISHER].holds.keys().copied().collect();
            let pick = chance.below(ids.len());
            let Some(id) = ids.get(pick) else { return };
            let ends = [HoldEnd::Departed, HoldEnd::Departed, HoldEnd::TakenBack];
            world.end(*id, ends[chance.below(3)]);
        }
        36..39 if !is_steady => {
            let counts = (chance.below(5) as u32, chance.below(3) as u32);
            world.publish([BED, STORAGE][chance.below(2)], counts);
        }
        39 if !is_steady && chance.below(4) == 0 => world.withdraw(STORAGE),
        40..55 => world.send(chance.below(CLAIMANTS + 1)),
        55..77 if is_flight => world.travel(flight),
        77..82 if is_flight => world.lose(flight),
        82..86 if !world.sent.is_empty() => world.replay(chance.below(world.sent.len())),
        86..88 => world.crash(chance.below(CLAIMANTS + 1)),
        88..91 => world.sweep(chance.below(CLAIMANTS + 1)),
        91..98 => world.advance([1_000, 5_000, 130_000, 590_000, 601_000][chance.below(5)]),
        98..100 => {
            // Nobody takes a message that seems to come from too far ahead.
            let skews = [0, 0, -900_000, -290_000, 290_000];
            world.nodes[chance.below(CLAIMANTS + 1)].skew = skews[chance.below(5)];
        }
        _ => {}
    }
}

/// People move in, leave and want to come back; now and then everything arrives.
fn come_back(world: &mut World, chance: &mut Chance) {
    let at = 1 + chance.below(CLAIMANTS);
    let in_state = |node: usize, wanted: fn(HoldState) -> bool| -> Vec<HoldId> {
        let holds = world.nodes[node].holds.values();
        holds.filter(|hold| wanted(hold.state)).map(|hold| hold.id).collect()
    };
    match chance.below(8) {
        0 => in_state(at, |state| matches!(state, HoldState::Held { .. }))
            .into_iter()
            .for_each(|id| world.act(at, id, HoldAct::Confirm)),
        1 => in_state(PUBLISHER, |state| state == HoldState::Confirmed)
            .into_iter()
            .for_each(|id| world.end(id, HoldEnd::Departed)),
        2 | 3 => in_state(at, |state| state == HoldState::Departed)
            .into_iter()
            .for_each(|id| world.come_back(at, id)),
        _ => {
            world.deliver();
            world.advance(1_000);
        }
    }
}

fn claim(world: &mut World, chance: &mut Chance) {
    let services: &[_] = match chance.below(4) {
        0 => &[BED, STORAGE],
        1 => &[STORAGE, BED],
        _ => &[BED],
    };
    world.claim(1 + chance.below(CLAIMANTS), 1 + chance.below(2) as u32, services);
}

#[test]
fn no_place_is_given_twice_and_everybody_knows_in_the_end() {
    let (mut granted, mut queued) = (0, 0);
    let mut failed = Vec::new();
    for seed in 0..RUNS {
        match std::panic::catch_unwind(|| run(seed)) {
            Ok(counts) => (granted, queued) = (granted + counts.0, queued + counts.1),
            Err(_) => failed.push(seed),
        }
    }
    assert!(failed.is_empty(), "{failed:?} are seeds of runs that failed");
    assert!(granted as u64 > RUNS, "the runs do nothing: {granted} were granted");
    assert!(queued as u64 > RUNS / 10, "nobody comes back: {queued} waited");
}
