//! The operator's commands end to end, without any node running.

mod audit;
mod config_and_doctor;
mod federation;
mod online_without_a_node;
mod region;
mod rotation;
mod several_operators;
