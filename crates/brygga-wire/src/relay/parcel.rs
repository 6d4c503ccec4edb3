//! A parcel: what one node has for another, as it stands inside of a cell.

use std::fmt;

use brygga_crypto::SealingPublicKey;
use brygga_domain::{ParcelId, Refusal, Timestamp};
use brygga_proto::relocation::v1 as proto;
use prost::Message;

use crate::field::{counted, from_bytes, from_bytes_or_none, invalid};
use crate::time;

/// The longest content of a parcel, in bytes; whatever it holds, the parcel fits into a cell.
pub const MAX_PARCEL_CONTENT_BYTES: usize = 10_240;
/// The most parcels that one acknowledges.
pub const MAX_ACKNOWLEDGED: usize = 32;

/// What one node has for another.
#[derive(Clone, PartialEq, Eq)]
pub struct Parcel {
    /// The same each time it is sent.
    pub id: ParcelId,
    /// The mailbox that acknowledgements go to; none where none is wanted.
    pub answer_to: Option<SealingPublicKey>,
    /// Parcels that have come.
    pub acknowledged: Vec<ParcelId>,
    /// When it is given up, in whole seconds.
    pub expires_at: Timestamp,
    /// What the layer above says.
    pub content: ParcelContent,
}

/// What the layer above says; nothing here reads it.
#[derive(Clone, PartialEq, Eq)]
pub enum ParcelContent {
    /// For every candidate. It is never acknowledged.
    Enquiry(Vec<u8>),
    /// Nothing but acknowledgements.
    Nothing,
    /// Sealed once more to whom it is for.
    Sealed(Vec<u8>),
}

impl fmt::Debug for Parcel {
    /// Nothing of it, since a log has no use for any part.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Parcel(..)")
    }
}

impl fmt::Debug for ParcelContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ParcelContent(..)")
    }
}

/// The content of a cell.
pub fn encode_parcel(parcel: &Parcel) -> Vec<u8> {
    let content = match &parcel.content {
        ParcelContent::Enquiry(bytes) => Some(proto::parcel::Content::Enquiry(bytes.clone())),
        ParcelContent::Nothing => None,
        ParcelContent::Sealed(bytes) => Some(proto::parcel::Content::Sealed(bytes.clone())),
    };
    let acknowledged = parcel.acknowledged.iter().map(|id| id.as_bytes().to_vec()).collect();
    proto::Parcel {
        parcel_id: parcel.id.as_bytes().to_vec(),
        answer_to: parcel.answer_to.map(|key| key.as_bytes().to_vec()).unwrap_or_default(),
        acknowledged,
        expires_at: Some(time::to_proto(parcel.expires_at)),
        content,
    }
    .encode_to_vec()
}

/// Reads the content of a cell.
///
/// # Errors
/// The field at fault.
pub fn decode_parcel(bytes: &[u8]) -> Result<Parcel, Refusal> {
    let parcel = proto::Parcel::decode(bytes).map_err(|_| invalid("parcel"))?;
    counted(&parcel.acknowledged, 0..=MAX_ACKNOWLEDGED, "parcel.acknowledged")?;
    let acknowledged = parcel.acknowledged.iter();
    let acknowledged = acknowledged.map(|id| from_bytes(id, "parcel.acknowledged"));
    let answer_to: Option<[u8; 32]> = from_bytes_or_none(&parcel.answer_to, "parcel.answer_to")?;
    let expires_at = time::from_proto(parcel.expires_at, "parcel.expires_at")?;
    if expires_at.as_millis() % 1000 != 0 {
        return Err(invalid("parcel.expires_at"));
    }
    let parcel = Parcel {
        id: from_bytes(&parcel.parcel_id, "parcel.parcel_id")?,
        answer_to: answer_to.map(SealingPublicKey::from_bytes),
        acknowledged: acknowledged.collect::<Result<_, _>>()?,
        expires_at,
        content: content(parcel.content)?,
    };
    check(&parcel)?;
    Ok(parcel)
}

fn content(content: Option<proto::parcel::Content>) -> Result<ParcelContent, Refusal> {
    let content = match content {
        None => return Ok(ParcelContent::Nothing),
        Some(proto::parcel::Content::Enquiry(bytes)) => ParcelContent::Enquiry(bytes),
        Some(proto::parcel::Content::Sealed(bytes)) => ParcelContent::Sealed(bytes),
    };
    match &content {
        ParcelContent::Enquiry(bytes) | ParcelContent::Sealed(bytes)
            if !(1..=MAX_PARCEL_CONTENT_BYTES).contains(&bytes.len()) =>
        {
            Err(invalid("parcel.content"))
        }
        _ => Ok(content),
    }
}

/// Many get an enquiry, and must not all acknowledge it; an acknowledgement of acknowledgements would never end.
fn check(parcel: &Parcel) -> Result<(), Refusal> {
    match &parcel.content {
        ParcelContent::Enquiry(_) if !parcel.acknowledged.is_empty() => {
            Err(invalid("parcel.acknowledged"))
        }
        ParcelContent::Nothing if parcel.acknowledged.is_empty() => {
            Err(invalid("parcel.acknowledged"))
        }
        ParcelContent::Enquiry(_) | ParcelContent::Nothing if parcel.answer_to.is_some() => {
            Err(invalid("parcel.answer_to"))
        }
        _ => Ok(()),
    }
}
