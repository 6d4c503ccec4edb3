//! Orders to stop: given here with what takes a ground away, and answered here once what is to be
//! erased is erased.

use brygga_domain::referral::{Event, Side};
use brygga_domain::stop::{ProcessingStop, StillHeld, StopReason};
use brygga_domain::{ReferralId, Refusal};
use brygga_exchange::Key;
use brygga_exchange::audit::Actor;
use brygga_exchange::erase::ErasureCause;
use brygga_exchange::stop::{answer, mark_in_error};
use brygga_identity::caller::Caller;
use brygga_policy::{Principal, still_held};
use brygga_storage::StorageError;
use brygga_wire::referral::decode_progressed;

use crate::access::{actor, behalf, referral_access};
use crate::referrals::{answered, decision};
use crate::{App, AppError};

/// Orders answered in one round.
const ANSWER_BATCH: u32 = 64;

impl App {
    /// Answers orders to stop that wait, each after its erasure is done where it is to be erased; returns
    /// how many. While the registry is not trusted nothing is answered.
    ///
    /// # Errors
    /// [`StorageError`]; the next round tries again.
    pub async fn answer_stops(&self) -> Result<usize, StorageError> {
        let Ok(me) = self.principal(&self.parts().organisation) else { return Ok(0) };
        let waiting = self.parts().store.read(|reader| {
            Box::pin(async move { reader.stops_waiting(Side::Target, ANSWER_BATCH).await })
        });
        let (mut done, mut failure) = (0, None);
        // One that cannot be answered does not keep the others.
        for stop in waiting.await? {
            match self.answer_stop(&me, stop).await {
                Ok(()) => done += 1,
                // Somebody else was faster, or it is tried again.
                Err(AppError::Refused(_)) => {}
                Err(AppError::Storage(error)) => failure = Some(error),
            }
        }
        failure.map_or(Ok(done), Err)
    }

    async fn answer_stop(&self, me: &Principal, stop: ProcessingStop) -> Result<(), AppError> {
        let held = self.still_held(me, &stop).await?;
        if held == StillHeld::Erased {
            let actor = Actor::Peer(stop.peer.clone());
            self.case_erase(&actor, stop.referral_id, cause(stop.reason)).await?;
        }
        let app = self.clone();
        let told = self.parts().store.decide("stop.answer", move |reader| {
            let (app, stop, held) = (app.clone(), stop.clone(), held.clone());
            Box::pin(async move {
                let (conversation, peer) = (stop.conversation(), stop.peer.clone());
                let read_keys =
                    vec![Key::Stop(stop.id), Key::Conversation(conversation, peer.clone())];
                // Another process may have answered meanwhile.
                let waits = reader.stop_by_id(stop.id).await?.filter(|one| one.answer.is_none());
                let Some(stop) = waits else { return Ok(answered(Ok(()), read_keys)) };
                let chain = reader.chain(conversation, &peer).await?;
                let decided = app.locally(|local| answer(local, stop, held, chain));
                Ok(decision(decided, read_keys))
            })
        });
        Ok(told.await??)
    }

    /// What this node has to keep, as the law for its kind of organisation says.
    async fn still_held(
        &self,
        me: &Principal,
        stop: &ProcessingStop,
    ) -> Result<StillHeld, StorageError> {
        let id = stop.referral_id;
        let events = self
            .parts()
            .store
            .read(move |reader| Box::pin(async move { reader.referral_events(id).await }));
        let is_accepted = events.await?.iter().any(|event| {
            let read = decode_progressed(&event.progressed);
            read.is_ok_and(|progressed| progressed.event == Event::Accepted)
        });
        Ok(still_held(me, is_accepted, stop.reason))
    }

    /// Takes back a referral that was made by mistake: its target is told to stop and to erase, what waits
    /// is dropped, and the content here is erased. Again it changes nothing.
    ///
    /// # Errors
    /// [`brygga_domain::Reason::NotFound`] where it is absent or hidden;
    /// [`brygga_domain::Reason::WrongActor`] at the target.
    pub async fn referral_mark_in_error(
        &self,
        caller: &Caller,
        id: ReferralId,
    ) -> Result<Option<ProcessingStop>, AppError> {
        let (app, asking) = (self.clone(), caller.clone());
        let marked = self.parts().store.decide("referral.mark_in_error", move |reader| {
            let (app, caller) = (app.clone(), asking.clone());
            Box::pin(async move {
                let read_keys = vec![Key::Referral(id)];
                let (referral, ground) = match app.workable(reader, &caller, id).await? {
                    Ok(found) => found,
                    Err(refusal) => return Ok(answered(Err(refusal), read_keys)),
                };
                let behalf = behalf(&caller, &referral);
                let actor = actor(&caller, behalf.as_ref());
                let stops = reader.stops_by_referral(id).await?;
                if stops.iter().any(is_own_mistake) {
                    return Ok(answered(Ok(actor), read_keys));
                }
                let queued = reader.outbox_thread(referral.conversation()).await?;
                let queued: Vec<_> =
                    queued.into_iter().filter(brygga_exchange::outbox::is_queued).collect();
                let keys = queued.iter().map(|entry| Key::Outbox(entry.message_id));
                let read_keys = keys.chain(read_keys).collect();
                let access = referral_access(&caller, "referral.mark_in_error", &referral, ground);
                let now = app.now();
                let decided = app
                    .locally(|local| mark_in_error(local, &actor, referral, &queued))
                    .on_behalf(behalf.as_ref())
                    .accessed(now, access)
                    .map(|()| actor);
                Ok(decision(decided, read_keys))
            })
        });
        let marked: Result<Actor, Refusal> = marked.await?;
        let actor = marked?;
        self.case_erase(&actor, id, ErasureCause::EnteredInError).await?;
        let stops = self
            .parts()
            .store
            .read(move |reader| Box::pin(async move { reader.stops_by_referral(id).await }));
        Ok(stops.await?.into_iter().rfind(is_own_mistake))
    }

    /// Orders of this node that are past the time for an answer: somebody has to call the recipients.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn stops_overdue(&self) -> Result<u64, StorageError> {
        let before = self.now().minus(brygga_domain::stop::ANSWER_WITHIN);
        let count = self
            .parts()
            .store
            .glance(move |reader| Box::pin(async move { reader.stops_overdue(before).await }));
        count.await
    }
}

/// Whether this node itself took the referral back: an order from another node says nothing of that.
fn is_own_mistake(stop: &ProcessingStop) -> bool {
    stop.side == Side::Source && stop.reason == StopReason::EnteredInError
}

const fn cause(reason: StopReason) -> ErasureCause {
    match reason {
        StopReason::ConsentWithdrawn | StopReason::ConsentNarrowed => {
            ErasureCause::ConsentWithdrawn
        }
        StopReason::EnteredInError => ErasureCause::EnteredInError,
    }
}
