//! Who may read a party's aggregates: asked by the reader before it asks, and by the party that is asked.
//!
//! A number tells of no person, so neither law of disclosure nor consent is asked; that it is large enough to be told
//! is [`brygga_domain::aggregate`]'s. The rules of the version that counts now decide, also about earlier quarters, so
//! that a right that was taken back is gone; after an agreement has ended its last version does.

#[cfg(test)]
mod tests;

use brygga_domain::aggregate::Quarter;
use brygga_domain::agreement::{
    Action, AgreementKind, AgreementRecord, AgreementState, Effect, PartyRole, Rule,
};
use brygga_domain::{AgreementId, MemberKind, OrgId, Reason, Refusal, Timestamp};

use crate::gate::in_force;
use crate::rules::{is_any_or_has, is_in_time};
use crate::{AgreementBook, Principal};

/// May this organisation read how many referrals that one received under an agreement in a quarter?
#[derive(Clone, Copy, Debug)]
pub struct AggregateQuestion<'a> {
    /// Who reads.
    pub reader: &'a OrgId,
    /// Who received the referrals and tells.
    pub teller: &'a Principal,
    /// The agreement, in all its versions.
    pub agreement: AgreementId,
    /// When the referrals arrived.
    pub quarter: Quarter,
    /// The agreements that the node holds.
    pub agreements: &'a AgreementBook,
    /// The instant of the decision.
    pub now: Timestamp,
}

/// What permits a reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AggregateGrant {
    /// The version that permits it.
    pub version: u32,
    /// The rule: of several, the first in the terms.
    pub rule_id: String,
}

/// Decides.
///
/// # Errors
/// - [`Reason::NotFound`] when the agreement is absent, and just the same when the reader is no party or the teller
///   takes no part.
/// - [`Reason::AgreementSuspended`], and [`Reason::AgreementNotInForce`], [`Reason::AgreementExpired`] or
///   [`Reason::AgreementTerminated`] where it never was in force.
/// - [`Reason::InvalidField`] at `quarter` where that is not over, or the agreement was not in force in it.
/// - [`Reason::PolicyDenied`], with the id of the prohibition, or without any where no rule permits, the reader is an
///   observer, or the teller runs protected housing, where a number of arrivals tells of places.
pub fn decide_aggregate(question: &AggregateQuestion<'_>) -> Result<AggregateGrant, Refusal> {
    let AggregateQuestion { reader, teller, agreements, quarter, now, .. } = *question;
    let record = agreements.current(question.agreement, now);
    let is_theirs = |record: &AgreementRecord| {
        record.terms().role(reader).is_some()
            && record.has_participant(&teller.organisation)
            && *reader != teller.organisation
    };
    let absent = Refusal::at(Reason::NotFound, "agreement_id");
    let record = record.filter(|record| is_theirs(record)).ok_or(absent)?;
    check_was_in_force(record, question)?;
    let held = agreements.below(question.agreement, u32::MAX);
    if !quarter.is_over(now) || !held.into_iter().any(|held| was_in_force_in(held, quarter, now)) {
        return Err(Refusal::at(Reason::InvalidField, "quarter"));
    }
    let terms = record.terms();
    let first = |effect: Effect| {
        terms.rules.iter().find(|rule| rule.effect == effect && speaks_of(rule, question))
    };
    let denied = Refusal::new(Reason::PolicyDenied);
    if let Some(prohibition) = first(Effect::Prohibit) {
        return Err(Refusal { rule_id: prohibition.rule_id.clone(), ..denied });
    }
    let is_blind = terms.role(reader) == Some(PartyRole::Observer);
    let is_protected = teller.kind == MemberKind::CivilSocietyProtected;
    let rule = first(Effect::Permit).filter(|_| !is_blind && !is_protected).ok_or(denied)?;
    Ok(AggregateGrant { version: terms.version, rule_id: rule.rule_id.clone() })
}

/// The agreements whose referrals a party counts when it is asked about one: that one, but under a framework, which
/// carries no referral itself, those of the party's agreements between nobody but participants of the framework.
pub fn counted_under(
    agreements: &AgreementBook,
    agreement: AgreementId,
    teller: &OrgId,
    now: Timestamp,
) -> Vec<AgreementId> {
    let is_framework =
        |record: &AgreementRecord| record.terms().kind == AgreementKind::FrameworkOfAssociation;
    let current = agreements.current(agreement, now);
    let Some(framework) = current.filter(|record| is_framework(record)) else {
        return vec![agreement];
    };
    let is_under = |record: &AgreementRecord| {
        let mut parties = record.terms().parties.iter();
        !is_framework(record)
            && parties.all(|party| {
                party.role != PartyRole::Participant
                    || framework.has_participant(&party.organisation)
            })
    };
    let mut ids: Vec<_> = agreements.of(teller).map(|one| one.terms().agreement_id).collect();
    ids.dedup();
    let current = |id: &AgreementId| agreements.current(*id, now);
    ids.retain(|id| current(id).is_some_and(|record| is_under(record)));
    ids
}

/// What has ended can still be counted; what rests cannot.
fn check_was_in_force(
    record: &AgreementRecord,
    question: &AggregateQuestion<'_>,
) -> Result<(), Refusal> {
    let state = question.agreements.state(record, question.now);
    let has_ended = matches!(state, AgreementState::Expired | AgreementState::Terminated);
    if has_ended && record.has_begun(question.now) { Ok(()) } else { in_force(&state) }
}

/// Whether a version was in force at some time of a quarter that is over.
fn was_in_force_in(record: &AgreementRecord, quarter: Quarter, now: Timestamp) -> bool {
    let terms = record.terms();
    let end = record.terminated_at().map_or(terms.valid_until, |at| at.min(terms.valid_until));
    record.has_begun(now) && terms.valid_from < quarter.until() && quarter.from() < end
}

fn speaks_of(rule: &Rule, question: &AggregateQuestion<'_>) -> bool {
    rule.action == Action::AggregateRead
        && is_any_or_has(&rule.from, &question.teller.organisation)
        && is_any_or_has(&rule.to, question.reader)
        && is_in_time(rule, question.now)
}
