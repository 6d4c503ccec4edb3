//! Waiting for a request to leave the queue, for whoever would otherwise ask again and again.

use std::sync::Arc;
use std::time::Duration;

use brygga_domain::referral::Delivery;
use brygga_domain::{MessageId, Reason, ReferralId, Refusal};
use brygga_identity::caller::Caller;
use brygga_storage::Settled;
use brygga_wire::local::ReferralWish;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout_at};

use crate::access::asker;
use crate::referrals::may_see;
use crate::{App, AppError, ReferralView};

/// How often the store is asked although nothing was heard: another process on the same store
/// may deliver.
const ASK_EVERY: Duration = Duration::from_secs(1);

impl App {
    /// As [`Self::referral_request`], and waits at most for `wait` until the request has left the
    /// queue. It is durable and on its way in either case.
    ///
    /// # Errors
    /// As [`Self::referral_request`].
    pub async fn referral_request_delivered(
        &self,
        caller: &Caller,
        wish: ReferralWish,
        wait: Duration,
    ) -> Result<ReferralView, AppError> {
        // Before the request is sent, so that nothing can happen in between.
        let mut settlements = self.parts().store.settlements();
        let end = Instant::now() + wait;
        let (mut view, message) = self.referral_send(caller, wish).await?;
        while view.delivery == Some(Delivery::Queued) && Instant::now() < end {
            let heard = settled(message, &mut settlements, end).await;
            view.delivery = match heard {
                Some(delivery) => Some(delivery),
                None => Some(self.request_delivery(caller, view.referral.id).await?.1),
            };
        }
        Ok(view)
    }

    /// Waits until a request has left the queue, at most for `wait`; [`Delivery::Queued`] where it
    /// has not by then.
    ///
    /// # Errors
    /// [`AppError::Refused`] with [`Reason::NotFound`] at the target, and for a referral that is
    /// absent or another unit's.
    pub async fn referral_await_delivery(
        &self,
        caller: &Caller,
        id: ReferralId,
        wait: Duration,
    ) -> Result<Delivery, AppError> {
        // Before the first look, so that nothing can happen in between.
        let mut settlements = self.parts().store.settlements();
        let end = Instant::now() + wait;
        loop {
            let (message, delivery) = self.request_delivery(caller, id).await?;
            if delivery != Delivery::Queued || Instant::now() >= end {
                return Ok(delivery);
            }
            if let Some(delivery) = settled(message, &mut settlements, end).await {
                return Ok(delivery);
            }
        }
    }

    /// The message that carries a request, and how far it has come.
    async fn request_delivery(
        &self,
        caller: &Caller,
        id: ReferralId,
    ) -> Result<(MessageId, Delivery), AppError> {
        let sent = self.parts().store.glance(move |reader| Box::pin(reader.referral_sent(id)));
        let sent = sent.await?.filter(|sent| {
            let (board, shared) = (sent.source_unit.as_ref(), sent.shared_unit.as_ref());
            may_see(caller, board) || asker(caller).represents(board, shared)
        });
        let sent = sent.ok_or(Refusal::new(Reason::NotFound))?;
        Ok((sent.request_message, sent.delivery))
    }
}

/// Listens how a message leaves the queue; none when it is time to ask the store.
async fn settled(
    message: MessageId,
    settlements: &mut Receiver<Arc<[Settled]>>,
    end: Instant,
) -> Option<Delivery> {
    let ask_again = end.min(Instant::now() + ASK_EVERY);
    timeout_at(ask_again, heard_of(message, settlements)).await.ok().flatten()
}

/// How a message left the queue, once that is heard; none where something may have been missed.
async fn heard_of(
    message: MessageId,
    settlements: &mut Receiver<Arc<[Settled]>>,
) -> Option<Delivery> {
    loop {
        match settlements.recv().await {
            Ok(settled) => {
                if let Some(one) = settled.iter().find(|one| one.message_id == message) {
                    return Some(one.delivery.clone());
                }
            }
            Err(RecvError::Lagged(_) | RecvError::Closed) => return None,
        }
    }
}
