//! Another member of the federation, with a good certificate and a good key, meddles with what is
//! not its own. Nothing that the two nodes have between them may change.

use brygga_crypto::Digest;
use brygga_domain::agreement::AgreementRecord;
use brygga_domain::referral::{Event, Side, StatusReason};
use brygga_domain::stop::{ProcessingStop, StillHeld, StopAnswer, StopReason};
use brygga_domain::{ConversationId, MessageId, OrgId, ReferralId, Seconds, StopId, Timestamp};
use brygga_exchange::receive::Answer;
use brygga_wire::agreement::encode_terminated;
use brygga_wire::envelope::{Header, MessageType, SignedEnvelope};
use brygga_wire::receipt::Receipt;
use brygga_wire::referral::{Noted, encode_noted, encode_progressed, encode_withdrawn};
use brygga_wire::stop::{encode_stop_requested, encode_stopped};

use crate::memory::Memory;
use crate::paper::AGREEMENT;
use crate::plan::{End, Intrusion};
use crate::world::{World, picked};

impl World {
    pub(crate) fn intrude(&mut self, at: End, pick: u32, how: Intrusion) {
        let (intruder, _) = self.registry.intruder();
        let intruder = intruder.clone();
        let Some(bytes) = self.intrusion(at, pick, how) else { return };
        let before = self.node(at).store.clone();
        let peer = if how == Intrusion::Forge { self.peer_of(at) } else { intruder.clone() };
        let answer = self.present(at, &peer, &bytes);
        self.coverage.saw(format!("intrusion: {how:?}"));
        if let Answer::Receipt(bytes) = &answer {
            let receipt = Receipt::decode(bytes).expect("a receipt that can be read");
            let key = self.registry.key(self.nodes[at as usize].organisation(), receipt.key_id());
            let statement = receipt.verify(&key.expect("the node's key")).expect("its signature");
            // An order to stop is never refused; whoever has no referral here stops nothing.
            let is_obeyed = statement.verdict.is_accepted() && how != Intrusion::Stop;
            assert!(!is_obeyed, "an intruder was obeyed");
        }
        let unchanged = without_trace_of(&before, &intruder);
        let after = without_trace_of(&self.node(at).store, &intruder);
        assert_eq!(after, unchanged, "an intruder changed something");
    }

    fn intrusion(&mut self, at: End, pick: u32, how: Intrusion) -> Option<Vec<u8>> {
        let now = self.now;
        let ids: Vec<ReferralId> = self.node(at).store.referrals.keys().copied().collect();
        let id = *picked(&ids, pick)?;
        let version = self.node(at).store.referral(id)?.version;
        let conversation = ConversationId::from_bytes(*id.as_bytes());
        let reason = StatusReason::NoLongerNeeded;
        let (message_type, payload, conversation) = match how {
            Intrusion::Present => return self.pick_sent(at.other(), pick),
            Intrusion::Withdraw | Intrusion::Forge => {
                (MessageType::ReferralWithdrawn, encode_withdrawn(id, reason), conversation)
            }
            Intrusion::Progress => {
                let event = Event::Cancelled { reason };
                let payload = encode_progressed(id, version + 1, now, &event);
                (MessageType::ReferralProgressed, payload, conversation)
            }
            Intrusion::Stop => {
                let stop = order(StopId::from_bytes(self.random_bytes()), id, now);
                let thread = stop.conversation();
                (MessageType::ProcessingStopRequested, encode_stop_requested(&stop), thread)
            }
            Intrusion::AnswerStop => {
                let orders: Vec<StopId> = self.node(at).store.stops.keys().copied().collect();
                let own = StopId::from_bytes(self.random_bytes());
                let stop = order(picked(&orders, pick).copied().unwrap_or(own), id, now);
                let answer = StopAnswer { at: now, held: StillHeld::NothingHeld };
                let thread = stop.conversation();
                (MessageType::ProcessingStopped, encode_stopped(&stop, &answer), thread)
            }
            Intrusion::Note => {
                let noted = Noted { referral_id: id, author_unit: None, consent: None };
                (MessageType::ReferralNoted, encode_noted(&noted), conversation)
            }
            Intrusion::Terminate => {
                let record = self.node(at).store.agreements.get(&(AGREEMENT, 1))?;
                let mut record = AgreementRecord::clone(record);
                record.terminate(now);
                let thread = ConversationId::from_bytes(*AGREEMENT.as_bytes());
                (MessageType::AgreementTerminated, encode_terminated(&record), thread)
            }
        };
        Some(self.forge(at, how, message_type, payload, conversation))
    }

    /// A message that the intruder signs, well-formed and next in the thread that it claims.
    fn forge(
        &mut self,
        at: End,
        how: Intrusion,
        message_type: MessageType,
        payload: Vec<u8>,
        conversation: ConversationId,
    ) -> Vec<u8> {
        let message_id = MessageId::from_bytes(self.random_bytes());
        let (intruder, key) = self.registry.intruder();
        let sender = if how == Intrusion::Forge { self.peer_of(at) } else { intruder.clone() };
        let node = &self.nodes[at as usize];
        let header = Header {
            message_id,
            message_type,
            schema_version: 1,
            recipient: node.organisation().clone(),
            recipient_unit: None,
            conversation,
            created_at: node.clock(self.now),
            expires_at: node.clock(self.now).plus(Seconds::days(1)),
            agreement: Some((AGREEMENT, 1)),
            previous_hash: node
                .store
                .chain(conversation, &sender)
                .and_then(|chain| chain.received_head),
            payload_digest: Digest::from_bytes([0; 32]),
            sealed: None,
            critical: Vec::new(),
            sender,
        };
        SignedEnvelope::sign(header, payload, Vec::new(), &key).encode()
    }

    fn peer_of(&self, at: End) -> OrgId {
        self.registry.organisation(at.other()).clone()
    }
}

/// An order of nobody's.
fn order(id: StopId, referral_id: ReferralId, now: Timestamp) -> ProcessingStop {
    ProcessingStop {
        id,
        side: Side::Source,
        peer: OrgId::parse("kommun:0880").expect("a municipality"),
        referral_id,
        reason: StopReason::EnteredInError,
        requested_at: now,
        answer: None,
    }
}

/// A store without what an intruder may leave: its own messages, its own threads, and the audit.
fn without_trace_of(store: &Memory, intruder: &OrgId) -> Memory {
    let mut store = store.clone();
    store.inbox.retain(|(sender, _), _| sender != intruder);
    store.chains.retain(|(_, peer), _| peer != intruder);
    store.outbox.retain(|entry| entry.recipient != *intruder);
    store.stops.retain(|_, stored| stored.stop.peer != *intruder);
    store.audit.clear();
    store
}
