//! What is asked: may this organisation send this referral to that one, now?

use brygga_domain::agreement::{Action, SubjectArea};
use brygga_domain::code::CodedTerm;
use brygga_domain::consent::Consent;
use brygga_domain::disclosure::Standing;
use brygga_domain::eligibility::{Affirmation, Eligibility};
use brygga_domain::{
    AgreementId, DataCategory, DisclosureGround, GdprBasis, MemberKind, OrgId,
    SocialServicesStatus, ThirdPersonRelation, Timestamp, UnitId,
};

use crate::{AgreementBook, QuotaUse};

/// One of the two ends, as the registry knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// Who.
    pub organisation: OrgId,
    /// What kind of body.
    pub kind: MemberKind,
    /// How it stands to social-services law.
    pub status: SocialServicesStatus,
}

impl Principal {
    /// Its place in the disclosure matrix.
    pub const fn standing(&self) -> Standing {
        Standing::new(self.kind, self.status)
    }
}

/// Which agreement the question cites.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Citation {
    /// This version, as an envelope names it.
    Version(AgreementId, u32),
    /// Whichever version is current, as a person names it.
    Current(AgreementId),
    /// The only agreement in force that permits it; more than one is refused, since people must choose.
    Unnamed,
}

/// What is known about the person's consent.
#[derive(Clone, Copy, Debug)]
pub enum ConsentEvidence<'a> {
    /// The record, at the organisation that collected it.
    Record(&'a Consent),
    /// The sender's word that a consent covers the message, and until when; all that a recipient ever gets.
    Statement {
        /// After this instant nothing more may be done on its ground.
        valid_until: Timestamp,
    },
    /// Nothing.
    None,
}

/// What is known of the person's eligibility under the agreement's criteria.
#[derive(Clone, Copy, Debug)]
pub enum EligibilityEvidence<'a> {
    /// What the case worker affirms, at the organisation that knows the person.
    Affirmed(&'a [Affirmation]),
    /// The sender's word, all that a recipient ever gets.
    Statement(Option<&'a Eligibility>),
    /// It was asked when the referral was sent, or will be.
    NotAsked,
}

/// May `sender` send this referral to `recipient`, now?
#[derive(Clone, Copy, Debug)]
pub struct ReferralQuestion<'a> {
    /// What is to be done.
    pub action: Action,
    /// Who sends.
    pub sender: &'a Principal,
    /// Who is to receive.
    pub recipient: &'a Principal,
    /// Function of the sender; none for its intake.
    pub sender_unit: Option<&'a UnitId>,
    /// Function at the recipient; none for its intake.
    pub recipient_unit: Option<&'a UnitId>,
    /// Subject under the agreement.
    pub subject: SubjectArea,
    /// What is asked for.
    pub service_type: &'a CodedTerm,
    /// Kinds of data in the sealed content; empty where nothing is sealed.
    pub categories: &'a [DataCategory],
    /// Others than the person in the sealed content; known to the sender only, empty at the recipient.
    pub third_persons: &'a [ThirdPersonRelation],
    /// Secrecy rule that is lifted or broken.
    pub ground: Option<DisclosureGround>,
    /// GDPR basis.
    pub gdpr: Option<GdprBasis>,
    /// Whether the referral is about a child.
    pub child: bool,
    /// The agreements that the node holds.
    pub agreements: &'a AgreementBook,
    /// The one that it is to go under.
    pub citation: Citation,
    /// What is known about the consent.
    pub consent: ConsentEvidence<'a>,
    /// What is known of the eligibility.
    pub eligibility: EligibilityEvidence<'a>,
    /// How much of its quotas the recipient has given away; none where that is not asked.
    pub quota_use: Option<&'a QuotaUse>,
    /// The instant of the decision.
    pub now: Timestamp,
}
