//! A node's store as maps: as atomic as a transaction and as strict as the database.
//!
//! [`Memory::apply`] is the commit. Whatever a database would refuse fails the simulation here,
//! since one thread never races with itself: a conflict can only be a defect of the decision.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use brygga_audit::{Commitment, Opening, Salt};
use brygga_crypto::Digest;
use brygga_domain::agreement::AgreementRecord;
use brygga_domain::consent::Consent;
use brygga_domain::referral::{Referral, Side, Status};
use brygga_domain::register::RegisterDirection;
use brygga_domain::stop::ProcessingStop;
use brygga_domain::{
    AgreementId, ConsentId, ConversationId, MessageId, OrgId, Reason, ReferralId, StopId, Timestamp,
};
use brygga_exchange::WriteSet;
use brygga_exchange::receive::{Held, Touches, touches};
use brygga_exchange::records::{
    AuditLeaf, Chain, InboxEntry, NewReferral, OutboxEntry, OutboxState, ReferralEvent, StoredNote,
    StoredStop,
};
use brygga_exchange::settle::carries_request;
use brygga_exchange::write_set::{ChainStep, OutboxChange};
use brygga_policy::AgreementBook;
use brygga_wire::envelope::{SignedEnvelope, VerifiedEnvelope};

use crate::rows::carries_note;
use crate::stopping::thread;

/// What outlives a crash.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Memory {
    pub(crate) referrals: BTreeMap<ReferralId, NewReferral>,
    idempotency: BTreeMap<[u8; 16], (ReferralId, Digest)>,
    pub(crate) events: BTreeMap<(ReferralId, u32), Vec<u8>>,
    pub(crate) chains: BTreeMap<(ConversationId, OrgId), Chain>,
    pub(crate) outbox: Vec<OutboxEntry>,
    pub(crate) inbox: BTreeMap<(OrgId, MessageId), InboxEntry>,
    pub(crate) agreements: BTreeMap<(AgreementId, u32), Arc<AgreementRecord>>,
    pub(crate) consents: BTreeMap<ConsentId, Consent>,
    pub(crate) stops: BTreeMap<StopId, StoredStop>,
    pub(crate) notes: BTreeMap<MessageId, StoredNote>,
    pub(crate) audit: Vec<AuditLeaf>,
}

impl Memory {
    /// What a message finds, as a node loads it.
    pub(crate) fn held(&self, envelope: &VerifiedEnvelope) -> Held {
        let header = envelope.header();
        let mut held = Held {
            inbox: self.inbox.get(&(header.sender.clone(), header.message_id)).cloned(),
            chain: self.chain(header.conversation, &header.sender),
            ..Held::default()
        };
        match touches(envelope) {
            Touches::Referral(id) if held.chain.is_some() => {
                held.referral = self.referral(id).cloned();
            }
            Touches::Agreement(id, version) => {
                let record = self.agreements.get(&(id, version));
                held.agreement = record.map(|record| AgreementRecord::clone(record));
                let parties = record.into_iter().flat_map(|record| record.terms().addressees());
                let others = parties.filter(|party| **party != header.recipient);
                let threads = others.map(|one| (one.clone(), self.chain(header.conversation, one)));
                held.agreement_threads = threads.collect();
            }
            Touches::Stop(id, referral) => {
                held.stop = self.stops.get(&id).map(|stored| stored.stop.clone());
                if let Some(id) = referral {
                    let thread = ConversationId::from_bytes(*id.as_bytes());
                    held.referral = self.referral(id).cloned();
                    held.referral_chain = self.chain(thread, &header.sender);
                }
            }
            Touches::Referral(_)
            | Touches::OfferAnswered(..)
            | Touches::OwnOffer(_)
            | Touches::ReceivedOffer(_)
            | Touches::OwnAggregate(..)
            | Touches::AskedAggregate(..)
            | Touches::Hold(..)
            | Touches::OwnCall(..)
            | Touches::Transfer(_)
            | Touches::Notice(_)
            | Touches::Signal(..)
            | Touches::ReceivedCall(_)
            | Touches::Nothing => {}
        }
        held
    }

    pub(crate) fn referral(&self, id: ReferralId) -> Option<&Referral> {
        self.referrals.get(&id).map(|kept| &kept.referral)
    }

    pub(crate) fn by_idempotency_key(&self, key: [u8; 16]) -> Option<(ReferralId, Digest)> {
        self.idempotency.get(&key).copied()
    }

    pub(crate) fn chain(&self, conversation: ConversationId, peer: &OrgId) -> Option<Chain> {
        self.chains.get(&(conversation, peer.clone())).copied()
    }

    pub(crate) fn book(&self) -> AgreementBook {
        AgreementBook::new(self.agreements.values().cloned())
    }

    pub(crate) fn entry(&self, message_id: MessageId) -> Option<&OutboxEntry> {
        self.outbox.iter().find(|entry| entry.message_id == message_id)
    }

    pub(crate) fn is_queued(&self, message_id: MessageId) -> bool {
        self.entry(message_id).is_some_and(is_queued)
    }

    /// What is due for a recipient in the order of making; nothing overtakes in its thread.
    pub(crate) fn due(&self, recipient: &OrgId, now: Timestamp, limit: usize) -> Vec<OutboxEntry> {
        let mut waiting: Vec<ConversationId> = Vec::new();
        let mut due = Vec::new();
        for entry in self.outbox.iter().filter(|entry| entry.recipient == *recipient) {
            let OutboxState::Queued { next_attempt_at, .. } = entry.state else { continue };
            if next_attempt_at > now {
                waiting.push(entry.conversation);
            } else if !waiting.contains(&entry.conversation) {
                due.push(entry.clone());
            }
            if let Some(last) = due.last_mut().filter(|last| last.expires_at <= now) {
                last.withhold();
            }
        }
        due.truncate(limit);
        due
    }

    /// Every message of a referral's thread.
    pub(crate) fn thread(&self, id: ReferralId) -> Vec<OutboxEntry> {
        let is_in = |entry: &&OutboxEntry| entry.conversation == thread(id);
        self.outbox.iter().filter(is_in).cloned().collect()
    }

    /// Orders to stop.
    pub(crate) fn orders(&self) -> impl Iterator<Item = &ProcessingStop> {
        self.stops.values().map(|stored| &stored.stop)
    }

    /// Requests and notes that wait in the threads of this source's referrals on a consent.
    pub(crate) fn queued_by_consent(&self, consent: ConsentId) -> Vec<OutboxEntry> {
        let rests_on_it = |entry: &&OutboxEntry| {
            let kept = self.referrals.get(&ReferralId::from_bytes(*entry.conversation.as_bytes()));
            kept.is_some_and(|kept| {
                kept.referral.side == Side::Source
                    && (carries_request(entry) || carries_note(entry))
                    && kept.referral.grant.consent.is_some_and(|(id, _)| id == consent)
            })
        };
        self.outbox.iter().filter(|entry| is_queued(entry)).filter(rests_on_it).cloned().collect()
    }

    /// The commit.
    pub(crate) fn apply(&mut self, writes: WriteSet) {
        check_registered(&writes);
        for new in writes.new_referrals {
            self.insert_referral(new, &writes.outbox);
        }
        for (referral, before) in writes.changed_referrals {
            self.change_referral(referral, before, &writes.events);
        }
        for event in writes.events {
            self.insert_event(event);
        }
        for record in writes.agreements {
            self.upsert_agreement(record);
        }
        for consent in writes.consents {
            self.upsert_consent(consent);
        }
        for note in writes.notes {
            self.insert_note(note);
        }
        for stop in writes.stops {
            self.upsert_stop(stop);
        }
        for entry in &writes.outbox {
            check_message(entry, &writes.chains);
        }
        for step in writes.chains {
            let key = (step.conversation, step.peer);
            let held = self.chains.insert(key, step.after);
            assert_eq!(held, step.before, "a thread grew from another one than is held");
        }
        for entry in writes.outbox {
            assert!(self.entry(entry.message_id).is_none(), "a message was made twice");
            self.outbox.push(entry);
        }
        for change in writes.outbox_changes {
            self.change_message(change);
        }
        for covered in writes.covered {
            self.cover(covered);
        }
        for entry in writes.inbox {
            let key = (entry.sender.clone(), entry.message_id);
            assert!(self.inbox.insert(key, entry).is_none(), "a message was received twice");
        }
        for leaf in writes.audit {
            let opening = Opening { salt: Salt::from_bytes(leaf.salt), entry: leaf.entry.clone() };
            assert!(opening.opens(&Commitment::from_digest(leaf.commitment)), "a leaf is shut");
            self.audit.push(leaf);
        }
        for erasure in writes.erasures {
            self.erase(&erasure);
        }
    }

    fn insert_referral(&mut self, new: NewReferral, outbox: &[OutboxEntry]) {
        let NewReferral { referral, request_message, idempotency, .. } = &new;
        assert!((referral.version, &referral.status) == (1, &Status::Requested), "not a beginning");
        assert!(referral.answer_due >= referral.request.respond_by, "too little time to answer");
        let is_sent = outbox.iter().any(|entry| entry.message_id == *request_message);
        assert_eq!(is_sent, referral.side == Side::Source, "the source's request has no message");
        if let Some(used) = idempotency {
            let held = self.idempotency.insert(used.key, (referral.id, used.request_digest));
            assert!(held.is_none(), "a caller's key made two referrals");
        }
        assert!(self.referrals.insert(referral.id, new).is_none(), "a referral began twice");
    }

    fn change_referral(&mut self, referral: Referral, before: u32, events: &[ReferralEvent]) {
        let kept = self.referrals.get_mut(&referral.id).expect("a referral that is held changes");
        let held = &kept.referral;
        assert_eq!(held.version, before, "the version guard");
        let stays = held.status == referral.status || referral.status == Status::EnteredInError;
        assert!(!held.status.is_final() || stays, "a final referral changed");
        let step = referral.version.checked_sub(held.version).expect("versions never fall");
        let names = |event: &ReferralEvent| {
            event.referral_id == referral.id && event.version == referral.version
        };
        match step {
            0 => assert!(needs_no_event(held, &referral), "a change without an event"),
            1 => assert!(events.iter().any(names), "a version without its event"),
            _ => panic!("a version was left out"),
        }
        kept.referral = referral;
    }

    fn insert_event(&mut self, event: ReferralEvent) {
        let ReferralEvent { referral_id, version, progressed } = event;
        let follows = version == 2 || self.events.contains_key(&(referral_id, version - 1));
        assert!(follows, "an event before the one that it follows");
        let held = self.events.insert((referral_id, version), progressed);
        assert!(held.is_none(), "an event was stored twice");
    }

    fn upsert_agreement(&mut self, record: AgreementRecord) {
        let key = (record.terms().agreement_id, record.terms().version);
        if let Some(held) = self.agreements.get(&key) {
            assert_eq!(held.terms_bytes(), record.terms_bytes(), "the terms of a version changed");
            assert!(record.signatures().starts_with(held.signatures()), "a signature was lost");
            let later = match (held.terminated_at(), record.terminated_at()) {
                (Some(held), Some(new)) => new > held,
                (held, new) => held.is_some() && new.is_none(),
            };
            assert!(!later, "an end moved away");
        }
        self.agreements.insert(key, Arc::new(record));
    }

    fn upsert_consent(&mut self, consent: Consent) {
        let withdrawn_at = consent.withdrawn_at;
        if let Some(held) = self.consents.insert(consent.consent_id, consent) {
            let stays = held.withdrawn_at.is_none() || held.withdrawn_at == withdrawn_at;
            assert!(stays, "a withdrawal was undone");
        }
    }

    fn change_message(&mut self, change: OutboxChange) {
        let mut entries = self.outbox.iter_mut();
        let entry = entries.find(|entry| entry.message_id == change.message_id);
        let entry = entry.expect("a message that is held changes");
        let is_revived = match (&entry.state, &change.state) {
            (OutboxState::Dead { reason }, OutboxState::Queued { .. }) => {
                let is_stopped = matches!(
                    reason,
                    Reason::ConsentWithdrawn | Reason::ConsentScope | Reason::Terminal
                );
                !is_stopped && entry.attempts == change.attempts
            }
            _ => false,
        };
        let is_receipt = matches!(change.state, OutboxState::Delivered { .. });
        assert!(is_queued(entry) || is_receipt || is_revived, "the fate of a message is final");
        entry.attempts = change.attempts;
        entry.state = change.state;
    }
}

/// What changes a referral without an event of the target's log: an order to stop; at the source also
/// a refusal by the target's node, the answer that it holds nothing, and the end of following up.
fn needs_no_event(held: &Referral, now: &Referral) -> bool {
    let is_rest_same = Referral {
        status: now.status.clone(),
        changed_at: now.changed_at,
        is_stopped: now.is_stopped,
        loop_closed_at: now.loop_closed_at,
        ..held.clone()
    } == *now;
    let keeps_stop = now.is_stopped || !held.is_stopped;
    let same_status = (&held.status, held.changed_at) == (&now.status, now.changed_at);
    let fits = match held.side {
        Side::Source => same_status || now.status.is_final(),
        Side::Target => same_status && now.status.is_final() && now.is_stopped,
    };
    is_rest_same && keeps_stop && fits
}

/// Every message that is sent or received is a document in the register (OSL 5:1), and nothing else is.
fn check_registered(writes: &WriteSet) {
    let sent = writes
        .outbox
        .iter()
        .map(|entry| (RegisterDirection::Out, &entry.recipient, entry.message_id));
    let received =
        writes.inbox.iter().map(|entry| (RegisterDirection::In, &entry.sender, entry.message_id));
    let messages: BTreeSet<_> = sent.chain(received).collect();
    let registered = writes.register.iter();
    let registered: BTreeSet<_> =
        registered.map(|entry| (entry.direction, &entry.counterparty, entry.message_id)).collect();
    assert_eq!(registered, messages, "the register and the messages");
    assert_eq!(writes.register.len(), messages.len(), "a document is registered once");
}

pub(crate) const fn is_queued(entry: &OutboxEntry) -> bool {
    matches!(entry.state, OutboxState::Queued { .. })
}

pub(crate) const fn is_dead(entry: &OutboxEntry) -> bool {
    matches!(entry.state, OutboxState::Dead { .. })
}

/// A message that leaves is well-formed, lives for a while, and is the next one of its thread.
fn check_message(entry: &OutboxEntry, chains: &[ChainStep]) {
    assert!(is_queued(entry) && entry.attempts == 0, "a message that is not new");
    assert!(entry.expires_at > entry.created_at, "a message without a life");
    let envelope = SignedEnvelope::decode(&entry.envelope).expect("an envelope that can be read");
    assert_eq!(envelope.header_digest(), entry.header_digest, "another header's digest");
    let step = chains
        .iter()
        .find(|step| step.conversation == entry.conversation && step.peer == entry.recipient)
        .expect("a message moves its thread");
    let before = step.before.and_then(|chain| chain.sent_head);
    assert_eq!(envelope.header().previous_hash, before, "a message beside its thread");
    assert_eq!(step.after.sent_head, Some(entry.header_digest), "a thread without its message");
}
