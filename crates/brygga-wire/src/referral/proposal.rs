//! What the source proposes in a referral's thread; the target's log decides.

use brygga_domain::referral::{ReviewGround, StatusReason};
use brygga_domain::{ReferralId, Refusal};
use brygga_proto::referral::v1 as proto;
use prost::Message;

use super::event::reason;
use crate::code;
use crate::field::{from_bytes, invalid};

/// The payload of `referral.withdrawn`.
pub fn encode_withdrawn(id: ReferralId, reason: StatusReason) -> Vec<u8> {
    let reason = code::number_or_unset(Some(reason));
    proto::ReferralWithdrawn { referral_id: id.as_bytes().to_vec(), reason }.encode_to_vec()
}

/// Reads the payload of `referral.withdrawn`.
///
/// # Errors
/// The field at fault.
pub fn decode_withdrawn(payload: &[u8]) -> Result<(ReferralId, StatusReason), Refusal> {
    let payload = proto::ReferralWithdrawn::decode(payload).map_err(|_| invalid("payload"))?;
    Ok((
        from_bytes(&payload.referral_id, "payload.referral_id")?,
        reason(payload.reason, "payload.reason")?,
    ))
}

/// The payload of `referral.acknowledged`.
pub fn encode_acknowledged(id: ReferralId) -> Vec<u8> {
    proto::OutcomeAcknowledged { referral_id: id.as_bytes().to_vec() }.encode_to_vec()
}

/// Reads the payload of `referral.acknowledged`.
///
/// # Errors
/// The field at fault.
pub fn decode_acknowledged(payload: &[u8]) -> Result<ReferralId, Refusal> {
    let payload = proto::OutcomeAcknowledged::decode(payload).map_err(|_| invalid("payload"))?;
    from_bytes(&payload.referral_id, "payload.referral_id")
}

/// The payload of `referral.review_requested`.
pub fn encode_review_requested(id: ReferralId, ground: ReviewGround) -> Vec<u8> {
    let ground = code::number_or_unset(Some(ground));
    proto::ReviewRequested { referral_id: id.as_bytes().to_vec(), ground }.encode_to_vec()
}

/// Reads the payload of `referral.review_requested`.
///
/// # Errors
/// The field at fault.
pub fn decode_review_requested(payload: &[u8]) -> Result<(ReferralId, ReviewGround), Refusal> {
    let payload = proto::ReviewRequested::decode(payload).map_err(|_| invalid("payload"))?;
    Ok((
        from_bytes(&payload.referral_id, "payload.referral_id")?,
        code::read(payload.ground, "payload.ground")?,
    ))
}
