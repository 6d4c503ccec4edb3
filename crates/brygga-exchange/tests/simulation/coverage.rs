//! What has happened at least once. A simulation in which something never happens proves nothing
//! about it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use brygga_domain::Reason;

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

    pub(crate) fn add(&mut self, other: Self) {
        for (what, count) in other.0 {
            *self.0.entry(what).or_default() += count;
        }
    }

    pub(crate) fn has(&self, what: &str) -> bool {
        self.0.contains_key(what)
    }

    /// What should have happened and never did.
    pub(crate) fn missing(&self) -> Vec<&'static str> {
        REQUIRED.iter().copied().filter(|what| !self.has(what)).collect()
    }
}

/// What every ordinary run must show: operations, fates, what became of messages and why, and where
/// referrals ended. "arrival" is an answer without a receipt; a message type is what was accepted.
const REQUIRED: &[&str] = &[
    "act: SEND_INVALID_TRANSITION",
    "act: SEND_NEXT_STEP_MISSING",
    "act: SEND_TERMINAL",
    "act: SEND_VERSION_CONFLICT",
    "act: SEND_WRONG_ACTOR",
    "agreement proposed",
    "agreement signed",
    "agreement terminated",
    "agreement.proposed",
    "agreement.proposed: SEND_AGREEMENT_TERMS_MISMATCH",
    "agreement.signed",
    "agreement.terminated",
    "agreement: SEND_AGREEMENT_EXPIRED",
    "agreement: SEND_IDEMPOTENCY_MISMATCH",
    "arrival: SEND_AGREEMENT_NOT_IN_FORCE",
    "arrival: SEND_BAD_SIGNATURE",
    "arrival: SEND_CHAIN_BROKEN",
    "arrival: SEND_OUTSIDE_VALIDITY",
    "arrival: SEND_UNAUTHENTICATED",
    "consent stopped a message",
    "consent withdrawn",
    "crash",
    "dead letter revived",
    "dead: REC_UNDELIVERABLE",
    "dead: SEND_CONSENT_WITHDRAWN",
    "done: Accept",
    "done: Complete",
    "done: ConfirmCancellation",
    "done: Decline",
    "done: DeclineByPerson",
    "done: Expire",
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
    "intrusion: Forge",
    "intrusion: Present",
    "intrusion: Progress",
    "intrusion: Terminate",
    "intrusion: Withdraw",
    "referral.progressed",
    "referral.requested",
    "referral.requested: SEND_AGREEMENT_EXPIRED",
    "referral.requested: SEND_AGREEMENT_NOT_IN_FORCE",
    "referral.requested: SEND_AGREEMENT_TERMINATED",
    "referral.requested: SEND_OUTSIDE_VALIDITY",
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
    "status: CANCELLATION_REQUESTED",
    "status: CANCELLED",
    "status: COMPLETED",
    "status: EXPIRED",
    "status: IN_PROGRESS",
    "status: REJECTED",
    "status: REQUESTED",
];
