//! One rule of an agreement: what it permits or prohibits, and between whom.

use super::criterion::CRITERIA_MAX;
use super::terms::AgreementDraft;
use super::{Action, Effect, PartyRole, Population, Quota, SubjectArea};
use crate::code::{CodeLists, SERVICE_TYPE};
use crate::{DataCategory, DisclosureGround, OrgId, Reason, Refusal, Timestamp, UnitId};

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
    /// Recipients it is about; empty for every participant, and of aggregates for every coordinator too.
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
    /// Criteria that the sender has to affirm; only in a permission.
    pub criteria: Vec<String>,
    /// Populations it is about; empty for all.
    pub populations: Vec<Population>,
    /// Functions of the sender it is about; empty for all and for its intake.
    pub from_units: Vec<UnitId>,
    /// Functions of the recipient it is about; empty for all and for its intake.
    pub to_units: Vec<UnitId>,
    /// From when it counts; none for as long as the agreement.
    pub valid_from: Option<Timestamp>,
    /// Until when it counts; none for as long as the agreement.
    pub valid_until: Option<Timestamp>,
    /// How much it carries; none for any number. Only in a permission.
    pub quota: Option<Quota>,
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
            criteria: Vec::new(),
            populations: Vec::new(),
            from_units: Vec::new(),
            to_units: Vec::new(),
            valid_from: None,
            valid_until: None,
            quota: None,
        }
    }

    /// Refuses what can never match: a party that may not send or receive, a subject outside
    /// the agreement, or a service type that this version does not know. A misspelt prohibition
    /// would otherwise prohibit nothing.
    pub(super) fn check(&self, draft: &AgreementDraft) -> Result<(), Refusal> {
        if !is_name(&self.rule_id) {
            return Err(Refusal::at(Reason::InvalidField, "terms.rules.rule_id"));
        }
        let sends = |role| role == PartyRole::Participant;
        let from_all = self.from.iter().all(|one| draft.role(one).is_some_and(sends));
        if self.from.len() > LIST_MAX || !from_all {
            return Err(Refusal::at(Reason::InvalidField, "terms.rules.from"));
        }
        let to_all =
            self.to.iter().all(|one| draft.role(one).is_some_and(|role| self.reaches(role)));
        if self.to.len() > LIST_MAX || !to_all {
            return Err(Refusal::at(Reason::InvalidField, "terms.rules.to"));
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
        self.check_conditions(draft)
    }

    /// Whether somebody who plays this part may receive what it is about: only aggregates ever reach a coordinator.
    pub const fn reaches(&self, role: PartyRole) -> bool {
        match role {
            PartyRole::Participant => true,
            PartyRole::Coordinator => matches!(self.action, Action::AggregateRead),
            PartyRole::Observer => false,
        }
    }

    fn check_conditions(&self, draft: &AgreementDraft) -> Result<(), Refusal> {
        let is_known =
            |id: &String| draft.criteria.iter().any(|criterion| criterion.criterion_id == *id);
        let is_free = self.effect == Effect::Permit || self.criteria.is_empty();
        let (from, until) = self.period(draft);
        let is_within = draft.valid_from <= from && until <= draft.valid_until;
        let is_about_nobody = self.grounds.is_empty()
            && self.data_categories.is_empty()
            && self.criteria.is_empty()
            && self.populations.is_empty()
            && self.to_units.is_empty();
        // Narrower rules would give readers tables that overlap, and what is hidden in one follows from two.
        let is_about_all =
            self.subjects.is_empty() && self.service_types.is_empty() && self.from_units.is_empty();
        let suits = match self.action {
            Action::ReferralSend => true,
            Action::CapacityPublish => is_about_nobody,
            Action::AggregateRead => is_about_nobody && is_about_all,
            // A whole case moves, or an eviction is told, on the ground of the law (SoL 29:12, socialtjänstförordningen 11:3).
            Action::CaseTransfer | Action::NoticeSend | Action::SignalSend => {
                self.subjects.is_empty()
                    && self.service_types.is_empty()
                    && self.grounds.is_empty()
                    && self.criteria.is_empty()
            }
        };
        let sound = [
            (suits, "terms.rules.action"),
            (is_free && self.criteria.len() <= CRITERIA_MAX, "terms.rules.criteria"),
            (self.criteria.iter().all(is_known), "terms.rules.criteria"),
            (self.from_units.len() <= LIST_MAX, "terms.rules.from_units"),
            (self.to_units.len() <= LIST_MAX, "terms.rules.to_units"),
            (is_within && from < until, "terms.rules.valid_until"),
            (self.quota.is_none() || self.may_count(), "terms.rules.quota"),
        ];
        match sound.iter().find(|(holds, _)| !holds) {
            Some((_, field)) => Err(Refusal::at(Reason::InvalidField, field)),
            None => self.quota.map_or(Ok(()), |quota| quota.check()),
        }
    }

    /// Whether it is a permission to do something of which there can be so much and no more.
    fn may_count(&self) -> bool {
        self.effect == Effect::Permit
            && matches!(self.action, Action::ReferralSend | Action::CapacityPublish)
    }

    /// Who gives the places that its quota counts: whoever receives referrals, and whoever publishes. Empty for every
    /// participant.
    pub fn givers(&self) -> &[OrgId] {
        match self.action {
            Action::ReferralSend
            | Action::CaseTransfer
            | Action::NoticeSend
            | Action::SignalSend => &self.to,
            Action::CapacityPublish | Action::AggregateRead => &self.from,
        }
    }

    /// From when until when it counts under an agreement.
    pub fn period(&self, terms: &AgreementDraft) -> (Timestamp, Timestamp) {
        let from = self.valid_from.unwrap_or(terms.valid_from);
        (from, self.valid_until.unwrap_or(terms.valid_until))
    }
}

/// Whether a text can be the name of a rule or of a criterion.
pub fn is_name(text: &str) -> bool {
    (1..=RULE_ID_MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}
