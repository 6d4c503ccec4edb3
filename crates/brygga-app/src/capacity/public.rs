//! What anybody may read of an organisation's capacity (ORE-15): its own open services, which an agreement marks public.
//!
//! Never a place that somebody is allotted: where people live by a decision may be where somebody hides (GBG-05), and
//! protected housing above all. What stands here is where anybody can go or call.

use brygga_domain::agreement::AgreementTerms;
use brygga_domain::capacity::{LicensedActivity, Service, Statement, Visibility};
use brygga_domain::code::{CodeLists, SERVICE_TYPE};
use brygga_policy::{PublicationQuestion, publications};
use brygga_storage::StorageError;
use brygga_wire::capacity::SignedStatement;

use crate::App;

/// Tag of an agreement that lets what is published under it be public.
const PUBLIC_TAG: &str = "public_capacity";
/// Kinds of service that may be public, with what is below them.
const OPEN: [&str; 2] = ["EMERGENCY_ACCOMMODATION", "SUPPORT"];

impl App {
    /// Own services that anybody may read of, by name; without numbers where their time is past.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn capacity_public(&self) -> Result<Vec<Statement>, StorageError> {
        let all = self
            .parts()
            .store
            .glance(|reader| Box::pin(async move { reader.services_since(0).await }));
        let stored = all.await?.into_iter().map(|(_, stored)| stored);
        let mut told = Vec::new();
        for one in stored.filter(|one| one.withdrawn_at.is_none()) {
            if is_open(&one.publication.service) && self.is_marked(&one.publication.service) {
                let broken = |_| StorageError::Inconsistent {
                    table: "service",
                    column: "statement",
                    id: one.id().to_string(),
                };
                // What others are told, and no more.
                let signed = SignedStatement::decode(&one.statement).map_err(broken)?;
                let statement = signed.into_statement();
                let is_stale = statement.valid_until <= self.now();
                told.push(if is_stale { statement.outdated() } else { statement });
            }
        }
        told.sort_by(|one, other| one.service.name.cmp(&other.service.name));
        Ok(told)
    }

    /// Whether an agreement in force that permits the publication marks it public.
    fn is_marked(&self, service: &Service) -> bool {
        let (book, me) = (self.parts().agreements.book(), &self.parts().organisation);
        let question = PublicationQuestion::of(service, me, &book, self.now());
        let said = publications(&question, None);
        let marks = |terms: &AgreementTerms| terms.tags.iter().any(|tag| tag == PUBLIC_TAG);
        said.iter().any(|(record, said)| said.is_ok() && marks(record.terms()))
    }
}

fn is_open(service: &Service) -> bool {
    let lists = CodeLists::current();
    let code = lists.effective(&service.service_type);
    service.visibility == Visibility::Public
        && LicensedActivity::of(&service.service_type).is_none()
        && OPEN.iter().any(|open| lists.covers(SERVICE_TYPE, open, code))
}
