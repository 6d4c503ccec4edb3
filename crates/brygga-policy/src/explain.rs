//! May this organisation send this to that one now, and if not, what would have to change?
//!
//! The answer is the gate's own: the same checks, all of them instead of up to the first that fails.

use std::collections::BTreeSet;
use std::sync::Arc;

use brygga_domain::Refusal;
use brygga_domain::agreement::{AgreementRecord, AgreementState, Effect};

use crate::gate::{both_take_part, obstacles};
use crate::rules::{Operand, misses};
use crate::{Citation, Permit, ReferralQuestion, decide_referral};

/// The decision, and what stands in the way under each agreement that could carry it.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// What the gate says.
    pub decision: Result<Permit, Refusal>,
    /// The agreements under which both ends take part, in the order of their ids, or the one that is
    /// cited; of each the version that counts now.
    pub agreements: Vec<Explained>,
}

/// One agreement, looked at.
#[derive(Clone, Debug)]
pub struct Explained {
    /// The agreement.
    pub agreement: Arc<AgreementRecord>,
    /// Where it stands among its versions.
    pub state: AgreementState,
    /// All that stands in the way, in the order of the gate; empty where it permits.
    pub obstacles: Vec<Refusal>,
    /// Permissions for the action that do not match, with what they miss; where no permission matches.
    pub near_misses: Vec<NearMiss>,
}

/// A permission that does not match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearMiss {
    /// Its name in the agreement.
    pub rule_id: String,
    /// Where the question is outside it.
    pub operands: Vec<Operand>,
}

/// Explains what [`decide_referral`] would decide. Nothing is sent and nothing changes.
pub fn explain(question: &ReferralQuestion<'_>) -> Explanation {
    let decision = decide_referral(question);
    let agreements = looked_at(question).into_iter().map(|record| one(record, question)).collect();
    Explanation { decision, agreements }
}

fn looked_at<'a>(question: &ReferralQuestion<'a>) -> Vec<&'a Arc<AgreementRecord>> {
    let (book, now) = (question.agreements, question.now);
    let cited: Vec<_> = match question.citation {
        Citation::Version(id, version) => book.find(id, version).into_iter().collect(),
        Citation::Current(id) => book.current(id, now).into_iter().collect(),
        Citation::Unnamed => {
            let sender = &question.sender.organisation;
            let ids: BTreeSet<_> = book.of(sender).map(|held| held.terms().agreement_id).collect();
            ids.into_iter().filter_map(|id| book.current(id, now)).collect()
        }
    };
    // Who takes no part in an agreement learns nothing of it.
    cited.into_iter().filter(|record| both_take_part(record, question)).collect()
}

fn one(record: &Arc<AgreementRecord>, question: &ReferralQuestion<'_>) -> Explained {
    let permissions = record
        .terms()
        .rules
        .iter()
        .filter(|rule| rule.effect == Effect::Permit && rule.action == question.action);
    let near: Vec<NearMiss> = permissions
        .map(|rule| NearMiss { rule_id: rule.rule_id.clone(), operands: misses(rule, question) })
        .collect();
    let is_matched = near.iter().any(|miss| miss.operands.is_empty());
    Explained {
        agreement: Arc::clone(record),
        state: question.agreements.state(record, question.now),
        obstacles: obstacles(record, question),
        near_misses: if is_matched { Vec::new() } else { near },
    }
}
