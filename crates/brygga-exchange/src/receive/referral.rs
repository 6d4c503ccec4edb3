//! Referral messages at the receiving end.

use brygga_domain::agreement::{Action, AgreementState};
use brygga_domain::capacity::Hold;
use brygga_domain::referral::{Command, Referral, Side};
use brygga_domain::{AgreementId, Reason, Refusal, Timestamp};
use brygga_policy::{
    Citation, ConsentEvidence, EligibilityEvidence, Permit, QuotaUse, ReferralQuestion,
    decide_referral,
};
use brygga_wire::envelope::{MessageType, VerifiedEnvelope};
use brygga_wire::referral::{
    decode_acknowledged, decode_progressed, decode_requested, decode_review_requested,
    decode_withdrawn, places_requested,
};

use super::offer::keep_promise;
use super::{CLOCK_TOLERANCE, Effect, GrantGround, Grantee, Held, NoEffect, Receiver, grant};
use crate::audit::Verdict;
use crate::capacity::{ServiceHeld, tell_turn};
use crate::records::{Chain, ContentAtRest, NewReferral, ReferralEvent};
use crate::referral::progress;
use crate::{Local, WriteSet};

/// The target receives a request: its own agreement must permit it too.
pub(super) fn requested(
    local: &mut Local<'_>,
    receiver: &Receiver<'_>,
    envelope: &VerifiedEnvelope,
    held: Held,
    content: Option<ContentAtRest>,
) -> Result<Effect, NoEffect> {
    let header = envelope.header();
    let (id, mut parts) = decode_requested(envelope.payload(), header)?;
    let permit = permit(local, receiver, envelope, &parts, &held.quota_use).map_err(|refusal| {
        let is_early = refusal.reason == Reason::AgreementNotInForce
            && is_on_its_way(
                receiver,
                (parts.grant.agreement_id, parts.grant.agreement_version),
                local.now,
            );
        if is_early { NoEffect::NotYet(refusal) } else { NoEffect::Refused(refusal) }
    })?;
    // After the gate, since it may be a referral of others, of which who is no party learns nothing.
    if held.referral.is_some() {
        return Err(Refusal::at(Reason::IdempotencyMismatch, "payload.referral_id").into());
    }
    let promised = header.created_at.plus(permit.respond_within(parts.request.priority));
    if parts.request.respond_by < promised {
        return Err(Refusal::at(Reason::InvalidField, "payload.respond_by").into());
    }
    if parts.request.take_on_by < header.created_at
        || parts.request.take_on_by > parts.request.respond_by
    {
        return Err(Refusal::at(Reason::InvalidField, "payload.take_on_by").into());
    }
    permit.rule_id().clone_into(&mut parts.grant.rule_id);
    // As the gate has read it: what was not asked for is not kept.
    parts.grant.eligibility = permit.eligibility().cloned();
    // By the own clock: nobody backdates it into a period that has room left.
    parts.grant.counts_since = permit.counts_since(local.now);
    let mut referral = Referral::requested(id, Side::Target, parts, header.created_at);
    referral.arrived(local.now);
    let (mut writes, mut chain) = (WriteSet::default(), held.chain);
    if let Some(offer_id) = referral.request.offer {
        let offer = held.received_offer.filter(|offer| offer.id == offer_id);
        let offer = offer.ok_or(Refusal::at(Reason::NotFound, "payload.offer_id"))?;
        (writes, referral, chain) = keep_promise(local, referral, offer, chain)?;
    }
    let places = Places { hold: held.hold, services: held.services, used: held.places_use };
    chain = hold_places(local, receiver, envelope, places, chain, &mut writes)?;
    let request_message = header.message_id;
    let new = NewReferral { referral, request_message, idempotency: None, content };
    writes.new_referrals.push(new);
    Ok(Effect {
        writes,
        rule_id: permit.rule_id().to_owned(),
        verdict: Verdict::permitted(&permit),
        chain,
    })
}

/// What is held of the places that a request asks for.
struct Places {
    hold: Option<Hold>,
    services: Vec<ServiceHeld>,
    used: QuotaUse,
}

/// Holds the places that a request asks for, or the request is refused; whoever asks is told until when. Returns the thread
/// after that.
fn hold_places(
    local: &mut Local<'_>,
    receiver: &Receiver<'_>,
    envelope: &VerifiedEnvelope,
    places: Places,
    chain: Option<Chain>,
    writes: &mut WriteSet,
) -> Result<Option<Chain>, Refusal> {
    let header = envelope.header();
    let Some(asked) = places_requested(envelope.payload(), header)? else { return Ok(chain) };
    if places.hold.is_some() {
        return Err(Refusal::at(Reason::IdempotencyMismatch, "payload.hold.hold_id"));
    }
    if asked.reentry_of.is_some() {
        return Err(Refusal::at(Reason::InvalidField, "payload.hold.reentry_of"));
    }
    let missing = Refusal::at(Reason::InvalidField, "header.agreement_id");
    let grantee = Grantee {
        holder: header.sender.clone(),
        agreement: header.agreement.ok_or(missing)?,
        requested_at: header.created_at,
        departed: None,
    };
    let ground = GrantGround { agreements: receiver.agreements, quota_use: &places.used };
    let (hold, held) = grant(local, ground, grantee, asked, places.services)?;
    writes.merge(held);
    let told = tell_turn(local, &hold, chain);
    let after = told.chains.first().map(|step| step.after);
    writes.merge(told);
    Ok(after.or(chain))
}

/// Whether an agreement that is not in force here can already be so at the sender: this end has
/// signed and waits for the others' signatures, or the sender's clock is within the tolerance ahead.
pub(super) fn is_on_its_way(
    receiver: &Receiver<'_>,
    (agreement_id, version): (AgreementId, u32),
    now: Timestamp,
) -> bool {
    let cited = receiver.agreements.find(agreement_id, version);
    cited.is_some_and(|record| match record.state(now) {
        AgreementState::Proposed { .. } => record.is_signed_by(&receiver.me.organisation),
        AgreementState::Signed => record.terms().valid_from <= now.plus(CLOCK_TOLERANCE),
        AgreementState::Active
        | AgreementState::Suspended
        | AgreementState::Superseded
        | AgreementState::Expired
        | AgreementState::Terminated => false,
    })
}

fn permit(
    local: &Local<'_>,
    receiver: &Receiver<'_>,
    envelope: &VerifiedEnvelope,
    parts: &brygga_domain::referral::RequestParts,
    quota_use: &QuotaUse,
) -> Result<Permit, Refusal> {
    let header = envelope.header();
    let sealed = header
        .sealed
        .as_ref()
        .ok_or(Refusal::at(Reason::GroundMissing, "header.disclosure_ground"))?;
    let consent = parts.grant.consent.map_or(ConsentEvidence::None, |(_, valid_until)| {
        ConsentEvidence::Statement { valid_until }
    });
    let question = ReferralQuestion {
        action: Action::ReferralSend,
        sender: receiver.sender,
        recipient: receiver.me,
        sender_unit: parts.request.source_unit.as_ref(),
        recipient_unit: parts.target_unit.as_ref(),
        subject: parts.request.subject,
        service_type: &parts.request.service_type,
        categories: &sealed.data_categories,
        ground: Some(sealed.ground),
        gdpr: Some(sealed.gdpr_basis),
        child: parts.request.about_child,
        third_persons: &[],
        agreements: receiver.agreements,
        citation: Citation::Version(parts.grant.agreement_id, parts.grant.agreement_version),
        consent,
        eligibility: EligibilityEvidence::Statement(parts.grant.eligibility.as_ref()),
        quota_use: Some(quota_use),
        now: local.now,
    };
    decide_referral(&question)
}

/// The target receives what the source proposes: its log decides, and the answer travels back as an event.
pub(super) fn proposed(
    local: &mut Local<'_>,
    envelope: &VerifiedEnvelope,
    held: Held,
) -> Result<Effect, NoEffect> {
    let payload = envelope.payload();
    let (id, command) = match envelope.header().message_type {
        MessageType::ReferralAcknowledged => (decode_acknowledged(payload)?, Command::Acknowledge),
        MessageType::ReferralReviewRequested => {
            let (id, ground) = decode_review_requested(payload)?;
            (id, Command::RequestReview { ground })
        }
        _ => {
            let (id, reason) = decode_withdrawn(payload)?;
            (id, Command::Withdraw { reason })
        }
    };
    let referral = held_referral(held.referral, Side::Target, envelope, id)?;
    let event = referral.decide(command, local.now)?;
    let (writes, _) = progress(local, referral, held.chain, &event);
    let chain = writes.chains.first().map(|step| step.after);
    Ok(Effect { writes, rule_id: String::new(), verdict: Verdict::Done, chain })
}

/// The source receives an event of the target's log.
pub(super) fn progressed(envelope: &VerifiedEnvelope, held: Held) -> Result<Effect, NoEffect> {
    let progressed = decode_progressed(envelope.payload())?;
    let mut referral =
        held_referral(held.referral, Side::Source, envelope, progressed.referral_id)?;
    let before = referral.version;
    let mut writes = WriteSet::default();
    if referral.observe(progressed.version, &progressed.event, progressed.occurred_at)? {
        let event = ReferralEvent {
            referral_id: referral.id,
            version: progressed.version,
            progressed: envelope.payload().to_vec(),
        };
        writes.events.push(event);
        writes.changed_referrals.push((referral, before));
    }
    Ok(Effect { writes, rule_id: String::new(), verdict: Verdict::Done, chain: held.chain })
}

/// The referral that is held, if it is this sender's and this node is on that side; anything else is absent.
pub(super) fn held_referral(
    held: Option<Referral>,
    side: Side,
    envelope: &VerifiedEnvelope,
    id: brygga_domain::ReferralId,
) -> Result<Referral, NoEffect> {
    let absent = || NoEffect::Refused(Refusal::new(Reason::NotFound));
    held.filter(|referral| {
        referral.id == id && referral.side == side && *referral.peer() == envelope.header().sender
    })
    .ok_or_else(absent)
}
