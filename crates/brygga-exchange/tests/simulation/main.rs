//! Two nodes in one thread, over maps, with a network that loses, repeats, delays and mixes up,
//! processes that die, clocks that go wrong, and a member that meddles; all from a seed.
//!
//! The decisions are the node's own: what holds here holds there, up to the database, which the
//! crash tests look after. `BRYGGA_SIM_SEEDS=n` runs seeds 0 to n-1, `BRYGGA_SIM_SEED=n` repeats one.

mod acting;
mod checks;
mod coverage;
mod deeds;
mod edges;
mod endings;
mod generator;
mod heal;
mod intruder;
mod memory;
mod model;
mod network;
mod node;
mod noting;
mod outcome;
mod paper;
mod people;
mod plan;
mod race;
mod registry;
mod regressions;
mod regressions_of_stopping;
mod rows;
mod runner;
mod stopping;
mod taking_back;
mod traffic;
mod world;

#[test]
fn nothing_acknowledged_is_lost_and_nothing_happens_twice() {
    let Some(coverage) = runner::run_seeds() else { return };
    let missing = coverage.missing();
    assert!(missing.is_empty(), "happened: {coverage:#?}\nnever happened: {missing:#?}");
}
