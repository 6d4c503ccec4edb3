//! The referral that a claim has won: decided anew with everything as it is now, and sent.

use brygga_crypto::sha256;
use brygga_domain::access::Handler;
use brygga_domain::consent::Consent;
use brygga_domain::offer::OfferState;
use brygga_domain::referral::Referral;
use brygga_domain::{MessageId, OfferId, Reason, ReferralId, Refusal};
use brygga_policy::{AgreementBook, Principal, QuotaUse};

use super::end::tell_all;
use super::{OpenOffer, drop_ground, wish_to};
use crate::audit::Actor;
use crate::records::IdempotencyKey;
use crate::referral::{Asked, PreparedContent, RequestContext, request_for};
use crate::{Decided, Local, WriteSet};

/// What the referral of a claim is made of.
#[derive(Clone, Copy)]
pub struct Fulfilment<'a> {
    /// The referral to be.
    pub referral_id: ReferralId,
    /// The message to be.
    pub message_id: MessageId,
    /// The content, sealed to the claimant's function.
    pub content: &'a PreparedContent,
    /// The own organisation.
    pub source: &'a Principal,
    /// The claimant.
    pub target: &'a Principal,
    /// Agreements that this node holds.
    pub agreements: &'a AgreementBook,
    /// The consent that the offer rests on, where this node holds it.
    pub consent: Option<&'a Consent>,
    /// How much the claimant has given away of its quotas.
    pub quota_use: &'a QuotaUse,
}

/// Makes the referral of the claim that was first, and tells every party how the offer ended.
///
/// Where the gate refuses by now, the offer ends as withdrawn. Refused with
/// [`Reason::InvalidTransition`], without a trace, where no claim of this claimant waits: somebody was faster.
pub fn fulfil(
    local: &mut Local<'_>,
    held: OpenOffer,
    fulfilment: Fulfilment<'_>,
) -> Decided<Referral> {
    let claimant = &fulfilment.target.organisation;
    let claim = match &held.offer.state {
        OfferState::Claiming(claim) if claim.by == *claimant => claim.clone(),
        _ => {
            let refusal = Refusal::new(Reason::InvalidTransition);
            return Decided { writes: WriteSet::default(), answer: Err(refusal) };
        }
    };
    let asked = Asked {
        places: None,
        referral_id: fulfilment.referral_id,
        message_id: fulfilment.message_id,
        idempotency: key_of(held.offer.id),
        actor: Actor::User(held.offer.made_by.clone()),
        shared_unit: None,
    };
    let context = RequestContext {
        source: fulfilment.source,
        target: fulfilment.target,
        agreements: fulfilment.agreements,
        consent: fulfilment.consent,
        quota_use: Some(fulfilment.quota_use),
        knows_earlier: false,
    };
    let wish = wish_to(&held.offer, claimant, claim.unit.as_ref());
    let offer_id = Some(held.offer.id);
    let mut decided = request_for(local, &asked, &wish, fulfilment.content, context, offer_id);
    if decided.answer.is_err() {
        decided.writes.merge(drop_ground(local, &Actor::Clock, held));
        return decided;
    }
    let OpenOffer { mut offer, threads } = held;
    let before = offer.revision;
    if let Err(refusal) = offer.fulfil(fulfilment.referral_id) {
        return Decided { writes: WriteSet::default(), answer: Err(refusal) };
    }
    decided.writes.merge(tell_all(local, &offer, &threads));
    let handler = Handler { subject: offer.made_by.clone(), assigned_by: None, since: local.now };
    decided.writes.access.handlers.push((fulfilment.referral_id, handler));
    decided.writes.offers.changed.push((offer, before));
    decided
}

/// The offer's own id as the key: the store lets one offer become one referral.
fn key_of(id: OfferId) -> IdempotencyKey {
    IdempotencyKey { key: *id.as_bytes(), request_digest: sha256(&[id.as_bytes()]) }
}
