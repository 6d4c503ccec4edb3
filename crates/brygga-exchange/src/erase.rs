//! Erasure, second step: the key is gone already, and the rows follow.
//!
//! What stays is a tombstone: that there was a case, with whom, and when it was erased. The log
//! keeps its leaves, which hold no content. The first step, destroying the key in the vault, is the
//! application's (`App::case_erase`), because it has to be durable before this is decided.

use brygga_domain::{
    ConsentId, MessageId, NoticeId, OfferId, Reason, ReferralId, RelocationId, Timestamp,
    TransferId,
};
use brygga_wire::envelope::SignedEnvelope;

use crate::audit::{Actor, Verdict, leaf};
use crate::notice::log_subject;
use crate::outbox::is_queued;
use crate::records::{AuditLeaf, OutboxEntry, OutboxState};
use crate::relocation::relocation_leaf;
use crate::stop::{cover, drop_queued};
use crate::{Local, WriteSet};

/// What has a key of its own and can be erased. Used in stored state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// What a consent says of the person.
    Consent(ConsentId),
    /// The sealed parts of a notice of an eviction.
    Notice(NoticeId),
    /// The personal data of an open referral.
    Offer(OfferId),
    /// The personal data of a referral.
    Referral(ReferralId),
    /// A protected relocation, whole.
    Relocation(RelocationId),
    /// The sealed parts of a signal and of the steps that follow it.
    Signal(NoticeId),
    /// The sealed parts of a transfer.
    Transfer(TransferId),
}

/// Why something is erased. Used in stored state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErasureCause {
    /// The person took the consent back (GDPR article 17.1 b).
    ConsentWithdrawn,
    /// It was entered in error.
    EnteredInError,
    /// The offer is over: nobody claimed it, or the claimant's referral has the content now.
    OfferEnded,
    /// The person asked for it, and nothing hinders it (GDPR article 17).
    Requested,
    /// The time is over for which the kind of node keeps it (SoL 17 kap. 2 §).
    RetentionEnded,
}

impl ErasureCause {
    /// Every cause.
    pub const ALL: [Self; 5] = [
        Self::ConsentWithdrawn,
        Self::EnteredInError,
        Self::OfferEnded,
        Self::Requested,
        Self::RetentionEnded,
    ];

    /// The stable code, as it stands in the audit log and the vault.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ConsentWithdrawn => "CONSENT_WITHDRAWN",
            Self::EnteredInError => "ENTERED_IN_ERROR",
            Self::OfferEnded => "OFFER_ENDED",
            Self::Requested => "REQUESTED",
            Self::RetentionEnded => "RETENTION_ENDED",
        }
    }

    /// Reads a stable code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.as_str() == code)
    }

    /// Why a message that waits is not sent any more.
    const fn stops(self) -> Reason {
        match self {
            Self::ConsentWithdrawn => Reason::ConsentWithdrawn,
            Self::EnteredInError | Self::OfferEnded | Self::Requested | Self::RetentionEnded => {
                Reason::Undeliverable
            }
        }
    }
}

/// Rows that lose their personal data. Used once, as a part of a [`WriteSet`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// What is erased.
    pub subject: Subject,
    /// When; an earlier instant that is stored already stands.
    pub erased_at: Timestamp,
    /// Messages whose envelope is emptied; their receipts stay.
    pub messages: Vec<MessageId>,
}

/// Erases a case whose key is gone. `thread` is every message of the referral's thread that is
/// still in the outbox.
///
/// Envelopes that were delivered or carry sealed content are emptied, and one of the latter that waits is
/// given up. One that waits, or was given up, and tells a fact, such as that processing has stopped, can
/// still be sent, and so can the cover of a note: the other end would never learn of anything that
/// follows it in the thread.
pub fn case(
    local: &mut Local<'_>,
    actor: &Actor,
    id: ReferralId,
    thread: &[OutboxEntry],
    cause: ErasureCause,
) -> WriteSet {
    let action = format!("referral.erase {}", cause.as_str());
    let log = leaf(local, actor, &action, &id.to_string(), &Verdict::Done);
    in_thread(local, Subject::Referral(id), log, thread, cause)
}

/// Erases the sealed parts of a transfer whose keys are gone. Otherwise as [`case`].
pub fn transfer(
    local: &mut Local<'_>,
    actor: &Actor,
    id: TransferId,
    thread: &[OutboxEntry],
    cause: ErasureCause,
) -> WriteSet {
    let action = format!("transfer.erase {}", cause.as_str());
    let log = leaf(local, actor, &action, &id.to_string(), &Verdict::Done);
    in_thread(local, Subject::Transfer(id), log, thread, cause)
}

/// Erases the sealed parts of a notice whose keys are gone; the log does not say which where the person is protected.
/// Otherwise as [`case`].
pub fn notice(
    local: &mut Local<'_>,
    actor: &Actor,
    (id, is_protected): (NoticeId, bool),
    thread: &[OutboxEntry],
    cause: ErasureCause,
) -> WriteSet {
    let action = format!("notice.erase {}", cause.as_str());
    let log = leaf(local, actor, &action, &log_subject(id, is_protected), &Verdict::Done);
    in_thread(local, Subject::Notice(id), log, thread, cause)
}

/// Erases the sealed parts of a signal whose keys are gone. Otherwise as [`case`].
pub fn signal(
    local: &mut Local<'_>,
    actor: &Actor,
    id: NoticeId,
    thread: &[OutboxEntry],
    cause: ErasureCause,
) -> WriteSet {
    let action = format!("signal.erase {}", cause.as_str());
    let log = leaf(local, actor, &action, &id.to_string(), &Verdict::Done);
    in_thread(local, Subject::Signal(id), log, thread, cause)
}

fn in_thread(
    local: &mut Local<'_>,
    subject: Subject,
    log: AuditLeaf,
    thread: &[OutboxEntry],
    cause: ErasureCause,
) -> WriteSet {
    let is_done = |entry: &&OutboxEntry| matches!(entry.state, OutboxState::Delivered { .. });
    let (done, undone): (Vec<&OutboxEntry>, Vec<&OutboxEntry>) = thread.iter().partition(is_done);
    let (covered, others): (Vec<&OutboxEntry>, Vec<&OutboxEntry>) =
        undone.into_iter().partition(|entry| entry.cover.is_some());
    let stopped: Vec<&OutboxEntry> =
        others.into_iter().filter(|entry| may_hold_content(entry)).collect();
    let emptied = done.into_iter().chain(stopped.iter().copied());
    let messages = emptied.map(|entry| entry.message_id).collect();
    let waiting = stopped.into_iter().filter(|entry| is_queued(entry));
    let mut writes = WriteSet {
        outbox_changes: drop_queued(waiting, cause.stops()),
        erasures: vec![Erasure { subject, erased_at: local.now, messages }],
        audit: vec![log],
        ..WriteSet::default()
    };
    for note in covered {
        cover(local, note, cause.stops(), &mut writes);
    }
    writes
}

/// Erases what a consent says of the person; that there was one, for whom and until when, stays.
pub fn consent(
    local: &mut Local<'_>,
    actor: &Actor,
    id: ConsentId,
    cause: ErasureCause,
) -> WriteSet {
    let action = format!("consent.erase {}", cause.as_str());
    WriteSet {
        erasures: vec![Erasure {
            subject: Subject::Consent(id),
            erased_at: local.now,
            messages: Vec::new(),
        }],
        audit: vec![leaf(local, actor, &action, &id.to_string(), &Verdict::Done)],
        ..WriteSet::default()
    }
}

/// Erases the content of an offer that is over. Its messages hold none.
pub fn offer(local: &mut Local<'_>, id: OfferId) -> WriteSet {
    let action = format!("offer.erase {}", ErasureCause::OfferEnded.as_str());
    let subject = Subject::Offer(id);
    WriteSet {
        erasures: vec![Erasure { subject, erased_at: local.now, messages: Vec::new() }],
        audit: vec![leaf(local, &Actor::Clock, &action, &id.to_string(), &Verdict::Done)],
        ..WriteSet::default()
    }
}

/// Purges a protected relocation that has ended: nothing stays but that something was. The log does not say which.
pub fn relocation(local: &mut Local<'_>, id: RelocationId) -> WriteSet {
    let subject = Subject::Relocation(id);
    WriteSet {
        erasures: vec![Erasure { subject, erased_at: local.now, messages: Vec::new() }],
        audit: vec![relocation_leaf(local)],
        ..WriteSet::default()
    }
}

/// Whether an envelope carries sealed content, or cannot be read, which is no reason to keep it.
fn may_hold_content(entry: &OutboxEntry) -> bool {
    entry.at_rest.is_some()
        || SignedEnvelope::decode(&entry.envelope)
            .map_or(true, |envelope| !envelope.sealed().is_empty())
}
