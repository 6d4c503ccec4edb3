//! What the node does by itself with its own offers: makes the referral of a claim, ends what nobody
//! claimed, and erases the content of what is over.

use std::sync::Arc;

use brygga_domain::agreement::Action;
use brygga_domain::offer::{Claim, Offer, OfferState};
use brygga_domain::referral::Referral;
use brygga_domain::{MessageId, OfferId, Reason, ReferralId, Refusal, Seconds};
use brygga_exchange::WriteSet;
use brygga_exchange::offer::{Fulfilment, OpenOffer, expire, fulfil, give_up};
use brygga_exchange::referral::PreparedContent;
use brygga_exchange::{Decided, Key, Local};
use brygga_policy::Principal;
use brygga_storage::{Decision, Reader, StorageError};

use super::{offer_keys, open};
use crate::content::{Address, Kept};
use crate::quotas::quota_use;
use crate::referrals::{answered, decision};
use crate::{App, AppError, envelopes};

/// Offers looked at in one round.
const BATCH: u32 = 64;
/// How long a claim waits whose referral cannot be made, as while the registry is not trusted.
const CLAIM_WAITS: Seconds = Seconds::hours(1);

/// The referral of a claim, before it is decided.
struct Prepared {
    referral_id: ReferralId,
    message_id: MessageId,
    source: Principal,
    target: Principal,
    content: PreparedContent,
}

impl App {
    /// Goes through own offers: claims that wait for their referral, those that nobody claimed in time, and
    /// those that are over and still hold content. Returns how many were moved on.
    ///
    /// # Errors
    /// [`StorageError`]; the next round tries again.
    pub async fn offers_round(&self) -> Result<usize, StorageError> {
        let now = self.now();
        let due = self.parts().store.glance(move |reader| Box::pin(reader.offers_due(now, BATCH)));
        let (mut moved, mut failure) = (0, None);
        // One that cannot be moved on does not keep the others.
        for offer in due.await? {
            let outcome = match &offer.state {
                OfferState::Claiming(claim) => self.answer_claim(&offer, claim).await,
                _ => self.end_offer(offer.id, expire).await,
            };
            match outcome {
                Ok(()) => moved += 1,
                // Somebody else was faster, or it is tried again.
                Err(AppError::Refused(_)) => {}
                Err(AppError::Storage(error)) => failure = Some(error),
            }
        }
        let over = self.parts().store.glance(|reader| Box::pin(reader.offers_to_erase(BATCH)));
        for id in over.await? {
            match self.offer_erase(id).await {
                Ok(_) => moved += 1,
                Err(AppError::Refused(_)) => {}
                Err(AppError::Storage(error)) => failure = Some(error),
            }
        }
        failure.map_or(Ok(moved), Err)
    }

    /// Makes the referral that a claim has won. One that cannot be made for an hour ends the offer.
    async fn answer_claim(&self, offer: &Offer, claim: &Claim) -> Result<(), AppError> {
        let prepared = match self.prepare_claimed(offer, claim).await {
            Err(AppError::Refused(refusal)) if self.now() < claim.at.plus(CLAIM_WAITS) => {
                return Err(refusal.into());
            }
            Err(AppError::Refused(_)) => return self.end_offer(offer.id, give_up).await,
            prepared => prepared?,
        };
        let (id, slot) = (offer.id, prepared.content.at_rest.key_slot);
        let (app, prepared) = (self.clone(), Arc::new(prepared));
        let made = self.parts().store.decide("offer.fulfil", move |reader| {
            let (app, prepared) = (app.clone(), Arc::clone(&prepared));
            Box::pin(async move { app.decide_claimed(reader, id, &prepared).await })
        });
        let made = made.await?;
        self.key_used(slot, made.is_ok());
        Ok(made.map(drop)?)
    }

    /// Opens the content and seals it to the claimant's function.
    async fn prepare_claimed(&self, offer: &Offer, claim: &Claim) -> Result<Prepared, AppError> {
        let id = offer.id;
        let at_rest = self.parts().store.glance(move |reader| Box::pin(reader.offer_content(id)));
        let absent = || Refusal::at(Reason::NotFound, "offer_id");
        let at_rest = at_rest.await?.ok_or_else(absent)?;
        let content = self.open_kept(Kept::Offer(id), &at_rest, None).await?.ok_or_else(absent)?;
        let source = self.principal(&self.parts().organisation)?;
        let target = self.principal(&claim.by)?;
        let (referral_id, message_id) =
            self.locally(|local| (local.referral_id(), local.message_id()));
        let address = Address {
            kept: Kept::Referral(referral_id),
            message_id,
            target: &claim.by,
            unit: claim.unit.as_ref(),
        };
        let content = self.prepare_content(&address, &content).await?;
        Ok(Prepared { referral_id, message_id, source, target, content })
    }

    async fn decide_claimed(
        &self,
        reader: &mut Reader<'_>,
        id: OfferId,
        prepared: &Prepared,
    ) -> Result<Decision<Result<Referral, Refusal>>, StorageError> {
        let Some(offer) = reader.offer_by_id(id).await? else {
            return Ok(answered(Err(Refusal::new(Reason::NotFound)), vec![Key::Offer(id)]));
        };
        let mut consent = None;
        let rests_on = offer.basis.consent_id;
        if let Some(id) = rests_on {
            consent = reader.consent_by_id(id).await?;
        }
        let book = self.agreements_held(reader).await?;
        let held = open(reader, offer).await?;
        let ends = (&prepared.source.organisation, &prepared.target.organisation);
        let (quota_use, counted) =
            quota_use(reader, &book, ends, Action::ReferralSend, self.now()).await?;
        let rests_on = rests_on.map(Key::Consent).into_iter().chain(counted);
        let read_keys = offer_keys(&held).chain(rests_on).collect();
        let fulfilment = Fulfilment {
            referral_id: prepared.referral_id,
            message_id: prepared.message_id,
            content: &prepared.content,
            source: &prepared.source,
            target: &prepared.target,
            agreements: &book,
            consent: consent.as_ref(),
            quota_use: &quota_use,
        };
        let mut decided = self.locally(|local| fulfil(local, held, fulfilment));
        decided.writes = encrypt_request(decided.writes, prepared)?;
        Ok(decision(decided, read_keys))
    }

    async fn end_offer(
        &self,
        id: OfferId,
        end: fn(&mut Local<'_>, OpenOffer) -> Decided<Offer>,
    ) -> Result<(), AppError> {
        let app = self.clone();
        let ended = self.parts().store.decide("offer.end", move |reader| {
            let app = app.clone();
            Box::pin(async move {
                let Some(offer) = reader.offer_by_id(id).await? else {
                    let absent = Err(Refusal::new(Reason::NotFound));
                    return Ok(answered(absent, vec![Key::Offer(id)]));
                };
                if offer.state.is_final() {
                    // Another process was faster.
                    return Ok(answered(Ok(offer), vec![Key::Offer(id)]));
                }
                let held = open(reader, offer).await?;
                let keys = offer_keys(&held).collect();
                Ok(decision(app.locally(|local| end(local, held)), keys))
            })
        });
        Ok(ended.await?.map(drop)?)
    }
}

/// Encrypts the message that carries the content under the case's key; the others tell facts, and have to
/// outlive the case.
fn encrypt_request(mut writes: WriteSet, prepared: &Prepared) -> Result<WriteSet, StorageError> {
    let all = std::mem::take(&mut writes.outbox);
    let (carrying, telling) =
        all.into_iter().partition(|entry| entry.message_id == prepared.message_id);
    writes.outbox = carrying;
    let mut writes = envelopes::encrypt(writes, &prepared.content)?;
    writes.outbox.extend(telling);
    Ok(writes)
}
