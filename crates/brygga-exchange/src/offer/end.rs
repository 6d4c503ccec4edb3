//! How an offer ends without a referral, and the message that tells each party once.

use brygga_domain::offer::{Offer, OfferEnd};
use brygga_domain::{OrgId, Refusal};
use brygga_wire::envelope::MessageType;
use brygga_wire::offer::encode_offer_closed;

use super::OpenOffer;
use crate::audit::{Actor, Verdict, leaf, refused};
use crate::compose::{Draft, compose};
use crate::records::Chain;
use crate::{Decided, Local, WriteSet};

/// The source's people take an offer back.
///
/// Refused with [`brygga_domain::Reason::Terminal`] once it is claimed or over.
pub fn withdraw(local: &mut Local<'_>, actor: &Actor, held: OpenOffer) -> Decided<Offer> {
    finish(local, actor, "offer.withdraw", held, Offer::withdraw)
}

/// Ends an offer that nobody claimed; the answer is the refusal where somebody did meanwhile.
pub fn expire(local: &mut Local<'_>, held: OpenOffer) -> Decided<Offer> {
    let now = local.now;
    finish(local, &Actor::Clock, "offer.expire", held, |offer| offer.expire(now))
}

/// Ends an offer whose claim could not become a referral.
pub fn give_up(local: &mut Local<'_>, held: OpenOffer) -> Decided<Offer> {
    finish(local, &Actor::Clock, "offer.give_up", held, |offer| {
        offer.lose_ground();
        Ok(())
    })
}

/// Ends an offer whose ground is gone; nothing where it is over already.
pub(crate) fn drop_ground(local: &mut Local<'_>, actor: &Actor, held: OpenOffer) -> WriteSet {
    let lose = |offer: &mut Offer| {
        offer.lose_ground();
        Ok(())
    };
    if held.offer.state.is_final() {
        return WriteSet::default();
    }
    finish(local, actor, "offer.lose_ground", held, lose).writes
}

fn finish(
    local: &mut Local<'_>,
    actor: &Actor,
    action: &str,
    held: OpenOffer,
    end: impl FnOnce(&mut Offer) -> Result<(), Refusal>,
) -> Decided<Offer> {
    let OpenOffer { mut offer, threads } = held;
    let (before, subject) = (offer.revision, offer.id.to_string());
    if let Err(refusal) = end(&mut offer) {
        return refused(local, actor, action, &subject, refusal);
    }
    let mut writes = tell_all(local, &offer, &threads);
    writes.offers.changed.push((offer.clone(), before));
    writes.audit.push(leaf(local, actor, action, &subject, &Verdict::Done));
    Decided { writes, answer: Ok(offer) }
}

/// Tells every party how a final offer ended for it.
pub(super) fn tell_all(
    local: &mut Local<'_>,
    offer: &Offer,
    threads: &[(OrgId, Option<Chain>)],
) -> WriteSet {
    let mut writes = WriteSet::default();
    for (party, chain) in threads {
        if let Some(end) = offer.end_for(party) {
            writes.merge(tell_end(local, offer, party, *chain, end));
        }
    }
    writes
}

/// The message that tells one party.
pub(crate) fn tell_end(
    local: &mut Local<'_>,
    offer: &Offer,
    party: &OrgId,
    chain: Option<Chain>,
    end: OfferEnd,
) -> WriteSet {
    let draft = Draft {
        message_id: local.message_id(),
        message_type: MessageType::ReferralOfferClosed,
        recipient: party.clone(),
        recipient_unit: None,
        conversation: offer.conversation(),
        agreement: Some((offer.basis.agreement_id, offer.basis.agreement_version)),
        expires_at: local.message_end(),
        payload: encode_offer_closed(offer.id, end),
        sealed: None,
    };
    compose(local, draft, chain).writes()
}
