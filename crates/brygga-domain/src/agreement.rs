//! Agreements: the policy that authorises every exchange.
//!
//! What somebody wrote is an [`AgreementDraft`]; what may be signed is [`AgreementTerms`], which
//! only [`AgreementDraft::check`] makes; what a node holds is an [`AgreementRecord`], the terms
//! with the bytes that were signed, the signatures and the end. Whether a rule of it permits
//! a message is decided in `brygga-policy`.

mod amendment;
mod condition;
mod criterion;
mod directive;
mod group;
mod hold_terms;
mod negotiation;
mod network_terms;
mod parties;
mod quota;
mod record;
mod rule;
mod signal_terms;
mod suspension;
mod terms;
#[cfg(test)]
mod tests;
mod vocabulary;

pub use amendment::affected;
pub use condition::Condition;
pub use criterion::Criterion;
pub use directive::OWNED_BY;
pub use group::{GroupMember, WorkingGroup};
pub use hold_terms::HoldTerms;
pub use negotiation::Negotiation;
pub use network_terms::NetworkTerms;
pub use quota::{QUOTA_MAX, Quota, QuotaAmount, QuotaPeriod};
pub use record::{AgreementRecord, AgreementSignature, AgreementState};
pub use rule::{Rule, is_name};
pub use signal_terms::SignalTerms;
pub use suspension::{Suspension, SuspensionReason};
pub use terms::{AgreementDraft, AgreementTerms, Party, ResponseTime, ResponseTimes};
pub use vocabulary::{Action, AgreementKind, Effect, PartyRole, Population, Priority, SubjectArea};
