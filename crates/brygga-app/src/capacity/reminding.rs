//! Own services that are to be counted again: nobody else sees numbers that are too old, and whoever publishes is reminded.

use brygga_domain::capacity::{Freshness, Publication};
use brygga_domain::{OrgId, ServiceId, Timestamp};
use brygga_exchange::capacity::StoredService;
use brygga_policy::AgreementBook;
use brygga_storage::StorageError;

use super::seen_by;
use crate::App;

/// An own service that is to be counted again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnService {
    /// Which.
    pub id: ServiceId,
    /// How old its numbers are: due or stale.
    pub freshness: Freshness,
}

/// Until when everybody who may see a publication is shown its numbers: of several agreements the one that asks for the
/// freshest counts.
pub(super) fn shown_until(
    book: &AgreementBook,
    publisher: &OrgId,
    publication: &Publication,
    now: Timestamp,
) -> Timestamp {
    let seen = seen_by(book, publisher, &publication.service, now);
    let records = seen.iter().filter_map(|(_, by)| book.find(by.agreement, by.version));
    let until =
        records.map(|record| publication.relied_on_until(record.terms().hold_terms().fresh));
    until.min().unwrap_or(publication.valid_until)
}

/// Which of a publisher's services are to be counted again at an instant; withdrawn ones never.
pub fn to_count<'a>(
    book: &AgreementBook,
    publisher: &OrgId,
    services: impl IntoIterator<Item = &'a StoredService>,
    now: Timestamp,
) -> Vec<OwnService> {
    let there = services.into_iter().filter(|stored| stored.withdrawn_at.is_none());
    let all = there.map(|stored| {
        let publication = &stored.publication;
        let until = shown_until(book, publisher, publication, now);
        let freshness = Freshness::of(publication.published_at, until, now);
        OwnService { id: stored.id(), freshness }
    });
    all.filter(|one| one.freshness > Freshness::Fresh).collect()
}

impl App {
    /// Own services that are to be counted again.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn capacity_to_count(&self) -> Result<Vec<OwnService>, StorageError> {
        let own = self.parts().store.glance(|reader| Box::pin(reader.services_since(0))).await?;
        let book = self.parts().agreements.book();
        let services = own.iter().map(|(_, stored)| stored);
        Ok(to_count(&book, &self.parts().organisation, services, self.now()))
    }
}
