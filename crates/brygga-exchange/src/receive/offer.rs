//! Open referrals as they arrive: at a party what is offered and how it ended, at the source the claims.

use brygga_domain::access::Handler;
use brygga_domain::agreement::Action;
use brygga_domain::offer::{Claim, OfferEnd, ReceivedOffer};
use brygga_domain::referral::{Command, Referral, TakenOn};
use brygga_domain::{Reason, Refusal};
use brygga_policy::{
    Citation, ConsentEvidence, EligibilityEvidence, ReferralQuestion, decide_offered,
};
use brygga_wire::envelope::VerifiedEnvelope;
use brygga_wire::offer::{decode_claimed, decode_offer_closed, decode_offered};

use super::{Effect, Held, NoEffect, Receiver};
use crate::audit::{Actor, Verdict, leaf};
use crate::offer::{facts, tell_end, wish_to};
use crate::records::Chain;
use crate::referral::{RequestContext, permit, progress};
use crate::{Local, WriteSet};

/// A party is told what somebody offers: its own agreement must permit it too.
pub(super) fn offered(
    local: &Local<'_>,
    receiver: &Receiver<'_>,
    envelope: &VerifiedEnvelope,
    held: Held,
) -> Result<Effect, NoEffect> {
    let header = envelope.header();
    let offered = decode_offered(envelope.payload(), header)?;
    if held.received_offer.is_some() {
        return Err(Refusal::at(Reason::IdempotencyMismatch, "payload.offer_id").into());
    }
    let missing = Refusal::at(Reason::InvalidField, "header.agreement_id");
    let (agreement_id, agreement_version) = header.agreement.ok_or(missing)?;
    let question = ReferralQuestion {
        action: Action::ReferralSend,
        sender: receiver.sender,
        recipient: receiver.me,
        sender_unit: offered.asked.source_unit.as_ref(),
        recipient_unit: None,
        subject: offered.asked.subject,
        service_type: &offered.asked.service_type,
        categories: &[],
        third_persons: &[],
        ground: None,
        gdpr: None,
        child: offered.asked.about_child,
        agreements: receiver.agreements,
        citation: Citation::Version(agreement_id, agreement_version),
        consent: ConsentEvidence::None,
        eligibility: EligibilityEvidence::NotAsked,
        quota_use: None,
        now: local.now,
    };
    let rule_id = decide_offered(&question).map_err(|refusal| {
        let cited = (agreement_id, agreement_version);
        let is_early = refusal.reason == Reason::AgreementNotInForce
            && super::referral::is_on_its_way(receiver, cited, local.now);
        if is_early { NoEffect::NotYet(refusal) } else { NoEffect::Refused(refusal) }
    })?;
    let clause = format!("{agreement_id}/{agreement_version}/{rule_id}");
    let offer = ReceivedOffer {
        id: offered.id,
        source: header.sender.clone(),
        asked: offered.asked,
        agreement_id,
        agreement_version,
        units: offered.units,
        received_at: local.now,
        claim: None,
        end: None,
        referral_id: None,
        revision: 1,
    };
    let mut writes = WriteSet::default();
    writes.offers.received.push(offer);
    Ok(Effect { writes, rule_id, verdict: Verdict::Permitted { clause }, chain: held.chain })
}

/// The source receives a claim: its log decides, and the first one that the gate permits wins. The
/// others are told with the referral; whom the gate does not permit any more is told at once.
pub(super) fn claimed(
    local: &mut Local<'_>,
    receiver: &Receiver<'_>,
    envelope: &VerifiedEnvelope,
    held: Held,
) -> Result<Effect, NoEffect> {
    let header = envelope.header();
    let (id, unit) = decode_claimed(envelope.payload(), header)?;
    let is_it = |offer: &brygga_domain::offer::Offer| offer.id == id;
    let mut offer = held.offer.filter(is_it).ok_or(Refusal::new(Reason::NotFound))?;
    offer.check_claim(&header.sender, local.now)?;
    let before = offer.revision;
    let context = RequestContext {
        source: receiver.me,
        target: receiver.sender,
        agreements: receiver.agreements,
        consent: held.consent.as_ref(),
        quota_use: Some(&held.quota_use),
        knows_earlier: false,
    };
    let wish = wish_to(&offer, &header.sender, unit.as_ref());
    let (mut writes, rule_id, verdict, chain) =
        match permit(local.now, &wish, facts(&offer), context) {
            Ok(permit) => {
                offer.claim(Claim { by: header.sender.clone(), unit, at: local.now });
                let rule_id = permit.rule_id().to_owned();
                (WriteSet::default(), rule_id, Verdict::permitted(&permit), held.chain)
            }
            Err(refusal) => {
                let end = OfferEnd::NotPermitted;
                let mut writes = tell_end(local, &offer, &header.sender, held.chain, end);
                let chain = writes.chains.first().map(|step| step.after);
                offer.turn_away(&header.sender);
                let verdict = Verdict::Refused(refusal);
                let (peer, subject) = (Actor::Peer(header.sender.clone()), id.to_string());
                writes.audit.push(leaf(local, &peer, "offer.claim", &subject, &verdict));
                (writes, String::new(), Verdict::Done, chain)
            }
        };
    writes.offers.changed.push((offer, before));
    Ok(Effect { writes, rule_id, verdict, chain })
}

/// A party is told that it is over. A claim that was too late stays on record: somebody promised.
pub(super) fn closed(
    local: &Local<'_>,
    envelope: &VerifiedEnvelope,
    held: Held,
) -> Result<Effect, NoEffect> {
    let header = envelope.header();
    let (id, end) = decode_offer_closed(envelope.payload(), header)?;
    let is_it = |offer: &ReceivedOffer| offer.id == id && offer.source == header.sender;
    let mut offer = held.received_offer.filter(is_it).ok_or(Refusal::new(Reason::NotFound))?;
    let before = offer.revision;
    offer.close(end, local.now);
    let mut writes = WriteSet::default();
    if offer.revision != before {
        writes.offers.received_changed.push((offer, before));
    }
    Ok(Effect { writes, rule_id: String::new(), verdict: Verdict::Done, chain: held.chain })
}

/// Takes on and accepts a referral that answers the own claim, since somebody has promised already.
/// Returns what is stored besides the referral, which is stored as it is afterwards, and the thread.
pub(super) fn keep_promise(
    local: &mut Local<'_>,
    mut referral: Referral,
    mut offer: ReceivedOffer,
    mut chain: Option<Chain>,
) -> Result<(WriteSet, Referral, Option<Chain>), Refusal> {
    let before = offer.revision;
    let claim = offer.answered_by(&referral)?;
    let taken_on = TakenOn { unit: claim.unit, act_by: referral.answer_due };
    let mut writes = WriteSet::default();
    for command in [Command::TakeOn(taken_on), Command::Accept] {
        let event = referral.decide(command, local.now)?;
        let (told, moved) = progress(local, referral, chain, &event);
        chain = told.chains.first().map(|step| step.after);
        referral = moved;
        writes.merge(told);
    }
    // It begins in this state, so that there is no earlier one to change.
    writes.changed_referrals.clear();
    let (actor, subject) = (Actor::User(claim.by.clone()), referral.id.to_string());
    writes.audit.push(leaf(local, &actor, "referral.accept", &subject, &Verdict::Done));
    let handler = Handler { subject: claim.by, assigned_by: None, since: local.now };
    writes.access.handlers.push((referral.id, handler));
    writes.offers.received_changed.push((offer, before));
    Ok((writes, referral, chain))
}
