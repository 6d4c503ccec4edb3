//! Answering another's call with own places.

use std::sync::Arc;

use brygga_domain::agreement::Action;
use brygga_domain::capacity::{HoldItem, ReceivedCall};
use brygga_domain::{CallId, Reason, Refusal};
use brygga_exchange::Key;
use brygga_exchange::audit::Actor;
use brygga_exchange::call::{AnsweredCall, Answering, answer};
use brygga_exchange::receive::GrantGround;
use brygga_identity::caller::Caller;
use brygga_storage::{Decision, Reader, StorageError};

use crate::capacity::{services, services_of};
use crate::quotas::quota_use;
use crate::referrals::{answered, decision};
use crate::{App, AppError};

impl App {
    /// Holds own places for whoever calls, and tells it; whether they were first the call shows later. The same answer
    /// again changes nothing.
    ///
    /// # Errors
    /// [`Reason::NotFound`] for a call or a service that there is not; otherwise as
    /// [`brygga_exchange::call::answer`].
    pub async fn call_answer(
        &self,
        caller: &Caller,
        id: CallId,
        items: Vec<HoldItem>,
    ) -> Result<ReceivedCall, AppError> {
        let (app, actor) = (self.clone(), Actor::User(caller.subject().to_owned()));
        let said = Arc::new((actor, items));
        let answered = self.parts().store.decide("call.answer", move |reader| {
            let (app, said) = (app.clone(), Arc::clone(&said));
            Box::pin(async move { app.decide_answer(reader, &said.0, id, &said.1).await })
        });
        Ok(answered.await??)
    }

    async fn decide_answer(
        &self,
        reader: &mut Reader<'_>,
        actor: &Actor,
        id: CallId,
        items: &[HoldItem],
    ) -> Result<Decision<Result<ReceivedCall, Refusal>>, StorageError> {
        let mut keys = vec![Key::Call(id)];
        let Some(call) = reader.received_call_by_id(id).await? else {
            return Ok(answered(Err(Refusal::at(Reason::NotFound, "call_id")), keys));
        };
        let mut earlier = None;
        if let Some(hold) = call.state.hold() {
            earlier = reader.hold_by_id(hold).await?;
            keys.push(Key::Hold(hold));
        }
        let (services, touched) = services(reader, items.iter().map(|item| item.service)).await?;
        keys.extend(touched);
        let book = self.agreements_held(reader).await?;
        let ends = (&call.caller, &self.parts().organisation);
        let (quota_use, counted) =
            quota_use(reader, &book, ends, Action::CapacityPublish, self.now()).await?;
        keys.extend(counted);
        let (thread, peer) = (call.conversation(), call.caller.clone());
        let chain = reader.chain(thread, &peer).await?;
        keys.push(Key::Conversation(thread, peer));
        let answering = Answering { call, items: items.to_vec(), services, earlier, chain };
        let ground = GrantGround { agreements: &book, quota_use: &quota_use };
        Ok(decision(self.locally(|local| answer(local, actor, answering, ground)), keys))
    }
}

/// Another's call with the places that are held for it, and what a decision about it rests on.
pub(crate) async fn answered_call(
    reader: &mut Reader<'_>,
    id: CallId,
) -> Result<(Option<AnsweredCall>, Vec<Key>), StorageError> {
    let mut keys = vec![Key::Call(id)];
    let Some(call) = reader.received_call_by_id(id).await? else { return Ok((None, keys)) };
    let mut answered = AnsweredCall { call, hold: None, services: Vec::new(), hold_chain: None };
    if let Some(hold) = answered.call.state.hold() {
        answered.hold = reader.hold_by_id(hold).await?;
        keys.push(Key::Hold(hold));
    }
    if let Some(hold) = &answered.hold {
        let (services, touched) = services_of(reader, hold).await?;
        answered.services = services;
        keys.extend(touched);
        let (thread, holder) = (hold.conversation(), hold.holder.clone());
        answered.hold_chain = reader.chain(thread, &holder).await?;
        keys.push(Key::Conversation(thread, holder));
    }
    Ok((Some(answered), keys))
}
