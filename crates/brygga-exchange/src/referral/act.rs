//! People at either end, and the target's clock, move a referral on.

use brygga_domain::referral::{Command, Escalation, Event, Referral, Side};
use brygga_domain::{Reason, Refusal};
use brygga_wire::envelope::MessageType;
use brygga_wire::referral::{
    encode_acknowledged, encode_progressed, encode_review_requested, encode_withdrawn,
};

use crate::audit::{Actor, Verdict, leaf, refused};
use crate::compose::{Draft, compose};
use crate::records::{Chain, ReferralEvent};
use crate::{Decided, Local, WriteSet};

/// Decides a command of the organisation's own people on a referral that is held.
///
/// At the target the event takes effect at once and is reported to the source; at the source a
/// withdrawal is only proposed, and the target's log decides.
pub fn act(
    local: &mut Local<'_>,
    actor: &Actor,
    referral: Referral,
    expected_version: Option<u32>,
    chain: Option<Chain>,
    command: Command,
) -> Decided<Referral> {
    let action = format!("referral.{}", command.name());
    let subject = referral.id.to_string();
    let decided = match expected_version.filter(|expected| *expected != referral.version) {
        Some(_) => Err(Refusal::at(Reason::VersionConflict, "expected_version")),
        None => decide(local, referral, chain, command),
    };
    match decided {
        Ok((mut writes, referral)) => {
            writes.audit.push(leaf(local, actor, &action, &subject, &Verdict::Done));
            Decided { writes, answer: Ok(referral) }
        }
        Err(refusal) => refused(local, actor, &action, &subject, refusal),
    }
}

/// Ends a referral that nobody answered; the answer is the refusal where somebody did meanwhile.
pub fn expire(
    local: &mut Local<'_>,
    referral: Referral,
    chain: Option<Chain>,
) -> Decided<Referral> {
    act(local, &Actor::Clock, referral, None, chain, Command::Expire)
}

/// Lays a referral that nobody took on before the next in line; the answer is the refusal where somebody
/// did meanwhile.
pub fn escalate(
    local: &mut Local<'_>,
    referral: Referral,
    chain: Option<Chain>,
    escalation: Escalation,
) -> Decided<Referral> {
    act(local, &Actor::Clock, referral, None, chain, Command::Escalate(escalation))
}

fn decide(
    local: &mut Local<'_>,
    referral: Referral,
    chain: Option<Chain>,
    command: Command,
) -> Result<(WriteSet, Referral), Refusal> {
    if command.side() != referral.side {
        return Err(Refusal::new(Reason::WrongActor));
    }
    match referral.side {
        Side::Source => propose(local, referral, chain, &command),
        Side::Target => {
            let event = referral.decide(command, local.now)?;
            Ok(progress(local, referral, chain, &event))
        }
    }
}

/// The source only proposes; the target's log decides. Where the target has no log, since it never took
/// the referral or has stopped, the source closes the loop by itself.
fn propose(
    local: &mut Local<'_>,
    mut referral: Referral,
    chain: Option<Chain>,
    command: &Command,
) -> Result<(WriteSet, Referral), Refusal> {
    referral.propose(command)?;
    let (message_type, payload) = match command {
        Command::Acknowledge if referral.version == 1 || referral.is_stopped => {
            referral.loop_closed_at = Some(local.now);
            let changed_referrals = vec![(referral.clone(), referral.version)];
            return Ok((WriteSet { changed_referrals, ..WriteSet::default() }, referral));
        }
        Command::Acknowledge => {
            (MessageType::ReferralAcknowledged, encode_acknowledged(referral.id))
        }
        Command::RequestReview { ground } => {
            let payload = encode_review_requested(referral.id, *ground);
            (MessageType::ReferralReviewRequested, payload)
        }
        Command::Withdraw { reason } => {
            (MessageType::ReferralWithdrawn, encode_withdrawn(referral.id, *reason))
        }
        // An order to stop has a thread of its own: see `crate::stop`.
        _ => return Err(Refusal::new(Reason::WrongActor)),
    };
    let writes = tell(local, &referral, chain, message_type, payload);
    Ok((writes, referral))
}

/// Applies an event at the target and reports it to the source.
pub(crate) fn progress(
    local: &mut Local<'_>,
    mut referral: Referral,
    chain: Option<Chain>,
    event: &Event,
) -> (WriteSet, Referral) {
    let before = referral.version;
    referral.apply(event, local.now);
    let progressed = encode_progressed(referral.id, referral.version, local.now, event);
    let mut writes =
        tell(local, &referral, chain, MessageType::ReferralProgressed, progressed.clone());
    writes.events.push(ReferralEvent {
        referral_id: referral.id,
        version: referral.version,
        progressed,
    });
    writes.changed_referrals.push((referral.clone(), before));
    (writes, referral)
}

fn tell(
    local: &mut Local<'_>,
    referral: &Referral,
    chain: Option<Chain>,
    message_type: MessageType,
    payload: Vec<u8>,
) -> WriteSet {
    let recipient_unit = match referral.side {
        Side::Source => referral.target_unit.clone(),
        Side::Target => referral.request.source_unit.clone(),
    };
    let draft = Draft {
        message_id: local.message_id(),
        message_type,
        recipient: referral.peer().clone(),
        recipient_unit,
        conversation: referral.conversation(),
        agreement: Some((referral.grant.agreement_id, referral.grant.agreement_version)),
        expires_at: local.message_end(),
        payload,
        sealed: None,
    };
    compose(local, draft, chain).writes()
}
