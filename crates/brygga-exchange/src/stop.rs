//! Orders to stop: given by the source, answered by the target once it really has stopped.

use brygga_domain::referral::{Referral, Side};
use brygga_domain::stop::{ProcessingStop, StillHeld, StopAnswer, StopReason};
use brygga_domain::{Reason, Refusal, Seconds, StopId};
use brygga_wire::envelope::MessageType;
use brygga_wire::stop::{encode_stop_requested, encode_stopped};

use crate::audit::{Actor, Verdict, leaf};
use crate::compose::{Draft, MESSAGE_LIFETIME, compose};
use crate::outbox::is_queued;
use crate::records::{Chain, OutboxEntry, OutboxState, StoredStop};
use crate::settle::carries_request;
use crate::write_set::{Covered, OutboxChange};
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

/// Takes back the content of messages that wait. Where a request is among them nothing of its thread is
/// sent; a note is sent as its cover, since its thread goes on.
pub(crate) fn take_back(local: &Local<'_>, queued: &[OutboxEntry], reason: Reason) -> WriteSet {
    let is_unheard = |entry: &OutboxEntry| {
        queued
            .iter()
            .any(|other| other.conversation == entry.conversation && carries_request(other))
    };
    let has_cover = |entry: &&OutboxEntry| entry.cover.is_some() && !is_unheard(entry);
    let (notes, others): (Vec<&OutboxEntry>, Vec<&OutboxEntry>) =
        queued.iter().partition(has_cover);
    let mut writes =
        WriteSet { outbox_changes: drop_queued(others, reason), ..WriteSet::default() };
    for note in notes {
        cover(local, note, reason, &mut writes);
    }
    writes
}

/// Lets a message's cover take its place; where it waits, it is sent at once.
pub(crate) fn cover(local: &Local<'_>, entry: &OutboxEntry, reason: Reason, writes: &mut WriteSet) {
    let OutboxEntry { message_id, attempts, .. } = *entry;
    if is_queued(entry) {
        let state = OutboxState::Queued { next_attempt_at: local.now, last_failure: Some(reason) };
        writes.outbox_changes.push(OutboxChange { message_id, attempts, state });
    }
    let tried_until = local.now.plus(MESSAGE_LIFETIME);
    writes.covered.push(Covered { message_id, tried_until });
}

/// Stops messages that wait.
pub(crate) fn drop_queued<'a>(
    queued: impl IntoIterator<Item = &'a OutboxEntry>,
    reason: Reason,
) -> Vec<OutboxChange> {
    let dropped = queued.into_iter().map(|entry| OutboxChange {
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
