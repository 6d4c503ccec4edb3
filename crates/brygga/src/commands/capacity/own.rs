//! This organisation's own services: which is meant, and publishing how it stands.

use brygga_domain::{Reason, Timestamp};
use brygga_proto::capacity::v1::CapacityStatement;
use brygga_proto::local::v1::{ListServicesRequest, PublishCapacityRequest, PublishedService};

use super::{Service, shown};
use crate::capacity_file::Wanted;
use crate::cli::Language;
use crate::client::refused;
use crate::failure::Failure;
use crate::text::Text;

/// All own services.
pub(super) async fn services(service: &mut Service) -> Result<Vec<PublishedService>, Failure> {
    let response = service.list_services(ListServicesRequest {}).await;
    Ok(response.map_err(|status| refused(&status))?.into_inner().services)
}

/// The one own service that a text means.
pub(super) fn find<'a>(
    own: &'a [PublishedService],
    wanted: &str,
) -> Result<&'a PublishedService, Failure> {
    let at = shown::only(own.iter().map(|one| one.statement.as_ref()), wanted)?;
    own.get(at).ok_or_else(shown::not_found)
}

/// Its identifier.
pub(super) fn id(service: &PublishedService) -> Vec<u8> {
    let described = service.statement.as_ref().and_then(|told| told.service.as_ref());
    described.map(|described| described.service_id.clone()).unwrap_or_default()
}

/// Publishes what is wanted on top of how the service stands.
///
/// # Errors
/// What the node refuses; where somebody was faster, with how the service stands now.
pub(super) async fn publish(
    service: &mut Service,
    wanted: Wanted,
    (now, language): (Timestamp, Language),
) -> Result<PublishedService, Failure> {
    let own = services(service).await?;
    let stands = meant(&own, &wanted)?;
    let area = wanted.area.clone().unwrap_or_default();
    let mut wanted = wanted;
    if stands.is_none() && wanted.description.name.is_none() {
        // A name that is not there yet is that of a new service, where it is said what it is.
        wanted.description.name = wanted.service.take();
    }
    let publication = wanted.publication(stands, now)?;
    let id = publication.service.as_ref().map(|service| service.service_id.clone());
    let request = PublishCapacityRequest { publication: Some(publication), area };
    match service.publish_capacity(request).await {
        Ok(answer) => Ok(answer.into_inner().service.unwrap_or_default()),
        Err(status) => {
            let failure = refused(&status);
            if failure.code() != Reason::CapacitySequenceConflict.as_str() {
                return Err(failure);
            }
            let own = services(service).await?;
            let now = own.iter().find(|one| Some(self::id(one)) == id);
            let stands = now.map_or_else(String::new, |one| shown::brief(one, language));
            Err(failure.fix(format!("{}\n  {stands}", Text::CapacityFaster.of(language))))
        }
    }
}

/// How the service that is meant stands; none for a new one.
fn meant<'a>(
    own: &'a [PublishedService],
    wanted: &Wanted,
) -> Result<Option<&'a CapacityStatement>, Failure> {
    let told = |one: &'a PublishedService| one.statement.as_ref();
    let described = &wanted.description;
    let is_new = described.service_type.is_some() && described.place.is_some();
    match (&wanted.service, &described.name) {
        (Some(text), _) => match find(own, text) {
            Err(failure) if is_new && failure.code() == shown::NOT_FOUND => Ok(None),
            found => found.map(told),
        },
        (None, Some(name)) => {
            let is_named = |one: &&PublishedService| shown::name(one.statement.as_ref()) == name;
            let mut named = own.iter().filter(is_named);
            match (named.next(), named.next()) {
                (found, None) => Ok(found.and_then(told)),
                (_, Some(_)) => Err(shown::ambiguous(own.iter().map(told))),
            }
        }
        (None, None) => match own {
            [only] => Ok(told(only)),
            [] => Err(shown::not_found()),
            _ => Err(shown::ambiguous(own.iter().map(told))),
        },
    }
}
