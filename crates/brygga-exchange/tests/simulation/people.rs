//! What an organisation's own people and its clock do at a node.

use brygga_domain::agreement::{AgreementRecord, AgreementTerms};
use brygga_domain::consent::Consent;
use brygga_domain::referral::{Command, Escalation, Referral, Side};
use brygga_domain::{ConsentId, Reason, ReferralId, Refusal, Timestamp};
use brygga_exchange::agreement::{Threads, conversation, others, propose, sign, terminate};
use brygga_exchange::audit::Actor;
use brygga_exchange::outbox::retry;
use brygga_exchange::records::{IdempotencyKey, OutboxEntry};
use brygga_exchange::referral::{Asked, RequestContext, act, escalate, expire, request};
use brygga_exchange::{Decided, WriteSet, consent};
use brygga_policy::Principal;

use crate::checks;
use crate::node::{Crashed, Node};
use crate::paper;
use crate::plan::{Crash, End, Want};

/// A client's wish, kept until it has an answer, and longer.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) at: End,
    pub(crate) want: Want,
    /// The caller's key, and the content of the referral: it must come to the target once.
    pub(crate) token: [u8; 16],
    pub(crate) consent: Option<ConsentId>,
    /// What the client was told; none while it has lost every answer.
    pub(crate) answer: Option<Result<ReferralId, Reason>>,
}

pub(crate) fn actor() -> Actor {
    Actor::User("handläggare-7".to_owned())
}

impl Node {
    /// Asks for a referral, or finds the one that was made under the same key.
    pub(crate) fn ask(
        &mut self,
        ask: &Ask,
        target: &Principal,
        now: Timestamp,
        crash: Option<Crash>,
    ) -> Result<Result<ReferralId, Refusal>, Crashed> {
        let digest = paper::request_digest(ask.token);
        if let Some((id, held)) = self.store.by_idempotency_key(ask.token) {
            assert_eq!(held, digest, "a caller's key was kept with another request");
            return Ok(Ok(id));
        }
        let asked = self.locally(now, |local| Asked {
            places: None,
            referral_id: local.referral_id(),
            message_id: local.message_id(),
            idempotency: IdempotencyKey { key: ask.token, request_digest: digest },
            actor: actor(),
            shared_unit: None,
        });
        let wish = paper::wish(ask.want, self.organisation(), &target.organisation);
        let content = paper::content(ask.token);
        let (source, book) = (self.principal.clone(), self.store.book());
        let held = ask.consent.and_then(|id| self.store.consents.get(&id).cloned());
        let context = RequestContext {
            source: &source,
            target,
            agreements: &book,
            consent: held.as_ref(),
            quota_use: None,
            knows_earlier: false,
        };
        let decided = self.locally(now, |local| request(local, &asked, &wish, &content, context));
        let referral = self.finish(decided, 1, crash)?;
        Ok(referral.map(|referral| referral.id))
    }

    /// Moves a referral on.
    pub(crate) fn act(
        &mut self,
        id: ReferralId,
        expected_version: Option<u32>,
        command: Command,
        now: Timestamp,
        crash: Option<Crash>,
    ) -> Result<Result<Referral, Refusal>, Crashed> {
        let referral = self.store.referral(id).cloned().expect("picked from what is held");
        let chain = self.store.chain(referral.conversation(), referral.peer());
        let decided = self
            .locally(now, |local| act(local, &actor(), referral, expected_version, chain, command));
        self.finish(decided, 1, crash)
    }

    /// Ends what nobody answered; returns what it ended.
    pub(crate) fn expire_due(
        &mut self,
        now: Timestamp,
        crash: Option<Crash>,
    ) -> Result<Vec<Referral>, Crashed> {
        let clock = self.clock(now);
        let kept = self.store.referrals.values().map(|kept| &kept.referral);
        let due: Vec<Referral> =
            kept.filter(|referral| checks::is_due(referral, clock)).cloned().collect();
        let mut ended = Vec::new();
        for referral in due {
            let chain = self.store.chain(referral.conversation(), referral.peer());
            let decided = self.locally(now, |local| expire(local, referral, chain));
            ended.push(self.finish(decided, 1, crash)?.expect("the clock is never refused"));
        }
        Ok(ended)
    }

    /// Lays what nobody took on before the next in line; returns what it laid.
    pub(crate) fn escalate_due(
        &mut self,
        now: Timestamp,
        crash: Option<Crash>,
    ) -> Result<Vec<Referral>, Crashed> {
        let clock = self.clock(now);
        let kept = self.store.referrals.values().map(|kept| &kept.referral);
        let is_due = |referral: &&Referral| {
            referral.side == Side::Target
                && referral.escalation_due().is_some_and(|due| due <= clock)
        };
        let due: Vec<Referral> = kept.filter(is_due).cloned().collect();
        let mut laid = Vec::new();
        for referral in due {
            let chain = self.store.chain(referral.conversation(), referral.peer());
            let level = referral.escalation.as_ref().map_or(1, |laid| laid.level + 1);
            let next = Escalation { level, unit: None };
            let decided = self.locally(now, |local| escalate(local, referral, chain, next));
            laid.push(self.finish(decided, 1, crash)?.expect("the clock is never refused"));
        }
        Ok(laid)
    }

    pub(crate) fn record_consent(&mut self, consent: Consent, now: Timestamp) {
        let decided = self.locally(now, |local| consent::record(local, &actor(), consent));
        let recorded = self.finish(decided, 1, None).expect("no crash was asked for");
        recorded.expect("a consent is never refused");
    }

    /// Puts a dead letter back in the queue.
    pub(crate) fn revive(&mut self, entry: &OutboxEntry, now: Timestamp) -> Result<(), Refusal> {
        let id = ReferralId::from_bytes(*entry.conversation.as_bytes());
        let referral = self.store.referral(id).cloned();
        let decided = self.locally(now, |local| retry(local, &actor(), entry, referral.as_ref()));
        self.finish(decided, 1, None).expect("no crash was asked for")
    }

    pub(crate) fn propose(
        &mut self,
        terms: AgreementTerms,
        now: Timestamp,
    ) -> Result<AgreementRecord, Refusal> {
        let held = self.store.agreements.get(&(terms.agreement_id, terms.version));
        let held = held.map(|record| AgreementRecord::clone(record));
        let (threads, is_known) = (self.threads(&terms), held.is_some());
        let decided = self.locally(now, |local| propose(local, &actor(), terms, held, threads));
        let is_silent = is_known && decided.answer.is_ok();
        self.finish(decided, usize::from(!is_silent), None).expect("no crash was asked for")
    }

    pub(crate) fn sign(
        &mut self,
        record: AgreementRecord,
        now: Timestamp,
    ) -> Result<AgreementRecord, Refusal> {
        let threads = self.threads(record.terms());
        let before = record.signatures().len();
        let decided = self.locally(now, |local| sign(local, &actor(), record, threads));
        let is_silent =
            decided.answer.as_ref().is_ok_and(|record| record.signatures().len() == before);
        self.finish(decided, usize::from(!is_silent), None).expect("no crash was asked for")
    }

    pub(crate) fn terminate(
        &mut self,
        record: AgreementRecord,
        at: Timestamp,
        now: Timestamp,
    ) -> Result<AgreementRecord, Refusal> {
        let threads = self.threads(record.terms());
        let before = record.terminated_at();
        let decided = self.locally(now, |local| terminate(local, &actor(), record, at, threads));
        let is_silent =
            decided.answer.as_ref().is_ok_and(|record| record.terminated_at() == before);
        self.finish(decided, usize::from(!is_silent), None).expect("no crash was asked for")
    }

    fn threads(&self, terms: &AgreementTerms) -> Threads {
        let others = others(terms, self.organisation()).into_iter();
        others
            .map(|party| {
                let chain = self.store.chain(conversation(terms.agreement_id), &party);
                (party, chain)
            })
            .collect()
    }

    /// Stores a decision of people; a refusal may store nothing but its leaf.
    pub(crate) fn finish<T>(
        &mut self,
        decided: Decided<T>,
        leaves: usize,
        crash: Option<Crash>,
    ) -> Result<Result<T, Refusal>, Crashed> {
        if decided.answer.is_err() {
            let rest = WriteSet { audit: Vec::new(), ..decided.writes.clone() };
            assert!(rest.is_empty(), "a refusal changed something");
        }
        self.commit(decided.writes, leaves, crash)?;
        Ok(decided.answer)
    }
}
