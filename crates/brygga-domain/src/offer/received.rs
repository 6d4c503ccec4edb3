//! An offer as a party holds it: what it was told, its own claim, and how it ended for this party.

use super::{OfferEnd, OpenRequest};
use crate::referral::{Referral, Request};
use crate::{
    AgreementId, ConversationId, OfferId, OrgId, Reason, ReferralId, Refusal, Seconds, Timestamp,
    UnitId,
};

/// The promise of a person at this party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnClaim {
    /// Function that takes the person on; none for the intake.
    pub unit: Option<UnitId>,
    /// Who promised, by the opaque subject of the token; never sent.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// An offer of another organisation. Used in stored state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedOffer {
    /// The same everywhere.
    pub id: OfferId,
    /// Who offers.
    pub source: OrgId,
    /// What is asked for.
    pub asked: OpenRequest,
    /// Agreement that it goes under.
    pub agreement_id: AgreementId,
    /// Its version.
    pub agreement_version: u32,
    /// Functions of this organisation that may claim it; empty for any.
    pub units: Vec<UnitId>,
    /// When it arrived.
    pub received_at: Timestamp,
    /// This organisation's claim; none where nobody here has promised.
    pub claim: Option<OwnClaim>,
    /// How it ended for this party, and when that was heard; none while it is open to it.
    pub end: Option<(OfferEnd, Timestamp)>,
    /// The referral that came of this organisation's claim.
    pub referral_id: Option<ReferralId>,
    /// Grows by one with each change.
    pub revision: u32,
}

impl ReceivedOffer {
    /// How long a claim that was too late stays on the list, because a person has promised.
    pub const LOST_CLAIM_LISTED: Seconds = Seconds::days(1);

    /// The thread with the source: the offer's own id.
    pub const fn conversation(&self) -> ConversationId {
        ConversationId::from_bytes(*self.id.as_bytes())
    }

    /// Promises to take the person on. Returns whether that is new.
    ///
    /// # Errors
    /// [`Reason::Terminal`] where it is closed or past its time, [`Reason::ConsentScope`] for a function
    /// that may not claim it, [`Reason::InvalidTransition`] where another function here has claimed it.
    pub fn claim(&mut self, claim: OwnClaim) -> Result<bool, Refusal> {
        if let Some(held) = &self.claim {
            return match held.unit == claim.unit {
                true => Ok(false),
                false => Err(Refusal::new(Reason::InvalidTransition)),
            };
        }
        if self.end.is_some() || claim.at >= self.asked.claim_by {
            return Err(Refusal::new(Reason::Terminal));
        }
        let is_among = |unit: &UnitId| self.units.contains(unit);
        if !self.units.is_empty() && !claim.unit.as_ref().is_some_and(is_among) {
            return Err(Refusal::at(Reason::ConsentScope, "unit"));
        }
        self.claim = Some(claim);
        self.revision += 1;
        Ok(true)
    }

    /// The source tells how it ended; only the first end counts.
    pub fn close(&mut self, end: OfferEnd, now: Timestamp) {
        if self.end.is_none() {
            self.end = Some((end, now));
            self.revision += 1;
        }
    }

    /// Whether this organisation promised and is not needed any more.
    pub fn is_claim_lost(&self) -> bool {
        let ended_otherwise = |(end, _): &(OfferEnd, _)| *end != OfferEnd::ClaimedByYou;
        self.claim.is_some() && self.end.as_ref().is_some_and(ended_otherwise)
    }

    /// Takes the referral that answers the own claim, so that it needs no second promise, and returns the
    /// claim. It must be what was offered, for the function that claimed, and the only one.
    ///
    /// # Errors
    /// [`Reason::NotFound`] where nobody here has claimed it or it went to somebody else, and
    /// [`Reason::IdempotencyMismatch`] where it differs from what was promised.
    pub fn answered_by(&mut self, referral: &Referral) -> Result<OwnClaim, Refusal> {
        let absent = Refusal::at(Reason::NotFound, "payload.offer_id");
        let Some(claim) = self.claim.clone().filter(|_| !self.is_claim_lost()) else {
            return Err(absent);
        };
        if self.source != referral.source {
            return Err(absent);
        }
        let is_same = self.asked.is_of(&referral.request)
            && self.agreement_id == referral.grant.agreement_id
            && claim.unit == referral.target_unit
            && self.referral_id.is_none();
        if !is_same {
            return Err(Refusal::at(Reason::IdempotencyMismatch, "payload.offer_id"));
        }
        self.referral_id = Some(referral.id);
        self.revision += 1;
        Ok(claim)
    }
}

impl OpenRequest {
    /// Whether a request asks for just this.
    fn is_of(&self, request: &Request) -> bool {
        self.priority == request.priority
            && self.subject == request.subject
            && self.service_type == request.service_type
            && self.host_municipality == request.host_municipality
            && self.home_municipality == request.home_municipality
            && self.acute_duty == request.acute_duty
            && self.source_unit == request.source_unit
            && self.about_child == request.about_child
    }
}
