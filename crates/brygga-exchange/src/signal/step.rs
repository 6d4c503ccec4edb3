//! Either end takes the next step. What is told goes to the other; what stays is written down here and goes nowhere.

use brygga_domain::DisclosureGround;
use brygga_domain::signal::{NextStep, Signal};
use brygga_policy::SIGNAL_ANSWER_BASIS;
use brygga_wire::envelope::MessageType;
use brygga_wire::signal::{Told, encode_told};

use super::{ChangedSignal, own_part, sealed_on};
use crate::audit::{Actor, Verdict, leaf, refused};
use crate::compose::{Draft, compose};
use crate::records::Chain;
use crate::referral::PreparedContent;
use crate::{Decided, Local, WriteSet};

/// A step to take, with what is sealed with it and the ground of that.
#[derive(Clone, Copy, Debug)]
pub struct Stepping<'a> {
    /// The step.
    pub next: NextStep,
    /// What is sealed with it, and on which ground.
    pub content: Option<(&'a PreparedContent, DisclosureGround)>,
}

/// Takes a step. One that was taken before, and is taken once, changes nothing and sends nothing.
///
/// Refused as [`Signal::take`].
pub fn take_step(
    local: &mut Local<'_>,
    actor: &Actor,
    mut signal: Signal,
    chain: Option<Chain>,
    stepping: &Stepping<'_>,
) -> Decided<Signal> {
    let subject = signal.id.to_string();
    let (before, known) = (signal.revision, signal.steps.len());
    match signal.take(signal.side, stepping.next, local.now) {
        Err(refusal) => return refused(local, actor, "signal.step", &subject, refusal),
        Ok(false) => return Decided { writes: WriteSet::default(), answer: Ok(signal) },
        Ok(true) => {}
    }
    let is_told = stepping.next.step.rule(signal.subject).is_some_and(|rule| rule.is_told);
    let mut writes = if is_told {
        compose(local, draft(local, &signal, stepping), chain).writes()
    } else {
        WriteSet::default()
    };
    if let Some((content, _)) = stepping.content {
        writes.notices.parts.push(own_part(&signal, stepping.next.message_id, content));
    }
    let action = format!("signal.step {}", stepping.next.step.as_str());
    writes.audit.push(leaf(local, actor, &action, &subject, &Verdict::Done));
    writes.signals.changed.push(ChangedSignal { signal: signal.clone(), before, known });
    Decided { writes, answer: Ok(signal) }
}

/// A round of visits ends when its last day is over; before that nothing changes.
pub fn end_round(local: &mut Local<'_>, mut signal: Signal) -> Decided<Signal> {
    let (before, known) = (signal.revision, signal.steps.len());
    let mut writes = WriteSet::default();
    if signal.expire(local.now) {
        let subject = signal.id.to_string();
        writes.audit.push(leaf(local, &Actor::Clock, "signal.expire", &subject, &Verdict::Done));
        writes.signals.changed.push(ChangedSignal { signal: signal.clone(), before, known });
    }
    Decided { writes, answer: Ok(signal) }
}

fn draft(local: &Local<'_>, signal: &Signal, stepping: &Stepping<'_>) -> Draft {
    let NextStep { message_id, step, on, .. } = stepping.next;
    let sealed = stepping.content.map(|(content, ground)| {
        (sealed_on(content, ground, SIGNAL_ANSWER_BASIS), content.sealed.clone())
    });
    Draft {
        message_id,
        message_type: MessageType::SignalStep,
        recipient: signal.peer().clone(),
        recipient_unit: signal.peer_unit().cloned(),
        conversation: signal.conversation(),
        agreement: Some((signal.agreement_id, signal.agreement_version)),
        expires_at: local.message_end(),
        payload: encode_told(&Told { id: signal.id, step, on }),
        sealed,
    }
}
