//! A referral that a case worker wants to send.

use brygga_crypto::{Digest, sha256};
use brygga_domain::agreement::{Priority, SubjectArea};
use brygga_domain::capacity::HoldItem;
use brygga_domain::code::{CodedTerm, SERVICE_TYPE};
use brygga_domain::eligibility::Affirmation;
use brygga_domain::referral::ContactPolicy;
use brygga_domain::{
    AgreementId, ConsentId, DisclosureGround, GdprBasis, OrgId, Reason, ReferralId, Refusal,
    Seconds, UnitId,
};
use brygga_proto::local::v1 as proto;
use prost::Message;
use zeroize::Zeroizing;

use crate::capacity::hold_items_from_proto;
use crate::code;
use crate::content::{ContentWarning, ReferralContent, content_from_proto};
use crate::eligibility::affirmations;
use crate::field::{from_bytes_or_none, from_text, from_text_or_none, invalid, required};
use crate::referral::municipality;

/// In front of the digested request, so that the digest is good for nothing else.
const DIGEST_CONTEXT: &[u8] = b"brygga/v1/referral-wish\0";

/// What a case worker wants to ask, without the personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Whom to ask.
    pub target: OrgId,
    /// Function to ask; none for its intake.
    pub target_unit: Option<UnitId>,
    /// Agreement to go under; none to use the only one that permits it.
    pub agreement: Option<AgreementId>,
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
    /// How the target may reach the person.
    pub contact_policy: ContactPolicy,
    /// Whether the person chose this recipient.
    pub recipient_chosen_by_person: bool,
    /// Earlier referral that this one continues.
    pub part_of: Option<ReferralId>,
    /// What is affirmed of the person.
    pub affirmations: Vec<Affirmation>,
}

/// A whole request: the wish, what makes it repeatable, and the personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferralWish {
    /// Chosen by the caller and kept for repeats.
    pub idempotency_key: [u8; 16],
    /// Digest of the request, to tell a repeat from another request under the same key.
    ///
    /// It covers the personal data and only the idempotency key salts it: it is erased with the case.
    pub digest: Digest,
    /// Consent it rests on.
    pub consent_id: Option<ConsentId>,
    /// What is asked.
    pub wish: Wish,
    /// Places that are to be held with it.
    pub places: Option<PlacesWish>,
    /// The personal data.
    pub content: ReferralContent,
}

/// Places at the target that are to be held with a referral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacesWish {
    /// What.
    pub items: Vec<HoldItem>,
    /// For how long; none for what the agreement says.
    pub ttl: Option<Seconds>,
    /// Whether a child comes along.
    pub with_child: bool,
}

/// Reads a request to send a referral.
///
/// # Errors
/// `SEND_INVALID_FIELD` with the field; that the ground, the basis and the consent are there and
/// suffice is the policy's matter. `SEND_CONTENT_WARNING` where a text waits to be read again, and
/// `SEND_PROTECTED_WAY` for a person with protection, of whom nothing else is read.
pub fn referral_wish(mut request: proto::RequestReferralRequest) -> Result<ReferralWish, Refusal> {
    if request.protected_person {
        return Err(Refusal::at(Reason::ProtectedWay, "protected_person"));
    }
    let is_accepted = std::mem::take(&mut request.accept_content_warning);
    request.wait_seconds = 0;
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
    let places = request.places.as_ref().map(places_wish).transpose()?;
    Ok(ReferralWish {
        places,
        idempotency_key: key.try_into().map_err(|_| invalid("idempotency_key"))?,
        digest,
        consent_id: from_bytes_or_none(&request.consent_id, "consent_id")?,
        wish: wish(request)?,
        content,
    })
}

fn places_wish(wanted: &proto::PlacesWanted) -> Result<PlacesWish, Refusal> {
    let ttl = Some(wanted.ttl_seconds).filter(|seconds| *seconds > 0);
    if ttl.is_some_and(|seconds| seconds < 60) {
        return Err(invalid("places.ttl_seconds"));
    }
    let items = hold_items_from_proto(&wanted.items);
    Ok(PlacesWish {
        items: items.map_err(|refusal| Refusal { field: "places.items", ..refusal })?,
        ttl: ttl.map(|seconds| Seconds(i64::from(seconds))),
        with_child: wanted.with_child,
    })
}

/// What somebody should look at again in a content.
pub fn warnings_to_proto(content: &ReferralContent) -> Vec<i32> {
    let one = |warning: &ContentWarning| match warning {
        ContentWarning::ThirdPersonInNote => proto::ContentWarning::ThirdPersonInNote.into(),
    };
    content.warnings().iter().map(one).collect()
}

fn wish(request: proto::RequestReferralRequest) -> Result<Wish, Refusal> {
    Ok(Wish {
        target: from_text(&request.target, "target")?,
        target_unit: from_text_or_none(&request.target_unit, "target_unit")?,
        agreement: from_bytes_or_none(&request.agreement_id, "agreement_id")?,
        priority: code::read(request.priority, "priority")?,
        subject: code::read(request.subject, "subject")?,
        service_type: code::term_of(SERVICE_TYPE, request.service_type, "service_type")?,
        host_municipality: municipality(&request.host_municipality, "host_municipality")?,
        home_municipality: municipality(&request.home_municipality, "home_municipality")?,
        acute_duty: request.acute_duty,
        source_unit: from_text_or_none(&request.source_unit, "source_unit")?,
        ground: code::read_or_unset(request.disclosure_ground, "disclosure_ground")?,
        gdpr_basis: code::read_or_unset(request.gdpr_basis, "gdpr_basis")?,
        contact_policy: code::read_or_unset(request.contact_policy, "contact_policy")?
            .unwrap_or(ContactPolicy::ViaRequester),
        recipient_chosen_by_person: request.recipient_chosen_by_person,
        part_of: from_bytes_or_none(&request.part_of, "part_of")?,
        affirmations: affirmations(&request.affirmations)?,
    })
}
