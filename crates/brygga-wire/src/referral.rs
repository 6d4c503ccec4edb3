//! Payloads about a referral, none of which holds personal data.

mod advice;
mod event;
mod noted;
mod proposal;
mod requested;
#[cfg(test)]
mod tests;

use brygga_domain::capacity::Hold;
use brygga_domain::referral::{Event, Referral, RequestParts};
use brygga_domain::{Reason, ReferralId, Refusal, Timestamp};
use brygga_proto::referral::v1 as proto;
use prost::Message;

pub use noted::{Noted, decode_noted, encode_noted};
pub use proposal::{
    decode_acknowledged, decode_review_requested, decode_withdrawn, encode_acknowledged,
    encode_review_requested, encode_withdrawn,
};

pub(crate) use event::{EventFields, decline, event_to_proto, outcome, reason, taken_on};
pub(crate) use requested::{municipality, requested_to_proto};

use crate::capacity::{HoldAsked, hold_asked, hold_requested_to_proto};
use crate::envelope::Header;
use crate::field::{from_bytes, invalid};
use crate::time;

/// One event of the target's log, as it travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progressed {
    /// The referral.
    pub referral_id: ReferralId,
    /// Version after the event; at least 2, since the request is version 1.
    pub version: u32,
    /// When it happened, on the target's clock.
    pub occurred_at: Timestamp,
    /// What happened.
    pub event: Event,
}

/// The payload of `referral.requested`.
pub fn encode_requested(referral: &Referral) -> Vec<u8> {
    requested_to_proto(referral).encode_to_vec()
}

/// The payload of `referral.requested` with places that are to be held with it, and until when they can be given.
pub fn encode_requested_with(referral: &Referral, hold: &Hold, answer_by: Timestamp) -> Vec<u8> {
    let hold = Some(hold_requested_to_proto(hold, answer_by));
    proto::ReferralRequested { hold, ..requested_to_proto(referral) }.encode_to_vec()
}

/// The places that are to be held with a request; none where it asks for none.
///
/// # Errors
/// As [`crate::capacity::decode_hold_requested`].
pub fn places_requested(payload: &[u8], header: &Header) -> Result<Option<HoldAsked>, Refusal> {
    let payload = proto::ReferralRequested::decode(payload).map_err(|_| invalid("payload"))?;
    payload.hold.map(|hold| hold_asked(&hold, header)).transpose()
}

/// Reads the payload of `referral.requested` together with the header that it came under.
///
/// The grant's `rule_id` is empty: the receiver's own policy fills it in.
///
/// # Errors
/// The field at fault. [`Reason::GroundMissing`] where nothing is sealed, since the header then
/// names no ground; [`Reason::ConsentMissing`] where the ground is a consent and none is named.
pub fn decode_requested(
    payload: &[u8],
    header: &Header,
) -> Result<(ReferralId, RequestParts), Refusal> {
    let payload = proto::ReferralRequested::decode(payload).map_err(|_| invalid("payload"))?;
    let id: ReferralId = from_bytes(&payload.referral_id, "payload.referral_id")?;
    in_its_own_conversation(id, header)?;
    Ok((id, requested::parts(payload, header)?))
}

/// The payload of `referral.progressed`, for the outbox and for the referral's own log.
pub fn encode_progressed(id: ReferralId, version: u32, at: Timestamp, event: &Event) -> Vec<u8> {
    progressed_to_proto(id, version, at, event).encode_to_vec()
}

/// Reads the payload of `referral.progressed`.
///
/// # Errors
/// The field at fault. [`Reason::NextStepMissing`] for a decline by the provider without one,
/// [`Reason::AdviceMissing`] for one for want of a right to a dwelling without advice,
/// [`Reason::OutcomeMissing`] for a completion without a result, [`Reason::NotImplemented`] for an
/// event that this version does not know.
pub fn decode_progressed(payload: &[u8]) -> Result<Progressed, Refusal> {
    let payload = proto::ReferralProgressed::decode(payload).map_err(|_| invalid("payload"))?;
    if payload.version < 2 {
        return Err(invalid("payload.version"));
    }
    Ok(Progressed {
        referral_id: from_bytes(&payload.referral_id, "payload.referral_id")?,
        version: payload.version,
        occurred_at: time::from_proto(payload.occurred_at, "payload.occurred_at")?,
        event: payload
            .event
            .ok_or(Refusal::at(Reason::NotImplemented, "payload.event"))
            .and_then(event::event_from_proto)?,
    })
}

/// Refuses a message about a referral outside the thread that the referral's id names.
///
/// # Errors
/// [`Reason::InvalidField`] at `header.conversation_id`.
pub fn in_its_own_conversation(id: ReferralId, header: &Header) -> Result<(), Refusal> {
    if header.conversation.as_bytes() == id.as_bytes() {
        Ok(())
    } else {
        Err(invalid("header.conversation_id"))
    }
}

pub(crate) fn progressed_to_proto(
    id: ReferralId,
    version: u32,
    at: Timestamp,
    event: &Event,
) -> proto::ReferralProgressed {
    proto::ReferralProgressed {
        referral_id: id.as_bytes().to_vec(),
        version,
        occurred_at: Some(time::to_proto(at)),
        event: Some(event_to_proto(event)),
    }
}
