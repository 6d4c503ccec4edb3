//! Whoever is asked holds places for the caller and says so; what becomes of them the caller's receipt tells.

use brygga_domain::capacity::{Hold, HoldEnd, HoldItem, HoldState, ReceivedCall};
use brygga_domain::{HoldId, Reason, Refusal, Timestamp};
use brygga_wire::capacity::{CallAnswer, HoldAsked, encode_call_answered};
use brygga_wire::envelope::MessageType;

use super::AnsweredCall;
use crate::audit::{Actor, Verdict, leaf, refused};
use crate::capacity::{ServiceHeld, change_services, tell_end};
use crate::compose::{Draft, compose};
use crate::receive::{GrantGround, Grantee, grant};
use crate::records::Chain;
use crate::{Decided, Local, WriteSet};

/// An answer before it is decided.
#[derive(Clone, Debug)]
pub struct Answering {
    /// The call as it stands here.
    pub call: ReceivedCall,
    /// With what it is answered.
    pub items: Vec<HoldItem>,
    /// The services of the items, with their holds.
    pub services: Vec<ServiceHeld>,
    /// The hold of an earlier answer that waits or has won.
    pub earlier: Option<Hold>,
    /// The thread with the caller.
    pub chain: Option<Chain>,
}

/// Holds places for the caller and answers; the same answer again changes nothing.
///
/// Refused as [`ReceivedCall::check_open`], with [`Reason::InvalidField`] for other places than are looked for, and as a
/// hold that somebody asks for.
pub fn answer(
    local: &mut Local<'_>,
    actor: &Actor,
    answering: Answering,
    ground: GrantGround<'_>,
) -> Decided<ReceivedCall> {
    if answering.earlier.as_ref().is_some_and(|hold| hold.items == answering.items) {
        return Decided { writes: WriteSet::default(), answer: Ok(answering.call) };
    }
    let subject = answering.call.id.to_string();
    let Answering { mut call, items, services, chain, .. } = answering;
    let granted = check(local, &call, &items, &services)
        .and_then(|()| hold_for(local, &call, items, services, ground));
    let (hold, held_until, mut writes) = match granted {
        Ok(granted) => granted,
        // What a peer is told of its payload is here the caller's own request.
        Err(refusal) => {
            let field = refusal.field.strip_prefix("payload.").unwrap_or(refusal.field);
            return refused(local, actor, "call.answer", &subject, Refusal { field, ..refusal });
        }
    };
    let said = CallAnswer { call: call.id, hold: hold.id, items: hold.items.clone(), held_until };
    let draft = Draft {
        message_id: local.message_id(),
        message_type: MessageType::CapacityCallAnswered,
        recipient: call.caller.clone(),
        recipient_unit: None,
        conversation: call.conversation(),
        agreement: Some((call.agreement_id, call.agreement_version)),
        expires_at: local.message_end(),
        payload: encode_call_answered(&said),
        sealed: None,
    };
    writes.merge(compose(local, draft, chain).writes());
    let before = call.revision;
    call.answer(hold.id, local.now);
    writes.calls.received_changed.push((call.clone(), before));
    let clause = format!("{}/{}/{}", call.agreement_id, call.agreement_version, hold.rule_id);
    let permitted = Verdict::Permitted { clause };
    writes.audit.push(leaf(local, actor, "call.answer", &subject, &permitted));
    Decided { writes, answer: Ok(call) }
}

fn check(
    local: &Local<'_>,
    call: &ReceivedCall,
    items: &[HoldItem],
    services: &[ServiceHeld],
) -> Result<(), Refusal> {
    call.check_open(local.now)?;
    call.wanted.check_items(items)?;
    let mut types = services.iter().map(|held| &held.stored.publication.service.service_type);
    if types.all(|service_type| call.wanted.is_of(service_type)) {
        Ok(())
    } else {
        Err(Refusal::at(Reason::InvalidField, "items.service_id"))
    }
}

/// The hold, until when it is held, and what is stored with it.
fn hold_for(
    local: &mut Local<'_>,
    call: &ReceivedCall,
    items: Vec<HoldItem>,
    services: Vec<ServiceHeld>,
    ground: GrantGround<'_>,
) -> Result<(Hold, Timestamp, WriteSet), Refusal> {
    let asked = HoldAsked {
        id: HoldId::from_bytes(local.identifier()),
        items,
        ttl: call.wanted.ttl,
        with_child: call.wanted.with_child,
        answer_by: call.wanted.answer_by,
        reentry_of: None,
    };
    let grantee = Grantee {
        holder: call.caller.clone(),
        agreement: (call.agreement_id, call.agreement_version),
        requested_at: call.received_at,
        departed: None,
    };
    let (hold, writes) = grant(local, ground, grantee, asked, services)?;
    let HoldState::Held { expires_at } = hold.state else {
        return Err(Refusal::at(Reason::InvalidTransition, "call_id"));
    };
    Ok((hold, expires_at, writes))
}

/// What the caller's answer to the own one does: whoever was not first takes its places back, and whoever was first with
/// places that it has taken back since tells it once more, as the caller may have heard it before it had them. An error is
/// also that the answer never came.
pub fn settle_answer(
    local: &mut Local<'_>,
    answered: AnsweredCall,
    answer: Result<(), Reason>,
) -> WriteSet {
    let AnsweredCall { mut call, hold, services, hold_chain } = answered;
    let before = call.revision;
    let mut writes = WriteSet::default();
    if let Some(lost) = call.settled(answer, local.now) {
        let hold = hold.filter(|hold| hold.id == lost);
        let caller = Actor::Peer(call.caller.clone());
        writes.merge(release(local, &caller, hold, services));
    } else if let (Ok(()), Some(hold)) = (answer, &hold)
        && hold.state == HoldState::TakenBack
    {
        writes.merge(tell_end(local, hold, HoldEnd::TakenBack, hold_chain));
    }
    if call.revision != before {
        writes.calls.received_changed.push((call, before));
    }
    writes
}

/// Takes the places of an answer back that has not won; nothing where they are held no more. The caller never had them,
/// so there is nobody to be told.
pub(crate) fn release(
    local: &mut Local<'_>,
    actor: &Actor,
    hold: Option<Hold>,
    services: Vec<ServiceHeld>,
) -> WriteSet {
    let mut writes = WriteSet::default();
    let is_held = |hold: &Hold| matches!(hold.state, HoldState::Held { .. });
    let Some(hold) = hold.filter(is_held) else { return writes };
    let mut ended = hold.clone();
    let is_ended = ended.end(HoldEnd::TakenBack, local.now).is_ok();
    // Nobody came or left, and a service that is held of is not withdrawn: otherwise the hold's time ends it.
    if !is_ended || change_services(local, services, (&hold, &mut ended), &mut writes).is_err() {
        return WriteSet::default();
    }
    let subject = hold.id.to_string();
    writes.audit.push(leaf(local, actor, "hold.end", &subject, &Verdict::Done));
    writes.capacity.changed_holds.push((ended, hold.revision));
    writes
}
