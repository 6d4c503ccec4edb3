//! The publisher ends a hold, or its time is past.

use brygga_domain::capacity::{Hold, HoldEnd, HoldState};
use brygga_domain::{Reason, Refusal};
use brygga_wire::capacity::encode_hold_ended;
use brygga_wire::envelope::MessageType;

use super::restate::{Moved, restate};
use super::{ServiceHeld, tell_turn};
use crate::audit::{Actor, Verdict, leaf, refused};
use crate::compose::{Draft, compose};
use crate::records::Chain;
use crate::{Decided, Local, WriteSet};

/// Ends a hold at its publisher: whoever was there has left, or the place cannot be given. Whoever holds is told.
/// `services` are those of its items, with their holds. Again it changes nothing.
///
/// Refused as [`Hold::end`].
pub fn end(
    local: &mut Local<'_>,
    actor: &Actor,
    hold: Hold,
    how: HoldEnd,
    services: Vec<ServiceHeld>,
    chain: Option<Chain>,
) -> Decided<Hold> {
    let subject = hold.id.to_string();
    let mut ended = hold.clone();
    match ended.end(how, local.now) {
        Ok(true) => {}
        Ok(false) => return Decided { writes: WriteSet::default(), answer: Ok(hold) },
        Err(refusal) => return refused(local, actor, "hold.end", &subject, refusal),
    }
    let mut writes = WriteSet::default();
    if ended.holder != *local.organisation {
        writes = tell_end(local, &hold, how, chain);
    }
    if let Err(refusal) = change_services(local, services, (&hold, &mut ended), &mut writes) {
        return refused(local, actor, "hold.end", &subject, refusal);
    }
    writes.audit.push(leaf(local, actor, "hold.end", &subject, &Verdict::Done));
    writes.capacity.changed_holds.push((ended.clone(), hold.revision));
    Decided { writes, answer: Ok(ended) }
}

/// The message that tells whoever holds.
pub(crate) fn tell_end(
    local: &mut Local<'_>,
    hold: &Hold,
    how: HoldEnd,
    chain: Option<Chain>,
) -> WriteSet {
    let draft = Draft {
        message_id: local.message_id(),
        message_type: MessageType::CapacityHoldEnded,
        recipient: hold.holder.clone(),
        recipient_unit: None,
        conversation: hold.conversation(),
        agreement: Some((hold.agreement_id, hold.agreement_version)),
        expires_at: local.message_end(),
        payload: encode_hold_ended(hold.id, how),
        sealed: None,
    };
    compose(local, draft, chain).writes()
}

/// Ends a hold whose time is past; whoever has a right to come back waits again instead, behind all others. `chain` is its
/// thread. None where its time is not past.
pub fn expire(
    local: &mut Local<'_>,
    hold: Hold,
    services: Vec<ServiceHeld>,
    chain: Option<Chain>,
) -> Option<WriteSet> {
    let mut ended = hold.clone();
    if !ended.expire(local.now) {
        return None;
    }
    // At its holder it is over until its publisher tells where it stands now.
    let waits = ended.reentry_of.is_some() && ended.publisher == *local.organisation;
    if waits {
        ended.wait(local.now);
    }
    let mut writes = WriteSet::default();
    // Nobody came or left, so there is nothing that could be refused.
    change_services(local, services, (&hold, &mut ended), &mut writes).ok()?;
    if waits {
        writes.merge(tell_turn(local, &ended, chain));
    }
    let subject = hold.id.to_string();
    writes.audit.push(leaf(local, &Actor::Clock, "hold.expire", &subject, &Verdict::Done));
    writes.capacity.changed_holds.push((ended, hold.revision));
    Some(writes)
}

/// States each service of a hold anew that has changed; where it waits afterwards, its turn may have come.
pub(crate) fn change_services(
    local: &mut Local<'_>,
    services: Vec<ServiceHeld>,
    (before, after): (&Hold, &mut Hold),
    writes: &mut WriteSet,
) -> Result<(), Refusal> {
    if matches!((before.state, after.state), (HoldState::Held { .. }, HoldState::Held { .. })) {
        return Ok(());
    }
    let is_there = |hold: &Hold| hold.state == HoldState::Confirmed;
    let direction = match (is_there(before), is_there(after)) {
        (false, true) => 1,
        (true, false) => -1,
        _ => 0,
    };
    for mut held in services {
        let id = held.stored.id();
        if held.stored.withdrawn_at.is_some() {
            return Err(Refusal::at(Reason::NotFound, "items.service_id"));
        }
        held.promised.discount(id, before);
        held.promised.count(id, after);
        held.waiting.retain(|hold| hold.id != after.id);
        held.waiting.extend(Some(&*after).filter(|hold| hold.is_waiting()).cloned());
        let items = after.items.iter().filter(|item| item.service == id && direction != 0);
        let moved =
            Moved(items.map(|item| (item.line, direction * i64::from(item.places))).collect());
        restate(local, held, &moved, after, writes)?;
    }
    Ok(())
}
