//! Agreement, caller and action in; a [`Permit`] or a coded refusal out.
//!
//! The agreement is the policy: nothing passes without one in force that permits it, and a
//! prohibition beats a permission. The same question is asked at the sender before anything leaves
//! and at the recipient on arrival; only the evidence of consent differs. Everything here is pure.

mod aggregate;
mod book;
mod call;
mod consent;
mod eligibility;
mod explain;
mod gate;
mod licence;
mod lint;
mod offer;
mod permit;
mod publication;
mod question;
mod quota;
mod relocation;
mod retention;
mod rules;
mod service;
mod signal;
mod stopping;
#[cfg(test)]
mod tests;
mod transfer;

pub use aggregate::{AggregateGrant, AggregateQuestion, counted_under, decide_aggregate};
pub use book::AgreementBook;
pub use call::{CallQuestion, callable};
pub use explain::{Explained, Explanation, NearMiss, explain};
pub use gate::{closest, decide_note, decide_referral, in_force};
pub use lint::{Finding, Flaw, lint};
pub use offer::decide_offered;
pub use permit::Permit;
pub use publication::{Publication, PublicationQuestion, publications};
pub use question::{Citation, ConsentEvidence, EligibilityEvidence, Principal, ReferralQuestion};
pub use quota::{QuotaUse, Used};
pub use relocation::may_relocate;
pub use retention::{Birth, CaseFacts, Keeper, Retention, Until, retention};
pub use rules::Operand;
pub use service::{PublicationGrant, ServiceQuestion, decide_publication};
pub use signal::{
    AboutHome, SIGNAL_ANSWER_BASIS, SignalPermit, answer_ground, check_answer, decide_signal,
};
pub use stopping::still_held;
pub use transfer::{
    LawQuestion, TRANSFER_BASIS, TRANSFER_GROUND, check_ground, decide_notice, decide_transfer,
};
