//! Open referrals: offered by somebody here, and shown on both sides.

use brygga_crypto::{Digest, sha256};
use brygga_domain::agreement::{Priority, SubjectArea};
use brygga_domain::code::{CodedTerm, SERVICE_TYPE};
use brygga_domain::eligibility::Affirmation;
use brygga_domain::offer::{Offer, OfferEnd, OfferState, ReceivedOffer};
use brygga_domain::referral::ContactPolicy;
use brygga_domain::{
    AgreementId, ConsentId, DisclosureGround, GdprBasis, OfferId, OrgId, ReferralId, Refusal,
    UnitId,
};
use brygga_proto::local::v1 as proto;
use prost::Message;
use zeroize::Zeroizing;

use crate::code;
use crate::content::{ReferralContent, content_from_proto};
use crate::eligibility::affirmations;
use crate::field::{
    from_bytes, from_bytes_or_none, from_text_or_none, invalid, required, text_or_empty,
};
use crate::offer::offered_to_proto;
use crate::referral::municipality;
use crate::time;

/// In front of the digested request, so that the digest is good for nothing else.
const DIGEST_CONTEXT: &[u8] = b"brygga/v1/offer-wish\0";

/// What a case worker wants to offer, without the personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferTerms {
    /// Agreement whose participants are asked.
    pub agreement_id: AgreementId,
    /// How urgent.
    pub priority: Priority,
    /// Subject under the agreement.
    pub subject: SubjectArea,
    /// What is asked for.
    pub service_type: CodedTerm,
    /// Municipality where the person is now.
    pub host_municipality: Option<OrgId>,
    /// Municipality that is responsible.
    pub home_municipality: Option<OrgId>,
    /// Whether there is an acute duty.
    pub acute_duty: bool,
    /// Function that asks; none for the own intake.
    pub source_unit: Option<UnitId>,
    /// Secrecy rule; none is refused by the policy, which audits it.
    pub ground: Option<DisclosureGround>,
    /// GDPR basis; none is refused by the policy, which audits it.
    pub gdpr_basis: Option<GdprBasis>,
    /// Consent it rests on.
    pub consent_id: Option<ConsentId>,
    /// How whoever claims may reach the person.
    pub contact_policy: ContactPolicy,
    /// Earlier referral that this one continues.
    pub part_of: Option<ReferralId>,
    /// What is affirmed of the person.
    pub affirmations: Vec<Affirmation>,
}

/// A whole offer: the terms, what makes it repeatable, and the personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferWish {
    /// Chosen by the caller and kept for repeats.
    pub idempotency_key: [u8; 16],
    /// Digest of the request. It covers the personal data and is erased with them.
    pub digest: Digest,
    /// What is offered.
    pub terms: OfferTerms,
    /// The personal data.
    pub content: ReferralContent,
}

/// Reads a request to offer a referral.
///
/// # Errors
/// `SEND_INVALID_FIELD` with the field; the ground, the basis and the consent are the policy's matter.
/// `SEND_CONTENT_WARNING` where a text waits to be read again.
pub fn offer_wish(mut request: proto::OfferReferralRequest) -> Result<OfferWish, Refusal> {
    let is_accepted = std::mem::take(&mut request.accept_content_warning);
    let encoded = Zeroizing::new(request.encode_to_vec());
    let digest = sha256(&[DIGEST_CONTEXT, &encoded]);
    let content = required(request.content.clone(), "content")?;
    if !content.salt.is_empty() {
        return Err(invalid("content.salt"));
    }
    let content = content_from_proto(content)?;
    content.check_texts()?;
    content.check_test_results(is_accepted)?;
    let key = request.idempotency_key.as_slice();
    let idempotency_key = key.try_into().map_err(|_| invalid("idempotency_key"))?;
    Ok(OfferWish { idempotency_key, digest, terms: terms(request)?, content })
}

fn terms(request: proto::OfferReferralRequest) -> Result<OfferTerms, Refusal> {
    Ok(OfferTerms {
        agreement_id: from_bytes(&request.agreement_id, "agreement_id")?,
        priority: code::read(request.priority, "priority")?,
        subject: code::read(request.subject, "subject")?,
        service_type: code::term_of(SERVICE_TYPE, request.service_type, "service_type")?,
        host_municipality: municipality(&request.host_municipality, "host_municipality")?,
        home_municipality: municipality(&request.home_municipality, "home_municipality")?,
        acute_duty: request.acute_duty,
        source_unit: from_text_or_none(&request.source_unit, "source_unit")?,
        ground: code::read_or_unset(request.disclosure_ground, "disclosure_ground")?,
        gdpr_basis: code::read_or_unset(request.gdpr_basis, "gdpr_basis")?,
        consent_id: from_bytes_or_none(&request.consent_id, "consent_id")?,
        contact_policy: code::read_or_unset(request.contact_policy, "contact_policy")?
            .unwrap_or(ContactPolicy::ViaRequester),
        part_of: from_bytes_or_none(&request.part_of, "part_of")?,
        affirmations: affirmations(&request.affirmations)?,
    })
}

/// Reads the identifier in a request about one offer.
///
/// # Errors
/// `SEND_INVALID_FIELD` at `offer_id`.
pub fn offer_id(bytes: &[u8]) -> Result<OfferId, Refusal> {
    from_bytes(bytes, "offer_id")
}

/// Reads a claim: the offer, and the function that takes the person on.
///
/// # Errors
/// `SEND_INVALID_FIELD` with the field.
pub fn offer_claim(
    request: &proto::ClaimOfferRequest,
) -> Result<(OfferId, Option<UnitId>), Refusal> {
    Ok((offer_id(&request.offer_id)?, from_text_or_none(&request.unit, "unit")?))
}

/// An own offer as its function sees it.
pub fn own_offer_to_proto(offer: &Offer, source: &OrgId) -> proto::Offer {
    let (state, end) = match &offer.state {
        OfferState::Open => (proto::OfferState::Open, None),
        OfferState::Claiming(_) => (proto::OfferState::Claiming, None),
        OfferState::Claimed { .. } => (proto::OfferState::Claimed, None),
        OfferState::Withdrawn => (proto::OfferState::Closed, Some(OfferEnd::Withdrawn)),
        OfferState::Expired => (proto::OfferState::Closed, Some(OfferEnd::Expired)),
    };
    let claim = offer.state.claim();
    let referral_id = match &offer.state {
        OfferState::Claimed { referral_id, .. } => referral_id.as_bytes().to_vec(),
        _ => Vec::new(),
    };
    proto::Offer {
        offer_id: offer.id.as_bytes().to_vec(),
        is_own: true,
        source: source.to_string(),
        asked: Some(offered_to_proto(offer.id, &offer.asked, &[])),
        agreement_id: offer.basis.agreement_id.as_bytes().to_vec(),
        state: state.into(),
        end: code::number_or_unset(end),
        since: Some(time::to_proto(offer.made_at)),
        claimant: text_or_empty(claim.map(|claim| &claim.by)),
        claimant_unit: text_or_empty(claim.and_then(|claim| claim.unit.as_ref())),
        claimed_at: claim.map(|claim| time::to_proto(claim.at)),
        claim_lost: false,
        referral_id,
        parties: offer.parties.iter().map(OrgId::to_string).collect(),
        effective_service_type: offer.asked.service_type.effective().to_owned(),
    }
}

/// An offer of another organisation as everybody who may claim it sees it.
pub fn received_offer_to_proto(offer: &ReceivedOffer, me: &OrgId) -> proto::Offer {
    let state = match (&offer.claim, &offer.end) {
        (None, None) => proto::OfferState::Open,
        (Some(_), None) => proto::OfferState::Claiming,
        (_, Some((OfferEnd::ClaimedByYou, _))) => proto::OfferState::Claimed,
        (_, Some(_)) => proto::OfferState::Closed,
    };
    let claim = offer.claim.as_ref();
    proto::Offer {
        offer_id: offer.id.as_bytes().to_vec(),
        is_own: false,
        source: offer.source.to_string(),
        asked: Some(offered_to_proto(offer.id, &offer.asked, &offer.units)),
        agreement_id: offer.agreement_id.as_bytes().to_vec(),
        state: state.into(),
        end: code::number_or_unset(offer.end.map(|(end, _)| end)),
        since: Some(time::to_proto(offer.received_at)),
        claimant: claim.map(|_| me.to_string()).unwrap_or_default(),
        claimant_unit: text_or_empty(claim.and_then(|claim| claim.unit.as_ref())),
        claimed_at: claim.map(|claim| time::to_proto(claim.at)),
        claim_lost: offer.is_claim_lost(),
        referral_id: offer.referral_id.map(|id| id.as_bytes().to_vec()).unwrap_or_default(),
        parties: Vec::new(),
        effective_service_type: offer.asked.service_type.effective().to_owned(),
    }
}
