//! Capacity: publishing one's own, being told of others', and holding places.

mod holding;
mod neighbours;
mod public;
mod publishing;
mod reminding;
mod searching;
mod showcase;
mod telling;
mod visibility;

use std::sync::Arc;

use brygga_domain::capacity::{ExcludedAreas, Service};
use brygga_domain::{AgreementId, OrgId, Timestamp};
use brygga_policy::{AgreementBook, PublicationQuestion, publications};

pub use holding::{HoldWish, WAIT_MAX};
pub(crate) use holding::{services, services_of};
pub(crate) use neighbours::Neighbours;
pub use neighbours::{Heard, KnownService};
pub use publishing::PublishedService;
pub use reminding::{OwnService, to_count};
pub use searching::{FoundCapacity, FoundHit, FoundMiss};
pub(crate) use showcase::Showcase;
pub use showcase::{Step, WatchedFrom, Window};

/// What a node keeps in memory of capacity.
#[derive(Default)]
pub struct CapacityBoard {
    /// What others are told.
    pub(crate) showcase: Showcase,
    /// What others tell.
    pub(crate) neighbours: Neighbours,
    /// Where this organisation takes no more dwellings.
    pub(crate) excluded_areas: ExcludedAreas,
}

impl CapacityBoard {
    /// An empty board of an organisation that publishes nothing in some areas.
    pub fn without(excluded_areas: ExcludedAreas) -> Self {
        Self { excluded_areas, ..Self::default() }
    }
}

/// An agreement that lets an organisation see a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The agreement.
    pub agreement: AgreementId,
    /// Its version that counts.
    pub version: u32,
    /// The rule of it.
    pub rule_id: String,
}

/// Who may see a service of a publisher, each by the first agreement that says so.
pub(crate) fn seen_by(
    book: &AgreementBook,
    publisher: &OrgId,
    service: &Service,
    now: Timestamp,
) -> Vec<(OrgId, Seen)> {
    let question = PublicationQuestion::of(service, publisher, book, now);
    let mut seen: Vec<(OrgId, Seen)> = Vec::new();
    for (record, answer) in publications(&question, None) {
        let Ok(publication) = answer else { continue };
        let terms = record.terms();
        for recipient in publication.recipients {
            let by = Seen {
                agreement: terms.agreement_id,
                version: terms.version,
                rule_id: publication.rule_id.clone(),
            };
            seen.push((recipient, by));
        }
    }
    // Stable, so that of several agreements the first stays.
    seen.sort_by(|one, other| one.0.cmp(&other.0));
    seen.dedup_by(|one, other| one.0 == other.0);
    seen
}

/// By which agreement an organisation sees a service of another.
pub(crate) fn sees(
    book: &Arc<AgreementBook>,
    publisher: &OrgId,
    service: &Service,
    reader: &OrgId,
    now: Timestamp,
) -> Option<Seen> {
    let seen = seen_by(book, publisher, service, now);
    seen.into_iter().find(|(one, _)| one == reader).map(|(_, by)| by)
}
