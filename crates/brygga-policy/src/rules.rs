//! Which rule of an agreement matches a question.
//!
//! Permissions are read narrowly and prohibitions widely: a permission must cover every kind of data in the
//! message, a prohibition applies if it names any; a permission goes by the service type as this version
//! understands it, a prohibition also by the parents that the sender itself gives.

use brygga_domain::agreement::{AgreementTerms, Effect, Population, Rule};
use brygga_domain::code::{CodeLists, CodedTerm};
use brygga_domain::eligibility::Eligibility;
use brygga_domain::{DisclosureGround, Reason, Refusal, Timestamp, UnitId};

use crate::{ReferralQuestion, eligibility, quota};

/// The first permission that matches, whose criteria are satisfied and which has a place left, unless a prohibition
/// matches; and what the recipient is told of the criteria. Where all are used up it is the first of them, since the
/// quota is asked last.
///
/// # Errors
/// [`Reason::PolicyDenied`], with the id of the prohibition, or without any where nothing permits;
/// [`Reason::EligibilityMissing`] and [`Reason::TargetGroupMismatch`], with the criterion that the first permission misses.
pub(crate) fn permitting<'a>(
    terms: &'a AgreementTerms,
    question: &ReferralQuestion<'_>,
) -> Result<(&'a Rule, Option<Eligibility>), Refusal> {
    check_prohibitions(terms, question)?;
    let (mut used_up, mut closest) = (None, None);
    for rule in matching(terms, Effect::Permit, question) {
        match eligibility::check(terms, rule, question.eligibility) {
            Ok(told) if quota::check(terms, rule, question).is_ok() => return Ok((rule, told)),
            Ok(told) => used_up = used_up.or(Some((rule, told))),
            Err(refusal) => closest = closest.or(Some(refusal)),
        }
    }
    used_up.ok_or(closest.unwrap_or(Refusal::new(Reason::PolicyDenied)))
}

/// The permission that granted a referral, where it covers the kinds of data of a note about it too and
/// nothing prohibits the note.
///
/// # Errors
/// As [`permitting`].
pub(crate) fn still_permitting<'a>(
    terms: &'a AgreementTerms,
    question: &ReferralQuestion<'_>,
    rule_id: &str,
) -> Result<&'a Rule, Refusal> {
    check_prohibitions(terms, question)?;
    let grants = |rule: &&Rule| rule.rule_id == rule_id && rule.effect == Effect::Permit;
    let granted = terms.rules.iter().find(grants).filter(|rule| covers_data(rule, question));
    granted.ok_or(Refusal::new(Reason::PolicyDenied))
}

/// Checks that a version which has taken over still lets referrals like this one pass between the two, in either
/// direction, and does not prohibit a note about it. Its grounds, functions and criteria were asked when the referral
/// was sent.
///
/// # Errors
/// As [`permitting`].
pub(crate) fn check_still_between(
    terms: &AgreementTerms,
    question: &ReferralQuestion<'_>,
) -> Result<(), Refusal> {
    check_prohibitions(terms, question)?;
    let (one, other) = (&question.sender.organisation, &question.recipient.organisation);
    let between = |rule: &&Rule| {
        [(one, other), (other, one)]
            .iter()
            .any(|(from, to)| is_any_or_has(&rule.from, from) && is_any_or_has(&rule.to, to))
    };
    let still = |rule: &&Rule| {
        rule.effect == Effect::Permit
            && rule.action == question.action
            && between(rule)
            && is_any_or_has(&rule.subjects, &question.subject)
            && covers_service(rule, question.service_type)
            && covers_data(rule, question)
    };
    terms.rules.iter().find(still).map(drop).ok_or(Refusal::new(Reason::PolicyDenied))
}

fn check_prohibitions(
    terms: &AgreementTerms,
    question: &ReferralQuestion<'_>,
) -> Result<(), Refusal> {
    let Some(rule) = matching(terms, Effect::Prohibit, question).next() else { return Ok(()) };
    Err(Refusal { rule_id: rule.rule_id.clone(), ..Refusal::new(Reason::PolicyDenied) })
}

fn matching<'a>(
    terms: &'a AgreementTerms,
    effect: Effect,
    question: &ReferralQuestion<'_>,
) -> impl Iterator<Item = &'a Rule> {
    terms.rules.iter().filter(move |rule| rule.effect == effect && matches(rule, question))
}

/// What a rule narrows itself by (ODRL left operand).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// Who sends.
    Sender,
    /// Who is to receive.
    Recipient,
    /// The subject under the agreement.
    Subject,
    /// What is asked for.
    ServiceType,
    /// The secrecy rule that is lifted or broken.
    DisclosureGround,
    /// The kinds of data.
    DataCategory,
    /// Whom it is about.
    Population,
    /// The function that sends.
    SenderUnit,
    /// The function that is to receive.
    RecipientUnit,
    /// When it is sent.
    Time,
}

impl Operand {
    /// The stable code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sender => "SENDER",
            Self::Recipient => "RECIPIENT",
            Self::Subject => "SUBJECT",
            Self::ServiceType => "SERVICE_TYPE",
            Self::DisclosureGround => "DISCLOSURE_GROUND",
            Self::DataCategory => "DATA_CATEGORY",
            Self::Population => "POPULATION",
            Self::SenderUnit => "SENDER_UNIT",
            Self::RecipientUnit => "RECIPIENT_UNIT",
            Self::Time => "TIME",
        }
    }
}

/// Whether a rule speaks of a question, as far as one operand goes.
type Holds = fn(&Rule, &ReferralQuestion<'_>) -> bool;

const OPERANDS: [(Operand, Holds); 10] = [
    (Operand::Sender, |rule, asked| is_any_or_has(&rule.from, &asked.sender.organisation)),
    (Operand::Recipient, |rule, asked| is_any_or_has(&rule.to, &asked.recipient.organisation)),
    (Operand::Subject, |rule, asked| is_any_or_has(&rule.subjects, &asked.subject)),
    (Operand::ServiceType, |rule, asked| covers_service(rule, asked.service_type)),
    (Operand::DisclosureGround, |rule, asked| covers_ground(rule, asked.ground)),
    (Operand::DataCategory, covers_data),
    (Operand::Population, |rule, asked| is_any_or_has(&rule.populations, &population(asked))),
    (Operand::SenderUnit, |rule, asked| names_unit(&rule.from_units, asked.sender_unit)),
    (Operand::RecipientUnit, |rule, asked| names_unit(&rule.to_units, asked.recipient_unit)),
    (Operand::Time, |rule, asked| is_in_time(rule, asked.now)),
];

const fn population(question: &ReferralQuestion<'_>) -> Population {
    if question.child { Population::Child } else { Population::Adult }
}

/// The intake is no function: only a rule about all functions is about it.
pub(crate) fn names_unit(list: &[UnitId], unit: Option<&UnitId>) -> bool {
    list.is_empty() || unit.is_some_and(|unit| list.contains(unit))
}

fn matches(rule: &Rule, question: &ReferralQuestion<'_>) -> bool {
    rule.action == question.action && OPERANDS.iter().all(|(_, holds)| holds(rule, question))
}

/// Why a rule about the action does not match.
pub(crate) fn misses(rule: &Rule, question: &ReferralQuestion<'_>) -> Vec<Operand> {
    let missed = OPERANDS.iter().filter(|(_, holds)| !holds(rule, question));
    missed.map(|(operand, _)| *operand).collect()
}

/// Whether a rule counts at an instant; where it names no time, for as long as its agreement.
pub(crate) fn is_in_time(rule: &Rule, now: Timestamp) -> bool {
    rule.valid_from.is_none_or(|from| from <= now)
        && rule.valid_until.is_none_or(|until| now < until)
}

/// An empty list names everybody and everything.
pub(crate) fn is_any_or_has<T: PartialEq>(list: &[T], item: &T) -> bool {
    list.is_empty() || list.contains(item)
}

pub(crate) fn covers_service(rule: &Rule, service: &CodedTerm) -> bool {
    let lists = CodeLists::current();
    let understood = |parent: &String| lists.covers(service.list(), parent, service.effective());
    let declared = |parent: &String| service.broader().contains(parent);
    rule.service_types.is_empty()
        || rule.service_types.iter().any(understood)
        || (rule.effect == Effect::Prohibit && rule.service_types.iter().any(declared))
}

/// A missing ground is refused by its own name later, so here it does not stand in the way of a permission.
fn covers_ground(rule: &Rule, ground: Option<DisclosureGround>) -> bool {
    match ground {
        Some(ground) => is_any_or_has(&rule.grounds, &ground),
        None => rule.effect == Effect::Permit || rule.grounds.is_empty(),
    }
}

fn covers_data(rule: &Rule, question: &ReferralQuestion<'_>) -> bool {
    let mut categories = question.categories.iter();
    rule.data_categories.is_empty()
        || match rule.effect {
            Effect::Permit => categories.all(|category| rule.data_categories.contains(category)),
            Effect::Prohibit => categories.any(|category| rule.data_categories.contains(category)),
        }
}
