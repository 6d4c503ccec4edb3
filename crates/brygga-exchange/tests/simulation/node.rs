//! One node: the exchange over a [`Memory`], loaded and stored as the real node does it.

use std::sync::Arc;

use brygga_crypto::SigningKey;
use brygga_domain::referral::{Referral, Side};
use brygga_domain::{OrgId, Timestamp};
use brygga_domain::{Reason, ReferralId, Refusal};
use brygga_exchange::compose::MESSAGE_LIFETIME;
use brygga_exchange::receive::{Answer, Receiver, receive};
use brygga_exchange::records::OutboxEntry;
use brygga_exchange::retry::RetryPolicy;
use brygga_exchange::settle::{Again, Carried, Reply, carries_request, matches, settle};
use brygga_exchange::{Local, WriteSet};
use brygga_policy::Principal;
use brygga_wire::envelope::{MessageType, SignedEnvelope, VerifiedEnvelope};
use brygga_wire::receipt::Receipt;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use crate::checks;
use crate::coverage::Coverage;
use crate::memory::Memory;
use crate::paper::at_rest;
use crate::plan::{Crash, End};
use crate::registry::{Registry, principal, signing_key};

/// The process died; whoever waited for an answer has none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crashed;

#[derive(Clone)]
pub(crate) struct Node {
    pub(crate) principal: Principal,
    /// How wrong its clock goes, in milliseconds.
    pub(crate) skew: i64,
    pub(crate) store: Memory,
    /// What it has met.
    pub(crate) coverage: Coverage,
    /// Leaves that its decisions must have left in the audit log.
    pub(crate) decisions: usize,
    key: Arc<SigningKey>,
    rng: ChaCha8Rng,
}

impl Node {
    pub(crate) fn new(end: End, seed: u64) -> Self {
        let index = end as usize;
        Self {
            principal: principal(index),
            skew: 0,
            store: Memory::default(),
            coverage: Coverage::default(),
            decisions: 0,
            key: Arc::new(signing_key(index)),
            rng: ChaCha8Rng::seed_from_u64(seed.wrapping_mul(2).wrapping_add(index as u64)),
        }
    }

    pub(crate) const fn organisation(&self) -> &OrgId {
        &self.principal.organisation
    }

    /// What its clock shows.
    pub(crate) const fn clock(&self, now: Timestamp) -> Timestamp {
        Timestamp::from_millis(now.as_millis() + self.skew)
    }

    /// Decides something at `now`, the world's time, on this node's clock.
    pub(crate) fn locally<T>(
        &mut self,
        now: Timestamp,
        decide: impl FnOnce(&mut Local<'_>) -> T,
    ) -> T {
        let now = self.clock(now);
        decide(&mut Local {
            organisation: &self.principal.organisation,
            signing_key: &self.key,
            now,
            message_lifetime: MESSAGE_LIFETIME,
            rng: &mut self.rng,
        })
    }

    /// Stores a decision that must leave so many leaves; the process may die before or after.
    pub(crate) fn commit(
        &mut self,
        writes: WriteSet,
        leaves: usize,
        crash: Option<Crash>,
    ) -> Result<(), Crashed> {
        if crash == Some(Crash::BeforeCommit) {
            return Err(Crashed);
        }
        assert_eq!(writes.audit.len(), leaves, "leaves of one decision");
        self.decisions += leaves;
        self.store.apply(writes);
        if crash == Some(Crash::AfterCommit) { Err(Crashed) } else { Ok(()) }
    }

    /// Takes one message that `peer`, by its TLS identity, hands in.
    pub(crate) fn arrive(
        &mut self,
        registry: &Registry,
        peer: &OrgId,
        bytes: &[u8],
        now: Timestamp,
    ) -> Answer {
        let envelope = match self.attribute(registry, peer, bytes) {
            Ok(envelope) => envelope,
            Err(answer) => return answer,
        };
        let held = self.store.held(&envelope);
        let before = held.referral.clone();
        let is_repeat = held.inbox.is_some();
        let content = match envelope.sealed() {
            [] => None,
            sealed => Some(at_rest(sealed)),
        };
        let (me, book) = (self.principal.clone(), self.store.book());
        let sender = registry.principal(peer).expect("a member");
        let receiver = Receiver {
            me: &me,
            sender: &sender,
            agreements: &book,
            keys: &|organisation, key_id, _| registry.key(organisation, key_id),
            members: &|organisation| registry.principal(organisation),
            owns: &|_, _| false,
        };
        let (writes, answer) =
            self.locally(now, |local| receive(local, &receiver, &envelope, held, content));
        let clock = self.clock(now);
        self.notice(&envelope, before, &writes, &answer);
        checks::reception(&self.store, &envelope, &writes, &answer, &self.key.public(), clock);
        let leaves = usize::from(!is_repeat && matches!(answer, Answer::Receipt(_)));
        self.commit(writes, leaves, None).expect("no crash was asked for");
        answer
    }

    /// Counts what the log did with what the source asked of it, and late copies.
    fn notice(
        &mut self,
        envelope: &VerifiedEnvelope,
        before: Option<Referral>,
        writes: &WriteSet,
        answer: &Answer,
    ) {
        let header = envelope.header();
        let id = ReferralId::from_bytes(*header.conversation.as_bytes());
        let by = match &header.message_type {
            MessageType::ReferralNoted if envelope.is_cover() => {
                self.coverage.saw(match (answer, writes.inbox.is_empty()) {
                    (Answer::Receipt(_), false) => "a cover was taken",
                    (Answer::Receipt(_), true) => "a cover came after its message",
                    (Answer::Failure { .. }, _) => "a cover came too early",
                });
                return;
            }
            MessageType::ReferralWithdrawn => "withdraw",
            MessageType::ReferralAcknowledged => "acknowledge",
            MessageType::ReferralReviewRequested => "request_review",
            MessageType::ProcessingStopRequested => "stop",
            MessageType::ReferralRequested => {
                let is_refused = matches!(answer, Answer::Failure { refusal, .. } if refusal.reason == Reason::ChainBroken);
                let was_told = self.store.orders().any(|stop| {
                    stop.referral_id == id && stop.side == Side::Target && before.is_none()
                });
                if is_refused && was_told {
                    self.coverage.saw("a late copy of a request met a closed thread");
                }
                return;
            }
            _ => return,
        };
        let Some(held) =
            before.filter(|held| held.side == Side::Target && held.source == header.sender)
        else {
            return;
        };
        let from = held.status.as_str();
        if !writes.inbox.is_empty() && writes.changed_referrals.is_empty() {
            self.coverage.refused_by_log(from, by, Reason::Terminal);
        }
        let is_stop = by == "stop" && writes.events.is_empty() && !writes.stops.is_empty();
        if is_stop {
            self.coverage.taken_by_log(from, by, from);
        }
    }

    /// What the node does before the exchange sees a message: sender is the peer, recipient is this
    /// node, and the signature is the sender's.
    fn attribute(
        &self,
        registry: &Registry,
        peer: &OrgId,
        bytes: &[u8],
    ) -> Result<VerifiedEnvelope, Answer> {
        let failure =
            |reason, retryable| Answer::Failure { refusal: Refusal::new(reason), retryable };
        let never = |refusal| Answer::Failure { refusal, retryable: false };
        let envelope = SignedEnvelope::decode(bytes).map_err(never)?;
        let header = envelope.header();
        if header.sender != *peer {
            return Err(failure(Reason::Unauthenticated, false));
        }
        if header.recipient != *self.organisation() {
            return Err(failure(Reason::WrongRecipient, false));
        }
        let key = registry.key(peer, envelope.key_id());
        envelope.verify(&key.ok_or(failure(Reason::BadSignature, true))?).map_err(never)
    }

    /// Stores what came back for a batch, in one transaction; none where nothing came back.
    pub(crate) fn settle(
        &mut self,
        registry: &Registry,
        replies: Vec<(OutboxEntry, Option<Answer>)>,
        now: Timestamp,
        crash: Option<Crash>,
    ) -> Result<(), Crashed> {
        let mut writes = WriteSet::default();
        let mut failures = 0;
        for (entry, answer) in replies {
            let reply = self.reply(registry, &entry, answer, now);
            let is_success = matches!(&reply, Reply::Receipt { statement, .. } if statement.verdict.is_accepted());
            if !is_success && !self.store.is_queued(entry.message_id) {
                continue;
            }
            failures += usize::from(self.fails(&entry, &reply, now));
            let referral = ReferralId::from_bytes(*entry.conversation.as_bytes());
            let request = carries_request(&entry).then(|| self.store.referral(referral).cloned());
            let carried = request
                .flatten()
                .map_or(Carried::Nothing, |request| Carried::Request(Box::new(request), None));
            let policy = RetryPolicy::default();
            writes.merge(self.locally(now, |local| settle(local, &entry, reply, carried, &policy)));
        }
        self.commit(writes, failures, crash)
    }

    fn reply(
        &mut self,
        registry: &Registry,
        entry: &OutboxEntry,
        answer: Option<Answer>,
        now: Timestamp,
    ) -> Reply {
        let again = Again::After(entry.attempts + 1);
        match answer {
            None => Reply::Failure { reason: Reason::RecipientUnavailable, again },
            Some(Answer::Failure { refusal, retryable }) => {
                assert!(retryable, "an honest message can never be taken: {refusal}");
                Reply::Failure { reason: refusal.reason, again }
            }
            Some(Answer::Receipt(bytes)) => {
                let receipt = Receipt::decode(&bytes).expect("a receipt that can be read");
                let key = registry.key(&entry.recipient, receipt.key_id()).expect("the peer's key");
                let statement = receipt.verify(&key).expect("the peer's signature");
                let is_its_own = statement.message_id == entry.message_id;
                match self.locally(now, |local| matches(entry, &statement, local)) {
                    Ok(()) => {
                        assert!(is_its_own, "a receipt for another message was taken");
                        Reply::Receipt { statement, bytes }
                    }
                    Err(Refusal { reason, .. }) => {
                        assert!(!is_its_own, "a receipt for this message was not taken");
                        Reply::Failure { reason, again }
                    }
                }
            }
        }
    }

    /// Whether the message has failed for good with this reply, so that the audit must say so.
    fn fails(&self, entry: &OutboxEntry, reply: &Reply, now: Timestamp) -> bool {
        match reply {
            Reply::Receipt { statement, .. } => !statement.verdict.is_accepted(),
            Reply::Failure { again, .. } => {
                *again == Again::Never || self.clock(now) >= entry.tried_until()
            }
        }
    }
}
