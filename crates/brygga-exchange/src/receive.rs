//! A message has arrived, its signature is good and its sender is the TLS peer: what now?
//!
//! Order of the gate: repeat → thread → validity → type → agreement, ground, consent → transition.
//! The repeat comes first, before the agreement is looked at, because a repeat gets the very same
//! receipt even after the agreement has ended; it tells the sender nothing that it was not told before.

mod aggregate;
mod agreement;
mod call;
mod hold;
mod note;
mod notice;
mod offer;
mod quota;
mod referral;
mod signal;
mod stop;
mod transfer;

pub use agreement::UNSIGNED_PROPOSALS_MAX;
pub use hold::GrantGround;
pub(crate) use hold::{Grantee, grant};

use brygga_crypto::{Digest, VerifyingKey};
use brygga_domain::aggregate::Quarter;
use brygga_domain::agreement::AgreementRecord;
use brygga_domain::capacity::{Departed, Hold, ReceivedCall};
use brygga_domain::consent::Consent;
use brygga_domain::notice::EvictionNotice;
use brygga_domain::offer::{Offer, ReceivedOffer};
use brygga_domain::referral::Referral;
use brygga_domain::signal::Signal;
use brygga_domain::stop::ProcessingStop;
use brygga_domain::transfer::Transfer;
use brygga_domain::{
    AgreementId, CallId, HoldId, NoticeId, OfferId, OrgId, Reason, ReferralId, Refusal, Seconds,
    ServiceId, StopId, Timestamp, TransferId, UnitId,
};
use brygga_policy::{AgreementBook, Principal, QuotaUse};
use brygga_wire::aggregate::{decode_aggregate_reported, decode_aggregate_requested};
use brygga_wire::capacity::{decode_call_answered, decode_hold_requested};
use brygga_wire::envelope::{Header, MessageType, VerifiedEnvelope};
use brygga_wire::offer::offer_answered;
use brygga_wire::receipt::{ReceiptStatement, Verdict as ReceiptVerdict};
use brygga_wire::signal::decode_given;
use brygga_wire::stop::{decode_stop_requested, decode_stopped};

use crate::aggregate::AggregateHeld;
use crate::agreement::Threads;
use crate::audit::{Actor, Verdict, leaf};
use crate::call::OpenCall;
use crate::capacity::ServiceHeld;
use crate::records::{Chain, ContentAtRest, InboxEntry};
use crate::register::RegisterEntry;
use crate::write_set::ChainStep;
use crate::{Local, WriteSet};

/// How far ahead of this node's clock a message may have been made.
pub const CLOCK_TOLERANCE: Seconds = Seconds(300);

/// What the receiving node knows and trusts.
pub struct Receiver<'a> {
    /// The own organisation.
    pub me: &'a Principal,
    /// The organisation that sent it.
    pub sender: &'a Principal,
    /// Agreements that this node holds.
    pub agreements: &'a AgreementBook,
    /// Finds the key of a member for something signed at an instant.
    pub keys: &'a dyn Fn(&OrgId, &str, Timestamp) -> Option<VerifyingKey>,
    /// Finds a member and what kind of body it is.
    pub members: &'a dyn Fn(&OrgId) -> Option<Principal>,
    /// Whether the first controls the second, a company, as the registry attests.
    pub owns: &'a dyn Fn(&OrgId, &OrgId) -> bool,
}

/// What is held that the message may touch.
#[derive(Clone, Debug, Default)]
pub struct Held {
    /// The same message, received before.
    pub inbox: Option<InboxEntry>,
    /// Its thread.
    pub chain: Option<Chain>,
    /// The referral that it is about.
    pub referral: Option<Referral>,
    /// The agreement that it is about.
    pub agreement: Option<AgreementRecord>,
    /// The threads with its other parties, where a proposal brings other terms than those that are held.
    pub agreement_threads: Threads,
    /// The order to stop that it is, or answers.
    pub stop: Option<ProcessingStop>,
    /// The thread of the referral that an order to stop is about.
    pub referral_chain: Option<Chain>,
    /// The own offer that it claims.
    pub offer: Option<Offer>,
    /// The consent that this offer rests on.
    pub consent: Option<Consent>,
    /// The other's offer that it makes, closes or answers a claim of.
    pub received_offer: Option<ReceivedOffer>,
    /// How much is used of the quotas that a referral between the two would count in.
    pub quota_use: QuotaUse,
    /// The numbers that it asks for, or the question that it answers.
    pub aggregate: AggregateHeld,
    /// The own call that it answers.
    pub call: Option<OpenCall>,
    /// The other's call that it makes or closes.
    pub received_call: Option<ReceivedCall>,
    /// The hold that it is about, that it tells of, or of the own answer to a call that it closes.
    pub hold: Option<Hold>,
    /// How much is used of the quotas that places held with a referral would count in.
    pub places_use: QuotaUse,
    /// The own services that it asks for, or that the hold is of.
    pub services: Vec<ServiceHeld>,
    /// The hold whose place it wants to have again.
    pub departed: Option<Departed>,
    /// The transfer that it is about.
    pub transfer: Option<Transfer>,
    /// The notice of an eviction that it is about.
    pub notice: Option<EvictionNotice>,
    /// The signal that it is about.
    pub signal: Option<Signal>,
    /// The earlier signal that it goes on from.
    pub replaced: Option<Signal>,
    /// The own function for protected post, where a notice arrives; none where there is not exactly one.
    pub protected_unit: Option<UnitId>,
}

/// What has to be loaded into [`Held`] besides the repeat and the thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Touches {
    /// A referral.
    Referral(ReferralId),
    /// An agreement in one version.
    Agreement(AgreementId, u32),
    /// An order to stop, and the referral that it is about, with the referral's thread.
    Stop(StopId, Option<ReferralId>),
    /// A new referral that answers the own claim of another's offer.
    OfferAnswered(ReferralId, OfferId),
    /// An own offer, and the consent that it rests on.
    OwnOffer(OfferId),
    /// Another's offer.
    ReceivedOffer(OfferId),
    /// The own numbers of a quarter, which it asks for.
    OwnAggregate(AgreementId, Quarter),
    /// The own question that it answers.
    AskedAggregate(AgreementId, Quarter),
    /// A hold, the services that it asks for or is of, and the hold whose place it wants to have again.
    Hold(HoldId, Vec<ServiceId>, Option<HoldId>),
    /// An own call, and the hold that answers it.
    OwnCall(CallId, Option<HoldId>),
    /// Another's call, and the hold of the own answer to it with its services.
    ReceivedCall(CallId),
    /// The transfer of a case.
    Transfer(TransferId),
    /// A notice of an eviction, and the own function for protected post.
    Notice(NoticeId),
    /// A signal, and the earlier one that it goes on from.
    Signal(NoticeId, Option<NoticeId>),
    /// Nothing that this version knows.
    Nothing,
}

/// Says what a message touches, from its thread, type and payload.
pub fn touches(envelope: &VerifiedEnvelope) -> Touches {
    let header = envelope.header();
    let thread = *header.conversation.as_bytes();
    match &header.message_type {
        MessageType::ReferralRequested => {
            let id = ReferralId::from_bytes(thread);
            offer_answered(envelope.payload())
                .map_or(Touches::Referral(id), |offer| Touches::OfferAnswered(id, offer))
        }
        MessageType::ReferralOffered | MessageType::ReferralOfferClosed => {
            Touches::ReceivedOffer(OfferId::from_bytes(thread))
        }
        MessageType::ReferralClaimed => Touches::OwnOffer(OfferId::from_bytes(thread)),
        MessageType::ReferralWithdrawn
        | MessageType::ReferralProgressed
        | MessageType::ReferralNoted
        | MessageType::ReferralAcknowledged
        | MessageType::ReferralReviewRequested => Touches::Referral(ReferralId::from_bytes(thread)),
        MessageType::ProcessingStopRequested | MessageType::ProcessingStopped => {
            touches_stop(envelope)
        }
        MessageType::AgreementProposed
        | MessageType::AgreementSigned
        | MessageType::AgreementSuspended
        | MessageType::AgreementResumed
        | MessageType::AgreementQuotaDeclared
        | MessageType::AgreementTerminated => {
            let version = header.agreement.map_or(0, |(_, version)| version);
            Touches::Agreement(AgreementId::from_bytes(thread), version)
        }
        MessageType::AggregateRequested => decode_aggregate_requested(envelope.payload(), header)
            .map_or(Touches::Nothing, |(id, quarter)| Touches::OwnAggregate(id, quarter)),
        MessageType::AggregateReported => decode_aggregate_reported(envelope.payload(), header)
            .map_or(Touches::Nothing, |(id, quarter, _)| Touches::AskedAggregate(id, quarter)),
        MessageType::CapacityCalled | MessageType::CapacityCallClosed => {
            Touches::ReceivedCall(CallId::from_bytes(thread))
        }
        MessageType::CapacityCallAnswered => {
            let said = decode_call_answered(envelope.payload(), header).ok();
            Touches::OwnCall(CallId::from_bytes(thread), said.map(|said| said.hold))
        }
        MessageType::CapacityHoldRequested
        | MessageType::CapacityHoldChanged
        | MessageType::CapacityHoldEnded
        | MessageType::CapacityHoldMoved => touches_hold(envelope),
        MessageType::TransferRequested
        | MessageType::TransferAnswered
        | MessageType::TransferWithdrawn
        | MessageType::TransferEscalated
        | MessageType::TransferHandedOver => Touches::Transfer(TransferId::from_bytes(thread)),
        MessageType::NoticeEviction | MessageType::NoticeConfirmed => {
            Touches::Notice(NoticeId::from_bytes(thread))
        }
        MessageType::SignalGiven | MessageType::SignalStep => {
            let given = decode_given(envelope.payload(), header).ok();
            Touches::Signal(NoticeId::from_bytes(thread), given.and_then(|given| given.replaces))
        }
        MessageType::Other(_) => Touches::Nothing,
    }
}

/// An order to stop or its answer, and the referral that it says it is about.
fn touches_stop(envelope: &VerifiedEnvelope) -> Touches {
    let (header, payload) = (envelope.header(), envelope.payload());
    let referral = match &header.message_type {
        MessageType::ProcessingStopRequested => {
            decode_stop_requested(payload, header).ok().map(|order| order.referral_id)
        }
        _ => decode_stopped(payload, header).ok().map(|(_, referral, _)| referral),
    };
    Touches::Stop(StopId::from_bytes(*header.conversation.as_bytes()), referral)
}

/// A hold, and where it is asked for the services that it is of.
fn touches_hold(envelope: &VerifiedEnvelope) -> Touches {
    let header = envelope.header();
    let asked = decode_hold_requested(envelope.payload(), header).ok();
    let reentry_of = asked.as_ref().and_then(|asked| asked.reentry_of);
    let services = asked.into_iter().flat_map(|asked| asked.items);
    let services = services.map(|item| item.service).collect();
    Touches::Hold(HoldId::from_bytes(*header.conversation.as_bytes()), services, reentry_of)
}

/// The answer to one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is stored; these are the receipt's bytes.
    Receipt(Vec<u8>),
    /// It left no trace.
    Failure {
        /// Why.
        refusal: Refusal,
        /// Whether the same bytes can succeed later.
        retryable: bool,
    },
}

/// What an accepted message does, besides being stored.
struct Effect {
    writes: WriteSet,
    /// Rule that granted it; empty where none is needed.
    rule_id: String,
    /// The clause for the audit.
    verdict: Verdict,
    /// The thread after messages that the effect itself sends.
    chain: Option<Chain>,
}

/// Why a message has no effect.
enum NoEffect {
    /// It is stored as refused, and the receipt says why.
    Refused(Refusal),
    /// It is not stored; it may come again.
    NotYet(Refusal),
}

impl From<Refusal> for NoEffect {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Decides a message. `content` is its sealed part encrypted for this node's storage.
pub fn receive(
    local: &mut Local<'_>,
    receiver: &Receiver<'_>,
    envelope: &VerifiedEnvelope,
    held: Held,
    content: Option<ContentAtRest>,
) -> (WriteSet, Answer) {
    let digest = envelope.envelope_digest();
    if let Some(entry) = held.inbox {
        let answer = if entry.envelope_digest == digest {
            Answer::Receipt(entry.receipt)
        } else {
            failure(Refusal::at(Reason::IdempotencyMismatch, "header.message_id"), false)
        };
        return (WriteSet::default(), answer);
    }
    let header = envelope.header();
    let chain_before = held.chain;
    let effect = check_thread(header, held.chain.as_ref())
        .and_then(|()| check_time(envelope, local.now))
        .and_then(|()| effect(local, receiver, envelope, held, content));
    match effect {
        Err(NoEffect::NotYet(refusal)) => (WriteSet::default(), failure(refusal, true)),
        Err(NoEffect::Refused(refusal)) => {
            let effect = Effect {
                writes: WriteSet::default(),
                rule_id: String::new(),
                verdict: Verdict::Refused(refusal),
                chain: chain_before,
            };
            store(local, envelope, digest, chain_before, effect)
        }
        Ok(effect) => store(local, envelope, digest, chain_before, effect),
    }
}

fn failure(refusal: Refusal, retryable: bool) -> Answer {
    Answer::Failure { refusal, retryable }
}

/// A disclosure ends with its permission. What tells a fact is as true when it comes late, and the
/// thread would never get over its loss.
fn check_time(envelope: &VerifiedEnvelope, now: Timestamp) -> Result<(), NoEffect> {
    let header = envelope.header();
    if header.created_at > now.plus(CLOCK_TOLERANCE) {
        return Err(NoEffect::NotYet(Refusal::at(Reason::OutsideValidity, "header.created_at")));
    }
    if header.sealed.is_some() && !envelope.is_cover() && header.expires_at <= now {
        return Err(NoEffect::Refused(Refusal::at(Reason::OutsideValidity, "header.expires_at")));
    }
    Ok(())
}

/// A message must follow the sender's last one; a gap is waited for, since the sender keeps its order.
/// This comes before everything that stores the message: a late copy out of order must not move the thread.
fn check_thread(header: &Header, chain: Option<&Chain>) -> Result<(), NoEffect> {
    if header.previous_hash == chain.and_then(|chain| chain.received_head) {
        return Ok(());
    }
    Err(NoEffect::NotYet(Refusal::at(Reason::ChainBroken, "header.previous_hash")))
}

/// Whether this version understands all that the header says.
fn check_understood(header: &Header) -> Result<(), Refusal> {
    let understood = [
        (header.critical.is_empty(), "header.critical"),
        (header.schema_version == 1, "header.schema_version"),
    ];
    let unknown = understood.iter().find(|(is_understood, _)| !is_understood);
    unknown.map_or(Ok(()), |(_, field)| Err(Refusal::at(Reason::NotImplemented, field)))
}

fn effect(
    local: &mut Local<'_>,
    receiver: &Receiver<'_>,
    envelope: &VerifiedEnvelope,
    held: Held,
    content: Option<ContentAtRest>,
) -> Result<Effect, NoEffect> {
    let header = envelope.header();
    check_understood(header)?;
    match &header.message_type {
        MessageType::ReferralRequested => {
            referral::requested(local, receiver, envelope, held, content)
        }
        MessageType::ReferralWithdrawn
        | MessageType::ReferralAcknowledged
        | MessageType::ReferralReviewRequested => referral::proposed(local, envelope, held),
        MessageType::ReferralProgressed => referral::progressed(envelope, held),
        MessageType::ReferralNoted => note::noted(local, receiver, envelope, held, content),
        MessageType::ReferralOffered => offer::offered(local, receiver, envelope, held),
        MessageType::ReferralClaimed => offer::claimed(local, receiver, envelope, held),
        MessageType::ReferralOfferClosed => offer::closed(local, envelope, held),
        MessageType::ProcessingStopRequested => stop::requested(local, envelope, held),
        MessageType::ProcessingStopped => stop::answered(local, envelope, held),
        MessageType::AgreementProposed => agreement::proposed(local, receiver, envelope, held),
        MessageType::AgreementSigned => agreement::signed(receiver, envelope, held),
        MessageType::AgreementSuspended | MessageType::AgreementResumed => {
            agreement::switched(envelope, held)
        }
        MessageType::AgreementQuotaDeclared => quota::declared(envelope, held),
        MessageType::AgreementTerminated => agreement::terminated(local.now, envelope, held),
        MessageType::AggregateRequested => aggregate::requested(local, receiver, envelope, held),
        MessageType::AggregateReported => aggregate::reported(envelope, held),
        MessageType::TransferRequested => {
            transfer::requested(local, receiver, envelope, held, content)
        }
        MessageType::TransferAnswered
        | MessageType::TransferWithdrawn
        | MessageType::TransferEscalated
        | MessageType::TransferHandedOver => {
            transfer::told(local, receiver, envelope, held, content)
        }
        MessageType::NoticeEviction => notice::notified(local, receiver, envelope, held, content),
        MessageType::NoticeConfirmed => notice::confirmed(local, envelope, held, content),
        MessageType::SignalGiven | MessageType::SignalStep => {
            signal::received(local, receiver, envelope, held, content)
        }
        MessageType::CapacityCalled => call::called(local, receiver, envelope, held),
        MessageType::CapacityCallAnswered => call::answered(local, receiver, envelope, held),
        MessageType::CapacityCallClosed => call::closed(local, envelope, held),
        MessageType::CapacityHoldRequested => hold::requested(local, receiver, envelope, held),
        MessageType::CapacityHoldChanged => hold::changed(local, receiver, envelope, held),
        MessageType::CapacityHoldEnded => hold::ended(local, envelope, held),
        MessageType::CapacityHoldMoved => hold::moved(local, envelope, held),
        MessageType::Other(_) => {
            Err(Refusal::at(Reason::NotImplemented, "header.message_type").into())
        }
    }
}

/// Stores the message with its receipt, its place in the thread and its leaf in the audit.
fn store(
    local: &mut Local<'_>,
    envelope: &VerifiedEnvelope,
    envelope_digest: Digest,
    before: Option<Chain>,
    effect: Effect,
) -> (WriteSet, Answer) {
    let header = envelope.header();
    let verdict = match &effect.verdict {
        Verdict::Refused(refusal) => ReceiptVerdict::refused(refusal),
        Verdict::Done | Verdict::Permitted { .. } => {
            ReceiptVerdict::Accepted { rule_id: effect.rule_id }
        }
    };
    let statement = ReceiptStatement {
        message_id: header.message_id,
        header_digest: envelope.header_digest(),
        recipient: local.organisation.clone(),
        sender: header.sender.clone(),
        stored_at: local.now,
        verdict,
    };
    let receipt = statement.sign(local.signing_key);
    let action = format!("receive {}", header.message_type.as_str());
    let peer = Actor::Peer(header.sender.clone());
    let mut writes = effect.writes;
    writes.audit.push(leaf(local, &peer, &action, &header.message_id.to_string(), &effect.verdict));
    writes.inbox.push(InboxEntry {
        sender: header.sender.clone(),
        message_id: header.message_id,
        envelope_digest,
        receipt: receipt.clone(),
        received_at: local.now,
    });
    writes.register.push(RegisterEntry::received(header, local.now));
    let after =
        Chain { received_head: Some(envelope.header_digest()), ..effect.chain.unwrap_or_default() };
    let is_other =
        |step: &ChainStep| (step.conversation, &step.peer) != (header.conversation, &header.sender);
    writes.chains.retain(is_other);
    writes.chains.push(ChainStep {
        conversation: header.conversation,
        peer: header.sender.clone(),
        before,
        after,
    });
    (writes, Answer::Receipt(receipt))
}
