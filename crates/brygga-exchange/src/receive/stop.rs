//! Orders to stop, and their answers, as they arrive. An order is never refused.

use brygga_domain::referral::{Command, Referral, Side, Status};
use brygga_domain::stop::{ProcessingStop, StillHeld, StopReason};
use brygga_domain::{ConversationId, Reason, Refusal};
use brygga_wire::envelope::VerifiedEnvelope;
use brygga_wire::stop::{StopRequested, decode_stop_requested, decode_stopped};

use super::{Effect, Held, NoEffect};
use crate::audit::Verdict;
use crate::records::{Chain, StoredStop};
use crate::referral::progress;
use crate::stop::tell;
use crate::write_set::ChainStep;
use crate::{Local, WriteSet};

/// The target is ordered to stop. What it held is closed to everyday work in this transaction; what is
/// to be erased is erased after it, and only then is the order answered. Where nothing is held, the
/// answer is given at once, and the referral's thread is closed against a late copy.
pub(super) fn requested(
    local: &mut Local<'_>,
    envelope: &VerifiedEnvelope,
    held: Held,
) -> Result<Effect, NoEffect> {
    let header = envelope.header();
    let StopRequested { id, referral_id, reason } =
        decode_stop_requested(envelope.payload(), header)?;
    if held.stop.is_some() {
        return Ok(done(WriteSet::default(), held.chain));
    }
    let mut stop = ProcessingStop {
        id,
        side: Side::Target,
        peer: header.sender.clone(),
        referral_id,
        reason,
        requested_at: local.now,
        answer: None,
    };
    let is_theirs = |referral: &Referral| {
        referral.id == referral_id
            && referral.side == Side::Target
            && referral.source == header.sender
    };
    let Some(mut referral) = held.referral.filter(is_theirs) else {
        let mut writes = tell(local, &mut stop, StillHeld::NothingHeld, held.chain);
        let chain = writes.chains.first().map(|step| step.after);
        if held.referral_chain.is_none() {
            writes.chains.push(ChainStep {
                conversation: ConversationId::from_bytes(*referral_id.as_bytes()),
                peer: header.sender.clone(),
                before: None,
                after: Chain::closed(),
            });
        }
        return Ok(done(writes, chain));
    };
    referral.is_stopped = true;
    let mut writes = match referral.decide(Command::Stop { reason }, local.now) {
        Ok(event) => progress(local, referral, held.referral_chain, &event).0,
        // It is final: its status stays, and the duty to stop and erase begins all the same.
        Err(_) => {
            let version = referral.version;
            WriteSet { changed_referrals: vec![(referral, version)], ..WriteSet::default() }
        }
    };
    writes.stops.push(StoredStop { stop, evidence: None });
    Ok(done(writes, held.chain))
}

/// The source gets the answer, and keeps the signed envelope as evidence.
pub(super) fn answered(
    local: &Local<'_>,
    envelope: &VerifiedEnvelope,
    held: Held,
) -> Result<Effect, NoEffect> {
    let header = envelope.header();
    let (id, referral_id, answer) = decode_stopped(envelope.payload(), header)?;
    let is_asked = |stop: &ProcessingStop| {
        stop.id == id
            && stop.side == Side::Source
            && stop.peer == header.sender
            && stop.referral_id == referral_id
    };
    let mut stop = held.stop.filter(is_asked).ok_or(Refusal::new(Reason::NotFound))?;
    if stop.answer.is_some() {
        return Err(Refusal::new(Reason::Terminal).into());
    }
    let mut writes = WriteSet::default();
    // What is over here by itself, such as refused there, can still have been a mistake.
    let is_mistake = stop.reason == StopReason::EnteredInError;
    let never_began = |referral: &Referral| {
        !referral.status.is_final() || (is_mistake && referral.status != Status::EnteredInError)
    };
    if let (StillHeld::NothingHeld, Some(mut referral)) =
        (&answer.held, held.referral.filter(never_began))
    {
        let version = referral.version;
        referral.stopped_unseen(stop.reason, local.now);
        writes.changed_referrals.push((referral, version));
    }
    stop.answer = Some(answer);
    let evidence = Some(envelope.encode());
    writes.stops.push(StoredStop { stop, evidence });
    Ok(done(writes, held.chain))
}

const fn done(writes: WriteSet, chain: Option<Chain>) -> Effect {
    Effect { writes, rule_id: String::new(), verdict: Verdict::Done, chain }
}
