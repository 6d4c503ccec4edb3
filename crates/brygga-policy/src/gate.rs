//! The gate: every check on a referral, in the order of exchange guide 3.3.
//!
//! Party of the agreement, agreement in force, subject, rules, ground, GDPR basis, consent, quota. The order is
//! part of the contract: who is no party learns nothing, not even that an agreement exists.

use std::sync::Arc;

use brygga_domain::agreement::{AgreementRecord, AgreementState};
use brygga_domain::code::SERVICE_TYPE;
use brygga_domain::disclosure::{Disclosure, MessageClass, check_gdpr};
use brygga_domain::{DisclosureGround, GdprBasis, Reason, Refusal};

use crate::{Citation, Permit, ReferralQuestion, consent, quota, rules};

/// Decides whether a referral may be sent, and under which rule.
///
/// Without a named agreement the one that permits it is used.
///
/// # Errors
/// - [`Reason::InvalidField`] when both ends are the same, the service type is of another list, or, without a named
///   agreement, more than one permits it.
/// - [`Reason::NotFound`] when the agreement is absent, and just the same when an end takes no part in it.
/// - [`Reason::AgreementSuspended`], [`Reason::AgreementTerminated`], [`Reason::AgreementExpired`], [`Reason::AgreementNotInForce`] (also when
///   a newer version has taken over) and [`Reason::AgreementScope`].
/// - [`Reason::PolicyDenied`], with the id of the prohibition, or without any where no rule permits.
/// - [`Reason::EligibilityMissing`] and [`Reason::TargetGroupMismatch`], with the name of the criterion.
/// - [`Reason::GroundMissing`], [`Reason::GroundNotAllowed`] and [`Reason::GdprBasisNotAllowed`].
/// - [`Reason::ConsentMissing`], [`Reason::ConsentWithdrawn`], [`Reason::ConsentExpired`] and
///   [`Reason::ConsentScope`], where the ground or the basis is a consent.
/// - [`Reason::AgreementQuota`], with the rule, where every permission that matches is used up.
pub fn decide_referral(question: &ReferralQuestion<'_>) -> Result<Permit, Refusal> {
    if question.sender.organisation == question.recipient.organisation {
        return Err(Refusal::at(Reason::InvalidField, "recipient"));
    }
    if question.service_type.list() != SERVICE_TYPE {
        return Err(Refusal::at(Reason::InvalidField, "service_type.list"));
    }
    let cited = match question.citation {
        Citation::Version(id, version) => question.agreements.find(id, version),
        Citation::Current(id) => question.agreements.current(id, question.now),
        Citation::Unnamed => return choose(question),
    };
    decide_under(cited.ok_or(Refusal::at(Reason::NotFound, "agreement_id"))?, question)
}

/// The permit of the only agreement that gives one. Where none does, the refusal of the agreement that came
/// closest, so that the caller learns the real obstacle.
fn choose(question: &ReferralQuestion<'_>) -> Result<Permit, Refusal> {
    let ReferralQuestion { sender, recipient, action, now, .. } = *question;
    let candidates =
        question.agreements.candidates(&sender.organisation, &recipient.organisation, action, now);
    let mut permit = None;
    let mut closest = Refusal::at(Reason::NotFound, "agreement_id");
    for record in candidates {
        match decide_under(record, question) {
            Ok(_) if permit.is_some() => {
                return Err(Refusal::at(Reason::InvalidField, "agreement_id"));
            }
            Ok(found) => permit = Some(found),
            Err(refusal) if progress(refusal.reason) > progress(closest.reason) => {
                closest = refusal
            }
            Err(_) => {}
        }
    }
    permit.ok_or(closest)
}

/// Of several refusals the one that came furthest through the gate, of equals the first: the real obstacle.
pub fn closest(refusals: impl IntoIterator<Item = Refusal>) -> Option<Refusal> {
    refusals.into_iter().reduce(|best, next| {
        if progress(next.reason) > progress(best.reason) { next } else { best }
    })
}

/// How far a refused question came through the gate.
const fn progress(reason: Reason) -> u8 {
    match reason {
        Reason::NotFound => 0,
        Reason::AgreementScope => 1,
        Reason::PolicyDenied => 2,
        Reason::EligibilityMissing | Reason::TargetGroupMismatch => 3,
        Reason::GroundMissing | Reason::GroundNotAllowed => 4,
        Reason::GdprBasisNotAllowed => 5,
        Reason::AgreementQuota => 7,
        _ => 6,
    }
}

fn decide_under(
    record: &Arc<AgreementRecord>,
    question: &ReferralQuestion<'_>,
) -> Result<Permit, Refusal> {
    if !both_take_part(record, question) {
        return Err(Refusal::at(Reason::NotFound, "agreement_id"));
    }
    check_in_force(record, question)?;
    check_subject(record, question)?;
    let (rule, eligibility) = rules::permitting(record.terms(), question)?;
    let ground = check_ground(question)?;
    let basis = check_basis(question)?;
    check_consent(record, question)?;
    quota::check(record.terms(), rule, question)?;
    Ok(Permit::new(record, rule, ground, basis, eligibility))
}

/// Everything that [`decide_under`] checks once both ends take part, in the same order; empty where it permits.
pub(crate) fn obstacles(
    record: &Arc<AgreementRecord>,
    question: &ReferralQuestion<'_>,
) -> Vec<Refusal> {
    let terms = record.terms();
    let permitting = rules::permitting(terms, question).map(|(rule, _)| rule);
    let quota = permitting.as_ref().map_or(Ok(()), |rule| quota::check(terms, rule, question));
    let checks = [
        check_in_force(record, question),
        check_subject(record, question),
        permitting.map(drop),
        check_ground(question).map(drop),
        check_basis(question).map(drop),
        check_consent(record, question),
        quota,
    ];
    checks.into_iter().filter_map(Result::err).collect()
}

pub(crate) fn both_take_part(record: &AgreementRecord, question: &ReferralQuestion<'_>) -> bool {
    record.has_participant(&question.sender.organisation)
        && record.has_participant(&question.recipient.organisation)
}

/// Decides whether either side of a referral may tell the other something in between.
///
/// The rule that granted the referral grants this too, where it covers the kinds of data in it and no rule
/// prohibits it; the agreement must still be in force, and the writer needs a ground, a basis and, where
/// they rest on it, a consent of its own.
/// `rule_id` is the referral's; its agreement is the one that the question cites.
///
/// # Errors
/// As [`decide_referral`]; the subject is asked only of a version that has taken over.
pub fn decide_note(question: &ReferralQuestion<'_>, rule_id: &str) -> Result<Permit, Refusal> {
    let absent = || Refusal::at(Reason::NotFound, "agreement_id");
    let Citation::Version(id, version) = question.citation else { return Err(absent()) };
    let record = question.agreements.find(id, version).ok_or_else(absent)?;
    if !both_take_part(record, question) {
        return Err(absent());
    }
    check_note_in_force(record, question)?;
    let rule = rules::still_permitting(record.terms(), question, rule_id)?;
    let ground = check_ground(question)?;
    let basis = check_basis(question)?;
    check_consent(record, question)?;
    Ok(Permit::new(record, rule, ground, basis, None))
}

/// A referral keeps the version that it began under, unless the one that took over is stricter.
fn check_note_in_force(
    record: &Arc<AgreementRecord>,
    question: &ReferralQuestion<'_>,
) -> Result<(), Refusal> {
    let (book, now) = (question.agreements, question.now);
    if book.state(record, now) != AgreementState::Superseded || !record.has_begun(now) {
        return check_in_force(record, question);
    }
    let absent = || Refusal::at(Reason::AgreementNotInForce, "agreement_id");
    let newer = book.current(record.terms().agreement_id, now).ok_or_else(absent)?;
    if !both_take_part(newer, question) {
        return Err(absent());
    }
    check_in_force(newer, question)?;
    check_subject(newer, question)?;
    rules::check_still_between(newer.terms(), question)
}

pub(crate) fn check_in_force(
    record: &AgreementRecord,
    question: &ReferralQuestion<'_>,
) -> Result<(), Refusal> {
    in_force(&question.agreements.state(record, question.now))
}

/// Whether anything may begin in a state.
///
/// # Errors
/// The reason of the state, at `agreement_id`.
pub fn in_force(state: &AgreementState) -> Result<(), Refusal> {
    let reason = match state {
        AgreementState::Active => return Ok(()),
        AgreementState::Suspended => Reason::AgreementSuspended,
        AgreementState::Superseded | AgreementState::Proposed { .. } | AgreementState::Signed => {
            Reason::AgreementNotInForce
        }
        AgreementState::Expired => Reason::AgreementExpired,
        AgreementState::Terminated => Reason::AgreementTerminated,
    };
    Err(Refusal::at(reason, "agreement_id"))
}

pub(crate) fn check_subject(
    record: &AgreementRecord,
    question: &ReferralQuestion<'_>,
) -> Result<(), Refusal> {
    let is_known = record.terms().subjects.contains(&question.subject);
    if is_known { Ok(()) } else { Err(Refusal::at(Reason::AgreementScope, "subject")) }
}

/// No written harm assessment travels with a referral, so OSL 26:1 carries none.
fn check_ground(question: &ReferralQuestion<'_>) -> Result<DisclosureGround, Refusal> {
    let class =
        if question.child { MessageClass::ReferralChild } else { MessageClass::ReferralAdult };
    let sender = question.sender.standing();
    let receiver = question.recipient.standing();
    let ground = question.ground.ok_or(Refusal::at(Reason::GroundMissing, "disclosure_ground"))?;
    Disclosure { class, sender, receiver, ground: Some(ground), no_harm_assessed: false }
        .check()?;
    Ok(ground)
}

fn check_basis(question: &ReferralQuestion<'_>) -> Result<GdprBasis, Refusal> {
    let basis = question.gdpr.ok_or(Refusal::at(Reason::GdprBasisNotAllowed, "gdpr_basis"))?;
    check_gdpr(Some(basis), question.sender.standing())?;
    Ok(basis)
}

/// Asked where the ground or the basis is a consent.
fn check_consent(record: &AgreementRecord, question: &ReferralQuestion<'_>) -> Result<(), Refusal> {
    let is_needed = question.ground.is_some_and(DisclosureGround::rests_on_consent)
        || question.gdpr == Some(GdprBasis::ExplicitConsent);
    if is_needed { consent::check(question, record.terms().consent_max_days) } else { Ok(()) }
}
