//! What went wrong once.

use brygga_domain::capacity::{HoldAct, HoldState};

use crate::node::{BED, Node, TTL};
use crate::runs::run;
use crate::world::{PUBLISHER, World};

/// The holder's clock was ahead, so that its hold was over for it when the extension was answered.
#[test]
fn an_extension_that_is_heard_late_is_believed() {
    run(31);
}

/// A clock is put right after it was ahead; the first hold must not be there again besides the second.
#[test]
fn a_publisher_whose_clock_is_put_back_has_given_the_bed_once() {
    let mut world = World::new(2, 1, 0);
    let first = world.claim(1, 1, &[BED]);
    deliver(&mut world);
    world.nodes[PUBLISHER].skew = (TTL.0 + 1) * 1000;
    let second = world.claim(2, 1, &[BED]);
    deliver(&mut world);
    world.nodes[PUBLISHER].skew = 0;
    world.act(1, first, HoldAct::Confirm);
    deliver(&mut world);
    assert_eq!(world.nodes[1].holds[&first].state, HoldState::Confirmed);
    assert!(matches!(world.nodes[2].holds[&second].state, HoldState::Refused(_)));
    world.heal();
    world.agree();
    world.history.check(1);
}

fn deliver(world: &mut World) {
    while world.nodes.iter().any(Node::is_waiting) {
        world.deliver();
        world.advance(1_000);
    }
}
