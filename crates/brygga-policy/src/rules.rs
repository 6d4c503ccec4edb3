//! Which rule of an agreement matches a question.
//!
//! Permissions are read narrowly and prohibitions widely: a permission must cover every kind of data in the
//! message, a prohibition applies if it names any; a permission goes by the service type as this version
//! understands it, a prohibition also by the parents that the sender itself gives.

use brygga_domain::agreement::{AgreementTerms, Effect, Rule};
use brygga_domain::code::{CodeLists, CodedTerm};
use brygga_domain::{DisclosureGround, Reason, Refusal};

use crate::ReferralQuestion;

/// The first permission that matches, unless a prohibition does.
///
/// # Errors
/// [`Reason::PolicyDenied`], with the id of the prohibition, or without any where nothing permits.
pub(crate) fn permitting<'a>(
    terms: &'a AgreementTerms,
    question: &ReferralQuestion<'_>,
) -> Result<&'a Rule, Refusal> {
    check_prohibitions(terms, question)?;
    first(terms, Effect::Permit, question).ok_or(Refusal::new(Reason::PolicyDenied))
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

fn check_prohibitions(
    terms: &AgreementTerms,
    question: &ReferralQuestion<'_>,
) -> Result<(), Refusal> {
    let Some(rule) = first(terms, Effect::Prohibit, question) else { return Ok(()) };
    Err(Refusal { rule_id: rule.rule_id.clone(), ..Refusal::new(Reason::PolicyDenied) })
}

fn first<'a>(
    terms: &'a AgreementTerms,
    effect: Effect,
    question: &ReferralQuestion<'_>,
) -> Option<&'a Rule> {
    terms.rules.iter().find(|rule| rule.effect == effect && matches(rule, question))
}

fn matches(rule: &Rule, question: &ReferralQuestion<'_>) -> bool {
    rule.action == question.action
        && is_any_or_has(&rule.from, &question.sender.organisation)
        && is_any_or_has(&rule.to, &question.recipient.organisation)
        && is_any_or_has(&rule.subjects, &question.subject)
        && covers_service(rule, question.service_type)
        && covers_ground(rule, question.ground)
        && covers_data(rule, question)
}

fn is_any_or_has<T: PartialEq>(list: &[T], item: &T) -> bool {
    list.is_empty() || list.contains(item)
}

fn covers_service(rule: &Rule, service: &CodedTerm) -> bool {
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
