//! An open referral: offered to every eligible party of one agreement without a word about the person,
//! and claimed by whoever is first (exchange guide 1.3 R2; the `owner` of a FHIR Task is empty on purpose).
//!
//! The mirror image of a referral: here the source's log decides. Only the winner ever gets the content,
//! as an ordinary referral that names the offer, so that nothing has to be taken back from the others.

mod received;
#[cfg(test)]
mod tests;

pub use received::{OwnClaim, ReceivedOffer};

use crate::agreement::{Priority, SubjectArea};
use crate::code::CodedTerm;
use crate::eligibility::Affirmation;
use crate::legal::coded_enum;
use crate::referral::ContactPolicy;
use crate::{
    AgreementId, ConsentId, ConversationId, DataCategory, DisclosureGround, GdprBasis, OfferId,
    OrgId, Reason, ReferralId, Refusal, ThirdPersonRelation, Timestamp, UnitId,
};

coded_enum!(
    /// Why an offer is open to a party no more. Who claimed it is nobody else's matter.
    OfferEnd {
        /// Another party was first.
        ClaimedByAnother = "CLAIMED_BY_ANOTHER",
        /// This party was first.
        ClaimedByYou = "CLAIMED_BY_YOU",
        /// Agreement or consent cover this party's claim no more.
        NotPermitted = "NOT_PERMITTED",
        /// The source took it back.
        Withdrawn = "WITHDRAWN",
        /// Nobody claimed it in time.
        Expired = "EXPIRED",
    }
);

/// What is asked for, as every party is told: nothing in it is about the person alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenRequest {
    /// How urgent it is.
    pub priority: Priority,
    /// Subject under the agreement.
    pub subject: SubjectArea,
    /// The service.
    pub service_type: CodedTerm,
    /// Municipality where the person is now.
    pub host_municipality: Option<OrgId>,
    /// Municipality that is responsible.
    pub home_municipality: Option<OrgId>,
    /// Whether there is an acute duty, which stays with the host until somebody has claimed.
    pub acute_duty: bool,
    /// Function that asks; none for the source's intake.
    pub source_unit: Option<UnitId>,
    /// Whether it is about somebody under 18.
    pub about_child: bool,
    /// When it ends unclaimed, on the source's clock.
    pub claim_by: Timestamp,
}

/// What the source discloses the content on. Never sent with the offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferBasis {
    /// Agreement whose participants are asked.
    pub agreement_id: AgreementId,
    /// Its version when the offer was made.
    pub agreement_version: u32,
    /// Secrecy rule lifted or broken.
    pub ground: DisclosureGround,
    /// GDPR basis of the sender.
    pub gdpr_basis: GdprBasis,
    /// Kinds of data in the content.
    pub data_categories: Vec<DataCategory>,
    /// Others than the person whom the content tells of.
    pub third_persons: Vec<ThirdPersonRelation>,
    /// The consent that it rests on.
    pub consent_id: Option<ConsentId>,
    /// How whoever claims may reach the person.
    pub contact_policy: ContactPolicy,
    /// Earlier referral that it continues.
    pub part_of: Option<ReferralId>,
    /// What is affirmed of the person.
    pub affirmations: Vec<Affirmation>,
}

/// A claim as the source's log has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Who claimed.
    pub by: OrgId,
    /// Function that takes the person on; none for its intake.
    pub unit: Option<UnitId>,
    /// When the claim arrived, on the source's clock.
    pub at: Timestamp,
}

/// Where an offer stands at its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OfferState {
    /// It can be claimed.
    Open,
    /// This claim was first; its referral is being made.
    Claiming(Claim),
    /// The claimant has got the referral. Final.
    Claimed {
        /// The claim.
        claim: Claim,
        /// What came of it.
        referral_id: ReferralId,
    },
    /// The source took it back, or its consent was withdrawn. Final.
    Withdrawn,
    /// Nobody claimed it in time. Final.
    Expired,
}

impl OfferState {
    /// The stable code.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Claiming(_) => "CLAIMING",
            Self::Claimed { .. } => "CLAIMED",
            Self::Withdrawn => "WITHDRAWN",
            Self::Expired => "EXPIRED",
        }
    }

    /// Whether nothing changes any more.
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Claimed { .. } | Self::Withdrawn | Self::Expired)
    }

    /// The claim, where there is one.
    pub const fn claim(&self) -> Option<&Claim> {
        match self {
            Self::Claiming(claim) | Self::Claimed { claim, .. } => Some(claim),
            Self::Open | Self::Withdrawn | Self::Expired => None,
        }
    }
}

/// An offer at its source, without personal data. Used in stored state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The same at the source and at every party.
    pub id: OfferId,
    /// What every party is told.
    pub asked: OpenRequest,
    /// On what the content is disclosed.
    pub basis: OfferBasis,
    /// Who made it, by the opaque subject of the token; works on the referral that comes of it.
    pub made_by: String,
    /// When.
    pub made_at: Timestamp,
    /// Organisations that were told of it and not turned away.
    pub parties: Vec<OrgId>,
    /// Where it stands.
    pub state: OfferState,
    /// Grows by one with each change.
    pub revision: u32,
}

impl Offer {
    /// The thread with each party: the offer's own id.
    pub const fn conversation(&self) -> ConversationId {
        ConversationId::from_bytes(*self.id.as_bytes())
    }

    /// Whether a party could claim it now.
    ///
    /// # Errors
    /// [`Reason::NotFound`] for whoever was not told of it or was turned away, [`Reason::Terminal`] once somebody was first,
    /// it was taken back or its time is over.
    pub fn check_claim(&self, by: &OrgId, now: Timestamp) -> Result<(), Refusal> {
        if !self.parties.contains(by) {
            return Err(Refusal::new(Reason::NotFound));
        }
        if matches!(self.state, OfferState::Open) && now < self.asked.claim_by {
            Ok(())
        } else {
            Err(Refusal::new(Reason::Terminal))
        }
    }

    /// Takes the first claim, which [`Self::check_claim`] and the gate have let through.
    pub fn claim(&mut self, claim: Claim) {
        self.change(OfferState::Claiming(claim));
    }

    /// The claimant's referral is made.
    ///
    /// # Errors
    /// [`Reason::InvalidTransition`] where nobody has claimed.
    pub fn fulfil(&mut self, referral_id: ReferralId) -> Result<(), Refusal> {
        let OfferState::Claiming(claim) = &self.state else {
            return Err(Refusal::new(Reason::InvalidTransition));
        };
        let claim = claim.clone();
        self.change(OfferState::Claimed { claim, referral_id });
        Ok(())
    }

    /// Leaves out a party whose claim is not permitted any more; the offer stays open to the others.
    pub fn turn_away(&mut self, party: &OrgId) {
        self.parties.retain(|told| told != party);
        self.revision += 1;
    }

    /// The source's people take it back.
    ///
    /// # Errors
    /// [`Reason::Terminal`] once somebody was first or its time is over.
    pub fn withdraw(&mut self) -> Result<(), Refusal> {
        match self.state {
            OfferState::Open => {
                self.change(OfferState::Withdrawn);
                Ok(())
            }
            _ => Err(Refusal::new(Reason::Terminal)),
        }
    }

    /// Ends it because its ground is gone, also between a claim and its referral. Returns whether that
    /// changed anything.
    pub fn lose_ground(&mut self) -> bool {
        let is_live = !self.state.is_final();
        if is_live {
            self.change(OfferState::Withdrawn);
        }
        is_live
    }

    /// Ends it because its time is over. A claim that was in time is not touched.
    ///
    /// # Errors
    /// [`Reason::InvalidTransition`] before its time, [`Reason::Terminal`] where it is not open.
    pub fn expire(&mut self, now: Timestamp) -> Result<(), Refusal> {
        match self.state {
            OfferState::Open if now >= self.asked.claim_by => {
                self.change(OfferState::Expired);
                Ok(())
            }
            OfferState::Open => Err(Refusal::new(Reason::InvalidTransition)),
            _ => Err(Refusal::new(Reason::Terminal)),
        }
    }

    /// What a party is to be told of the end; none while it is open to it.
    pub fn end_for(&self, party: &OrgId) -> Option<OfferEnd> {
        Some(match &self.state {
            OfferState::Open | OfferState::Claiming(_) => return None,
            OfferState::Claimed { claim, .. } if claim.by == *party => OfferEnd::ClaimedByYou,
            OfferState::Claimed { .. } => OfferEnd::ClaimedByAnother,
            OfferState::Withdrawn => OfferEnd::Withdrawn,
            OfferState::Expired => OfferEnd::Expired,
        })
    }

    fn change(&mut self, state: OfferState) {
        self.state = state;
        self.revision += 1;
    }
}
