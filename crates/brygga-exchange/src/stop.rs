//! Orders to stop: given by the source, answered by the target once it really has stopped.

use brygga_domain::referral::{Referral, Side};
use brygga_domain::stop::{ProcessingStop, StillHeld, StopAnswer, StopReason};
use brygga_domain::{Reason, Refusal, Seconds, StopId};
use brygga_wire::envelope::MessageType;
use brygga_wire::stop::{encode_stop_requested, encode_stopped};

use crate::audit::{Actor, Verdict, leaf};
use crate::compose::{Draft, compose};
use crate::records::{Chain, OutboxEntry, OutboxState, StoredStop};
use crate::write_set::OutboxChange;
use crate::{Decided, Local, WriteSet};

/// How long an order and its answer are tried: as long as anybody could keep what they are about.
const LIFETIME: Seconds = Seconds::days(5 * 366);

/// Orders the target of a referral to stop; the order travels in a thread of its own.
pub(crate) fn order(local: &mut Local<'_>, mut referral: Referral, reason: StopReason) -> WriteSet {
    let stop = ProcessingStop {
        id: StopId::from_bytes(local.identifier()),
        side: Side::Source,
        peer: referral.target.clone(),
        referral_id: referral.id,
        reason,
        requested_at: local.now,
        answer: None,
    };
    let draft = Draft {
        message_id: local.message_id(),
        message_type: MessageType::ProcessingStopRequested,
        recipient: referral.target.clone(),
        recipient_unit: referral.target_unit.clone(),
        conversation: stop.conversation(),
        agreement: None,
        expires_at: local.now.plus(LIFETIME),
        payload: encode_stop_requested(&stop),
        sealed: None,
    };
    let mut writes = compose(local, draft, None).writes();
    let version = referral.version;
    referral.is_stopped = true;
    writes.changed_referrals.push((referral, version));
    writes.stops.push(StoredStop { stop, evidence: None });
    writes
}

/// Stops messages that wait.
pub(crate) fn drop_queued(queued: &[OutboxEntry], reason: Reason) -> Vec<OutboxChange> {
    let dropped = queued.iter().map(|entry| OutboxChange {
        message_id: entry.message_id,
        attempts: entry.attempts,
        state: OutboxState::Dead { reason },
    });
    dropped.collect()
}

/// Takes back a referral that was made by mistake, whatever its state. `queued` is what waits to be
/// sent in its thread. One that was stopped for it already stays as it is.
///
/// Refused with [`Reason::WrongActor`] at the target.
pub fn mark_in_error(
    local: &mut Local<'_>,
    actor: &Actor,
    referral: Referral,
    queued: &[OutboxEntry],
) -> Decided<()> {
    let subject = referral.id.to_string();
    let action = "referral.mark_in_error";
    if referral.side != Side::Source {
        let refusal = Refusal::new(Reason::WrongActor);
        return crate::audit::refused(local, actor, action, &subject, refusal);
    }
    let mut writes = order(local, referral, StopReason::EnteredInError);
    writes.outbox_changes = drop_queued(queued, Reason::Terminal);
    writes.audit.push(leaf(local, actor, action, &subject, &Verdict::Done));
    Decided { writes, answer: Ok(()) }
}

/// Answers an order at the target, after what is to be erased is erased.
///
/// Refused with [`Reason::InvalidTransition`] where it is answered already or not this node's to answer.
pub fn answer(
    local: &mut Local<'_>,
    mut stop: ProcessingStop,
    held: StillHeld,
    chain: Option<Chain>,
) -> Decided<()> {
    let subject = stop.id.to_string();
    if stop.side != Side::Target || stop.answer.is_some() {
        let refusal = Refusal::new(Reason::InvalidTransition);
        return crate::audit::refused(local, &Actor::Clock, "stop.answer", &subject, refusal);
    }
    let mut writes = tell(local, &mut stop, held, chain);
    writes.audit.push(leaf(local, &Actor::Clock, "stop.answer", &subject, &Verdict::Done));
    Decided { writes, answer: Ok(()) }
}

/// The answer as a message in the order's thread, and the order as answered.
pub(crate) fn tell(
    local: &mut Local<'_>,
    stop: &mut ProcessingStop,
    held: StillHeld,
    chain: Option<Chain>,
) -> WriteSet {
    let answer = StopAnswer { at: local.now, held };
    let draft = Draft {
        message_id: local.message_id(),
        message_type: MessageType::ProcessingStopped,
        recipient: stop.peer.clone(),
        recipient_unit: None,
        conversation: stop.conversation(),
        agreement: None,
        expires_at: local.now.plus(LIFETIME),
        payload: encode_stopped(stop, &answer),
        sealed: None,
    };
    stop.answer = Some(answer);
    let mut writes = compose(local, draft, chain).writes();
    writes.stops.push(StoredStop { stop: stop.clone(), evidence: None });
    writes
}
