//! How far the parties have come in negotiating one version, in the words of the Dataspace Protocol.
//!
//! The protocol knows two parties; here *agreed* needs the signatures of all whose signature the version needs, and
//! *finalized* that each of them has told that it holds all of them. Who signs is a human at each party.

use super::{AgreementRecord, AgreementState};
use crate::{OrgId, Timestamp};

/// How far a version has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Negotiation {
    /// Proposed against a version that waits for signatures or was declined: a counter-proposal.
    Requested,
    /// Proposed; nobody but the proposer has signed.
    Offered,
    /// Some have signed, not all.
    Accepted,
    /// All signatures are held here.
    Agreed,
    /// This organisation has told the others that it holds all.
    Verified,
    /// Everybody who signs has told that.
    Finalized,
    /// It was declined, taken back or diverged before all had signed, or its time ran out.
    Terminated,
}

impl Negotiation {
    /// How far `record` has come, seen by `me`; `counters` says whether it stands against an open version.
    pub fn of(record: &AgreementRecord, me: &OrgId, counters: bool, now: Timestamp) -> Self {
        let never_began = |at: Timestamp| at <= record.terms().valid_from;
        if record.terminated_at().is_some_and(never_began) {
            return Self::Terminated;
        }
        if !record.is_signed() {
            return match (record.state(now), record.signatures().len()) {
                (AgreementState::Terminated | AgreementState::Expired, _) => Self::Terminated,
                (_, 0 | 1) if counters => Self::Requested,
                (_, 0 | 1) => Self::Offered,
                _ => Self::Accepted,
            };
        }
        let mut signatories = record.terms().signatories();
        match () {
            () if signatories.all(|one| record.has_verified(one)) => Self::Finalized,
            () if record.has_verified(me) => Self::Verified,
            () => Self::Agreed,
        }
    }
}
