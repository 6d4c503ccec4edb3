//! The recipient has answered, or has not: what becomes of the message in the outbox.

use brygga_domain::capacity::Hold;
use brygga_domain::notice::EvictionNotice;
use brygga_domain::referral::{Referral, Side, Status};
use brygga_domain::signal::Signal;
use brygga_domain::transfer::Transfer;
use brygga_domain::{Reason, Refusal, Timestamp};
use brygga_wire::envelope::MessageType;
use brygga_wire::receipt::{ReceiptStatement, Verdict as ReceiptVerdict};
use rand_core::Rng;

use crate::audit::{Actor, Verdict, leaf};
use crate::call::{AnsweredCall, settle_answer};
use crate::capacity::settle_hold;
use crate::notice::ChangedNotice;
use crate::records::{AuditLeaf, OutboxEntry, OutboxState};
use crate::retry::RetryPolicy;
use crate::signal::ChangedSignal;
use crate::write_set::OutboxChange;
use crate::{Local, WriteSet};

/// What came back for one message.
#[derive(Clone, Debug)]
pub enum Reply {
    /// A receipt whose signature is good.
    Receipt {
        /// What it says.
        statement: ReceiptStatement,
        /// Its bytes, to be kept.
        bytes: Vec<u8>,
    },
    /// Nothing was stored there.
    Failure {
        /// Why, as far as this version knows the reason.
        reason: Reason,
        /// Whether it goes again.
        again: Again,
    },
}

/// Whether a message that failed goes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// The same bytes can never succeed.
    Never,
    /// After a wait that grows with how often the message has failed by itself: 0 where nothing speaks
    /// against it, since nobody was there to take it.
    After(u32),
}

/// Whether a receipt is about this very message.
///
/// # Errors
/// [`Reason::BadSignature`] where it swears to another message, header, sender or recipient.
pub fn matches(
    entry: &OutboxEntry,
    statement: &ReceiptStatement,
    local: &Local<'_>,
) -> Result<(), Refusal> {
    let same = statement.message_id == entry.message_id
        && statement.header_digest == entry.header_digest
        && statement.recipient == entry.recipient
        && statement.sender == *local.organisation;
    if same { Ok(()) } else { Err(Refusal::at(Reason::BadSignature, "receipt")) }
}

/// What a message is about, where its answer changes that.
#[derive(Clone, Debug)]
pub enum Carried {
    /// Nothing that is changed.
    Nothing,
    /// The request of a referral, and the places that it asks for.
    Request(Box<Referral>, Option<Box<Hold>>),
    /// A hold: what is asked of its publisher.
    Hold(Box<Hold>),
    /// The own answer to another's call.
    CallAnswer(Box<AnsweredCall>),
    /// The request of a transfer.
    Transfer(Box<Transfer>),
    /// A notice of an eviction.
    Notice(Box<EvictionNotice>),
    /// A signal.
    Signal(Box<Signal>),
}

/// Decides what a reply does to a message that is still queued, and to what it carries.
pub fn settle(
    local: &mut Local<'_>,
    entry: &OutboxEntry,
    reply: Reply,
    carried: Carried,
    retry: &RetryPolicy,
) -> WriteSet {
    let attempts = entry.attempts.saturating_add(1);
    let stored_at = match &reply {
        Reply::Receipt { statement, .. } => statement.stored_at,
        Reply::Failure { .. } => local.now,
    };
    let state = match reply {
        Reply::Receipt { statement, bytes } => {
            OutboxState::Delivered { receipt: bytes, refusal: refusal_of(&statement) }
        }
        Reply::Failure { reason, again: Again::After(failures) } => {
            tried_again(local.now, entry, failures, reason, retry, local.rng)
        }
        Reply::Failure { reason, again: Again::Never } => OutboxState::Dead { reason },
    };
    let mut writes = WriteSet::default();
    let failed = match &state {
        OutboxState::Delivered { refusal, .. } => *refusal,
        OutboxState::Dead { reason } => Some(*reason),
        OutboxState::Queued { .. } => None,
    };
    writes.audit.extend(failed.map(|reason| not_taken(local, entry, reason)));
    let is_settled = !matches!(state, OutboxState::Queued { .. });
    let answer = failed.map_or(Ok(stored_at), Err);
    match (carried, &state, failed) {
        (Carried::Request(referral, hold), OutboxState::Delivered { .. }, Some(reason)) => {
            writes.changed_referrals.extend(refused(*referral, local.now));
            writes.capacity.changed_holds.extend(places_refused(hold, reason, local.now));
        }
        (Carried::Request(_, hold), OutboxState::Dead { reason }, _) => {
            writes.capacity.changed_holds.extend(places_refused(hold, *reason, local.now));
        }
        (Carried::Hold(hold), OutboxState::Delivered { .. } | OutboxState::Dead { .. }, _) => {
            let settled = settle_hold(*hold, &entry.message_type, answer, local.now);
            writes.capacity.changed_holds.extend(settled);
        }
        (Carried::CallAnswer(answered), ..) if is_settled => {
            writes.merge(settle_answer(local, *answered, failed.map_or(Ok(()), Err)));
        }
        (Carried::Transfer(transfer), ..) if is_settled => {
            writes.transfers.changed.extend(settle_transfer(*transfer, answer, local.now));
        }
        (Carried::Notice(notice), ..) if is_settled => {
            writes.notices.changed.extend(settle_notice(*notice, entry, answer, local.now));
        }
        (Carried::Signal(signal), ..) if is_settled => {
            writes.signals.changed.extend(settle_signal(*signal, entry, answer, local.now));
        }
        _ => {}
    }
    writes.outbox_changes.push(OutboxChange { message_id: entry.message_id, attempts, state });
    writes
}

/// The leaf of a message that the other end did not take.
fn not_taken(local: &mut Local<'_>, entry: &OutboxEntry, reason: Reason) -> AuditLeaf {
    let verdict = Verdict::Refused(Refusal::new(reason));
    let peer = Actor::Peer(entry.recipient.clone());
    let action = format!("deliver {}", entry.message_type);
    leaf(local, &peer, &action, &entry.message_id.to_string(), &verdict)
}

/// Whether settling a refusal of this message needs the referral that it carries.
pub fn carries_request(entry: &OutboxEntry) -> bool {
    entry.message_type == MessageType::ReferralRequested.as_str()
}

/// Whether a message asks something of a hold's publisher.
pub fn asks_for_hold(entry: &OutboxEntry) -> bool {
    [MessageType::CapacityHoldRequested, MessageType::CapacityHoldChanged]
        .iter()
        .any(|asking| entry.message_type == asking.as_str())
}

/// Whether a message answers another's call.
pub fn answers_call(entry: &OutboxEntry) -> bool {
    entry.message_type == MessageType::CapacityCallAnswered.as_str()
}

/// Whether a message asks for the transfer of a case.
pub fn asks_for_transfer(entry: &OutboxEntry) -> bool {
    entry.message_type == MessageType::TransferRequested.as_str()
}

/// Whether a message tells of an eviction.
pub fn tells_of_eviction(entry: &OutboxEntry) -> bool {
    entry.message_type == MessageType::NoticeEviction.as_str()
}

/// Whether a message gives a signal.
pub fn gives_signal(entry: &OutboxEntry) -> bool {
    entry.message_type == MessageType::SignalGiven.as_str()
}

/// Whether a message can carry sealed content: a request, a note, or a part of a transfer, a notice or a signal.
pub fn carries_content(entry: &OutboxEntry) -> bool {
    let carrying = [
        MessageType::ReferralNoted,
        MessageType::TransferRequested,
        MessageType::TransferAnswered,
        MessageType::TransferHandedOver,
        MessageType::NoticeEviction,
        MessageType::NoticeConfirmed,
        MessageType::SignalGiven,
        MessageType::SignalStep,
    ];
    carries_request(entry) || carrying.iter().any(|one| entry.message_type == one.as_str())
}

fn refusal_of(statement: &ReceiptStatement) -> Option<Reason> {
    match &statement.verdict {
        ReceiptVerdict::Accepted { .. } => None,
        ReceiptVerdict::Refused { .. } => {
            Some(statement.verdict.reason().unwrap_or(Reason::PolicyDenied))
        }
    }
}

fn tried_again(
    now: Timestamp,
    entry: &OutboxEntry,
    failures: u32,
    reason: Reason,
    retry: &RetryPolicy,
    rng: &mut dyn Rng,
) -> OutboxState {
    if now >= entry.tried_until() {
        return OutboxState::Dead { reason: Reason::Undeliverable };
    }
    let next_attempt_at = retry.next_attempt(failures, now, rng).min(entry.tried_until());
    OutboxState::Queued { next_attempt_at, last_failure: Some(reason) }
}

/// What was asked for with a request that has no effect is not held.
fn places_refused(hold: Option<Box<Hold>>, reason: Reason, now: Timestamp) -> Option<(Hold, u32)> {
    settle_hold(*hold?, MessageType::CapacityHoldRequested.as_str(), Err(reason), now)
}

/// The month of the law counts from when the other had the request.
fn settle_transfer(
    mut transfer: Transfer,
    answer: Result<Timestamp, Reason>,
    now: Timestamp,
) -> Option<(Transfer, u32)> {
    let before = transfer.revision;
    transfer.settle_request(answer, now).then_some((transfer, before))
}

/// The day of the duty is the one on which the other had it.
fn settle_notice(
    mut notice: EvictionNotice,
    entry: &OutboxEntry,
    answer: Result<Timestamp, Reason>,
    now: Timestamp,
) -> Option<ChangedNotice> {
    let before = notice.revision;
    let is_changed = notice.settle(entry.message_id, answer, now);
    is_changed.then_some(ChangedNotice { notice, before, idempotency: None })
}

/// Its times count from when the other had it.
fn settle_signal(
    mut signal: Signal,
    entry: &OutboxEntry,
    answer: Result<Timestamp, Reason>,
    now: Timestamp,
) -> Option<ChangedSignal> {
    let (before, known) = (signal.revision, signal.steps.len());
    let is_changed = signal.settle(entry.message_id, answer, now);
    is_changed.then_some(ChangedSignal { signal, before, known })
}

/// The target's node never began it, so the source's mirror ends.
fn refused(mut referral: Referral, now: Timestamp) -> Option<(Referral, u32)> {
    if referral.side != Side::Source || !matches!(referral.status, Status::Requested) {
        return None;
    }
    let version = referral.version;
    referral.refused_by_node(now);
    Some((referral, version))
}
