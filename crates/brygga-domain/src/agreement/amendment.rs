//! What a version changes, and for whom: only they have to sign it.

use std::collections::BTreeSet;

use super::{AgreementDraft, AgreementTerms, PartyRole, Rule};
use crate::OrgId;

/// Parties, of either version, for whom `after` changes something against `before`.
///
/// Who joins, leaves or gets another role (becoming a participant is joining) is affected, and whoever a changed rule
/// is about. Somebody who joins changes something for all, unless `before` was open to accession; somebody who leaves
/// does not, its groups included. Whatever else differs, the times of beginning aside, is a change for all.
pub fn affected(before: &AgreementTerms, after: &AgreementTerms) -> BTreeSet<OrgId> {
    let everybody = || parties(before).chain(parties(after)).cloned().collect();
    let takes_part =
        |terms: &AgreementTerms, one: &OrgId| terms.role(one) == Some(PartyRole::Participant);
    let joins = |one: &OrgId| takes_part(after, one) && !takes_part(before, one);
    let is_joined = parties(after).any(|one| joins(one) || before.role(one).is_none());
    if !same_otherwise(before, after) || (is_joined && !before.open_to_accession) {
        return everybody();
    }
    let moved = parties(before).chain(parties(after));
    let mut affected: BTreeSet<OrgId> =
        moved.filter(|one| before.role(one) != after.role(one)).cloned().collect();
    for (terms, other) in [(before, after), (after, before)] {
        for rule in terms.rules.iter().filter(|rule| !other.rules.contains(rule)) {
            affected.extend(about(terms, rule));
        }
    }
    affected
}

fn parties(terms: &AgreementTerms) -> impl Iterator<Item = &OrgId> {
    terms.parties.iter().map(|party| &party.organisation)
}

/// Whether only parties, rules, beginning and signatures differ, and the rules that stay keep their order.
fn same_otherwise(before: &AgreementTerms, after: &AgreementTerms) -> bool {
    let stays = |one: &OrgId| after.role(one).is_some();
    let bare = |terms: &AgreementTerms| AgreementDraft {
        version: 0,
        parties: Vec::new(),
        rules: Vec::new(),
        valid_from: terms.valid_until,
        required_signatures: Vec::new(),
        groups: terms.groups_of(stays),
        ..(**terms).clone()
    };
    let kept = |terms: &AgreementTerms, other: &AgreementTerms| {
        let kept = terms.rules.iter().filter(|rule| other.rules.contains(rule));
        kept.map(|rule| rule.rule_id.clone()).collect::<Vec<_>>()
    };
    bare(before) == bare(after) && kept(before, after) == kept(after, before)
}

/// The participants that a rule is about.
fn about(terms: &AgreementTerms, rule: &Rule) -> BTreeSet<OrgId> {
    let taking_part = terms.parties.iter().filter(|party| party.role == PartyRole::Participant);
    let all: Vec<&OrgId> = taking_part.map(|party| &party.organisation).collect();
    let named = |list: &[OrgId]| -> Vec<OrgId> {
        if list.is_empty() { all.iter().map(|one| (*one).clone()).collect() } else { list.to_vec() }
    };
    named(&rule.from).into_iter().chain(named(&rule.to)).collect()
}
