//! Dead letters, which wait for a human.

use brygga_domain::referral::{Referral, Side};
use brygga_domain::{Reason, Refusal};

use crate::audit::{Actor, Verdict, leaf};
use crate::records::{OutboxEntry, OutboxState};
use crate::settle::{carries_content, carries_request};
use crate::write_set::OutboxChange;
use crate::{Decided, Local, WriteSet};

/// Whether a message waits to be sent.
pub const fn is_queued(entry: &OutboxEntry) -> bool {
    matches!(entry.state, OutboxState::Queued { .. })
}

/// Puts a dead letter back in the queue. One that waits already stays as it is. What is past its
/// time gets one attempt more, so that a thread which it holds up can go on. `referral` is the one
/// whose thread it belongs to, where it belongs to one.
///
/// Refused with [`Reason::ConsentWithdrawn`], [`Reason::ConsentScope`] or [`Reason::Terminal`] for what a
/// withdrawal, a narrowing or a mistake stopped, [`Reason::Terminal`] for content of a source that has
/// stopped since, [`Reason::OutsideValidity`] for a request that is past its time, and
/// [`Reason::InvalidTransition`] for what was delivered or erased.
pub fn retry(
    local: &mut Local<'_>,
    actor: &Actor,
    entry: &OutboxEntry,
    referral: Option<&Referral>,
) -> Decided<()> {
    let mut writes = WriteSet::default();
    let is_stopped =
        referral.is_some_and(|referral| referral.side == Side::Source && referral.is_stopped);
    let answer = match &entry.state {
        OutboxState::Queued { .. } => return Decided { writes, answer: Ok(()) },
        OutboxState::Delivered { .. } => Err(Refusal::new(Reason::InvalidTransition)),
        OutboxState::Dead {
            reason: reason @ (Reason::ConsentWithdrawn | Reason::ConsentScope | Reason::Terminal),
        } => Err(Refusal::new(*reason)),
        OutboxState::Dead { .. } if is_stopped && carries_content(entry) => {
            Err(Refusal::new(Reason::Terminal))
        }
        // Erased: there is nothing to send any more.
        OutboxState::Dead { .. } if entry.is_erased() => {
            Err(Refusal::new(Reason::InvalidTransition))
        }
        OutboxState::Dead { .. } if carries_request(entry) && local.now >= entry.expires_at => {
            Err(Refusal::new(Reason::OutsideValidity))
        }
        OutboxState::Dead { reason } => {
            let state =
                OutboxState::Queued { next_attempt_at: local.now, last_failure: Some(*reason) };
            let attempts = entry.attempts;
            writes.outbox_changes.push(OutboxChange {
                message_id: entry.message_id,
                attempts,
                state,
            });
            Ok(())
        }
    };
    let verdict = match &answer {
        Ok(()) => Verdict::Done,
        Err(refusal) => Verdict::Refused(refusal.clone()),
    };
    writes.audit.push(leaf(local, actor, "outbox.retry", &entry.message_id.to_string(), &verdict));
    Decided { writes, answer }
}
