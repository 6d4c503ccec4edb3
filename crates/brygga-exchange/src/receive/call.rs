//! Calls for places as they arrive: at a party what is looked for and that it is over, at the caller the answers.

use std::sync::Arc;

use brygga_domain::agreement::AgreementRecord;
use brygga_domain::capacity::{Hold, HoldState, ReceivedCall, ReceivedCallState, WantedPlaces};
use brygga_domain::{AgreementId, OrgId, Reason, Refusal};
use brygga_policy::{CallQuestion, callable};
use brygga_wire::capacity::{decode_call_answered, decode_call_closed, decode_called};
use brygga_wire::envelope::VerifiedEnvelope;

use super::referral::is_on_its_way;
use super::{CLOCK_TOLERANCE, Effect, Held, NoEffect, Receiver};
use crate::audit::{Actor, Verdict};
use crate::call::{OpenCall, key_of, release, tell_all};
use crate::capacity::NewHold;
use crate::{Local, WriteSet};

/// Somebody looks for places: this organisation's own agreement must let it publish to the caller.
pub(super) fn called(
    local: &Local<'_>,
    receiver: &Receiver<'_>,
    envelope: &VerifiedEnvelope,
    held: Held,
) -> Result<Effect, NoEffect> {
    let header = envelope.header();
    let (id, wanted) = decode_called(envelope.payload(), header)?;
    let missing = Refusal::at(Reason::InvalidField, "header.agreement_id");
    let (agreement_id, agreement_version) = header.agreement.ok_or(missing)?;
    if held.received_call.is_some() {
        return Err(Refusal::at(Reason::IdempotencyMismatch, "payload.call_id").into());
    }
    if wanted.answer_by <= local.now {
        return Err(Refusal::at(Reason::OutsideValidity, "payload.wanted.answer_by").into());
    }
    if wanted.answer_by > local.now.plus(WantedPlaces::ANSWER_WITHIN_MAX).plus(CLOCK_TOLERANCE) {
        return Err(Refusal::at(Reason::InvalidField, "payload.wanted.answer_by").into());
    }
    let question = CallQuestion {
        caller: &header.sender,
        service_type: &wanted.service_type,
        agreements: receiver.agreements,
        now: local.now,
    };
    let cited = (agreement_id, agreement_version);
    let rule_id = rule_for(&question, cited, local.organisation).map_err(|refusal| {
        let is_early = refusal.reason == Reason::AgreementNotInForce
            && is_on_its_way(receiver, cited, local.now);
        if is_early { NoEffect::NotYet(refusal) } else { NoEffect::Refused(refusal) }
    })?;
    let clause = format!("{agreement_id}/{agreement_version}/{rule_id}");
    let mut writes = WriteSet::default();
    writes.calls.received.push(ReceivedCall {
        id,
        caller: header.sender.clone(),
        wanted,
        agreement_id,
        agreement_version,
        received_at: local.now,
        state: ReceivedCallState::Open,
        changed_at: local.now,
        revision: 1,
    });
    Ok(Effect { writes, rule_id, verdict: Verdict::Permitted { clause }, chain: held.chain })
}

/// The rule of the version that is cited which lets a party be asked.
fn rule_for(
    question: &CallQuestion<'_>,
    (agreement, version): (AgreementId, u32),
    party: &OrgId,
) -> Result<String, Refusal> {
    let absent = Refusal::at(Reason::NotFound, "header.agreement_id");
    let takes_part = |record: &&Arc<AgreementRecord>| record.has_participant(party);
    let record = question.agreements.find(agreement, version).filter(takes_part);
    // Whoever is no party learns nothing of an agreement.
    let hidden = |refusal: Refusal| match refusal.reason {
        Reason::NotFound => absent.clone(),
        _ => refusal,
    };
    let asked = callable(record.ok_or(absent.clone())?, question).map_err(hidden)?;
    asked.into_iter().find(|(one, _)| one == party).map(|(_, rule_id)| rule_id).ok_or(absent)
}

/// The caller receives an answer: its log decides, and the first one that its agreement permits wins. The others are
/// told in the same transaction.
pub(super) fn answered(
    local: &mut Local<'_>,
    receiver: &Receiver<'_>,
    envelope: &VerifiedEnvelope,
    held: Held,
) -> Result<Effect, NoEffect> {
    let header = envelope.header();
    let said = decode_call_answered(envelope.payload(), header)?;
    let is_it = |open: &OpenCall| open.call.id == said.call;
    let mut open = held.call.filter(is_it).ok_or(Refusal::new(Reason::NotFound))?;
    open.call.check_answer(&header.sender, local.now)?;
    open.call.wanted.check_items(&said.items)?;
    if held.hold.is_some() {
        return Err(Refusal::at(Reason::IdempotencyMismatch, "payload.hold_id").into());
    }
    if said.held_until <= local.now {
        return Err(Refusal::at(Reason::HoldExpired, "payload.held_until").into());
    }
    let call = &open.call;
    let question = CallQuestion {
        caller: local.organisation,
        service_type: &call.wanted.service_type,
        agreements: receiver.agreements,
        now: local.now,
    };
    let cited = (call.agreement_id, call.agreement_version);
    let rule_id = rule_for(&question, cited, &header.sender)?;
    let counts_since = receiver.agreements.find(cited.0, cited.1).and_then(|record| {
        let mut rules = record.terms().rules.iter();
        let quota = rules.find(|rule| rule.rule_id == rule_id)?.quota?;
        Some(quota.period.began(local.now))
    });
    let hold = Hold {
        id: said.hold,
        publisher: header.sender.clone(),
        holder: local.organisation.clone(),
        items: said.items,
        with_child: call.wanted.with_child,
        agreement_id: cited.0,
        agreement_version: cited.1,
        rule_id: rule_id.clone(),
        counts_since,
        requested_at: call.placed_at,
        reentry_of: None,
        ttl: call.wanted.ttl,
        state: HoldState::Held { expires_at: said.held_until },
        changed_at: local.now,
        extensions: 0,
        pending: None,
        revision: 1,
    };
    let before = call.revision;
    let idempotency = Some(key_of(call.id));
    open.call.take(header.sender.clone(), hold.id, local.now);
    let mut writes = tell_all(local, &open);
    writes.calls.changed.push((open.call, before));
    writes.capacity.new_holds.push(NewHold { hold, idempotency });
    let clause = format!("{}/{}/{rule_id}", cited.0, cited.1);
    Ok(Effect { writes, rule_id, verdict: Verdict::Permitted { clause }, chain: held.chain })
}

/// The caller tells that it is over: places that are held for it are taken back, since they have not won.
pub(super) fn closed(
    local: &mut Local<'_>,
    envelope: &VerifiedEnvelope,
    held: Held,
) -> Result<Effect, NoEffect> {
    let header = envelope.header();
    let (id, end) = decode_call_closed(envelope.payload(), header)?;
    let is_it = |call: &ReceivedCall| call.id == id && call.caller == header.sender;
    let mut call = held.received_call.filter(is_it).ok_or(Refusal::new(Reason::NotFound))?;
    let before = call.revision;
    let mut writes = WriteSet::default();
    if let Some(lost) = call.close(end, local.now) {
        let hold = held.hold.filter(|hold| hold.id == lost);
        let caller = Actor::Peer(call.caller.clone());
        writes = release(local, &caller, hold, held.services);
    }
    if call.revision != before {
        writes.calls.received_changed.push((call, before));
    }
    Ok(Effect { writes, rule_id: String::new(), verdict: Verdict::Done, chain: held.chain })
}
