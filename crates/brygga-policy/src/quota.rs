//! Permissions that count (ODRL `count`): whether one has a place left for one more referral.
//!
//! Each recipient keeps its own count, and its node is the one that decides. The sender asks with what it has sent
//! itself, so that nothing is disclosed that is certain to be refused.

use std::collections::BTreeMap;

use brygga_domain::agreement::{AgreementTerms, Rule};
use brygga_domain::{AgreementId, OrgId, Reason, Refusal, Timestamp};

use crate::ReferralQuestion;

/// How much of its quotas one recipient has given away, as far as the node that asks has counted.
/// A rule that is not in it carries nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuotaUse(BTreeMap<(AgreementId, String), Used>);

/// How much of one quota is used in the period that is asked about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Used {
    /// Places taken, by sender.
    pub by_sender: BTreeMap<OrgId, u32>,
    /// What the recipient has declared for the period, where the quota is a share.
    pub base: Option<u32>,
}

impl Used {
    /// Places that count for a sender: its own where each has its own quota, else those of all.
    pub fn counting(&self, sender: &OrgId, per_sender: bool) -> u32 {
        if per_sender {
            return self.by_sender.get(sender).copied().unwrap_or(0);
        }
        self.by_sender.values().fold(0, |sum, places| sum.saturating_add(*places))
    }
}

impl QuotaUse {
    /// Enters what is used of a rule's quota; all versions of an agreement count together.
    pub fn enter(&mut self, agreement: AgreementId, rule_id: &str, used: Used) {
        self.0.insert((agreement, rule_id.to_owned()), used);
    }

    /// Checks that a permission to publish has so many places left for whoever holds them, and says since when they
    /// count; none where it does not count.
    ///
    /// # Errors
    /// [`Reason::AgreementQuota`] with the rule.
    pub fn room(
        &self,
        terms: &AgreementTerms,
        rule_id: &str,
        (holder, places): (&OrgId, u32),
        now: Timestamp,
    ) -> Result<Option<Timestamp>, Refusal> {
        let rule = terms.rules.iter().find(|rule| rule.rule_id == rule_id);
        let Some(quota) = rule.and_then(|rule| rule.quota) else { return Ok(None) };
        let has_room = |used: &Used| {
            let taken = used.counting(holder, quota.per_sender).saturating_add(places);
            taken <= quota.limit(used.base)
        };
        if self.of(terms.agreement_id, rule_id).is_some_and(has_room) {
            return Ok(Some(quota.period.began(now)));
        }
        let refusal = Refusal::at(Reason::AgreementQuota, "header.agreement_id");
        Err(Refusal { rule_id: rule_id.to_owned(), ..refusal })
    }

    fn of(&self, agreement: AgreementId, rule_id: &str) -> Option<&Used> {
        self.0.get(&(agreement, rule_id.to_owned()))
    }
}

/// Checks that a permission has a place left; one that does not count always has, and so has every one where the use
/// is not asked.
///
/// # Errors
/// [`Reason::AgreementQuota`] with the rule.
pub(crate) fn check(
    terms: &AgreementTerms,
    rule: &Rule,
    question: &ReferralQuestion<'_>,
) -> Result<(), Refusal> {
    let (Some(quota), Some(quota_use)) = (rule.quota, question.quota_use) else { return Ok(()) };
    let has_room = |used: &Used| {
        used.counting(&question.sender.organisation, quota.per_sender) < quota.limit(used.base)
    };
    if quota_use.of(terms.agreement_id, &rule.rule_id).is_some_and(has_room) {
        return Ok(());
    }
    let refusal = Refusal::at(Reason::AgreementQuota, "agreement_id");
    Err(Refusal { rule_id: rule.rule_id.clone(), ..refusal })
}
