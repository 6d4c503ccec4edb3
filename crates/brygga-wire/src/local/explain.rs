//! A referral without the person, to be explained.

use brygga_domain::agreement::SubjectArea;
use brygga_domain::code::{CodedTerm, SERVICE_TYPE};
use brygga_domain::eligibility::Affirmation;
use brygga_domain::{
    AgreementId, ConsentId, DataCategory, DisclosureGround, GdprBasis, OrgId, Refusal, UnitId,
};
use brygga_proto::local::v1 as proto;

use crate::code;
use crate::eligibility::affirmations;
use crate::envelope::MAX_DATA_CATEGORIES;
use crate::field::{counted, from_bytes_or_none, from_text, from_text_or_none, invalid};

/// What is known of the consent that a referral would rest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssumedConsent {
    /// A consent that the node holds.
    Record(ConsentId),
    /// One that covers it is taken for granted.
    Granted,
    /// Nothing.
    None,
}

/// A referral without the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainWish {
    /// Whom to ask.
    pub recipient: OrgId,
    /// Function to ask; none for its intake.
    pub recipient_unit: Option<UnitId>,
    /// Agreement to go under; none to look at all.
    pub agreement: Option<AgreementId>,
    /// Subject under the agreement.
    pub subject: SubjectArea,
    /// What is asked for.
    pub service_type: CodedTerm,
    /// Kinds of data; at least one.
    pub data_categories: Vec<DataCategory>,
    /// Secrecy rule; none where nobody knows yet.
    pub ground: Option<DisclosureGround>,
    /// GDPR basis; none where nobody knows yet.
    pub gdpr_basis: Option<GdprBasis>,
    /// Whether it is about a child.
    pub about_child: bool,
    /// The consent.
    pub consent: AssumedConsent,
    /// What is affirmed of the person.
    pub affirmations: Vec<Affirmation>,
    /// Function that would ask; none for the intake.
    pub source_unit: Option<UnitId>,
}

/// A capability that might be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicationWish {
    /// Subject under the agreement.
    pub subject: SubjectArea,
    /// What is published.
    pub service_type: CodedTerm,
    /// Function that publishes; none for the organisation as a whole.
    pub unit: Option<UnitId>,
    /// Agreement to look at; none for all.
    pub agreement: Option<AgreementId>,
}

/// Reads a question about a publication.
///
/// # Errors
/// `SEND_INVALID_FIELD` with the field.
pub fn publication_wish(
    request: proto::ExplainPublicationRequest,
) -> Result<PublicationWish, Refusal> {
    Ok(PublicationWish {
        subject: code::read(request.subject, "subject")?,
        service_type: code::term_of(SERVICE_TYPE, request.service_type, "service_type")?,
        unit: from_text_or_none(&request.unit, "unit")?,
        agreement: from_bytes_or_none(&request.agreement_id, "agreement_id")?,
    })
}

/// Reads a question.
///
/// # Errors
/// `SEND_INVALID_FIELD` with the field.
pub fn explain_wish(request: proto::ExplainReferralRequest) -> Result<ExplainWish, Refusal> {
    counted(&request.data_categories, 1..=MAX_DATA_CATEGORIES, "data_categories")?;
    let consent = match from_bytes_or_none(&request.consent_id, "consent_id")? {
        Some(_) if request.assume_consent => return Err(invalid("assume_consent")),
        Some(id) => AssumedConsent::Record(id),
        None if request.assume_consent => AssumedConsent::Granted,
        None => AssumedConsent::None,
    };
    Ok(ExplainWish {
        recipient: from_text(&request.recipient, "recipient")?,
        recipient_unit: from_text_or_none(&request.recipient_unit, "recipient_unit")?,
        agreement: from_bytes_or_none(&request.agreement_id, "agreement_id")?,
        subject: code::read(request.subject, "subject")?,
        service_type: code::term_of(SERVICE_TYPE, request.service_type, "service_type")?,
        data_categories: code::read_all(&request.data_categories, "data_categories")?,
        ground: code::read_or_unset(request.disclosure_ground, "disclosure_ground")?,
        gdpr_basis: code::read_or_unset(request.gdpr_basis, "gdpr_basis")?,
        about_child: request.about_child,
        consent,
        affirmations: affirmations(&request.affirmations)?,
        source_unit: from_text_or_none(&request.source_unit, "source_unit")?,
    })
}
