//! Open referrals for the organisation's own people: offer, claim, take back, show and list. What the
//! node does by itself with them stands in `claims.rs`.

mod claims;

use std::sync::Arc;

use brygga_crypto::SystemRandom;
use brygga_domain::access::{AccessGround, AccessObject};
use brygga_domain::offer::{Offer, OwnClaim, ReceivedOffer};
use brygga_domain::{OfferId, Reason, Refusal, UnitId};
use brygga_exchange::Key;
use brygga_exchange::audit::Actor;
use brygga_exchange::offer::{Making, OfferContext, OpenOffer, claim, make, withdraw};
use brygga_exchange::records::IdempotencyKey;
use brygga_identity::caller::Caller;
use brygga_policy::{AgreementBook, Principal};
use brygga_storage::{Decision, Reader, StorageError};
use brygga_wire::local::OfferWish;
use rand_core::Rng;

use crate::access::{access, actor, with_data};
use crate::content::Kept;
use crate::places::check_places;
use crate::referrals::{answered, decision, may_see};
use crate::{App, AppError};

/// Offers shown in a list, own and others' each.
const LISTED_MAX: u32 = 250;

/// An offer as this node holds it.
#[derive(Clone, Debug)]
pub enum OfferView {
    /// Of this organisation.
    Own(Offer),
    /// Of another.
    Received(ReceivedOffer),
}

impl App {
    /// Offers a referral to every party that may have it: durable here when this returns.
    ///
    /// # Errors
    /// [`Reason::RoleDenied`] for a function that is not the caller's, [`Reason::IdempotencyMismatch`],
    /// at `part_of` as [`Self::referral_request`], otherwise as [`brygga_exchange::offer::make`].
    pub async fn offer_make(&self, caller: &Caller, wish: OfferWish) -> Result<Offer, AppError> {
        let (source, making) = match self.prepare_offer(caller, &wish).await {
            Ok(prepared) => prepared,
            Err(AppError::Refused(refusal)) => {
                return Err(self
                    .log_refusal(actor(caller, None), "offer.make", refusal)
                    .await?
                    .into());
            }
            Err(error) => return Err(error),
        };
        let (id, slot) = (making.id, making.content.key_slot);
        let (app, asking) = (self.clone(), caller.clone());
        let asked = Arc::new((source, making, wish));
        let made = self.parts().store.decide("offer.make", move |reader| {
            let (app, caller, asked) = (app.clone(), asking.clone(), Arc::clone(&asked));
            Box::pin(async move {
                let (source, making, wish) = &*asked;
                app.decide_offer(reader, &caller, source, making, wish).await
            })
        });
        let made = made.await?;
        self.key_used(slot, made.as_ref().is_ok_and(|offer| offer.id == id));
        Ok(made?)
    }

    async fn prepare_offer(
        &self,
        caller: &Caller,
        wish: &OfferWish,
    ) -> Result<(Principal, Making), AppError> {
        if !may_see(caller, wish.terms.source_unit.as_ref()) {
            return Err(Refusal::at(Reason::RoleDenied, "source_unit").into());
        }
        let source = self.principal(&self.parts().organisation)?;
        check_places(&wish.content, &[source.kind], &wish.terms.service_type)?;
        let id = self.locally(|local| OfferId::from_bytes(local.identifier()));
        let mut salt = [0_u8; 32];
        SystemRandom.fill_bytes(&mut salt);
        let encoded = wish.content.encode(salt);
        let content = self.encrypt_at_rest(Kept::Offer(id), &encoded).await?;
        let making = Making {
            id,
            made_by: caller.subject().to_owned(),
            idempotency: IdempotencyKey { key: wish.idempotency_key, request_digest: wish.digest },
            categories: wish.content.categories(),
            child: wish.content.has_child(),
            third_persons: wish.content.relations(),
            content,
        };
        Ok((source, making))
    }

    async fn decide_offer(
        &self,
        reader: &mut Reader<'_>,
        caller: &Caller,
        source: &Principal,
        making: &Making,
        wish: &OfferWish,
    ) -> Result<Decision<Result<Offer, Refusal>>, StorageError> {
        let mut read_keys = vec![Key::Idempotency(wish.idempotency_key)];
        if let Some((offer, digest)) = reader.offer_by_idempotency_key(wish.idempotency_key).await?
        {
            let mismatch = Refusal::at(Reason::IdempotencyMismatch, "idempotency_key");
            let same = digest == wish.digest;
            return Ok(answered(if same { Ok(offer) } else { Err(mismatch) }, read_keys));
        }
        let source_unit = wish.terms.source_unit.as_ref();
        if let Some(id) = wish.terms.part_of
            && let Err(refusal) = self.continued(reader, caller, source_unit, id).await?
        {
            return Ok(answered(Err(refusal), read_keys));
        }
        let mut consent = None;
        if let Some(id) = wish.terms.consent_id {
            consent = reader.consent_by_id(id).await?;
            read_keys.push(Key::Consent(id));
        }
        let book = self.agreements_held(reader).await?;
        let others = self.other_participants(&book, wish);
        let context =
            OfferContext { source, others: &others, agreements: &book, consent: consent.as_ref() };
        let seen = offer_access(caller, "offer.make", making.id, source_unit);
        let seen = with_data(seen, &making.categories);
        let decided = self
            .locally(|local| make(local, making.clone(), &wish.terms, context))
            .accessed(self.now(), seen);
        Ok(decision(decided, read_keys))
    }

    /// The participants of the agreement as it stands now whom the registry lists, without this node.
    fn other_participants(&self, book: &AgreementBook, wish: &OfferWish) -> Vec<Principal> {
        let record = book.current(wish.terms.agreement_id, self.now());
        let parties = record.into_iter().flat_map(|record| &record.terms().parties);
        let others = parties.filter(|party| party.organisation != self.parts().organisation);
        others.filter_map(|party| self.principal(&party.organisation).ok()).collect()
    }

    /// Claims another organisation's offer for a function of the caller's. Again it changes nothing.
    ///
    /// # Errors
    /// [`Reason::NotFound`] where there is no such offer or function, [`Reason::RoleDenied`] for a
    /// function that is not the caller's; otherwise as [`ReceivedOffer::claim`].
    pub async fn offer_claim(
        &self,
        caller: &Caller,
        id: OfferId,
        unit: Option<UnitId>,
    ) -> Result<ReceivedOffer, AppError> {
        if !may_see(caller, unit.as_ref()) {
            return Err(Refusal::at(Reason::RoleDenied, "unit").into());
        }
        let own = &self.parts().organisation;
        let absent = |_| Refusal::at(Reason::NotFound, "unit");
        self.trust().sealing_key(own, unit.as_ref()).map_err(absent)?;
        let (app, by) = (self.clone(), caller.subject().to_owned());
        let claimed = self.parts().store.decide("offer.claim", move |reader| {
            let (app, unit, by) = (app.clone(), unit.clone(), by.clone());
            Box::pin(async move {
                let Some(offer) = reader.received_offer_by_id(id).await? else {
                    let absent = Err(Refusal::new(Reason::NotFound));
                    return Ok(answered(absent, vec![Key::Offer(id)]));
                };
                let (thread, source) = (offer.conversation(), offer.source.clone());
                let chain = reader.chain(thread, &source).await?;
                let own = OwnClaim { unit, by, at: app.now() };
                let decided = app.locally(|local| claim(local, offer, own, chain));
                Ok(decision(decided, vec![Key::Offer(id), Key::Conversation(thread, source)]))
            })
        });
        Ok(claimed.await??)
    }

    /// Takes an own offer back that nobody has claimed, and erases its content. Again it changes nothing.
    ///
    /// # Errors
    /// [`Reason::NotFound`] where it is absent or another function's; [`Reason::Terminal`] once it is
    /// claimed or expired.
    pub async fn offer_withdraw(&self, caller: &Caller, id: OfferId) -> Result<Offer, AppError> {
        let (app, asking) = (self.clone(), caller.clone());
        let withdrawn = self.parts().store.decide("offer.withdraw", move |reader| {
            let (app, caller) = (app.clone(), asking.clone());
            Box::pin(async move {
                let held = reader.offer_by_id(id).await?;
                let Some(offer) = held.filter(|offer| is_of(offer, &caller)) else {
                    let absent = Err(Refusal::new(Reason::NotFound));
                    return Ok(answered(absent, vec![Key::Offer(id)]));
                };
                if offer.state == brygga_domain::offer::OfferState::Withdrawn {
                    return Ok(answered(Ok(offer), vec![Key::Offer(id)]));
                }
                let unit = offer.asked.source_unit.clone();
                let seen = offer_access(&caller, "offer.withdraw", id, unit.as_ref());
                let held = open(reader, offer).await?;
                let keys = offer_keys(&held).collect();
                let actor = Actor::User(caller.subject().to_owned());
                let decided = app.locally(|local| withdraw(local, &actor, held));
                Ok(decision(decided.accessed(app.now(), seen), keys))
            })
        });
        let withdrawn: Offer = withdrawn.await??;
        self.offer_erase(id).await?;
        Ok(withdrawn)
    }

    /// Shows an offer, open or not.
    ///
    /// # Errors
    /// [`Reason::NotFound`] where it is absent or another function's.
    pub async fn offer_show(&self, caller: &Caller, id: OfferId) -> Result<OfferView, AppError> {
        let held = self.parts().store.read(move |reader| {
            Box::pin(async move {
                let own = reader.offer_by_id(id).await?;
                Ok((own, reader.received_offer_by_id(id).await?))
            })
        });
        let (own, received) = held.await?;
        if let Some(offer) = own.filter(|offer| is_of(offer, caller)) {
            let unit = offer.asked.source_unit.as_ref();
            self.log_access(offer_access(caller, "offer.show", id, unit)).await?;
            return Ok(OfferView::Own(offer));
        }
        let absent = Refusal::new(Reason::NotFound);
        Ok(OfferView::Received(received.ok_or(absent)?))
    }

    /// What is open, own and others', those that end first at the beginning; and claims that were too late,
    /// for a day.
    ///
    /// # Errors
    /// [`AppError::Storage`].
    pub async fn offer_list(&self, caller: &Caller) -> Result<Vec<OfferView>, AppError> {
        let seen = access(caller, "offer.list", AccessObject::List, None, AccessGround::OwnUnit);
        self.log_access(seen).await?;
        let now = self.now();
        let lost_since = now.minus(ReceivedOffer::LOST_CLAIM_LISTED);
        let live = self.parts().store.read(move |reader| {
            Box::pin(async move {
                let own = reader.offers_live(LISTED_MAX).await?;
                Ok((own, reader.received_offers_live(now, lost_since, LISTED_MAX).await?))
            })
        });
        let (own, received) = live.await?;
        let own = own.into_iter().filter(|offer| is_of(offer, caller)).map(OfferView::Own);
        let mut listed: Vec<_> = own.chain(received.into_iter().map(OfferView::Received)).collect();
        listed.sort_by_key(|view| match view {
            OfferView::Own(offer) => offer.asked.claim_by,
            OfferView::Received(offer) => offer.asked.claim_by,
        });
        Ok(listed)
    }
}

/// Whether an own offer is of a function of the caller's.
fn is_of(offer: &Offer, caller: &Caller) -> bool {
    may_see(caller, offer.asked.source_unit.as_ref())
}

fn offer_access(
    caller: &Caller,
    action: &str,
    id: OfferId,
    unit: Option<&UnitId>,
) -> brygga_exchange::access::Access {
    access(caller, action, AccessObject::Offer(id), unit, AccessGround::OwnUnit)
}

/// An offer with its threads.
async fn open(reader: &mut Reader<'_>, offer: Offer) -> Result<OpenOffer, StorageError> {
    let mut threads = Vec::with_capacity(offer.parties.len());
    for party in &offer.parties {
        threads.push((party.clone(), reader.chain(offer.conversation(), party).await?));
    }
    Ok(OpenOffer { offer, threads })
}

/// Offers with their threads.
pub(crate) async fn opened(
    reader: &mut Reader<'_>,
    offers: Vec<Offer>,
) -> Result<Vec<OpenOffer>, StorageError> {
    let mut held = Vec::with_capacity(offers.len());
    for offer in offers {
        held.push(open(reader, offer).await?);
    }
    Ok(held)
}

/// What a decision about an offer rests on.
pub(crate) fn offer_keys(held: &OpenOffer) -> impl Iterator<Item = Key> + '_ {
    let thread = held.offer.conversation();
    let threads =
        held.threads.iter().map(move |(party, _)| Key::Conversation(thread, party.clone()));
    threads.chain([Key::Offer(held.offer.id)])
}
