//! The services of a node, asked as their callers ask them: over mutual TLS and over the local
//! port, with real stores and real keys, in a federation of Kalmar and Nybro.

#![expect(clippy::unwrap_used, reason = "a test that cannot make its own values must fail")]

mod access;
mod batches;
mod bound_tokens;
mod checkpoints;
mod federation;
mod hidden;
mod local_port;
mod node;
mod pages;
mod permissions;
mod raw;
mod referrals;
mod register;
mod registry;
mod requests;
mod retention;
mod roles;
mod tokens;
mod units;
mod watching;
