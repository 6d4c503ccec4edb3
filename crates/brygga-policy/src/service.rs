//! Whether a service may be published, and who sees it: the matrix of each agreement, how a dwelling came to be offered
//! (JKP-05), and the permit that it is run under (R15).
//!
//! The same question is asked at the publisher before anything is stored, and at whoever reads.

use brygga_domain::agreement::{AgreementKind, AgreementRecord};
use brygga_domain::capacity::{AttestedPermit, Service};
use brygga_domain::{AgreementId, MemberKind, OrgId, Reason, Refusal, Timestamp};

#[cfg(test)]
mod tests;

use crate::publication::{Publication, PublicationQuestion, publications};
use crate::{AgreementBook, closest, licence};

/// May this organisation publish this service, now?
#[derive(Clone, Copy, Debug)]
pub struct ServiceQuestion<'a> {
    /// Who publishes.
    pub publisher: &'a OrgId,
    /// What kind of body it is.
    pub kind: MemberKind,
    /// What the registry attests of its permits now.
    pub permits: &'a [AttestedPermit],
    /// What is published.
    pub service: &'a Service,
    /// Places that the publisher would offer without a standing agreement, those of this service included. Asked only of
    /// such an offer.
    pub places_without_agreement: u32,
    /// The agreements that the node holds.
    pub agreements: &'a AgreementBook,
    /// The instant of the decision.
    pub now: Timestamp,
}

/// What one agreement lets others see of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicationGrant {
    /// The agreement.
    pub agreement_id: AgreementId,
    /// Its version that counts.
    pub version: u32,
    /// The rule: of several, the first in the terms.
    pub rule_id: String,
    /// Participants who may see it, in the order of the terms.
    pub recipients: Vec<OrgId>,
}

impl PublicationGrant {
    /// Agreement, version and rule, as the audit log names what permitted something.
    pub fn clause(&self) -> String {
        format!("{}/{}/{}", self.agreement_id, self.version, self.rule_id)
    }
}

/// What every agreement grants that permits it, by agreement; at least one.
///
/// # Errors
/// - [`Reason::NotFound`] at `agreement_id` where the publisher takes part in no agreement.
/// - The reason of the agreement that came closest: of a state that is not in force, [`Reason::AgreementScope`],
///   [`Reason::PolicyDenied`] with the prohibition, or without any where nothing permits, also at
///   `service.acquisition_route` where an agreement about a single case and an offer that needs one do not meet, and
///   [`Reason::AgreementQuota`] with the rule where more is offered than the case is about.
/// - [`Reason::LicenceRequired`] at `service.permit` where an agreement permits it and the law does not.
pub fn decide_publication(
    question: &ServiceQuestion<'_>,
) -> Result<Vec<PublicationGrant>, Refusal> {
    let service = question.service;
    let asked =
        PublicationQuestion::of(service, question.publisher, question.agreements, question.now);
    let said = publications(&asked, None).into_iter();
    let (granted, refused): (Vec<_>, Vec<_>) = said
        .map(|(record, said)| said.and_then(|found| grant(record, found, question)))
        .partition(Result::is_ok);
    let granted: Vec<PublicationGrant> = granted.into_iter().flatten().collect();
    if granted.is_empty() {
        let nowhere = Refusal::at(Reason::NotFound, "agreement_id");
        return Err(closest(refused.into_iter().filter_map(Result::err)).unwrap_or(nowhere));
    }
    licence::check(service, question.kind, question.permits)?;
    Ok(granted)
}

fn grant(
    record: &AgreementRecord,
    found: Publication,
    question: &ServiceQuestion<'_>,
) -> Result<PublicationGrant, Refusal> {
    let (terms, Publication { rule_id, recipients }) = (record.terms(), found);
    // Of a standing agreement the quota is what the publisher has undertaken; of a single case it is what was accepted.
    if terms.kind == AgreementKind::OneOff {
        let rule = terms.rules.iter().find(|rule| rule.rule_id == rule_id);
        let limit = rule.and_then(|rule| rule.quota).map(|quota| quota.limit(None));
        if limit.is_some_and(|limit| limit < question.places_without_agreement) {
            let used_up = Refusal::at(Reason::AgreementQuota, "agreement_id");
            return Err(Refusal { rule_id, ..used_up });
        }
    }
    let (agreement_id, version) = (terms.agreement_id, terms.version);
    Ok(PublicationGrant { agreement_id, version, rule_id, recipients })
}
