//! Who may be asked for places under an agreement: whoever it may let publish such a service to the caller.
//!
//! Which service a party would offer nobody knows yet, so this is read widely; what is offered in the end is judged as
//! any publication.

use brygga_domain::OrgId;
use brygga_domain::agreement::{Action, AgreementRecord, Effect, PartyRole, Rule};
use brygga_domain::code::{CodeLists, CodedTerm};
use brygga_domain::{Reason, Refusal, Timestamp};

use crate::AgreementBook;
use crate::gate::in_force;
use crate::rules::{covers_service, is_any_or_has, is_in_time};

/// Whom may this organisation ask for places, now?
#[derive(Clone, Copy, Debug)]
pub struct CallQuestion<'a> {
    /// Who looks for places.
    pub caller: &'a OrgId,
    /// What is looked for; a narrower service fits.
    pub service_type: &'a CodedTerm,
    /// The agreements that the node holds.
    pub agreements: &'a AgreementBook,
    /// The instant of the decision.
    pub now: Timestamp,
}

/// Participants of an agreement who may be asked, in the order of its terms, each with the first rule that lets it
/// publish to the caller. Whoever takes no part in it learns nothing of an agreement.
///
/// # Errors
/// [`Reason::NotFound`] for who is no participant, the reasons of a state that is not in force, and
/// [`Reason::PolicyDenied`] where nobody may be asked.
pub fn callable(
    record: &AgreementRecord,
    question: &CallQuestion<'_>,
) -> Result<Vec<(OrgId, String)>, Refusal> {
    if !record.has_participant(question.caller) {
        return Err(Refusal::at(Reason::NotFound, "agreement_id"));
    }
    in_force(&question.agreements.state(record, question.now))?;
    let terms = record.terms();
    let others = terms.parties.iter().filter(|party| party.role == PartyRole::Participant);
    let others = others.map(|party| &party.organisation).filter(|one| *one != question.caller);
    let permitted: Vec<_> = others
        .filter(|party| !terms.rules.iter().any(|rule| is_prohibited(rule, party, question)))
        .filter_map(|party| {
            let mut rules = terms.rules.iter();
            let rule = rules.find(|rule| is_permitted(rule, party, question))?;
            Some((party.clone(), rule.rule_id.clone()))
        })
        .collect();
    if permitted.is_empty() { Err(Refusal::new(Reason::PolicyDenied)) } else { Ok(permitted) }
}

fn is_permitted(rule: &Rule, party: &OrgId, question: &CallQuestion<'_>) -> bool {
    rule.effect == Effect::Permit
        && speaks_of(rule, party, question)
        && is_any_or_has(&rule.to, question.caller)
        && (covers_service(rule, question.service_type) || is_narrower(rule, question.service_type))
}

/// Nothing that the party could offer would pass.
fn is_prohibited(rule: &Rule, party: &OrgId, question: &CallQuestion<'_>) -> bool {
    rule.effect == Effect::Prohibit
        && speaks_of(rule, party, question)
        && rule.from_units.is_empty()
        && rule.subjects.is_empty()
        && covers_service(rule, question.service_type)
}

fn speaks_of(rule: &Rule, party: &OrgId, question: &CallQuestion<'_>) -> bool {
    rule.action == Action::CapacityPublish
        && is_any_or_has(&rule.from, party)
        && is_in_time(rule, question.now)
}

/// Whether a rule is about a narrower service than is looked for.
fn is_narrower(rule: &Rule, wanted: &CodedTerm) -> bool {
    let lists = CodeLists::current();
    let is_part = |code: &String| lists.covers(wanted.list(), wanted.effective(), code);
    rule.service_types.iter().any(is_part)
}
