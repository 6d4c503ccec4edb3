//! Messages that leave: what is due, and what becomes of it when the peer has answered.

use std::sync::Arc;

use brygga_domain::referral::Referral;
use brygga_domain::{
    CallId, HoldId, MessageId, NoticeId, OrgId, Reason, ReferralId, Refusal, TransferId,
};
use brygga_exchange::audit::Actor;
use brygga_exchange::outbox::retry;
use brygga_exchange::records::{OutboxEntry, OutboxState};
use brygga_exchange::settle::{
    Carried, Reply, answers_call, asks_for_hold, asks_for_transfer, carries_request, gives_signal,
    matches, settle, tells_of_eviction,
};
use brygga_exchange::{Key, WriteSet};
use brygga_identity::caller::Caller;
use brygga_storage::{Decision, Reader, StorageError};
use brygga_wire::receipt::Receipt;

use crate::calls::answered_call;
use crate::monitor::obstacle_to;
use crate::referrals::{answered, decision};
use crate::{App, AppError};

/// Messages for one peer, oldest first.
#[derive(Clone, Debug, Default)]
pub struct DueMessages(pub Vec<OutboxEntry>);

impl App {
    /// Messages for `recipient` that are due now, oldest first: at most `limit` and together at most
    /// `max_bytes`, but at least one.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn outbox_due(
        &self,
        recipient: &OrgId,
        limit: u32,
        max_bytes: usize,
    ) -> Result<DueMessages, StorageError> {
        let (recipient, now) = (recipient.clone(), self.now());
        let due = self.parts().store.glance(move |reader| {
            Box::pin(async move { reader.outbox_due(&recipient, now, limit, max_bytes).await })
        });
        let mut due = due.await?;
        for entry in due.iter_mut().filter(|entry| entry.expires_at <= now) {
            // The permission to send the content has ended; what is left is the place in the thread.
            entry.withhold();
        }
        Ok(DueMessages(self.open_envelopes(due).await?))
    }

    /// Reads a receipt and checks that the recipient signed it for this very message.
    ///
    /// # Errors
    /// [`Refusal`] with [`Reason::BadSignature`] otherwise; the message stays queued.
    pub fn check_receipt(&self, entry: &OutboxEntry, bytes: &[u8]) -> Result<Reply, Refusal> {
        let receipt = Receipt::decode(bytes)?;
        let key = self.verifying_key(&entry.recipient, receipt.key_id(), receipt.claimed_at());
        let statement =
            receipt.verify(&key.ok_or(Refusal::at(Reason::BadSignature, "receipt"))?)?;
        self.locally(|local| matches(entry, &statement, local))?;
        Ok(Reply::Receipt { statement, bytes: bytes.to_vec() })
    }

    /// Puts a dead letter back in the queue.
    ///
    /// # Errors
    /// [`Reason::NotFound`]; for a request the state of its agreement, such as [`Reason::AgreementSuspended`]; otherwise as
    /// [`brygga_exchange::outbox::retry`].
    pub async fn outbox_retry(&self, caller: &Caller, message: MessageId) -> Result<(), AppError> {
        let app = self.clone();
        let actor = Actor::User(caller.subject().to_owned());
        self.parts()
            .store
            .decide("outbox.retry", move |reader| {
                let (app, actor) = (app.clone(), actor.clone());
                Box::pin(async move {
                    let mut read_keys = vec![Key::Outbox(message)];
                    let Some(entry) = reader.outbox_entry(message).await? else {
                        return Ok(answered(Err(Refusal::new(Reason::NotFound)), read_keys));
                    };
                    // A referral's thread has the referral's id.
                    let id = ReferralId::from_bytes(*entry.conversation.as_bytes());
                    let referral = reader.referral_by_id(id).await?;
                    read_keys.push(Key::Referral(id));
                    let book = app.agreements_held(reader).await?;
                    let forbids = |held: &Referral| {
                        let (agreement, version) =
                            (held.grant.agreement_id, held.grant.agreement_version);
                        obstacle_to(&book, agreement, version, app.now())
                    };
                    let carries = carries_request(&entry);
                    if let Some(reason) = referral.as_ref().filter(|_| carries).and_then(forbids) {
                        return Ok(answered(Err(Refusal::new(reason)), read_keys));
                    }
                    let decided =
                        app.locally(|local| retry(local, &actor, &entry, referral.as_ref()));
                    Ok(decision(decided, read_keys))
                })
            })
            .await?
            .map_err(AppError::Refused)
    }

    /// Stores what the peer answered to a batch. A failure of a message that is no longer queued is left
    /// alone; a receipt counts whatever was thought before it came.
    ///
    /// # Errors
    /// [`StorageError`]; then the batch is sent again, and gets the same receipts.
    pub async fn settle(&self, replies: Vec<(OutboxEntry, Reply)>) -> Result<(), StorageError> {
        let (answers, others): (Vec<_>, Vec<_>) =
            replies.into_iter().partition(|(entry, _)| answers_call(entry));
        if !others.is_empty() {
            self.settle_together(others).await?;
        }
        // Two of them may take places of the same service back, so each is decided on what the last one left.
        for answer in answers {
            self.settle_together(vec![answer]).await?;
        }
        Ok(())
    }

    async fn settle_together(
        &self,
        replies: Vec<(OutboxEntry, Reply)>,
    ) -> Result<(), StorageError> {
        let (app, replies) = (self.clone(), Arc::new(replies));
        self.parts()
            .store
            .decide("outbox.settle", move |reader| {
                let (app, replies) = (app.clone(), Arc::clone(&replies));
                Box::pin(async move {
                    let (mut writes, mut read_keys) = (WriteSet::default(), Vec::new());
                    for (entry, reply) in replies.iter() {
                        let refused = !is_plain_success(reply);
                        if refused && !is_queued(reader, entry).await? {
                            continue;
                        }
                        let (carried, rests_on) = carried(reader, entry, refused).await?;
                        read_keys.extend(rests_on);
                        let (retry, reply) = (&app.parts().retry, reply.clone());
                        let settled =
                            app.locally(|local| settle(local, entry, reply, carried, retry));
                        writes.merge(settled);
                    }
                    read_keys
                        .extend(replies.iter().map(|(entry, _)| Key::Outbox(entry.message_id)));
                    Ok(Decision { writes, answer: (), read_keys })
                })
            })
            .await
    }
}

/// What the answer to a message changes, and what that rests on.
async fn carried(
    reader: &mut Reader<'_>,
    entry: &OutboxEntry,
    refused: bool,
) -> Result<(Carried, Vec<Key>), StorageError> {
    let thread = *entry.conversation.as_bytes();
    if asks_for_hold(entry) {
        let id = HoldId::from_bytes(thread);
        let hold = reader.hold_by_id(id).await?;
        let hold = hold.map_or(Carried::Nothing, |hold| Carried::Hold(Box::new(hold)));
        return Ok((hold, vec![Key::Hold(id)]));
    }
    if answers_call(entry) {
        let (call, keys) = answered_call(reader, CallId::from_bytes(thread)).await?;
        let call = call.map_or(Carried::Nothing, |call| Carried::CallAnswer(Box::new(call)));
        return Ok((call, keys));
    }
    if asks_for_transfer(entry) {
        let id = TransferId::from_bytes(thread);
        let held = reader.transfer_by_id(id).await?;
        let held = held.map_or(Carried::Nothing, |held| Carried::Transfer(Box::new(held)));
        return Ok((held, vec![Key::Transfer(id)]));
    }
    if tells_of_eviction(entry) {
        let id = NoticeId::from_bytes(thread);
        let held = reader.notice_by_id(id).await?;
        let held = held.map_or(Carried::Nothing, |held| Carried::Notice(Box::new(held)));
        return Ok((held, vec![Key::Notice(id)]));
    }
    if gives_signal(entry) {
        let id = NoticeId::from_bytes(thread);
        let held = reader.signal_by_id(id).await?;
        let held = held.map_or(Carried::Nothing, |held| Carried::Signal(Box::new(held)));
        return Ok((held, vec![Key::Notice(id)]));
    }
    if refused && carries_request(entry) {
        let request = reader.referral_by_id(ReferralId::from_bytes(thread)).await?;
        let id = HoldId::from_bytes(thread);
        let hold = reader.hold_by_id(id).await?.map(Box::new);
        let request = request.map(|request| Carried::Request(Box::new(request), hold));
        return Ok((request.unwrap_or(Carried::Nothing), vec![Key::Hold(id)]));
    }
    Ok((Carried::Nothing, Vec::new()))
}

/// Whether the message still waits: a withdrawal may have stopped it while it was on its way.
async fn is_queued(reader: &mut Reader<'_>, entry: &OutboxEntry) -> Result<bool, StorageError> {
    let held = reader.outbox_entry(entry.message_id).await?;
    Ok(held.is_some_and(|held| matches!(held.state, OutboxState::Queued { .. })))
}

/// Whether the peer stored and accepted it, so that nothing else has to be looked at.
fn is_plain_success(reply: &Reply) -> bool {
    match reply {
        Reply::Receipt { statement, .. } => {
            statement.verdict.reason().is_none() && statement.verdict.is_accepted()
        }
        Reply::Failure { .. } => false,
    }
}
