//! What happens because time passes.

use brygga_domain::referral::{Referral, Status};
use brygga_domain::{Reason, ReferralId, Refusal};
use brygga_exchange::Key;
use brygga_exchange::referral::{escalate, expire};
use brygga_storage::StorageError;

use crate::App;
use crate::referrals::{answered, decision};

/// Referrals ended in one round of the clock.
const EXPIRE_BATCH: u32 = 200;

impl App {
    /// Ends referrals at this target whose time to answer is over; returns how many.
    ///
    /// # Errors
    /// [`StorageError`]; the next round tries again.
    pub async fn expire_due(&self) -> Result<usize, StorageError> {
        let now = self.now();
        let due = self.parts().store.read(move |reader| {
            Box::pin(async move { reader.referrals_due(now, EXPIRE_BATCH).await })
        });
        let (mut ended, mut failure) = (0, None);
        // One that cannot be ended does not keep the others.
        for id in due.await? {
            match self.expire_one(id).await {
                Ok(is_ended) => ended += usize::from(is_ended),
                Err(error) => failure = Some(error),
            }
        }
        failure.map_or(Ok(ended), Err)
    }

    /// Lays referrals at this target that nobody took on in time before the next in line; returns how many.
    ///
    /// # Errors
    /// [`StorageError`]; the next round tries again.
    pub async fn escalate_due(&self) -> Result<usize, StorageError> {
        let now = self.now();
        let due = self.parts().store.glance(move |reader| {
            Box::pin(async move { reader.referrals_to_escalate(now, EXPIRE_BATCH).await })
        });
        let (mut laid, mut failure) = (0, None);
        for id in due.await? {
            match self.escalate_one(id).await {
                Ok(is_laid) => laid += usize::from(is_laid),
                Err(error) => failure = Some(error),
            }
        }
        failure.map_or(Ok(laid), Err)
    }

    async fn escalate_one(&self, id: ReferralId) -> Result<bool, StorageError> {
        let app = self.clone();
        let answer = self.parts().store.decide("referral.escalate", move |reader| {
            let app = app.clone();
            Box::pin(async move {
                let now = app.now();
                let held = reader.referral_by_id(id).await?;
                let is_due = |held: &Referral| held.escalation_due().is_some_and(|due| due <= now);
                let Some(referral) = held.filter(is_due) else {
                    let absent = Err(Refusal::new(Reason::NotFound));
                    return Ok(answered(absent, vec![Key::Referral(id)]));
                };
                let (conversation, peer) = (referral.conversation(), referral.peer().clone());
                let chain = reader.chain(conversation, &peer).await?;
                let next = app.next_in_line(&referral);
                let decided = app.locally(|local| escalate(local, referral, chain, next));
                Ok(decision(
                    decided,
                    vec![Key::Referral(id), Key::Conversation(conversation, peer)],
                ))
            })
        });
        Ok(answer.await?.is_ok())
    }

    async fn expire_one(&self, id: ReferralId) -> Result<bool, StorageError> {
        let app = self.clone();
        let answer = self
            .parts()
            .store
            .decide("referral.expire", move |reader| {
                let app = app.clone();
                Box::pin(async move {
                    // Meanwhile somebody may have answered, or another process's clock ended it.
                    let held = reader.referral_by_id(id).await?;
                    let waits = held.filter(|held| matches!(held.status, Status::Requested));
                    let Some(referral) = waits else {
                        return Ok(answered(
                            Err(Refusal::new(Reason::NotFound)),
                            vec![Key::Referral(id)],
                        ));
                    };
                    let (conversation, peer) = (referral.conversation(), referral.peer().clone());
                    let chain = reader.chain(conversation, &peer).await?;
                    let decided = app.locally(|local| expire(local, referral, chain));
                    Ok(decision(
                        decided,
                        vec![Key::Referral(id), Key::Conversation(conversation, peer)],
                    ))
                })
            })
            .await?;
        Ok(answer.is_ok())
    }
}
