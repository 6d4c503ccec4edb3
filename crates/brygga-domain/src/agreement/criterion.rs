//! What a sender affirms of a person before an agreement permits (KSD-02, JKP-03, VAS-04).

use super::terms::{AgreementDraft, is_text};
use crate::{Reason, Refusal};

/// Most criteria of an agreement, and of one rule.
pub(super) const CRITERIA_MAX: usize = 16;

/// A criterion. It is judged where the person is known; only that all were affirmed leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Criterion {
    /// Name inside the agreement, for example `oppet-arende`; no rule has the same. Refusals cite it.
    pub criterion_id: String,
    /// What is affirmed, as the parties wrote it. 1 to 200 characters.
    pub text: String,
    /// Whether the day since when it holds is told the recipient.
    pub is_dated: bool,
    /// Whether somebody outside it may be referred all the same when the sender justifies that in its own file.
    pub is_justifiable: bool,
}

impl Criterion {
    /// Refuses a criterion that no rule asks for: it would bind nobody.
    pub(super) fn check(&self, draft: &AgreementDraft) -> Result<(), Refusal> {
        let refused = |field| Err(Refusal::at(Reason::InvalidField, field));
        let rules = || draft.rules.iter();
        if !super::rule::is_name(&self.criterion_id)
            || rules().any(|rule| rule.rule_id == self.criterion_id)
            || !rules().any(|rule| rule.criteria.contains(&self.criterion_id))
        {
            return refused("terms.criteria.criterion_id");
        }
        if is_text(&self.text) { Ok(()) } else { refused("terms.criteria.text") }
    }
}
