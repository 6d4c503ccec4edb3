//! Consent at the organisation that collected it: recorded, and withdrawn at once.

use brygga_domain::Reason;
use brygga_domain::consent::Consent;

use crate::audit::{Actor, Verdict, leaf};
use crate::records::{OutboxEntry, OutboxState};
use crate::write_set::OutboxChange;
use crate::{Decided, Local, WriteSet};

/// Keeps a consent.
pub fn record(local: &mut Local<'_>, actor: &Actor, consent: Consent) -> Decided<Consent> {
    let audit =
        leaf(local, actor, "consent.record", &consent.consent_id.to_string(), &Verdict::Done);
    let writes =
        WriteSet { consents: vec![consent.clone()], audit: vec![audit], ..WriteSet::default() };
    Decided { writes, answer: Ok(consent) }
}

/// Ends a consent and stops what is queued on its ground; the answer counts the stopped messages.
/// Never refused; a consent that is withdrawn already stays so.
pub fn withdraw(
    local: &mut Local<'_>,
    actor: &Actor,
    mut consent: Consent,
    queued: &[OutboxEntry],
) -> Decided<u32> {
    consent.withdraw(local.now);
    let outbox_changes: Vec<OutboxChange> = queued
        .iter()
        .map(|entry| OutboxChange {
            message_id: entry.message_id,
            attempts: entry.attempts,
            state: OutboxState::Dead { reason: Reason::ConsentWithdrawn },
        })
        .collect();
    let stopped = u32::try_from(outbox_changes.len()).unwrap_or(u32::MAX);
    let audit =
        leaf(local, actor, "consent.withdraw", &consent.consent_id.to_string(), &Verdict::Done);
    let writes = WriteSet {
        consents: vec![consent],
        outbox_changes,
        audit: vec![audit],
        ..WriteSet::default()
    };
    Decided { writes, answer: Ok(stopped) }
}
