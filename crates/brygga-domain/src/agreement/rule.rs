//! One rule of an agreement: what it permits or prohibits, and between whom.

use super::terms::AgreementDraft;
use super::{Action, Effect, PartyRole, SubjectArea};
use crate::code::{CodeLists, SERVICE_TYPE};
use crate::{DataCategory, DisclosureGround, OrgId, Reason, Refusal};

/// Longest rule name, in characters.
const RULE_ID_MAX: usize = 64;
/// Most entries in any list of a rule; no list can name more organisations than an agreement has parties.
const LIST_MAX: usize = 64;

/// Permits or prohibits an action between participants; an empty list means any of that kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Name inside the agreement, for example `remiss-1`; receipts and the audit cite it.
    pub rule_id: String,
    /// Whether it permits or prohibits.
    pub effect: Effect,
    /// The action it is about.
    pub action: Action,
    /// Senders it is about; empty for every participant.
    pub from: Vec<OrgId>,
    /// Recipients it is about; empty for every participant.
    pub to: Vec<OrgId>,
    /// Subjects it is about; empty for all of the agreement's.
    pub subjects: Vec<SubjectArea>,
    /// Service types it is about, a parent term covering its children; empty for all.
    pub service_types: Vec<String>,
    /// Disclosure grounds it is about; empty for all that the legal matrix allows.
    pub grounds: Vec<DisclosureGround>,
    /// Data categories it is about; empty for all. A permission covers a message only if every
    /// category in the message is listed; a prohibition applies if any is.
    pub data_categories: Vec<DataCategory>,
}

impl Rule {
    /// A rule about everything that the agreement is about, to be narrowed by the caller.
    pub fn new(rule_id: impl Into<String>, effect: Effect, action: Action) -> Self {
        Self {
            rule_id: rule_id.into(),
            effect,
            action,
            from: Vec::new(),
            to: Vec::new(),
            subjects: Vec::new(),
            service_types: Vec::new(),
            grounds: Vec::new(),
            data_categories: Vec::new(),
        }
    }

    /// Refuses what can never match: a party that may not send or receive, a subject outside
    /// the agreement, or a service type that this version does not know. A misspelt prohibition
    /// would otherwise prohibit nothing.
    pub(super) fn check(&self, draft: &AgreementDraft) -> Result<(), Refusal> {
        if !is_rule_id(&self.rule_id) {
            return Err(Refusal::at(Reason::InvalidField, "terms.rules.rule_id"));
        }
        for (organisations, field) in
            [(&self.from, "terms.rules.from"), (&self.to, "terms.rules.to")]
        {
            let all_take_part =
                organisations.iter().all(|o| draft.role(o) == Some(PartyRole::Participant));
            if organisations.len() > LIST_MAX || !all_take_part {
                return Err(Refusal::at(Reason::InvalidField, field));
            }
        }
        if !self.subjects.iter().all(|subject| draft.subjects.contains(subject)) {
            return Err(Refusal::at(Reason::InvalidField, "terms.rules.subjects"));
        }
        let lists = CodeLists::current();
        if self.service_types.len() > LIST_MAX {
            return Err(Refusal::at(Reason::InvalidField, "terms.rules.service_types"));
        }
        if !self.service_types.iter().all(|code| lists.knows(SERVICE_TYPE, code)) {
            return Err(Refusal::at(Reason::PolicyUnknownTerm, "terms.rules.service_types"));
        }
        Ok(())
    }
}

fn is_rule_id(text: &str) -> bool {
    (1..=RULE_ID_MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}
