//! The next step about a signal, by either end. A step that tells of the person rests on the person's consent (rule R18).

use std::sync::Arc;

use brygga_domain::consent::Use;
use brygga_domain::signal::{Signal, SignalStep};
use brygga_domain::{ConsentId, DataCategory, DisclosureGround, MessageId, Reason, Refusal};
use brygga_exchange::Key;
use brygga_exchange::audit::Actor;
use brygga_exchange::referral::PreparedContent;
use brygga_exchange::signal::{Stepping, take_step};
use brygga_identity::caller::Caller;
use brygga_policy::answer_ground;
use brygga_storage::{Reader, StorageError};
use brygga_wire::local::StepWish;

use super::{Decides, sight, signal_access};
use crate::content::{Address, Kept};
use crate::referrals::{answered, decision};
use crate::{App, AppError, envelopes};

/// A step that is ready to be taken.
struct Ready {
    wish: StepWish,
    message_id: MessageId,
    content: Option<(PreparedContent, DisclosureGround)>,
    caller: Caller,
}

impl App {
    /// Takes a step, and tells the other end unless it stays here. What is taken once only changes nothing a second time.
    ///
    /// # Errors
    /// [`Reason::NotFound`] where the signal, or the notice that is linked, is absent or the caller may not see it,
    /// [`Reason::RoleDenied`] for a step of other roles, [`Reason::ConsentMissing`] and what else a consent refuses,
    /// otherwise as [`brygga_exchange::signal::take_step`].
    pub async fn signal_step(&self, caller: &Caller, wish: StepWish) -> Result<Signal, AppError> {
        let held = self.signal_of(caller, wish.id).await?;
        if !sight::takes(caller, wish.step) {
            return Err(Refusal::at(Reason::RoleDenied, "act").into());
        }
        if let Some(notice) = wish.notice {
            self.check_link(caller, notice).await?;
        }
        let message_id = self.locally(|local| local.message_id());
        let content = match &wish.content {
            None => None,
            Some(content) => {
                let address = Address {
                    kept: Kept::NoticePart(message_id),
                    message_id,
                    target: held.peer(),
                    unit: held.peer_unit(),
                };
                let ground = answer_ground(content.names_occupant());
                Some((self.seal_signal(&address, content).await?, ground))
            }
        };
        let slot = content.as_ref().map(|(content, _)| content.at_rest.key_slot);
        let ready = Arc::new(Ready { wish, message_id, content, caller: caller.clone() });
        let app = self.clone();
        let done = self.parts().store.decide("signal.step", move |reader| {
            let (app, ready) = (app.clone(), Arc::clone(&ready));
            Box::pin(async move { app.decide_signal_step(reader, &ready).await })
        });
        let done = done.await?;
        if let Some(slot) = slot {
            let is_its =
                |signal: &Signal| signal.steps.iter().any(|taken| taken.message_id == message_id);
            self.key_used(slot, done.as_ref().is_ok_and(is_its));
        }
        Ok(done?)
    }

    async fn decide_signal_step(&self, reader: &mut Reader<'_>, ready: &Ready) -> Decides {
        let Ready { wish, message_id, content, caller } = ready;
        let mut keys = vec![Key::Notice(wish.id)];
        let held = reader.signal_by_id(wish.id).await?;
        let now = self.now();
        let Some(held) = held.filter(|held| self.sees_signal(caller, held, now)) else {
            return Ok(answered(Err(Refusal::new(Reason::NotFound)), keys));
        };
        if let Some(consent) = wish.consent_id {
            keys.push(Key::Consent(consent));
            if let Err(refusal) = self.step_consent(reader, consent, &held, wish.step).await? {
                return Ok(answered(Err(refusal), keys));
            }
        }
        let (thread, other) = (held.conversation(), held.peer().clone());
        let chain = reader.chain(thread, &other).await?;
        keys.push(Key::Conversation(thread, other));
        let seen = signal_access(caller, "signal.step", &held);
        let next = wish.next(*message_id, now);
        let sealed = content.as_ref().map(|(content, ground)| (content, *ground));
        let stepping = Stepping { next, content: sealed };
        let actor = Actor::User(caller.subject().to_owned());
        let mut decided = self.locally(|local| take_step(local, &actor, held, chain, &stepping));
        if let Ok(signal) = &mut decided.answer {
            self.put_in_order(signal, &mut decided.writes);
            decided = decided.accessed(now, seen);
        }
        if let Some((content, _)) = content {
            decided.writes = envelopes::encrypt(decided.writes, content)?;
        }
        Ok(decision(decided, keys))
    }

    /// Whether the person lets the other end hear it.
    async fn step_consent(
        &self,
        reader: &mut Reader<'_>,
        id: ConsentId,
        signal: &Signal,
        step: SignalStep,
    ) -> Result<Result<(), Refusal>, StorageError> {
        let told = match step {
            SignalStep::Occupant => DataCategory::Identity,
            _ => DataCategory::HousingSituation,
        };
        let Some(consent) = reader.consent_by_id(id).await? else {
            return Ok(Err(Refusal::at(Reason::ConsentMissing, "consent_id")));
        };
        let wanted = Use {
            recipient: signal.peer(),
            unit: signal.peer_unit(),
            categories: &[told],
            third_persons: &[],
        };
        let book = self.parts().agreements.book();
        let record = book.find(signal.agreement_id, signal.agreement_version);
        let max_days = record.map_or(0, |record| record.terms().consent_max_days);
        Ok(consent.check_use(wanted, max_days, self.now()))
    }

    /// Whom the municipality marked moves to the place that the agreement gives the mark.
    fn put_in_order(&self, signal: &mut Signal, writes: &mut brygga_exchange::WriteSet) {
        let book = self.parts().agreements.book();
        let record = book.find(signal.agreement_id, signal.agreement_version);
        let Some(terms) = record.map(|record| record.terms().signal_terms()) else { return };
        signal.rank = terms.rank(&signal.priority);
        for changed in &mut writes.signals.changed {
            changed.signal.rank = signal.rank;
        }
    }
}
