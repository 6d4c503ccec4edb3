//! Consents for the organisation's own people.

use brygga_domain::access::Sight;
use brygga_domain::consent::{Consent, Narrowing};
use brygga_domain::referral::Referral;
use brygga_domain::stop::ProcessingStop;
use brygga_domain::{ConsentId, Reason, Refusal};
use brygga_exchange::access::Access;
use brygga_exchange::audit::Actor;
use brygga_exchange::consent::Carried;
use brygga_exchange::records::StoredStop;
use brygga_exchange::{Decided, Key, WriteSet};
use brygga_identity::caller::Caller;
use brygga_storage::{Reader, StorageError};

use crate::access::{behalf, consent_access, consent_ground, keeper, with_data};
use crate::offers::{offer_keys, opened};
use crate::referrals::{answered, decision};
use crate::{App, AppError};

/// A consent with all that was done on its ground.
#[derive(Clone, Debug)]
pub struct ConsentDetails {
    /// The consent.
    pub consent: Consent,
    /// Referrals that rest on it and that the caller may know of, oldest first.
    pub referrals: Vec<Referral>,
    /// What the recipients of those were told to stop, and what they answered.
    pub stops: Vec<ProcessingStop>,
}

impl App {
    /// Keeps a consent. The same one again changes nothing.
    ///
    /// # Errors
    /// [`Reason::IdempotencyMismatch`] where the id names another consent.
    pub async fn consent_record(
        &self,
        caller: &Caller,
        consent: Consent,
    ) -> Result<Consent, AppError> {
        let app = self.clone();
        let actor = Actor::User(caller.subject().to_owned());
        let seen = consent_access(caller, "consent.record", consent.consent_id);
        let seen = with_data(seen, &consent.data_categories);
        let kept = (consent.consent_id, keeper(caller));
        let (asked, words) = (consent.clone(), self.shut_consent(&consent).await?);
        let slot = words.words.key_slot;
        let recorded = self
            .parts()
            .store
            .decide("consent.record", move |reader| {
                let (app, actor, consent) = (app.clone(), actor.clone(), consent.clone());
                let (seen, words, kept) = (seen.clone(), words.clone(), kept.clone());
                Box::pin(async move {
                    let read_keys = vec![Key::Consent(consent.consent_id)];
                    if let Some(held) = reader.consent_by_id(consent.consent_id).await? {
                        return Ok(answered(Ok((held, false)), read_keys));
                    }
                    let mut decided = app
                        .locally(|local| brygga_exchange::consent::record(local, &actor, consent))
                        .accessed(app.now(), seen);
                    decided.writes.consent_words.push(words);
                    decided.writes.access.consent_keepers.push(kept);
                    Ok(decision(decided.map(|consent| (consent, true)), read_keys))
                })
            })
            .await?;
        self.key_used(slot, recorded.as_ref().is_ok_and(|(_, is_new)| *is_new));
        let (kept, is_new) = recorded?;
        if is_new {
            return Ok(kept);
        }
        let held = self.open_consent(kept).await?;
        let mismatch = Refusal::at(Reason::IdempotencyMismatch, "consent_id");
        if held.is_said_by(&asked) { Ok(held) } else { Err(mismatch.into()) }
    }

    /// Ends a consent at once, drops what is queued on its ground and tells every recipient to stop; returns
    /// how many messages were dropped. Unknown ids stop nothing, and again it stops nothing more.
    ///
    /// # Errors
    /// [`AppError::Storage`] only: a withdrawal is never refused.
    pub async fn consent_withdraw(&self, caller: &Caller, id: ConsentId) -> Result<u32, AppError> {
        let app = self.clone();
        let actor = Actor::User(caller.subject().to_owned());
        let seen = consent_access(caller, "consent.withdraw", id);
        let asking = caller.clone();
        let stopped = self
            .parts()
            .store
            .decide("consent.withdraw", move |reader| {
                let (app, actor, seen) = (app.clone(), actor.clone(), seen.clone());
                let asking = asking.clone();
                Box::pin(async move {
                    let Some(consent) = reader.consent_by_id(id).await? else {
                        return Ok(answered(Ok(0), vec![Key::Consent(id)]));
                    };
                    let carried = carried(reader, id).await?;
                    let read_keys = keys(id, &carried);
                    let decided = app.locally(|local| {
                        brygga_exchange::consent::withdraw(local, &actor, consent, carried)
                    });
                    Ok(decision(ordered(decided, &asking).accessed(app.now(), seen), read_keys))
                })
            })
            .await??;
        Ok(stopped)
    }

    /// Narrows a consent; what it covers no more is dropped and stopped as by a withdrawal.
    ///
    /// # Errors
    /// [`Reason::NotFound`], and as [`Consent::narrow`].
    pub async fn consent_narrow(
        &self,
        caller: &Caller,
        id: ConsentId,
        left: Narrowing,
    ) -> Result<(Consent, u32), AppError> {
        let app = self.clone();
        let actor = Actor::User(caller.subject().to_owned());
        let seen = consent_access(caller, "consent.narrow", id);
        let asking = caller.clone();
        let narrowed = self.parts().store.decide("consent.narrow", move |reader| {
            let (app, actor, left) = (app.clone(), actor.clone(), left.clone());
            let (seen, asking) = (seen.clone(), asking.clone());
            Box::pin(async move {
                let held = reader.consent_by_id(id).await?;
                let ground = consent_ground(reader, &asking, id).await?;
                let Some((consent, ground)) = held.zip(ground) else {
                    let absent = Refusal::new(Reason::NotFound);
                    return Ok(answered(Err(absent), vec![Key::Consent(id)]));
                };
                let seen = Access { ground, ..seen };
                let carried = carried(reader, id).await?;
                let read_keys = keys(id, &carried);
                let decided = app.locally(|local| {
                    brygga_exchange::consent::narrow(local, &actor, consent, left, carried)
                });
                Ok(decision(ordered(decided, &asking).accessed(app.now(), seen), read_keys))
            })
        });
        let (narrowed, stopped) = narrowed.await??;
        Ok((self.open_consent(narrowed).await?, stopped))
    }

    /// Shows a consent, what was sent on its ground, and what recipients answered to a stop: all that a
    /// receipt for the person needs. A referral that is hidden from the caller is left out, with its stops. The
    /// read leaves a leaf in the audit log.
    ///
    /// # Errors
    /// [`Reason::NotFound`].
    pub async fn consent_show(
        &self,
        caller: &Caller,
        id: ConsentId,
    ) -> Result<ConsentDetails, AppError> {
        let (app, asking) = (self.clone(), caller.clone());
        let held = self.parts().store.read(move |reader| {
            Box::pin(async move {
                let Some(consent) = reader.consent_by_id(id).await? else { return Ok(None) };
                let Some(ground) = consent_ground(reader, &asking, id).await? else {
                    return Ok(None);
                };
                let (referrals, stops) = app.resting(reader, &asking, id).await?;
                Ok(Some((ConsentDetails { consent, referrals, stops }, ground)))
            })
        });
        let (details, ground) = held.await?.ok_or(Refusal::new(Reason::NotFound))?;
        let seen = Access { ground, ..consent_access(caller, "consent.show", id) };
        self.log_access(with_data(seen, &details.consent.data_categories)).await?;
        Ok(ConsentDetails { consent: self.open_consent(details.consent).await?, ..details })
    }

    /// What recipients were told to stop because of a consent, and what they answered; without those of referrals
    /// that are hidden from the caller.
    ///
    /// # Errors
    /// [`AppError::Storage`].
    pub async fn consent_stops(
        &self,
        caller: &Caller,
        id: ConsentId,
    ) -> Result<Vec<ProcessingStop>, AppError> {
        let (app, asking) = (self.clone(), caller.clone());
        let resting = self
            .parts()
            .store
            .read(move |reader| Box::pin(async move { app.resting(reader, &asking, id).await }));
        let (_, stops) = resting.await?;
        Ok(stops)
    }

    /// What rests on a consent, and the orders to stop it, as far as the caller may know of the referral: whoever
    /// keeps a consent need not be of the board that sent something on its ground.
    async fn resting(
        &self,
        reader: &mut Reader<'_>,
        caller: &Caller,
        id: ConsentId,
    ) -> Result<(Vec<Referral>, Vec<ProcessingStop>), StorageError> {
        let mut known = Vec::new();
        for referral in reader.referrals_by_consent(id).await? {
            if self.sight(reader, caller, &referral).await? != Sight::Hidden {
                known.push(referral);
            }
        }
        let mut stops = reader.stops_by_consent(id).await?;
        stops.retain(|stop| known.iter().any(|referral| referral.id == stop.referral_id));
        Ok((known, stops))
    }
}

/// Enters in the register, order by order, the board for which the caller stops a referral.
fn ordered<T>(mut decided: Decided<T>, caller: &Caller) -> Decided<T> {
    let WriteSet { stops, changed_referrals, register, .. } = &mut decided.writes;
    for StoredStop { stop, .. } in stops {
        let stopped =
            changed_referrals.iter().find(|(referral, _)| referral.id == stop.referral_id);
        let behalf = stopped.and_then(|(referral, _)| behalf(caller, referral));
        let orders = register.iter_mut().filter(|one| one.conversation == stop.conversation());
        orders.for_each(|order| order.behalf = behalf.clone());
    }
    decided
}

async fn carried(reader: &mut Reader<'_>, id: ConsentId) -> Result<Carried, StorageError> {
    let queued = reader.outbox_queued_by_consent(id).await?;
    let referrals = reader.referrals_by_consent(id).await?;
    let referrals = referrals.into_iter().filter(|referral| !referral.is_stopped).collect();
    let offers = reader.offers_by_consent(id).await?;
    Ok(Carried { queued, referrals, offers: opened(reader, offers).await? })
}

fn keys(id: ConsentId, carried: &Carried) -> Vec<Key> {
    let queued = carried.queued.iter().map(|entry| Key::Outbox(entry.message_id));
    let referrals = carried.referrals.iter().map(|referral| Key::Referral(referral.id));
    let offers = carried.offers.iter().flat_map(offer_keys);
    queued.chain(referrals).chain(offers).chain([Key::Consent(id)]).collect()
}
