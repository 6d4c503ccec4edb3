//! Who may publish which capability: the responsibility matrix of an agreement (KAL-05), asked of its rules.
//!
//! A publication tells of no person, so neither law of disclosure nor consent is asked.

use std::sync::Arc;

use brygga_domain::agreement::{
    Action, AgreementKind, AgreementRecord, Effect, PartyRole, Rule, SubjectArea,
};
use brygga_domain::capacity::{AcquisitionRoute, Service};
use brygga_domain::code::CodedTerm;
use brygga_domain::{AgreementId, OrgId, Reason, Refusal, Timestamp, UnitId};

use crate::AgreementBook;
use crate::gate::in_force;
use crate::rules::{covers_service, is_any_or_has, is_in_time, names_unit};

/// May this organisation publish this capability, now?
#[derive(Clone, Copy, Debug)]
pub struct PublicationQuestion<'a> {
    /// Who publishes.
    pub publisher: &'a OrgId,
    /// Function that publishes; none for the organisation as a whole.
    pub unit: Option<&'a UnitId>,
    /// Subject under the agreement.
    pub subject: SubjectArea,
    /// What is published.
    pub service_type: &'a CodedTerm,
    /// How a dwelling came to be offered; none where it is no dwelling, or nobody has said.
    pub route: Option<AcquisitionRoute>,
    /// The agreements that the node holds.
    pub agreements: &'a AgreementBook,
    /// The instant of the decision.
    pub now: Timestamp,
}

impl<'a> PublicationQuestion<'a> {
    /// The question about a service.
    pub fn of(
        service: &'a Service,
        publisher: &'a OrgId,
        agreements: &'a AgreementBook,
        now: Timestamp,
    ) -> Self {
        Self {
            publisher,
            unit: service.unit.as_ref(),
            subject: service.subject,
            service_type: &service.service_type,
            route: service.acquisition_route,
            agreements,
            now,
        }
    }
}

/// What permits a publication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// The rule: of several, the first in the terms.
    pub rule_id: String,
    /// Participants who may see it, in the order of the terms.
    pub recipients: Vec<OrgId>,
}

/// What each agreement says in which the publisher takes part, or the one that is named; each in the version that
/// counts now. Whoever takes no part in it learns nothing of an agreement.
pub fn publications<'a>(
    question: &PublicationQuestion<'a>,
    named: Option<AgreementId>,
) -> Vec<(&'a Arc<AgreementRecord>, Result<Publication, Refusal>)> {
    let book = question.agreements;
    let mut ids: Vec<AgreementId> = match named {
        Some(id) => vec![id],
        None => book.of(question.publisher).map(|held| held.terms().agreement_id).collect(),
    };
    ids.dedup();
    let current = ids.into_iter().filter_map(|id| book.current(id, question.now));
    let takes_part = |record: &&Arc<AgreementRecord>| record.has_participant(question.publisher);
    current.filter(takes_part).map(|record| (record, decide(record, question))).collect()
}

/// Decides under one agreement.
///
/// # Errors
/// The reasons of a state that is not in force, [`Reason::AgreementScope`], and [`Reason::PolicyDenied`] with the
/// prohibition, or without any where nothing permits, also at `service.acquisition_route` (JKP-05): an agreement about a
/// single case lets through what is offered without a standing agreement and nothing else, and no other agreement does.
fn decide(
    record: &AgreementRecord,
    question: &PublicationQuestion<'_>,
) -> Result<Publication, Refusal> {
    in_force(&question.agreements.state(record, question.now))?;
    let terms = record.terms();
    if !terms.subjects.contains(&question.subject) {
        return Err(Refusal::at(Reason::AgreementScope, "subject"));
    }
    let first = |effect: Effect| {
        terms.rules.iter().find(|rule| rule.effect == effect && speaks_of(rule, question))
    };
    let denied = Refusal::new(Reason::PolicyDenied);
    if let Some(prohibition) = first(Effect::Prohibit) {
        return Err(Refusal { rule_id: prohibition.rule_id.clone(), ..denied });
    }
    let is_single = terms.kind == AgreementKind::OneOff;
    if is_single != (question.route == Some(AcquisitionRoute::WithoutAgreement)) {
        return Err(Refusal { field: "service.acquisition_route", ..denied });
    }
    let rule = first(Effect::Permit).ok_or(denied)?;
    let others = terms.parties.iter().filter(|party| party.role == PartyRole::Participant);
    let others = others.map(|party| &party.organisation);
    let sees = |one: &&OrgId| *one != question.publisher && is_any_or_has(&rule.to, one);
    let recipients = others.filter(sees).cloned().collect();
    Ok(Publication { rule_id: rule.rule_id.clone(), recipients })
}

fn speaks_of(rule: &Rule, question: &PublicationQuestion<'_>) -> bool {
    rule.action == Action::CapacityPublish
        && is_any_or_has(&rule.from, question.publisher)
        && names_unit(&rule.from_units, question.unit)
        && is_any_or_has(&rule.subjects, &question.subject)
        && covers_service(rule, question.service_type)
        && is_in_time(rule, question.now)
}
