//! Capacity: publications as they are stored, statements as they are signed and handed on, and the messages of calls and holds.

mod call;
mod hold;
mod line;
mod service;
mod statement;
#[cfg(test)]
mod tests;

use brygga_domain::capacity::{Publication, PublicationDraft};
use brygga_domain::{Refusal, Timestamp};
use brygga_proto::capacity::v1 as proto;
use prost::Message;

use crate::field::{counted, invalid, required};
use crate::time;

pub use call::{
    CallAnswer, decode_call_answered, decode_call_closed, decode_called, encode_call_answered,
    encode_call_closed, encode_called, wanted_from_proto, wanted_to_proto,
};
pub use hold::{
    HoldAsked, decode_hold_changed, decode_hold_ended, decode_hold_moved, decode_hold_requested,
    encode_hold_changed, encode_hold_ended, encode_hold_moved, encode_hold_requested,
    hold_items_from_proto, hold_items_to_proto, reentry_of_from_proto,
};
pub(crate) use hold::{hold_asked, hold_requested_to_proto};
pub use service::check_place;
pub use statement::{SignedStatement, VerifiedStatement, statement_to_proto};

use line::{line_from_proto, line_to_proto};
use service::{service_from_proto, service_to_proto};

/// Most lines of a service.
const MAX_LINES: usize = 16;

/// A publication as it is stored.
pub fn encode_publication(publication: &Publication) -> Vec<u8> {
    publication_to_proto(publication).encode_to_vec()
}

/// Reads a publication that was stored.
///
/// # Errors
/// The field at fault: it was checked when it was stored, so the store is broken.
pub fn decode_publication(bytes: &[u8]) -> Result<Publication, Refusal> {
    let publication = proto::Publication::decode(bytes).map_err(|_| invalid("publication"))?;
    let published_at = time::from_proto(publication.published_at, "published_at")?;
    publication_from_proto(publication, published_at)?.check()
}

/// Reads a publication that somebody at this node made at an instant; what they say of when is passed over.
///
/// # Errors
/// The field at fault.
pub fn publication_from_proto(
    publication: proto::Publication,
    published_at: Timestamp,
) -> Result<PublicationDraft, Refusal> {
    counted(&publication.lines, 1..=MAX_LINES, "lines")?;
    Ok(PublicationDraft {
        service: service_from_proto(required(publication.service, "service")?)?,
        lines: publication.lines.into_iter().map(line_from_proto).collect::<Result<_, _>>()?,
        sequence: publication.sequence,
        published_at,
        valid_until: time::from_proto(publication.valid_until, "valid_until")?,
    })
}

fn publication_to_proto(publication: &Publication) -> proto::Publication {
    proto::Publication {
        service: Some(service_to_proto(&publication.service)),
        lines: publication.lines.iter().map(line_to_proto).collect(),
        sequence: publication.sequence,
        published_at: Some(time::to_proto(publication.published_at)),
        valid_until: Some(time::to_proto(publication.valid_until)),
    }
}
