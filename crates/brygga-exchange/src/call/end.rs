//! How a call ends, and the message that tells each party that has not won, once.

use brygga_domain::Refusal;
use brygga_domain::capacity::Call;
use brygga_wire::capacity::encode_call_closed;
use brygga_wire::envelope::MessageType;

use super::OpenCall;
use crate::audit::{Actor, Verdict, leaf, refused};
use crate::compose::{Draft, compose};
use crate::{Decided, Local, WriteSet};

/// The caller's people look no more. Again it changes nothing.
///
/// Refused as [`Call::call_off`].
pub fn call_off(local: &mut Local<'_>, actor: &Actor, held: OpenCall) -> Decided<Call> {
    let now = local.now;
    finish(local, actor, "call.call_off", held, |call| call.call_off(now))
}

/// Ends a call that nobody answered in time; nothing before its time, or where it is over.
pub fn lapse(local: &mut Local<'_>, held: OpenCall) -> Decided<Call> {
    let now = local.now;
    finish(local, &Actor::Clock, "call.lapse", held, |call| Ok(call.lapse(now)))
}

fn finish(
    local: &mut Local<'_>,
    actor: &Actor,
    action: &str,
    mut held: OpenCall,
    end: impl FnOnce(&mut Call) -> Result<bool, Refusal>,
) -> Decided<Call> {
    let (before, subject) = (held.call.revision, held.call.id.to_string());
    match end(&mut held.call) {
        Ok(true) => {}
        Ok(false) => return Decided { writes: WriteSet::default(), answer: Ok(held.call) },
        Err(refusal) => return refused(local, actor, action, &subject, refusal),
    }
    let mut writes = tell_all(local, &held);
    writes.calls.changed.push((held.call.clone(), before));
    writes.audit.push(leaf(local, actor, action, &subject, &Verdict::Done));
    Decided { writes, answer: Ok(held.call) }
}

/// Tells every party that has not won how a call ended.
pub(crate) fn tell_all(local: &mut Local<'_>, held: &OpenCall) -> WriteSet {
    let OpenCall { call, threads } = held;
    let mut writes = WriteSet::default();
    for (party, chain) in threads {
        let Some(end) = call.end_for(party) else { continue };
        let draft = Draft {
            message_id: local.message_id(),
            message_type: MessageType::CapacityCallClosed,
            recipient: party.clone(),
            recipient_unit: None,
            conversation: call.conversation(),
            agreement: Some((call.agreement_id, call.agreement_version)),
            expires_at: local.message_end(),
            payload: encode_call_closed(call.id, end),
            sealed: None,
        };
        writes.merge(compose(local, draft, *chain).writes());
    }
    writes
}
