//! Whether a case may be asked to move, or an eviction be told: an agreement must permit it, and the law gives the ground.
//!
//! OSL 10:28 with utsökningsförordningen 16:2 carries a notice from Kronofogden to a municipality, and with
//! socialtjänstförordningen 11:3 its confirmation.
//!
//! OSL 10:28 with SoL 29:12 carries what is needed from one board to another; no consent is asked, and none could stand
//! for the person's wishes, which are recorded (rule R22).

use std::sync::Arc;

use brygga_domain::agreement::{Action, AgreementRecord, Effect, Population, Rule};
use brygga_domain::disclosure::{Disclosure, MessageClass, check_gdpr};
use brygga_domain::{
    DataCategory, DisclosureGround, GdprBasis, MemberKind, Reason, Refusal, Timestamp, UnitId,
};

use crate::gate::{closest, in_force};
use crate::rules::{is_any_or_has, is_in_time, names_unit};
use crate::{AgreementBook, Citation, Permit, Principal};

/// The secrecy rule on which all of a transfer or a notice goes: a duty by law, for a transfer SoL 29:12.
pub const TRANSFER_GROUND: DisclosureGround = DisclosureGround::StatutoryDuty10_28;
/// The GDPR basis of both ends.
pub const TRANSFER_BASIS: GdprBasis = GdprBasis::LegalObligation;

/// What law carries between two members.
#[derive(Clone, Copy)]
pub(crate) struct Carried {
    pub(crate) action: Action,
    pub(crate) class: MessageClass,
    pub(crate) ground: DisclosureGround,
    pub(crate) basis: GdprBasis,
}

const fn by_duty(action: Action, class: MessageClass) -> Carried {
    Carried { action, class, ground: TRANSFER_GROUND, basis: TRANSFER_BASIS }
}

const TRANSFER: Carried = by_duty(Action::CaseTransfer, MessageClass::CaseTransfer);
const NOTICE: Carried = by_duty(Action::NoticeSend, MessageClass::EvictionNotice);

/// May this one send that one what the law carries, now: a request to move a case, or a notice of an eviction?
#[derive(Clone, Copy, Debug)]
pub struct LawQuestion<'a> {
    /// Who asks.
    pub sender: &'a Principal,
    /// Who is asked.
    pub recipient: &'a Principal,
    /// Function that asks; none for the intake.
    pub sender_unit: Option<&'a UnitId>,
    /// Function that is asked; none for the intake.
    pub recipient_unit: Option<&'a UnitId>,
    /// Kinds of data in the sealed content.
    pub categories: &'a [DataCategory],
    /// Whether it is about somebody under 18.
    pub child: bool,
    /// The agreements that the node holds.
    pub agreements: &'a AgreementBook,
    /// The one that it is to go under.
    pub citation: Citation,
    /// The instant of the decision.
    pub now: Timestamp,
}

/// Decides whether a case may be asked to move.
///
/// # Errors
/// As [`crate::decide_referral`] where both names are alike; [`Reason::GroundNotAllowed`] where one of the two is no
/// municipal board.
pub fn decide_transfer(question: &LawQuestion<'_>) -> Result<Permit, Refusal> {
    decide(TRANSFER, question)
}

/// Decides whether an eviction may be told.
///
/// # Errors
/// As [`decide_transfer`]; [`Reason::GroundNotAllowed`] where the sender is not Kronofogden or the recipient no municipal
/// board.
pub fn decide_notice(question: &LawQuestion<'_>) -> Result<Permit, Refusal> {
    let is_kronofogden = question.sender.standing().kind == MemberKind::EnforcementAuthority;
    if !is_kronofogden {
        return Err(Refusal::at(Reason::GroundNotAllowed, "disclosure_ground"));
    }
    decide(NOTICE, question)
}

pub(crate) fn decide(carried: Carried, question: &LawQuestion<'_>) -> Result<Permit, Refusal> {
    if question.sender.organisation == question.recipient.organisation {
        return Err(Refusal::at(Reason::InvalidField, "target"));
    }
    let absent = || Refusal::at(Reason::NotFound, "agreement_id");
    let cited = match question.citation {
        Citation::Version(id, version) => question.agreements.find(id, version),
        Citation::Current(id) => question.agreements.current(id, question.now),
        Citation::Unnamed => return choose(carried, question),
    };
    decide_under(carried, cited.ok_or_else(absent)?, question)
}

/// The permit of the only agreement that gives one.
fn choose(carried: Carried, question: &LawQuestion<'_>) -> Result<Permit, Refusal> {
    let ends = (&question.sender.organisation, &question.recipient.organisation);
    let candidates = question.agreements.candidates(ends.0, ends.1, carried.action, question.now);
    let (mut permits, mut refusals) = (Vec::new(), Vec::new());
    for record in candidates {
        match decide_under(carried, record, question) {
            Ok(permit) => permits.push(permit),
            Err(refusal) => refusals.push(refusal),
        }
    }
    let absent = Refusal::at(Reason::NotFound, "agreement_id");
    match (permits.pop(), permits.is_empty()) {
        (Some(permit), true) => Ok(permit),
        (Some(_), false) => Err(Refusal::at(Reason::InvalidField, "agreement_id")),
        (None, _) => Err(closest(refusals).unwrap_or(absent)),
    }
}

fn decide_under(
    carried: Carried,
    record: &Arc<AgreementRecord>,
    question: &LawQuestion<'_>,
) -> Result<Permit, Refusal> {
    let takes_part = |end: &Principal| record.has_participant(&end.organisation);
    if !takes_part(question.sender) || !takes_part(question.recipient) {
        return Err(Refusal::at(Reason::NotFound, "agreement_id"));
    }
    in_force(&question.agreements.state(record, question.now))?;
    let rule = permitting(carried, record, question)?;
    check_class(carried, question.sender, question.recipient)?;
    Ok(Permit::new(record, rule, carried.ground, carried.basis, None))
}

/// Whether the law carries personal data about a transfer from one to the other: between boards, and nowhere else. It asks
/// no agreement, so that what has begun can be finished.
///
/// # Errors
/// [`Reason::GroundNotAllowed`], [`Reason::GdprBasisNotAllowed`].
pub fn check_ground(sender: &Principal, receiver: &Principal) -> Result<(), Refusal> {
    check_class(TRANSFER, sender, receiver)
}

pub(crate) fn check_class(
    carried: Carried,
    sender: &Principal,
    receiver: &Principal,
) -> Result<(), Refusal> {
    let disclosure = Disclosure {
        class: carried.class,
        sender: sender.standing(),
        receiver: receiver.standing(),
        ground: Some(carried.ground),
        no_harm_assessed: false,
    };
    disclosure.check()?;
    check_gdpr(Some(carried.basis), sender.standing())
}

/// The first permission that matches, unless a prohibition does.
fn permitting<'a>(
    carried: Carried,
    record: &'a AgreementRecord,
    question: &LawQuestion<'_>,
) -> Result<&'a Rule, Refusal> {
    let matching = |effect| {
        let mut rules = record.terms().rules.iter();
        rules.find(|rule| rule.effect == effect && matches(carried, rule, question))
    };
    if let Some(rule) = matching(Effect::Prohibit) {
        return Err(Refusal {
            rule_id: rule.rule_id.clone(),
            ..Refusal::new(Reason::PolicyDenied)
        });
    }
    matching(Effect::Permit).ok_or(Refusal::new(Reason::PolicyDenied))
}

/// A permission has to cover all data in it; a prohibition any.
fn matches(carried: Carried, rule: &Rule, question: &LawQuestion<'_>) -> bool {
    let population = if question.child { Population::Child } else { Population::Adult };
    let mut categories = question.categories.iter();
    let covers_data = rule.data_categories.is_empty()
        || match rule.effect {
            Effect::Permit => categories.all(|one| rule.data_categories.contains(one)),
            Effect::Prohibit => categories.any(|one| rule.data_categories.contains(one)),
        };
    rule.action == carried.action
        && covers_data
        && is_any_or_has(&rule.from, &question.sender.organisation)
        && is_any_or_has(&rule.to, &question.recipient.organisation)
        && is_any_or_has(&rule.populations, &population)
        && names_unit(&rule.from_units, question.sender_unit)
        && names_unit(&rule.to_units, question.recipient_unit)
        && is_in_time(rule, question.now)
}

#[cfg(test)]
pub(crate) mod tests;
