//! Holds as they arrive: at the publisher what is asked for, at whoever holds how it ended.

use brygga_domain::capacity::{Hold, HoldState, Ledger};
use brygga_domain::{AgreementId, Reason, Refusal};
use brygga_policy::{PublicationQuestion, publications};
use brygga_wire::capacity::{
    HoldAsked, decode_hold_changed, decode_hold_ended, decode_hold_requested,
};
use brygga_wire::envelope::VerifiedEnvelope;

use super::{Effect, Held, NoEffect, Receiver};
use crate::audit::Verdict;
use crate::capacity::{NewHold, ServiceHeld, change_services};
use crate::{Local, WriteSet};

/// Somebody asks for places. All of them are held, or none; this node's clock says until when.
pub(super) fn requested(
    local: &mut Local<'_>,
    receiver: &Receiver<'_>,
    envelope: &VerifiedEnvelope,
    held: Held,
) -> Result<Effect, NoEffect> {
    let header = envelope.header();
    let asked = decode_hold_requested(envelope.payload(), header)?;
    let missing = Refusal::at(Reason::InvalidField, "header.agreement_id");
    let (agreement_id, agreement_version) = header.agreement.ok_or(missing)?;
    if held.hold.is_some() {
        return Err(Refusal::at(Reason::IdempotencyMismatch, "payload.hold_id").into());
    }
    // What nobody waits for any more would keep a bed from others.
    if asked.answer_by <= local.now {
        return Err(Refusal::at(Reason::OutsideValidity, "payload.answer_by").into());
    }
    let services = each(&asked, held.services)?;
    let mut rules = Vec::new();
    for service in &services {
        rules.push(permit(local, receiver, envelope, service, (agreement_id, agreement_version))?);
        check_service(local, receiver, &asked, service, agreement_id)?;
    }
    // Places of several permissions cannot be counted together.
    let rule_id = rules.first().cloned().unwrap_or_default();
    if rules.iter().any(|rule| *rule != rule_id) {
        return Err(Refusal::at(Reason::AgreementScope, "payload.items.service_id").into());
    }
    let hold = Hold {
        id: asked.id,
        publisher: local.organisation.clone(),
        holder: header.sender.clone(),
        items: asked.items,
        with_child: asked.with_child,
        agreement_id,
        agreement_version,
        rule_id: rule_id.clone(),
        counts_since: None,
        requested_at: header.created_at,
        ttl: asked.ttl,
        state: HoldState::Requested,
        changed_at: local.now,
        extensions: 0,
        pending: None,
        revision: 1,
    };
    let mut granted = hold.clone();
    if let Some(record) = receiver.agreements.find(agreement_id, agreement_version) {
        let asked = (&header.sender, hold.places());
        granted.counts_since = held.quota_use.room(record.terms(), &rule_id, asked, local.now)?;
    }
    granted.granted(local.now);
    let mut writes = WriteSet::default();
    change_services(local, services, (&hold, &granted), &mut writes)?;
    writes.capacity.new_holds.push(NewHold { hold: granted, idempotency: None });
    let clause = format!("{agreement_id}/{agreement_version}/{rule_id}");
    Ok(Effect { writes, rule_id, verdict: Verdict::Permitted { clause }, chain: held.chain })
}

/// The services of a request, each of this organisation. One that is not there is not told from one that is hidden.
fn each(asked: &HoldAsked, services: Vec<ServiceHeld>) -> Result<Vec<ServiceHeld>, Refusal> {
    let is_there = |held: &ServiceHeld| held.stored.withdrawn_at.is_none();
    let services: Vec<_> = services.into_iter().filter(is_there).collect();
    let found = |item| services.iter().any(|held: &ServiceHeld| held.stored.id() == item);
    if asked.items.iter().all(|item| found(item.service)) {
        Ok(services)
    } else {
        Err(Refusal::at(Reason::NotFound, "payload.items.service_id"))
    }
}

/// The rule that lets the sender have a service: the agreement names it for what is published here.
fn permit(
    local: &Local<'_>,
    receiver: &Receiver<'_>,
    envelope: &VerifiedEnvelope,
    held: &ServiceHeld,
    (agreement_id, version): (AgreementId, u32),
) -> Result<String, NoEffect> {
    let service = &held.stored.publication.service;
    let question =
        PublicationQuestion::of(service, local.organisation, receiver.agreements, local.now);
    let absent = Refusal::at(Reason::NotFound, "payload.items.service_id");
    let sender = &envelope.header().sender;
    let Some((record, answer)) = publications(&question, Some(agreement_id)).into_iter().next()
    else {
        return Err(absent.into());
    };
    // Whoever is no party learns nothing of an agreement.
    if !record.has_participant(sender) {
        return Err(absent.into());
    }
    let publication = answer?;
    if record.terms().version != version {
        return Err(Refusal::at(Reason::AgreementNotInForce, "header.agreement_version").into());
    }
    if publication.recipients.contains(sender) {
        Ok(publication.rule_id)
    } else {
        Err(absent.into())
    }
}

fn check_service(
    local: &Local<'_>,
    receiver: &Receiver<'_>,
    asked: &HoldAsked,
    held: &ServiceHeld,
    agreement: AgreementId,
) -> Result<(), Refusal> {
    let publication = &held.stored.publication;
    let record = receiver.agreements.current(agreement, local.now);
    let terms = record.map(|record| record.terms().hold_terms()).unwrap_or_default();
    if asked.ttl > terms.hold {
        return Err(Refusal::at(Reason::InvalidField, "payload.ttl_seconds"));
    }
    if publication.relied_on_until(terms.fresh) <= local.now {
        return Err(Refusal::at(Reason::Stale, "payload.items.service_id"));
    }
    if asked.with_child && !publication.service.is_child_safe() {
        return Err(Refusal::at(Reason::ChildSafety, "payload.with_child"));
    }
    let ledger = Ledger::new(publication, &held.holds);
    if !publication.service.is_in_season(local.now) {
        return Err(Refusal::at(Reason::CapacityExhausted, "payload.items.service_id"));
    }
    let mut items = asked.items.iter().filter(|item| item.service == publication.service.id);
    items.try_for_each(|item| ledger.check_item(item))
}

/// Whoever holds extends, confirms or gives back.
pub(super) fn changed(
    local: &mut Local<'_>,
    receiver: &Receiver<'_>,
    envelope: &VerifiedEnvelope,
    held: Held,
) -> Result<Effect, NoEffect> {
    let header = envelope.header();
    let (id, act) = decode_hold_changed(envelope.payload(), header)?;
    let is_theirs = |hold: &Hold| {
        hold.id == id && hold.holder == header.sender && hold.publisher == *local.organisation
    };
    let absent = Refusal::at(Reason::NotFound, "payload.hold_id");
    let hold = held.hold.filter(is_theirs).ok_or(absent)?;
    let record = receiver.agreements.current(hold.agreement_id, local.now);
    let extensions_max = record.map_or(0, |record| record.terms().hold_terms().extensions_max);
    let mut after = hold.clone();
    let mut writes = WriteSet::default();
    if after.act(act, local.now, extensions_max)? {
        change_services(local, held.services, (&hold, &after), &mut writes)?;
        writes.capacity.changed_holds.push((after, hold.revision));
    }
    Ok(Effect { writes, rule_id: String::new(), verdict: Verdict::Done, chain: held.chain })
}

/// The publisher ended a hold of this organisation's.
pub(super) fn ended(
    local: &Local<'_>,
    envelope: &VerifiedEnvelope,
    held: Held,
) -> Result<Effect, NoEffect> {
    let header = envelope.header();
    let (id, end) = decode_hold_ended(envelope.payload(), header)?;
    let is_own = |hold: &Hold| {
        hold.id == id && hold.publisher == header.sender && hold.holder == *local.organisation
    };
    let absent = Refusal::at(Reason::NotFound, "payload.hold_id");
    let mut hold = held.hold.filter(is_own).ok_or(absent)?;
    let before = hold.revision;
    let mut writes = WriteSet::default();
    if hold.ended(end, local.now) {
        writes.capacity.changed_holds.push((hold, before));
    }
    Ok(Effect { writes, rule_id: String::new(), verdict: Verdict::Done, chain: held.chain })
}
