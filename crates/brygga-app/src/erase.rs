//! Erasure: the keys are destroyed first, durably; then the rows follow. A crash in between leaves
//! content that nothing opens, and the vault's reminder to clear it.

use brygga_crypto::at_rest::KeySlot;
use brygga_domain::{ConversationId, Reason, ReferralId, Refusal, Timestamp};
use brygga_exchange::audit::Actor;
use brygga_exchange::erase::{self, ErasureCause, Subject};
use brygga_exchange::{Decided, Key};
use brygga_storage::{CaseSlots, Decision, Erasing, Reader, StorageError};

use crate::referrals::{answered, decision};
use crate::{App, AppError};

/// Erasures finished in one round.
const FINISH_BATCH: u32 = 64;

/// What the second step found.
enum Cleared {
    /// It is erased, since then.
    At(Timestamp),
    /// Something came to the case after its keys were destroyed.
    Grown,
}

impl App {
    /// Erases a referral's personal data here and for good: first the keys in the vault, then content,
    /// the keys' places and envelopes in one transaction with a leaf in the audit log. Returns when it
    /// was erased; again it changes nothing and tells the first instant.
    ///
    /// Messages of its thread that carry no content are still sent. Other organisations are not told:
    /// that is for whoever calls. Whether the law allows it is decided before.
    ///
    /// # Errors
    /// [`AppError::Refused`] with [`Reason::NotFound`] where there is no such referral.
    /// [`AppError::Storage`]: keys may be gone already; the node's clock finishes it.
    pub async fn case_erase(
        &self,
        actor: &Actor,
        id: ReferralId,
        cause: ErasureCause,
    ) -> Result<Timestamp, AppError> {
        let (store, vault) = (&self.parts().store, self.parts().case_keys.vault());
        let mut destroyed = Vec::new();
        let erased_at = loop {
            let held = store.read(move |reader| Box::pin(reader.case_slots(id))).await?;
            let held = held.ok_or(Refusal::new(Reason::NotFound))?;
            if let (true, Some(erased_at)) = (held.slots.is_empty(), held.erased_at) {
                break erased_at;
            }
            for slot in held.slots {
                vault.slot_destroy(Erasing { slot, subject: Subject::Referral(id), cause }).await?;
                destroyed.push(slot);
            }
            if let Cleared::At(at) = self.case_clear(actor, id, cause, destroyed.clone()).await?? {
                break at;
            }
        };
        for slot in destroyed {
            vault.erasure_finish(slot).await?;
        }
        Ok(erased_at)
    }

    /// Clears the rows of erasures whose second step is still to come, as after a crash; returns how many.
    ///
    /// # Errors
    /// [`StorageError`]; the next round tries again.
    pub async fn finish_erasures(&self) -> Result<usize, StorageError> {
        let vault = self.parts().case_keys.vault();
        let unfinished = vault.erasures_unfinished(FINISH_BATCH).await?;
        let count = unfinished.len();
        for Erasing { slot, subject, cause } in unfinished {
            let followed = match subject {
                Subject::Referral(id) => self.case_erase(&Actor::Clock, id, cause).await,
                Subject::Consent(_) => Ok(self.now()),
            };
            match followed {
                // A row that is absent, as in an older copy of the database, needs nothing.
                Ok(_) | Err(AppError::Refused(_)) => vault.erasure_finish(slot).await?,
                Err(AppError::Storage(error)) => return Err(error),
            }
        }
        Ok(count)
    }

    /// The second step.
    async fn case_clear(
        &self,
        actor: &Actor,
        id: ReferralId,
        cause: ErasureCause,
        destroyed: Vec<KeySlot>,
    ) -> Result<Result<Cleared, Refusal>, StorageError> {
        let (app, actor) = (self.clone(), actor.clone());
        self.parts()
            .store
            .decide("case.erase", move |reader| {
                let (app, actor, destroyed) = (app.clone(), actor.clone(), destroyed.clone());
                Box::pin(async move {
                    let read_keys = vec![Key::Referral(id)];
                    let held = match reader.case_slots(id).await? {
                        None => Err(Refusal::new(Reason::NotFound)),
                        Some(CaseSlots { slots, .. }) if !is_within(&slots, &destroyed) => {
                            Ok(Cleared::Grown)
                        }
                        Some(CaseSlots { slots, erased_at: Some(at) }) if slots.is_empty() => {
                            Ok(Cleared::At(at))
                        }
                        Some(_) => return app.decide_erasure(reader, &actor, id, cause).await,
                    };
                    Ok(answered(held, read_keys))
                })
            })
            .await
    }

    async fn decide_erasure(
        &self,
        reader: &mut Reader<'_>,
        actor: &Actor,
        id: ReferralId,
        cause: ErasureCause,
    ) -> Result<Decision<Result<Cleared, Refusal>>, StorageError> {
        // A referral's thread has the referral's id.
        let thread = reader.outbox_thread(ConversationId::from_bytes(*id.as_bytes())).await?;
        let keys = thread.iter().map(|entry| Key::Outbox(entry.message_id));
        let read_keys = keys.chain([Key::Referral(id)]).collect();
        let decided = self.locally(|local| Decided {
            writes: erase::case(local, actor, id, &thread, cause),
            answer: Ok(Cleared::At(local.now)),
        });
        Ok(decision(decided, read_keys))
    }
}

fn is_within(slots: &[KeySlot], destroyed: &[KeySlot]) -> bool {
    slots.iter().all(|slot| destroyed.contains(slot))
}
