//! One bed, 1,000 claims from 20 nodes.

use brygga_domain::Reason;
use brygga_domain::capacity::{HoldAct, HoldState};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use crate::node::BED;
use crate::world::{PUBLISHER, World};

const NODES: usize = 20;
const CLAIMS_OF_EACH: usize = 50;

fn run(seed: u64) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut world = World::new(NODES, 1, seed);
    for turn in 0..NODES * CLAIMS_OF_EACH {
        world.claim(1 + turn % NODES, 1, &[BED]);
    }
    (1..=NODES).for_each(|node| world.send(node));
    let mut is_confirmed = false;
    for _ in 0..6_000 {
        let pick = (rng.next_u64() % world.flights.len().max(1) as u64) as usize;
        match rng.next_u64() % 100 {
            0 => world.crash(PUBLISHER),
            1 => world.crash(1 + (rng.next_u64() % NODES as u64) as usize),
            2..6 => world.send(1 + (rng.next_u64() % NODES as u64) as usize),
            6..8 if !world.sent.is_empty() => {
                world.replay((rng.next_u64() % world.sent.len() as u64) as usize);
            }
            8..18 if !world.flights.is_empty() => world.lose(pick),
            _ if !world.flights.is_empty() => world.travel(pick),
            _ => world.advance(50),
        }
        world.check();
        is_confirmed = is_confirmed || confirm(&mut world);
    }
    world.heal();
    confirm(&mut world);
    world.heal();
    world.agree();
    world.history.check(1);
    let claims = || world.nodes[1..].iter().flat_map(|node| node.holds.values());
    let confirmed = claims().filter(|hold| hold.state == HoldState::Confirmed).count();
    let refused = |reason| claims().filter(|one| one.state == HoldState::Refused(reason)).count();
    let all = refused(Reason::CapacityExhausted) + refused(Reason::OutsideValidity);
    assert_eq!((confirmed, all), (1, NODES * CLAIMS_OF_EACH - 1), "seed {seed}");
}

/// Whoever was granted the bed takes it.
fn confirm(world: &mut World) -> bool {
    let nodes = world.nodes.iter().enumerate().skip(1);
    let held = nodes.flat_map(|(at, node)| node.holds.values().map(move |hold| (at, hold)));
    let mut held = held.filter(|(_, hold)| matches!(hold.state, HoldState::Held { .. }));
    let Some((at, id)) = held.next().map(|(at, hold)| (at, hold.id)) else { return false };
    world.act(at, id, HoldAct::Confirm);
    true
}

#[test]
fn of_a_thousand_claims_of_one_bed_exactly_one_is_granted() {
    for seed in 0..2 {
        std::panic::catch_unwind(|| run(seed)).unwrap_or_else(|_| panic!("the run of seed {seed}"));
    }
}
