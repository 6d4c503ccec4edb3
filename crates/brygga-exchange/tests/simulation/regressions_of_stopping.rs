//! Runs about taking back that once failed, or that must never fail, each named after what must hold.

use crate::plan::End::{self, A, B};
use crate::plan::Op::*;
use crate::plan::{Crash, Deed, Expected, Fate, Intrusion, Narrow, Op, Want, Way, Whose};
use crate::regressions::replay;

const DAY: i64 = 86_400_000;

const fn request(want: Want) -> Op {
    Request { at: A, want, crash: None }
}

const fn act(at: End, deed: Deed) -> Op {
    Act { at, pick: 0, deed, expected: Expected::Any, whose: Whose::Any, crash: None }
}

/// Everything that waits at an end reaches the other, or does not.
fn deliver(from: End, fate: Fate) -> Vec<Op> {
    let answer = Answer { from, way: Way::Whole, crash: None };
    vec![Send { from, limit: 12 }, Arrive { from, fate }, answer]
}

const fn withdraw_consent() -> Op {
    WithdrawConsent { at: A, pick: 0, crash: None }
}

const fn mark() -> Op {
    MarkInError { at: A, pick: 0, crash: None }
}

/// The network kept a copy of a request that was lost, and hands it in after the order to stop.
#[test]
fn a_late_copy_of_a_request_is_not_taken_after_nothing_was_held() {
    let mut ops = vec![request(Want::Consented)];
    ops.extend(deliver(A, Fate::Lost));
    ops.push(withdraw_consent());
    ops.extend(deliver(A, Fate::Whole));
    ops.push(Replay { from: A, pick: 1 });
    replay(ops, "a late copy of a request met a closed thread");
}

/// The source drops a request that its target holds, because the answer was lost.
#[test]
fn a_request_that_was_dropped_and_had_come_is_stopped_at_its_target() {
    let mut ops = vec![
        request(Want::Consented),
        Send { from: A, limit: 9 },
        Arrive { from: A, fate: Fate::Whole },
        Answer { from: A, way: Way::Lost, crash: None },
        withdraw_consent(),
    ];
    ops.extend(deliver(A, Fate::Whole));
    replay(ops, "a request that was stopped had come");
}

/// The target never held it, so the source alone knows that it was a mistake.
#[test]
fn a_mistake_is_shown_as_one_although_its_consent_was_withdrawn_before() {
    let mut ops = vec![request(Want::Consented), withdraw_consent()];
    ops.extend(deliver(A, Fate::Whole));
    ops.extend(deliver(B, Fate::Whole));
    ops.push(mark());
    replay(ops, "status: ENTERED_IN_ERROR");
}

/// An event was given up in a long outage. Somebody puts it back in the queue after the case has been
/// erased, since everything that follows it in the thread waits for it.
#[test]
fn a_fact_that_was_given_up_can_still_be_sent_after_the_case_is_erased() {
    let mut ops = vec![request(Want::Care)];
    ops.extend(deliver(A, Fate::Whole));
    ops.extend([
        act(B, Deed::Accept),
        Advance { millis: 15 * DAY },
        Send { from: B, limit: 9 },
        Arrive { from: B, fate: Fate::Lost },
        Answer { from: B, way: Way::Whole, crash: None },
        mark(),
    ]);
    replay(ops, "stopped: ERASED");
}

/// Nybro's clock is corrected backwards, to before the agreement began.
#[test]
fn a_note_waits_for_the_agreement_as_a_request_does() {
    let mut ops = vec![request(Want::Consented)];
    ops.extend(deliver(A, Fate::Whole));
    ops.push(Skew { at: B, millis: -80_000 });
    ops.push(Note { at: A, pick: 0, crash: None });
    ops.extend(deliver(A, Fate::Whole));
    replay(ops, "arrival: SEND_AGREEMENT_NOT_IN_FORCE");
}

/// It had been given up before the withdrawal, which drops what waits.
#[test]
fn a_note_that_was_given_up_is_not_sent_after_its_consent_was_withdrawn() {
    let mut ops = vec![request(Want::ShortConsent), Note { at: A, pick: 0, crash: None }];
    ops.push(Advance { millis: DAY });
    ops.extend(deliver(A, Fate::Lost));
    ops.push(withdraw_consent());
    replay(ops, "revive: SEND_TERMINAL");
}

#[test]
fn what_a_narrowing_dropped_is_not_sent_again() {
    let narrow = NarrowConsent { at: A, pick: 0, how: Narrow::Data };
    replay(vec![request(Want::Consented), narrow], "revive: SEND_CONSENT_SCOPE");
}

/// The process dies after the mistake is marked and before its content is erased.
#[test]
fn what_a_mistake_dropped_is_not_sent_again() {
    let crash = Some(Crash::AfterCommit);
    let marked = MarkInError { at: A, pick: 0, crash };
    let revived = Revive { at: A, pick: 0 };
    replay(vec![request(Want::Care), marked, revived], "revive: SEND_TERMINAL");
}

/// Kalmar acknowledges, stops, and closes the loop by itself before the answer to its word comes.
#[test]
fn a_loop_that_the_source_has_closed_by_itself_is_closed_again_by_the_targets_log() {
    let mut ops = vec![request(Want::Consented)];
    ops.extend(deliver(A, Fate::Whole));
    ops.push(act(B, Deed::Decline));
    ops.extend(deliver(B, Fate::Whole));
    ops.extend([act(A, Deed::Acknowledge), withdraw_consent(), act(A, Deed::Acknowledge)]);
    replay(ops, "edge: REJECTED acknowledge REJECTED");
}

/// Two orders about one referral overtake each other: the later word of the two stands.
#[test]
fn a_withdrawal_that_comes_after_the_mistake_changes_nothing_more() {
    let mut ops = vec![request(Want::Consented)];
    ops.extend(deliver(A, Fate::Whole));
    ops.extend([withdraw_consent(), mark()]);
    ops.extend(deliver(A, Fate::Reversed));
    replay(ops, "edge: ENTERED_IN_ERROR stop ENTERED_IN_ERROR");
}

/// A member that knows a referral's id orders its source to stop it; that is no order of the source's.
#[test]
fn a_strangers_order_does_not_stand_for_the_sources_own() {
    let stranger = Intrude { at: A, pick: 0, how: Intrusion::Stop };
    replay(vec![request(Want::Care), stranger, mark()], "stopped: NOTHING_HELD");
}
