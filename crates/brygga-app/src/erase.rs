//! Erasure: the keys are destroyed first, durably; then the rows follow. A crash in between leaves
//! content that nothing opens, and the vault's reminder to clear it.

use brygga_crypto::at_rest::KeySlot;
use brygga_domain::{
    ConsentId, ConversationId, OfferId, Reason, ReferralId, Refusal, RelocationId, Timestamp,
    TransferId,
};
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
        self.erase(actor, Subject::Referral(id), cause).await
    }

    /// Erases what a consent says of the person in words; for whom it was and until when, stays.
    /// Otherwise as [`Self::case_erase`].
    ///
    /// # Errors
    /// As [`Self::case_erase`].
    pub async fn consent_erase(
        &self,
        actor: &Actor,
        id: ConsentId,
        cause: ErasureCause,
    ) -> Result<Timestamp, AppError> {
        self.erase(actor, Subject::Consent(id), cause).await
    }

    /// Erases the content of an own offer that is over. Otherwise as [`Self::case_erase`].
    ///
    /// # Errors
    /// As [`Self::case_erase`].
    pub(crate) async fn offer_erase(&self, id: OfferId) -> Result<Timestamp, AppError> {
        self.erase(&Actor::Clock, Subject::Offer(id), ErasureCause::OfferEnded).await
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
            match self.erase(&Actor::Clock, subject, cause).await {
                // A row that is absent, as in an older copy of the database, needs nothing.
                Ok(_) | Err(AppError::Refused(_)) => vault.erasure_finish(slot).await?,
                Err(AppError::Storage(error)) => return Err(error),
            }
        }
        Ok(count)
    }

    /// Purges a protected relocation that has ended. Otherwise as [`Self::case_erase`].
    ///
    /// # Errors
    /// As [`Self::case_erase`].
    pub(crate) async fn relocation_erase(&self, id: RelocationId) -> Result<Timestamp, AppError> {
        self.erase(&Actor::Officer, Subject::Relocation(id), ErasureCause::RetentionEnded).await
    }

    /// Erases the sealed parts of a transfer here and for good. Otherwise as [`Self::case_erase`].
    ///
    /// # Errors
    /// As [`Self::case_erase`].
    pub async fn transfer_erase(
        &self,
        actor: &Actor,
        id: TransferId,
        cause: ErasureCause,
    ) -> Result<Timestamp, AppError> {
        self.erase(actor, Subject::Transfer(id), cause).await
    }

    /// Erases whatever has keys of its own. Otherwise as [`Self::case_erase`].
    ///
    /// # Errors
    /// As [`Self::case_erase`].
    pub(crate) async fn erase(
        &self,
        actor: &Actor,
        subject: Subject,
        cause: ErasureCause,
    ) -> Result<Timestamp, AppError> {
        let (store, vault) = (&self.parts().store, self.parts().case_keys.vault());
        let mut destroyed = Vec::new();
        let erased_at = loop {
            let held = store.read(move |reader| Box::pin(reader.erasable_slots(subject))).await?;
            let held = held.ok_or(Refusal::new(Reason::NotFound))?;
            if let (true, Some(erased_at)) = (held.slots.is_empty(), held.erased_at) {
                break erased_at;
            }
            for slot in held.slots {
                vault.slot_destroy(Erasing { slot, subject, cause }).await?;
                destroyed.push(slot);
            }
            if let Cleared::At(at) = self.clear(actor, subject, cause, destroyed.clone()).await?? {
                break at;
            }
        };
        for slot in destroyed {
            vault.erasure_finish(slot).await?;
        }
        Ok(erased_at)
    }

    /// The second step.
    async fn clear(
        &self,
        actor: &Actor,
        subject: Subject,
        cause: ErasureCause,
        destroyed: Vec<KeySlot>,
    ) -> Result<Result<Cleared, Refusal>, StorageError> {
        let (app, actor) = (self.clone(), actor.clone());
        self.parts()
            .store
            .decide("case.erase", move |reader| {
                let (app, actor, destroyed) = (app.clone(), actor.clone(), destroyed.clone());
                Box::pin(async move {
                    let held = match reader.erasable_slots(subject).await? {
                        None => Err(Refusal::new(Reason::NotFound)),
                        Some(CaseSlots { slots, .. }) if !is_within(&slots, &destroyed) => {
                            Ok(Cleared::Grown)
                        }
                        Some(CaseSlots { slots, erased_at: Some(at) }) if slots.is_empty() => {
                            Ok(Cleared::At(at))
                        }
                        Some(_) => return app.decide_erasure(reader, &actor, subject, cause).await,
                    };
                    Ok(answered(held, vec![key(subject)]))
                })
            })
            .await
    }

    async fn decide_erasure(
        &self,
        reader: &mut Reader<'_>,
        actor: &Actor,
        subject: Subject,
        cause: ErasureCause,
    ) -> Result<Decision<Result<Cleared, Refusal>>, StorageError> {
        let thread = match subject {
            Subject::Consent(_) | Subject::Offer(_) | Subject::Relocation(_) => Vec::new(),
            // Their threads have their ids.
            Subject::Referral(id) => {
                reader.outbox_thread(ConversationId::from_bytes(*id.as_bytes())).await?
            }
            Subject::Notice(id) | Subject::Signal(id) => {
                reader.outbox_thread(ConversationId::from_bytes(*id.as_bytes())).await?
            }
            Subject::Transfer(id) => {
                reader.outbox_thread(ConversationId::from_bytes(*id.as_bytes())).await?
            }
        };
        let is_protected = match subject {
            Subject::Notice(id) => reader.notice_by_id(id).await?.is_none_or(|held| held.protected),
            _ => false,
        };
        let keys = thread.iter().map(|entry| Key::Outbox(entry.message_id));
        let read_keys = keys.chain([key(subject)]).collect();
        let decided = self.locally(|local| Decided {
            writes: match subject {
                Subject::Consent(id) => erase::consent(local, actor, id, cause),
                Subject::Notice(id) => {
                    erase::notice(local, actor, (id, is_protected), &thread, cause)
                }
                Subject::Offer(id) => erase::offer(local, id),
                Subject::Referral(id) => erase::case(local, actor, id, &thread, cause),
                Subject::Relocation(id) => erase::relocation(local, id),
                Subject::Signal(id) => erase::signal(local, actor, id, &thread, cause),
                Subject::Transfer(id) => erase::transfer(local, actor, id, &thread, cause),
            },
            answer: Ok(Cleared::At(local.now)),
        });
        Ok(decision(decided, read_keys))
    }
}

const fn key(subject: Subject) -> Key {
    match subject {
        Subject::Consent(id) => Key::Consent(id),
        Subject::Offer(id) => Key::Offer(id),
        Subject::Referral(id) => Key::Referral(id),
        Subject::Relocation(id) => Key::Relocation(id),
        Subject::Notice(id) | Subject::Signal(id) => Key::Notice(id),
        Subject::Transfer(id) => Key::Transfer(id),
    }
}

fn is_within(slots: &[KeySlot], destroyed: &[KeySlot]) -> bool {
    slots.iter().all(|slot| destroyed.contains(slot))
}
