//! Holds as they arrive: at the publisher what is asked for, at whoever holds how it ended. An answer to a call gives
//! places by the same checks.

use brygga_domain::capacity::{Departed, Hold, HoldState, Ledger, Turn};
use brygga_domain::{AgreementId, OrgId, Reason, Refusal, Timestamp};
use brygga_policy::{AgreementBook, PublicationQuestion, QuotaUse, publications};
use brygga_wire::capacity::{
    HoldAsked, decode_hold_changed, decode_hold_ended, decode_hold_moved, decode_hold_requested,
};
use brygga_wire::envelope::VerifiedEnvelope;

use super::{Effect, Held, NoEffect, Receiver};
use crate::audit::Verdict;
use crate::capacity::{NewHold, ServiceHeld, change_services, tell_turn};
use crate::{Local, WriteSet};

/// Somebody asks for places; this node's clock says until when they are held. Whoever wants to come back is put into the
/// queue, and told where it stands.
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
    let ground = GrantGround { agreements: receiver.agreements, quota_use: &held.quota_use };
    let grantee = Grantee {
        holder: header.sender.clone(),
        agreement: (agreement_id, agreement_version),
        requested_at: header.created_at,
        departed: held.departed,
    };
    let (hold, mut writes) = grant(local, ground, grantee, asked, held.services)?;
    let mut chain = held.chain;
    if hold.reentry_of.is_some() {
        let told = tell_turn(local, &hold, chain);
        chain = told.chains.first().map(|step| step.after);
        writes.merge(told);
    }
    let clause = format!("{agreement_id}/{agreement_version}/{}", hold.rule_id);
    let verdict = Verdict::Permitted { clause };
    Ok(Effect { writes, rule_id: hold.rule_id, verdict, chain })
}

/// On what places are given.
#[derive(Clone, Copy)]
pub struct GrantGround<'a> {
    /// Agreements that this node holds.
    pub agreements: &'a AgreementBook,
    /// How much is used of the quotas that they would count in.
    pub quota_use: &'a QuotaUse,
}

/// Who gets places.
#[derive(Clone, Debug)]
pub(crate) struct Grantee {
    /// Who holds them.
    pub(crate) holder: OrgId,
    /// Agreement that it goes under, and its version.
    pub(crate) agreement: (AgreementId, u32),
    /// When it was asked for.
    pub(crate) requested_at: Timestamp,
    /// The hold whose place they want again, where it is there.
    pub(crate) departed: Option<Departed>,
}

/// Gives places of own services: all of them or none, from now on. Whoever wants to come back waits for them instead.
///
/// # Errors
/// Everything that a hold is refused with.
pub(crate) fn grant(
    local: &mut Local<'_>,
    ground: GrantGround<'_>,
    grantee: Grantee,
    asked: HoldAsked,
    services: Vec<ServiceHeld>,
) -> Result<(Hold, WriteSet), Refusal> {
    let services = each(&asked, services)?;
    let (agreement_id, agreement_version) = grantee.agreement;
    let mut rules = Vec::new();
    for service in &services {
        rules.push(permit(local, ground, &grantee, service)?);
        check_service(local, ground, &asked, service, agreement_id)?;
    }
    // Places of several permissions cannot be counted together.
    let rule_id = rules.first().cloned().unwrap_or_default();
    if rules.iter().any(|rule| *rule != rule_id) {
        return Err(Refusal::at(Reason::AgreementScope, "payload.items.service_id"));
    }
    let hold = asked_for(local, &grantee, asked, rule_id.clone());
    check_reentry(local, ground, &hold, grantee.departed)?;
    let mut granted = hold.clone();
    if let Some(record) = ground.agreements.find(agreement_id, agreement_version) {
        let asked = (&hold.holder, hold.places());
        granted.counts_since = ground.quota_use.room(record.terms(), &rule_id, asked, local.now)?;
    }
    match granted.reentry_of {
        Some(_) => granted.wait(local.now),
        None => granted.granted(local.now),
    }
    let mut writes = WriteSet::default();
    change_services(local, services, (&hold, &mut granted), &mut writes)?;
    writes.capacity.new_holds.push(NewHold { hold: granted.clone(), idempotency: None });
    Ok((granted, writes))
}

/// The hold that is asked for, before anything is decided.
fn asked_for(local: &Local<'_>, grantee: &Grantee, asked: HoldAsked, rule_id: String) -> Hold {
    let (agreement_id, agreement_version) = grantee.agreement;
    Hold {
        id: asked.id,
        publisher: local.organisation.clone(),
        holder: grantee.holder.clone(),
        items: asked.items,
        with_child: asked.with_child,
        agreement_id,
        agreement_version,
        rule_id,
        counts_since: None,
        requested_at: grantee.requested_at,
        reentry_of: asked.reentry_of,
        ttl: asked.ttl,
        state: HoldState::Requested,
        changed_at: local.now,
        extensions: 0,
        pending: None,
        revision: 1,
    }
}

/// Whoever wants to come back has been there, and has the right to.
fn check_reentry(
    local: &Local<'_>,
    ground: GrantGround<'_>,
    asked: &Hold,
    departed: Option<Departed>,
) -> Result<(), Refusal> {
    let Some(id) = asked.reentry_of else { return Ok(()) };
    let absent = Refusal::at(Reason::NotFound, "payload.reentry_of");
    let departed = departed.filter(|departed| departed.hold.id == id).ok_or(absent)?;
    let record = ground.agreements.current(asked.agreement_id, local.now);
    let days = record.map_or(0, |record| record.terms().hold_terms().reentry_days);
    let checked = departed.check(asked, days, local.now);
    checked.map_err(|refusal| Refusal { field: "payload.reentry_of", ..refusal })
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

/// The rule that lets somebody have a service: the agreement names it for what is published here.
fn permit(
    local: &Local<'_>,
    ground: GrantGround<'_>,
    grantee: &Grantee,
    held: &ServiceHeld,
) -> Result<String, Refusal> {
    let service = &held.stored.publication.service;
    let question =
        PublicationQuestion::of(service, local.organisation, ground.agreements, local.now);
    let absent = Refusal::at(Reason::NotFound, "payload.items.service_id");
    let (agreement_id, version) = grantee.agreement;
    let Some((record, answer)) = publications(&question, Some(agreement_id)).into_iter().next()
    else {
        return Err(absent);
    };
    // Whoever is no party learns nothing of an agreement.
    if !record.has_participant(&grantee.holder) {
        return Err(absent);
    }
    let publication = answer?;
    if record.terms().version != version {
        return Err(Refusal::at(Reason::AgreementNotInForce, "header.agreement_version"));
    }
    if publication.recipients.contains(&grantee.holder) {
        Ok(publication.rule_id)
    } else {
        Err(absent)
    }
}

fn check_service(
    local: &Local<'_>,
    ground: GrantGround<'_>,
    asked: &HoldAsked,
    held: &ServiceHeld,
    agreement: AgreementId,
) -> Result<(), Refusal> {
    let publication = &held.stored.publication;
    let record = ground.agreements.current(agreement, local.now);
    let terms = record.map(|record| record.terms().hold_terms()).unwrap_or_default();
    if asked.ttl > terms.hold {
        return Err(Refusal::at(Reason::InvalidField, "payload.ttl_seconds"));
    }
    if asked.with_child && !publication.service.is_child_safe() {
        return Err(Refusal::at(Reason::ChildSafety, "payload.with_child"));
    }
    // Whether anything is free matters when the turn comes.
    if asked.reentry_of.is_some() {
        return Ok(());
    }
    if publication.relied_on_until(terms.fresh) <= local.now {
        return Err(Refusal::at(Reason::Stale, "payload.items.service_id"));
    }
    let ledger = Ledger::new(publication, &held.promised);
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
        change_services(local, held.services, (&hold, &mut after), &mut writes)?;
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

/// The publisher tells where a hold of this organisation's stands.
pub(super) fn moved(
    local: &Local<'_>,
    envelope: &VerifiedEnvelope,
    held: Held,
) -> Result<Effect, NoEffect> {
    let header = envelope.header();
    let (id, turn) = decode_hold_moved(envelope.payload(), header)?;
    // Its receipt is the referral's; any other hold that never waited is granted by its own.
    let comes_with_referral = held.referral.is_some() && matches!(turn, Turn::Until(_));
    let is_own = |hold: &Hold| {
        hold.id == id
            && hold.publisher == header.sender
            && hold.holder == *local.organisation
            && (hold.reentry_of.is_some() || comes_with_referral)
    };
    let absent = Refusal::at(Reason::NotFound, "payload.hold_id");
    let mut hold = held.hold.filter(is_own).ok_or(absent)?;
    let before = hold.revision;
    let mut writes = WriteSet::default();
    if hold.turned(turn, local.now) {
        writes.capacity.changed_holds.push((hold, before));
    }
    Ok(Effect { writes, rule_id: String::new(), verdict: Verdict::Done, chain: held.chain })
}
