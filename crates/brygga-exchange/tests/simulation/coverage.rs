//! What has happened at least once. A simulation in which something never happens proves nothing
//! about it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use brygga_domain::Reason;

use crate::edges;

/// How often each thing happened.
#[derive(Clone, Debug, Default)]
pub(crate) struct Coverage(BTreeMap<Cow<'static, str>, u64>);

impl Coverage {
    pub(crate) fn saw(&mut self, what: impl Into<Cow<'static, str>>) {
        *self.0.entry(what.into()).or_default() += 1;
    }

    pub(crate) fn refused(&mut self, what: &str, reason: Reason) {
        self.saw(format!("{what}: {}", reason.as_str()));
    }

    /// The target's log took an edge of the machine.
    pub(crate) fn taken_by_log(&mut self, from: &str, by: &str, to: &str) {
        self.saw(edges::taken(from, by, to));
    }

    /// The target's log was asked for an edge and refused it; a stale version or a decline with nothing
    /// says nothing of the machine.
    pub(crate) fn refused_by_log(&mut self, from: &str, by: &str, reason: Reason) {
        if matches!(reason, Reason::InvalidTransition | Reason::Terminal) {
            self.saw(edges::refused(from, by));
        }
    }

    pub(crate) fn add(&mut self, other: Self) {
        for (what, count) in other.0 {
            *self.0.entry(what).or_default() += count;
        }
    }

    pub(crate) fn has(&self, what: &str) -> bool {
        self.0.contains_key(what)
    }

    /// What should have happened and never did.
    pub(crate) fn missing(&self) -> Vec<String> {
        let ordinary = REQUIRED.iter().map(|what| (*what).to_owned());
        ordinary.chain(edges::required()).filter(|what| !self.has(what)).collect()
    }
}

/// What every ordinary run must show: operations, fates, what became of messages and why, and where
/// referrals ended. "arrival" is an answer without a receipt; a message type is what was accepted.
const REQUIRED: &[&str] = &[
    "a cover came after its message",
    "a cover was taken",
    "a late copy of a request met a closed thread",
    "a request that was stopped had come",
    "act: SEND_INVALID_TRANSITION",
    "act: SEND_NEXT_STEP_MISSING",
    "act: SEND_TERMINAL",
    "act: SEND_VERSION_CONFLICT",
    "act: SEND_WRONG_ACTOR",
    "agreement proposed",
    "agreement signed",
    "agreement terminated",
    "agreement.proposed",
    "agreement.proposed: SEND_NEGOTIATION_DIVERGED",
    "agreement.signed",
    "agreement.terminated",
    "agreement: SEND_AGREEMENT_EXPIRED",
    "agreement: SEND_IDEMPOTENCY_MISMATCH",
    "arrival: SEND_AGREEMENT_NOT_IN_FORCE",
    "arrival: SEND_BAD_SIGNATURE",
    "arrival: SEND_CHAIN_BROKEN",
    "arrival: SEND_OUTSIDE_VALIDITY",
    "arrival: SEND_UNAUTHENTICATED",
    "consent narrowed: Data",
    "consent narrowed: Nothing",
    "consent narrowed: Recipient",
    "consent narrowed: Time",
    "consent stopped a message",
    "consent withdrawn",
    "consent withdrawn again",
    "crash",
    "crash while stopping",
    "dead letter revived",
    "dead: REC_UNDELIVERABLE",
    "dead: SEND_CONSENT_SCOPE",
    "dead: SEND_CONSENT_WITHDRAWN",
    "dead: SEND_TERMINAL",
    "done: Accept",
    "done: Acknowledge",
    "done: Complete",
    "done: ConfirmCancellation",
    "done: Decline",
    "done: DeclineByPerson",
    "done: DeclineElsewhere",
    "done: Expire",
    "done: Fail",
    "done: Hold",
    "done: Label",
    "done: RequestReview",
    "done: Resume",
    "done: Review",
    "done: Start",
    "done: TakeOn",
    "done: Withdraw",
    "fate: answer lost",
    "fate: answers mixed up",
    "fate: corrupted",
    "fate: interrupted",
    "fate: lost",
    "fate: replayed",
    "fate: shuffled",
    "fate: twice",
    "fate: whole",
    "intrusion: AnswerStop",
    "intrusion: Forge",
    "intrusion: Note",
    "intrusion: Present",
    "intrusion: Progress",
    "intrusion: Stop",
    "intrusion: Terminate",
    "intrusion: Withdraw",
    "marked in error",
    "mark: SEND_WRONG_ACTOR",
    "narrow: SEND_CONSENT_WITHDRAWN",
    "narrow: SEND_INVALID_FIELD",
    "narrowed consent stopped a message",
    "note of the source",
    "note of the target",
    "note: SEND_TERMINAL",
    "order to stop answered",
    "processing.stop_requested",
    "processing.stopped",
    "referral.acknowledged",
    "referral.acknowledged: SEND_INVALID_TRANSITION",
    "referral.noted",
    "referral.noted: SEND_TERMINAL",
    "referral.progressed",
    "referral.requested",
    "referral.requested: SEND_AGREEMENT_EXPIRED",
    "referral.requested: SEND_AGREEMENT_NOT_IN_FORCE",
    "referral.requested: SEND_AGREEMENT_TERMINATED",
    "referral.requested: SEND_OUTSIDE_VALIDITY",
    "referral.review_requested",
    "referral.review_requested: SEND_INVALID_TRANSITION",
    "referral.withdrawn",
    "referral.withdrawn: SEND_INVALID_TRANSITION",
    "referral.withdrawn: SEND_NOT_FOUND",
    "referral.withdrawn: SEND_TERMINAL",
    "repeat after a crash",
    "repeat to be sure",
    "request: SEND_AGREEMENT_EXPIRED",
    "request: SEND_AGREEMENT_SCOPE",
    "request: SEND_AGREEMENT_TERMINATED",
    "request: SEND_CONSENT_EXPIRED",
    "request: SEND_CONSENT_MISSING",
    "request: SEND_CONSENT_WITHDRAWN",
    "request: SEND_GROUND_MISSING",
    "request: SEND_GROUND_NOT_ALLOWED",
    "request: SEND_POLICY_DENIED",
    "revive: SEND_CONSENT_WITHDRAWN",
    "revive: SEND_OUTSIDE_VALIDITY",
    "status: ACCEPTED",
    "stopped: ERASED",
    "stopped: NOTHING_HELD",
    "stopped: RETAINED",
    "status: CANCELLATION_REQUESTED",
    "status: CANCELLED",
    "status: COMPLETED",
    "status: ENTERED_IN_ERROR",
    "status: EXPIRED",
    "status: FAILED",
    "status: IN_PROGRESS",
    "status: ON_HOLD",
    "status: REJECTED",
    "status: REQUESTED",
];
