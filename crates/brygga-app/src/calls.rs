//! Calls for places for the organisation's own people: placed, called off, shown and listed; and lapsed by the clock.
//! Answers stand in `answering.rs`.

mod answering;

use std::sync::Arc;

use brygga_domain::capacity::{Call, ReceivedCall, WantedPlaces};
use brygga_domain::{CallId, Reason, Refusal};
use brygga_exchange::audit::Actor;
use brygga_exchange::call::{OpenCall, Placing, call_off, lapse, place};
use brygga_exchange::records::IdempotencyKey;
use brygga_exchange::{Decided, Key, Local};
use brygga_identity::caller::Caller;
use brygga_storage::{Decision, Reader, StorageError};
use brygga_wire::local::CallWish;

use crate::referrals::{answered, decision};
use crate::{App, AppError};

pub(crate) use answering::answered_call;

/// Calls shown in a list, own and others' each.
const LISTED_MAX: u32 = 250;
/// Calls ended in one round of the clock.
const LAPSE_BATCH: u32 = 64;

/// A call as this node holds it.
#[derive(Clone, Debug)]
pub enum CallView {
    /// Of this organisation.
    Own(Call),
    /// Of another.
    Received(ReceivedCall),
}

impl App {
    /// Asks every party of an agreement that may publish such places to this organisation.
    ///
    /// # Errors
    /// [`Reason::IdempotencyMismatch`]; [`Reason::InvalidField`] at what is wrong, as `ttl_seconds` beyond what is agreed;
    /// otherwise as [`brygga_exchange::call::place`].
    pub async fn call_place(&self, caller: &Caller, wish: CallWish) -> Result<Call, AppError> {
        let (app, actor) = (self.clone(), Actor::User(caller.subject().to_owned()));
        let asked = Arc::new((actor, wish));
        let placed = self.parts().store.decide("call.place", move |reader| {
            let (app, asked) = (app.clone(), Arc::clone(&asked));
            Box::pin(async move { app.decide_call(reader, &asked.0, &asked.1).await })
        });
        Ok(placed.await??)
    }

    async fn decide_call(
        &self,
        reader: &mut Reader<'_>,
        actor: &Actor,
        wish: &CallWish,
    ) -> Result<Decision<Result<Call, Refusal>>, StorageError> {
        let keys = vec![Key::Idempotency(wish.idempotency_key)];
        if let Some((call, digest)) = reader.call_by_idempotency_key(wish.idempotency_key).await? {
            let mismatch = Refusal::at(Reason::IdempotencyMismatch, "idempotency_key");
            let answer = if digest == wish.digest { Ok(call) } else { Err(mismatch) };
            return Ok(answered(answer, keys));
        }
        let book = self.agreements_held(reader).await?;
        let Some(record) = book.current(wish.agreement_id, self.now()) else {
            return Ok(answered(Err(Refusal::at(Reason::NotFound, "agreement_id")), keys));
        };
        let longest = record.terms().hold_terms().hold;
        let ttl = wish.ttl.unwrap_or(longest);
        if ttl > longest {
            return Ok(answered(
                Err(Refusal::at(Reason::InvalidField, "wanted.ttl_seconds")),
                keys,
            ));
        }
        let wanted = match wish.wanted(ttl, self.now()) {
            Ok(wanted) => wanted,
            Err(refusal) => return Ok(answered(Err(refusal), keys)),
        };
        let idempotency = IdempotencyKey { key: wish.idempotency_key, request_digest: wish.digest };
        let placing = Placing { wanted, idempotency };
        Ok(decision(self.locally(|local| place(local, actor, placing, record, &book)), keys))
    }

    /// Ends an own call that nobody has won; whoever was asked is told. Again it changes nothing.
    ///
    /// # Errors
    /// [`Reason::NotFound`]; otherwise as [`Call::call_off`].
    pub async fn call_off(&self, caller: &Caller, id: CallId) -> Result<Call, AppError> {
        let actor = Actor::User(caller.subject().to_owned());
        let ended =
            self.call_end("call.call_off", id, move |local, held| call_off(local, &actor, held));
        Ok(ended.await??)
    }

    /// Ends own calls that nobody answered in time; returns how many.
    ///
    /// # Errors
    /// [`StorageError`]; the next round tries again.
    pub async fn calls_lapse(&self) -> Result<usize, StorageError> {
        let now = self.now();
        let past = self.parts().store.glance(move |reader| {
            Box::pin(async move { reader.calls_past(now, LAPSE_BATCH).await })
        });
        let (mut ended, mut failure) = (0, None);
        for id in past.await? {
            match self.call_end("call.lapse", id, lapse).await {
                Ok(_) => ended += 1,
                Err(error) => failure = Some(error),
            }
        }
        failure.map_or(Ok(ended), Err)
    }

    async fn call_end(
        &self,
        action: &'static str,
        id: CallId,
        end: impl Fn(&mut Local<'_>, OpenCall) -> Decided<Call> + Send + Sync + 'static,
    ) -> Result<Result<Call, Refusal>, StorageError> {
        let (app, end) = (self.clone(), Arc::new(end));
        let ended = self.parts().store.decide(action, move |reader| {
            let (app, end) = (app.clone(), Arc::clone(&end));
            Box::pin(async move {
                let Some(call) = reader.call_by_id(id).await? else {
                    let absent = Err(Refusal::at(Reason::NotFound, "call_id"));
                    return Ok(answered(absent, vec![Key::Call(id)]));
                };
                let (held, keys) = open(reader, call).await?;
                Ok(decision(app.locally(|local| end(local, held)), keys))
            })
        });
        ended.await
    }

    /// Shows a call, over or not.
    ///
    /// # Errors
    /// [`Reason::NotFound`].
    pub async fn call_show(&self, id: CallId) -> Result<CallView, AppError> {
        let held = self.parts().store.glance(move |reader| {
            Box::pin(async move {
                if let Some(call) = reader.call_by_id(id).await? {
                    return Ok(Some(CallView::Own(call)));
                }
                Ok(reader.received_call_by_id(id).await?.map(CallView::Received))
            })
        });
        Ok(held.await?.ok_or(Refusal::at(Reason::NotFound, "call_id"))?)
    }

    /// Calls in which something happened within a day, own ones first, the newest first. All that are open are among
    /// them, since nobody waits longer for an answer.
    ///
    /// # Errors
    /// [`AppError::Storage`].
    pub async fn call_list(&self) -> Result<Vec<CallView>, AppError> {
        let since = self.now().minus(WantedPlaces::ANSWER_WITHIN_MAX);
        let found = self.parts().store.glance(move |reader| {
            Box::pin(async move {
                let own = reader.calls_since(since, LISTED_MAX).await?;
                Ok((own, reader.received_calls_since(since, LISTED_MAX).await?))
            })
        });
        let (own, received) = found.await?;
        let received = received.into_iter().map(CallView::Received);
        Ok(own.into_iter().map(CallView::Own).chain(received).collect())
    }
}

/// A call with its threads, and what a decision about it rests on.
pub(crate) async fn open(
    reader: &mut Reader<'_>,
    call: Call,
) -> Result<(OpenCall, Vec<Key>), StorageError> {
    let thread = call.conversation();
    let (mut threads, mut keys) =
        (Vec::with_capacity(call.parties.len()), vec![Key::Call(call.id)]);
    for party in &call.parties {
        threads.push((party.clone(), reader.chain(thread, party).await?));
        keys.push(Key::Conversation(thread, party.clone()));
    }
    Ok((OpenCall { call, threads }, keys))
}
