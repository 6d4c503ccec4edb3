//! A note that either side sends in between; its text is sealed, and this is what stands beside it.

use brygga_domain::{ConsentId, Reason, ReferralId, Refusal, Timestamp, UnitId};
use brygga_proto::referral::v1 as proto;
use prost::Message;

use super::in_its_own_conversation;
use crate::consent;
use crate::envelope::Header;
use crate::field::{from_bytes, from_text_or_none, invalid, text_or_empty};

/// What stands beside the sealed text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noted {
    /// Referral that it is about.
    pub referral_id: ReferralId,
    /// Function that wrote it; none for the intake.
    pub author_unit: Option<UnitId>,
    /// Consent of the author's organisation and until when it holds, where the ground is a consent.
    pub consent: Option<(ConsentId, Timestamp)>,
}

/// The payload of `referral.noted`.
pub fn encode_noted(noted: &Noted) -> Vec<u8> {
    proto::ReferralNoted {
        referral_id: noted.referral_id.as_bytes().to_vec(),
        author_unit: text_or_empty(noted.author_unit.as_ref()),
        consent: noted.consent.map(consent::statement_to_proto),
    }
    .encode_to_vec()
}

/// Reads the payload of `referral.noted` together with the header that it came under.
///
/// # Errors
/// The field at fault; [`Reason::GroundMissing`] where nothing is sealed, [`Reason::ConsentMissing`]
/// where the ground is a consent and none is named.
pub fn decode_noted(payload: &[u8], header: &Header) -> Result<Noted, Refusal> {
    let payload = proto::ReferralNoted::decode(payload).map_err(|_| invalid("payload"))?;
    let noted = Noted {
        referral_id: from_bytes(&payload.referral_id, "payload.referral_id")?,
        author_unit: from_text_or_none(&payload.author_unit, "payload.author_unit")?,
        consent: payload.consent.as_ref().map(consent::statement_from_proto).transpose()?,
    };
    in_its_own_conversation(noted.referral_id, header)?;
    let sealed = header.sealed.as_ref();
    let sealed = sealed.ok_or(Refusal::at(Reason::GroundMissing, "header.disclosure_ground"))?;
    if sealed.ground.rests_on_consent() && noted.consent.is_none() {
        return Err(Refusal::at(Reason::ConsentMissing, "payload.consent"));
    }
    Ok(noted)
}
