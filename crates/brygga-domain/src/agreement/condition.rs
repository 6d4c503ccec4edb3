//! The rules of a house that parties agree on: a code and words, and never whether anybody keeps them (NAT-02, ORE-22).

use std::collections::HashSet;

use super::terms::{AgreementDraft, is_text};
use crate::code::{CodeLists, CodedTerm, HOUSE_RULE, OTHER};
use crate::{Reason, Refusal};

const CONDITIONS_MAX: usize = 16;

/// A condition of living somewhere under an agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// Which, of the list `house_rule`.
    pub code: CodedTerm,
    /// What the parties add in words, at most 200 characters; mandatory where the code is `OTHER`.
    pub text: Option<String>,
}

impl AgreementDraft {
    /// Refuses a rule that this version does not know, and two that exclude each other.
    pub(super) fn check_conditions(&self) -> Result<(), Refusal> {
        if self.conditions.len() > CONDITIONS_MAX {
            return Err(Refusal::at(Reason::InvalidField, "terms.conditions"));
        }
        let lists = CodeLists::current();
        let mut kinds = HashSet::new();
        for Condition { code, text } in &self.conditions {
            if !lists.knows(HOUSE_RULE, code.code()) {
                return Err(Refusal::at(Reason::PolicyUnknownTerm, "terms.conditions.code"));
            }
            let known = CodedTerm::known(HOUSE_RULE, code.code());
            let kind = known.and_then(|known| known.broader().last().cloned());
            let kind = kind.unwrap_or_else(|| code.code().to_owned());
            if code.list() != HOUSE_RULE || (!kinds.insert(kind) && code.code() != OTHER) {
                return Err(Refusal::at(Reason::InvalidField, "terms.conditions.code"));
            }
            let is_said = text.as_deref().map_or(code.code() != OTHER, is_text);
            if !is_said {
                return Err(Refusal::at(Reason::InvalidField, "terms.conditions.text"));
            }
        }
        Ok(())
    }
}
