//! Places at one publisher, wanted by many at once over a network that loses, doubles and reorders, by nodes that die and
//! clocks that jump: no place is ever given twice, and in the end everybody knows what it holds.

#![expect(clippy::expect_used, reason = "a simulation that cannot set up its world must stop")]

mod claims;
mod history;
mod node;
mod regressions;
mod runs;
mod world;
