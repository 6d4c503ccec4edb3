//! A member of the federation with good keys, and messages that come late, against one decision at
//! a time: what each attack met, kept so that it meets it again.

#![expect(clippy::expect_used, reason = "a test that cannot set up its attack must stop")]

mod aggregates;
mod agreements;
mod calls;
mod foreign;
mod held_with;
mod lateness;
mod negotiation;
mod places;
mod queues;
mod quotas;
mod rig;
mod transfers;
