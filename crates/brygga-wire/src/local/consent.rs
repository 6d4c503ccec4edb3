//! A consent that somebody at this organisation has collected.

use brygga_domain::consent::{Consent, Narrowing};
use brygga_domain::referral::Referral;
use brygga_domain::{ConsentId, Refusal};
use brygga_proto::local::v1 as proto;

use crate::code;
use crate::consent::{consent_from_proto, recipient};
use crate::field::{invalid, required, text_or_empty};
use crate::time;

/// Reads a new consent; `fresh` names it where the caller does not.
///
/// # Errors
/// As [`consent_from_proto`], and `SEND_INVALID_FIELD` at `consent.withdrawn_at` where it is set:
/// a withdrawal is an act of its own.
pub fn recorded_consent(
    request: proto::RecordConsentRequest,
    fresh: ConsentId,
) -> Result<Consent, Refusal> {
    let mut record = required(request.consent, "consent")?;
    if record.withdrawn_at.is_some() {
        return Err(invalid("consent.withdrawn_at"));
    }
    if record.consent_id.is_empty() {
        record.consent_id = fresh.as_bytes().to_vec();
    }
    consent_from_proto(record)
}

/// Reads what is left of a consent.
///
/// # Errors
/// `SEND_INVALID_FIELD` with the field.
pub fn narrowing(request: &proto::NarrowConsentRequest) -> Result<(ConsentId, Narrowing), Refusal> {
    let left = Narrowing {
        recipients: request.recipients.iter().map(recipient).collect::<Result<_, _>>()?,
        data_categories: code::read_all(&request.data_categories, "data_categories")?,
        valid_until: time::from_proto_or_none(request.valid_until, "valid_until")?,
    };
    Ok((super::consent_id(&request.consent_id)?, left))
}

/// A referral as the receipt for the person tells of it.
pub fn disclosure_to_proto(referral: &Referral) -> proto::Disclosure {
    proto::Disclosure {
        referral_id: referral.id.as_bytes().to_vec(),
        recipient: referral.target.to_string(),
        recipient_unit: text_or_empty(referral.target_unit.as_ref()),
        sent_at: Some(time::to_proto(referral.requested_at)),
        data_categories: code::numbers(&referral.grant.data_categories),
        disclosure_ground: code::number_or_unset(Some(referral.grant.ground)),
    }
}
