//! What is asked for and what permits it, without personal data.

use crate::agreement::{Priority, SubjectArea};
use crate::code::CodedTerm;
use crate::eligibility::Eligibility;
use crate::legal::coded_enum;
use crate::{
    AgreementId, ConsentId, DataCategory, DisclosureGround, GdprBasis, OfferId, OrgId, ReferralId,
    Timestamp, UnitId,
};

/// What is asked for. Frozen at the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// How urgent it is.
    pub priority: Priority,
    /// Subject under the agreement.
    pub subject: SubjectArea,
    /// The service.
    pub service_type: CodedTerm,
    /// Municipality where the person is now (vistelsekommun).
    pub host_municipality: Option<OrgId>,
    /// Municipality that is responsible (bosättningskommun).
    pub home_municipality: Option<OrgId>,
    /// Whether there is an acute duty, which stays with the host until the target accepts.
    pub acute_duty: bool,
    /// Function that asks; none for the source's intake.
    pub source_unit: Option<UnitId>,
    /// When the target must have answered.
    pub respond_by: Timestamp,
    /// How the target may reach the person.
    pub contact_policy: ContactPolicy,
    /// Whether the person chose this recipient.
    pub recipient_chosen_by_person: bool,
    /// Whether it is about somebody under 18.
    pub about_child: bool,
    /// Earlier referral that this one continues.
    pub part_of: Option<ReferralId>,
    /// Open referral that the target claimed and that this one answers.
    pub offer: Option<OfferId>,
    /// When a function of the target must have taken it on; never after `respond_by`.
    pub take_on_by: Timestamp,
}

coded_enum!(
    /// How the target may reach the person.
    ContactPolicy {
        /// Directly.
        ContactOk = "CONTACT_OK",
        /// Not at all.
        ContactingSubjectProhibited = "CONTACTING_SUBJECT_PROHIBITED",
        /// Through the source.
        ViaRequester = "VIA_REQUESTER",
    }
);

/// What permits the referral: the clause, the two legal fields and the consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Agreement it goes under.
    pub agreement_id: AgreementId,
    /// Version of the agreement.
    pub agreement_version: u32,
    /// Rule that permits it.
    pub rule_id: String,
    /// Secrecy rule lifted or broken.
    pub ground: DisclosureGround,
    /// GDPR basis of the sender.
    pub gdpr_basis: GdprBasis,
    /// Kinds of data in the sealed content.
    pub data_categories: Vec<DataCategory>,
    /// The consent record at the source and until when it holds, where the ground is a consent.
    pub consent: Option<(ConsentId, Timestamp)>,
    /// What the sender affirms of the person; none where the rule asks for nothing.
    pub eligibility: Option<Eligibility>,
    /// When the period began in which it takes a place in the rule's quota; none where the rule does not count.
    pub counts_since: Option<Timestamp>,
}

/// Everything that a new referral is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestParts {
    /// Who asks.
    pub source: OrgId,
    /// Who is asked.
    pub target: OrgId,
    /// Function that is asked.
    pub target_unit: Option<UnitId>,
    /// What is asked for.
    pub request: Request,
    /// What permits it.
    pub grant: Grant,
}
