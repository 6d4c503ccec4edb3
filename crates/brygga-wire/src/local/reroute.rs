//! Asking somebody else with the same content.

use brygga_crypto::{Digest, sha256};
use brygga_domain::eligibility::Affirmation;
use brygga_domain::{AgreementId, ConsentId, OrgId, ReferralId, Refusal, UnitId};
use brygga_proto::local::v1 as proto;
use prost::Message;

use crate::eligibility::affirmations;
use crate::field::{from_bytes_or_none, from_text, from_text_or_none, invalid};

/// In front of the digested request, so that the digest is good for nothing else.
const DIGEST_CONTEXT: &[u8] = b"brygga/v1/reroute-wish\0";

/// Whom to ask instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RerouteWish {
    /// Chosen by the caller and kept for repeats.
    pub idempotency_key: [u8; 16],
    /// Digest of the request, to tell a repeat from another request under the same key.
    pub digest: Digest,
    /// Earlier referral.
    pub referral_id: ReferralId,
    /// Whom to ask.
    pub target: OrgId,
    /// Function to ask; none for its intake.
    pub target_unit: Option<UnitId>,
    /// Agreement to go under; none to use the only one that permits it.
    pub agreement: Option<AgreementId>,
    /// Consent it rests on; none to use the earlier referral's.
    pub consent_id: Option<ConsentId>,
    /// What is affirmed of the person.
    pub affirmations: Vec<Affirmation>,
}

/// Reads whom to ask instead.
///
/// # Errors
/// `SEND_INVALID_FIELD` with the field.
pub fn reroute_wish(request: &proto::RerouteReferralRequest) -> Result<RerouteWish, Refusal> {
    let key = request.idempotency_key.as_slice();
    Ok(RerouteWish {
        idempotency_key: key.try_into().map_err(|_| invalid("idempotency_key"))?,
        digest: sha256(&[DIGEST_CONTEXT, &request.encode_to_vec()]),
        referral_id: super::referral_id(&request.referral_id)?,
        target: from_text(&request.target, "target")?,
        target_unit: from_text_or_none(&request.target_unit, "target_unit")?,
        agreement: from_bytes_or_none(&request.agreement_id, "agreement_id")?,
        consent_id: from_bytes_or_none(&request.consent_id, "consent_id")?,
        affirmations: affirmations(&request.affirmations)?,
    })
}
