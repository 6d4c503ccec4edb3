//! Runs that once failed, each named after what must hold.

use crate::plan::End::{A, B};
use crate::plan::Op::*;
use crate::plan::{Deed, Expected, Fate, Op, Plan, Want, Way, Whose};
use crate::runner::run;

const DAY: i64 = 86_400_000;

/// Runs the operations, in which this must have happened, and holds everything that any run must.
pub(crate) fn replay(ops: Vec<Op>, shows: &str) {
    let coverage = run(&Plan { seed: 0, valid_days: 365, ops });
    assert!(coverage.has(shows), "never happened: {shows}: {coverage:#?}");
}

const fn request() -> Op {
    Request { at: A, want: Want::Care, crash: None }
}

const fn withdraw() -> Op {
    let (expected, whose) = (Expected::Any, Whose::Open);
    Act { at: A, pick: 0, deed: Deed::Withdraw, expected, whose, crash: None }
}

#[test]
fn another_proposal_under_the_same_version_is_refused_and_audited() {
    let propose = |in_seconds| Propose { at: A, version: 2, in_seconds };
    replay(vec![propose(60), propose(61)], "agreement: SEND_IDEMPOTENCY_MISMATCH");
}

/// A copy that comes after its time, and before the message that it follows, must not move the
/// thread: what is made after it would never fit again.
#[test]
fn a_late_copy_out_of_order_moves_no_thread() {
    let ops = vec![
        request(),
        withdraw(),
        Send { from: A, limit: 2 },
        Arrive { from: A, fate: Fate::Lost },
        Answer { from: A, way: Way::Lost, crash: None },
        Advance { millis: 15 * DAY },
        withdraw(),
        Replay { from: A, pick: 2 },
    ];
    replay(ops, "referral.withdrawn: SEND_NOT_FOUND");
}

/// Kalmar signs last, so that it holds all signatures before Nybro does.
#[test]
fn a_request_that_overtakes_the_last_signature_waits_for_it() {
    let ops = vec![
        Propose { at: B, version: 2, in_seconds: 0 },
        Send { from: B, limit: 9 },
        Arrive { from: B, fate: Fate::Whole },
        Answer { from: B, way: Way::Whole, crash: None },
        Sign { at: A, version: 2 },
        request(),
        Send { from: A, limit: 9 },
        Arrive { from: A, fate: Fate::Shuffled { by: 0 } },
        Answer { from: A, way: Way::Whole, crash: None },
    ];
    replay(ops, "arrival: SEND_AGREEMENT_NOT_IN_FORCE");
}

#[test]
fn a_request_from_a_clock_that_is_somewhat_ahead_waits_for_the_agreement() {
    let ops = vec![
        Propose { at: A, version: 2, in_seconds: 120 },
        Send { from: A, limit: 9 },
        Arrive { from: A, fate: Fate::Whole },
        Answer { from: A, way: Way::Whole, crash: None },
        Sign { at: B, version: 2 },
        Send { from: B, limit: 9 },
        Arrive { from: B, fate: Fate::Whole },
        Answer { from: B, way: Way::Whole, crash: None },
        Skew { at: A, millis: 200_000 },
        request(),
        Send { from: A, limit: 9 },
        Arrive { from: A, fate: Fate::Whole },
        Answer { from: A, way: Way::Whole, crash: None },
    ];
    replay(ops, "arrival: SEND_AGREEMENT_NOT_IN_FORCE");
}

/// Nybro ends a version before it begins and Kalmar hears of it after. Kalmar cannot tell whether it
/// has been in force, so it stays closed there together with the versions before it.
#[test]
fn an_end_that_is_told_after_the_beginning_closes_the_version() {
    let ops = vec![
        Propose { at: A, version: 2, in_seconds: 3_600 },
        Send { from: A, limit: 9 },
        Arrive { from: A, fate: Fate::Whole },
        Answer { from: A, way: Way::Whole, crash: None },
        Sign { at: B, version: 2 },
        Terminate { at: B, pick: 1, in_seconds: 60 },
        Advance { millis: DAY },
    ];
    replay(ops, "agreement.terminated");
}
