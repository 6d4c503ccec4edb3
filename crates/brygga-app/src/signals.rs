//! Signals about somebody's home, for the organisation's own people: landlords, Kriminalvården and regions give them, a
//! municipality works with them. Who sees which is said in `sight.rs`.

mod chain;
mod expiring;
mod showing;
mod sight;
mod stepping;

pub use showing::LateSignals;

use std::sync::Arc;

use brygga_domain::access::{AccessGround, AccessObject};
use brygga_domain::signal::{Signal, SignalSubject};
use brygga_domain::{NoticeId, Reason, Refusal, UnitId};
use brygga_exchange::Key;
use brygga_exchange::access::Access;
use brygga_exchange::audit::Actor;
use brygga_exchange::records::IdempotencyKey;
use brygga_exchange::referral::PreparedContent;
use brygga_exchange::signal::{SendingSignal, send_signal};
use brygga_identity::caller::Caller;
use brygga_identity::registry::Audience;
use brygga_policy::Principal;
use brygga_storage::{Decision, Expectation, Reader, StorageError};
use brygga_wire::local::SignalWish;
use brygga_wire::signal::SignalContent;

use crate::access::{access, with_data};
use crate::content::{Address, Facts, Kept};
use crate::referrals::{answered, decision, may_see};
use crate::{App, AppError, envelopes};

/// A decision about a signal, as the store takes it.
type Decides = Result<Decision<Result<Signal, Refusal>>, StorageError>;

/// A signal that is ready to begin.
struct Beginning {
    sending: SendingSignal,
    content: PreparedContent,
    source: Principal,
    target: Principal,
    caller: Caller,
}

impl App {
    /// Gives a municipality a signal: durable here when this returns. Without a function it goes to the one that the registry
    /// names for landlords, or for other organisations; where it names none, to the intake.
    ///
    /// # Errors
    /// [`Reason::RoleDenied`] for a subject that the caller's roles do not send, and for a unit that is not the caller's;
    /// [`Reason::IdempotencyMismatch`], otherwise as [`brygga_exchange::signal::send_signal`].
    pub async fn signal_send(&self, caller: &Caller, wish: SignalWish) -> Result<Signal, AppError> {
        match self.signal_begin(caller, wish).await {
            Err(AppError::Refused(refusal)) => {
                let by = Actor::User(caller.subject().to_owned());
                Err(self.log_refusal(by, "signal.send", refusal).await?.into())
            }
            other => other,
        }
    }

    async fn signal_begin(&self, caller: &Caller, wish: SignalWish) -> Result<Signal, AppError> {
        let key = wish.idempotency_key;
        let beginning = self.prepare_signal(caller, wish).await?;
        let (id, slot) = (beginning.sending.id, beginning.content.at_rest.key_slot);
        let (app, beginning) = (self.clone(), Arc::new(beginning));
        let store = &self.parts().store;
        let foreseen = vec![Key::Idempotency(key)];
        let sent = store.decide_on("signal.send", foreseen, Expectation::Unknown, move |reader| {
            let (app, beginning) = (app.clone(), Arc::clone(&beginning));
            Box::pin(async move { app.decide_signal_begin(reader, &beginning).await })
        });
        let sent = sent.await?;
        self.key_used(slot, sent.as_ref().is_ok_and(|signal| signal.id == id));
        Ok(sent?)
    }

    async fn prepare_signal(
        &self,
        caller: &Caller,
        wish: SignalWish,
    ) -> Result<Beginning, AppError> {
        if !sight::sends(caller, wish.subject) {
            return Err(Refusal::at(Reason::RoleDenied, "subject").into());
        }
        if !may_see(caller, wish.source_unit.as_ref()) {
            return Err(Refusal::at(Reason::RoleDenied, "source_unit").into());
        }
        let source = self.principal(&self.parts().organisation)?;
        let absent = |_| Refusal::at(Reason::NotFound, "municipality");
        let target = self.principal(&wish.target).map_err(absent)?;
        let target_unit = wish.target_unit.clone().or_else(|| self.way_in(&wish));
        let sending = self.locally(|local| SendingSignal {
            id: NoticeId::from_bytes(local.identifier()),
            message_id: local.message_id(),
            idempotency: IdempotencyKey { key: wish.idempotency_key, request_digest: wish.digest },
            subject: wish.subject,
            on: wish.on,
            days_late: wish.days_late,
            priority: wish.content.priority(),
            replaces: wish.replaces,
            ground: wish.ground,
            target: wish.target.clone(),
            target_unit: target_unit.clone(),
            source_unit: wish.source_unit.clone(),
            agreement_id: wish.agreement_id,
        });
        let address = Address {
            kept: Kept::NoticePart(sending.message_id),
            message_id: sending.message_id,
            target: &sending.target,
            unit: sending.target_unit.as_ref(),
        };
        let content = self.seal_signal(&address, &wish.content).await?;
        Ok(Beginning { sending, content, source, target, caller: caller.clone() })
    }

    async fn seal_signal(
        &self,
        address: &Address<'_>,
        content: &SignalContent,
    ) -> Result<PreparedContent, AppError> {
        let categories = content.categories();
        let facts = Facts { categories, child: false, third_persons: Vec::new() };
        self.prepare_sealed(address, facts, |salt| content.encode(salt)).await
    }

    /// The function that the registry names for whoever sends (NKP-01).
    fn way_in(&self, wish: &SignalWish) -> Option<UnitId> {
        let audience =
            if wish.subject.is_return() { Audience::Organisations } else { Audience::Landlords };
        let point = self.contact_point(&wish.target, audience).ok();
        point.map(|(_, point)| point.unit)
    }

    async fn decide_signal_begin(&self, reader: &mut Reader<'_>, beginning: &Beginning) -> Decides {
        let Beginning { sending, content, source, target, caller } = beginning;
        let mut keys = vec![Key::Idempotency(sending.idempotency.key)];
        let found = reader.signal_by_idempotency_key(sending.idempotency.key).await?;
        if let Some((signal, digest)) = found {
            let mismatch = Refusal::at(Reason::IdempotencyMismatch, "idempotency_key");
            let is_same = digest == sending.idempotency.request_digest;
            return Ok(answered(if is_same { Ok(signal) } else { Err(mismatch) }, keys));
        }
        let mut replaced = None;
        if let Some(id) = sending.replaces {
            keys.push(Key::Notice(id));
            replaced = reader.signal_by_id(id).await?;
        }
        let book = self.agreements_held(reader).await?;
        let actor = Actor::User(caller.subject().to_owned());
        let mut decided = self.locally(|local| {
            send_signal(local, &actor, sending, content, (source, target), &book, replaced)
        });
        if let Ok(signal) = &decided.answer {
            let seen = signal_access(caller, "signal.send", signal);
            decided = decided.accessed(self.now(), with_data(seen, &content.categories));
        }
        decided.writes = envelopes::encrypt(decided.writes, content)?;
        Ok(decision(decided, keys))
    }
}

/// An access of a caller to a signal.
fn signal_access(caller: &Caller, action: &str, signal: &Signal) -> Access {
    let object = AccessObject::Notice(signal.id);
    access(caller, action, object, signal.own_unit(), AccessGround::OwnUnit)
}

/// Whether a subject is about rent.
const fn is_of_rent(subject: SignalSubject) -> bool {
    subject.is_rent() || matches!(subject, SignalSubject::VisitRound)
}
