//! A consent that somebody at this organisation has collected.

use brygga_domain::consent::Consent;
use brygga_domain::{ConsentId, Refusal};
use brygga_proto::local::v1 as proto;

use crate::consent::consent_from_proto;
use crate::field::{invalid, required};

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
