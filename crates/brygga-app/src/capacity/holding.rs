//! Holding places at others, and ending what others hold here.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use brygga_crypto::Digest;
use brygga_domain::agreement::HoldTerms;
use brygga_domain::capacity::{CapacityStatus, Hold, HoldAct, HoldEnd, HoldItem, HoldState};
use brygga_domain::{HoldId, MessageId, OrgId, Reason, Refusal, Seconds, ServiceId};
use brygga_exchange::audit::Actor;
use brygga_exchange::capacity::{Placing, ServiceHeld, change, end, expire, place};
use brygga_exchange::records::IdempotencyKey;
use brygga_exchange::{Decided, Key};
use brygga_identity::caller::Caller;
use brygga_identity::roles::Role;
use brygga_storage::{Decision, Reader, Settled, StorageError};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout_at};

use super::{KnownService, Seen};
use crate::referrals::{answered, decision};
use crate::{App, AppError};

/// Longest that anybody waits for an answer.
pub const WAIT_MAX: Duration = Duration::from_secs(20);
/// How often the store is asked although nothing was heard: another process may deliver.
const ASK_EVERY: Duration = Duration::from_secs(1);
/// Holds that are listed.
const LISTED_MAX: u32 = 1_000;
/// Holds ended in one round of the clock.
const EXPIRE_BATCH: u32 = 200;

/// What somebody wants held.
#[derive(Clone, Debug)]
pub struct HoldWish {
    /// Chosen by the caller.
    pub idempotency_key: [u8; 16],
    /// Of the request.
    pub digest: Digest,
    /// Who gives the places.
    pub publisher: OrgId,
    /// What.
    pub items: Vec<HoldItem>,
    /// For how long; none for what the agreement says.
    pub ttl: Option<Seconds>,
    /// Whether a child comes along.
    pub with_child: bool,
    /// The hold whose place is to be had again; none for no re-entry.
    pub reentry_of: Option<HoldId>,
}

impl App {
    /// Asks a publisher to hold places, and waits a while for its answer.
    ///
    /// # Errors
    /// [`Reason::NotFound`] for a service that this node does not see; [`Reason::Stale`], [`Reason::CapacityExhausted`]
    /// and [`Reason::ChildSafety`] where the replica says so; [`Reason::InvalidField`] for a longer time than agreed.
    pub async fn hold_place(
        &self,
        caller: &Caller,
        wish: HoldWish,
        wait: Duration,
    ) -> Result<Hold, AppError> {
        // Before the request is sent, so that nothing can happen in between.
        let settlements = self.parts().store.settlements();
        let (app, actor) = (self.clone(), Actor::User(caller.subject().to_owned()));
        let asked = Arc::new((actor, caller.roles().clone(), wish));
        let placed = self.parts().store.decide("hold.place", move |reader| {
            let (app, asked) = (app.clone(), Arc::clone(&asked));
            Box::pin(async move { app.decide_hold(reader, (&asked.0, &asked.1), &asked.2).await })
        });
        let (hold, message) = placed.await??;
        self.hold_answered(hold, message, wait, settlements).await
    }

    async fn decide_hold(
        &self,
        reader: &mut Reader<'_>,
        (actor, roles): (&Actor, &BTreeSet<Role>),
        wish: &HoldWish,
    ) -> Result<Decision<Result<Asked, Refusal>>, StorageError> {
        let keys = vec![Key::Idempotency(wish.idempotency_key)];
        if let Some((hold, digest)) = reader.hold_by_idempotency_key(wish.idempotency_key).await? {
            let mismatch = Refusal::at(Reason::IdempotencyMismatch, "idempotency_key");
            let answer = if digest == wish.digest { Ok((hold, None)) } else { Err(mismatch) };
            return Ok(answered(answer, keys));
        }
        let (mut placing, terms) = match self.placing(roles, wish) {
            Ok(placing) => placing,
            Err(refusal) => return Ok(answered(Err(refusal), keys)),
        };
        if let Some(departed) = wish.reentry_of {
            let Some(departed) = reader.hold_departed(departed).await? else {
                return Ok(answered(Err(Refusal::at(Reason::NotFound, "reentry_of")), keys));
            };
            placing.reentry = Some((departed, terms.reentry_days));
        }
        let decided = self.locally(|local| place(local, actor, placing));
        Ok(decision(asked(decided), keys))
    }

    /// What is asked of a publisher, and on what terms, as far as this node knows.
    ///
    /// # Errors
    /// As [`Self::hold_place`].
    pub(crate) fn placing(
        &self,
        roles: &BTreeSet<Role>,
        wish: &HoldWish,
    ) -> Result<(Placing, HoldTerms), Refusal> {
        let (seen, terms) = self.hold_ground(roles, wish)?;
        let book = self.parts().agreements.book();
        let counts_since = book.find(seen.agreement, seen.version).and_then(|record| {
            let mut rules = record.terms().rules.iter();
            let quota = rules.find(|rule| rule.rule_id == seen.rule_id)?.quota?;
            Some(quota.period.began(self.now()))
        });
        let placing = Placing {
            publisher: wish.publisher.clone(),
            items: wish.items.clone(),
            ttl: wish.ttl.unwrap_or(terms.hold),
            with_child: wish.with_child,
            reentry: None,
            agreement: (seen.agreement, seen.version),
            rule_id: seen.rule_id,
            counts_since,
            idempotency: IdempotencyKey { key: wish.idempotency_key, request_digest: wish.digest },
        };
        Ok((placing, terms))
    }

    /// On what a hold can be asked for, and on what terms, as far as this node knows.
    fn hold_ground(
        &self,
        roles: &BTreeSet<Role>,
        wish: &HoldWish,
    ) -> Result<(Seen, HoldTerms), Refusal> {
        let (book, now) = (self.parts().agreements.book(), self.now());
        let absent = Refusal::at(Reason::NotFound, "items.service_id");
        let mut ground: Option<Seen> = None;
        for item in &wish.items {
            let known = self.capacity_known(roles, &wish.publisher, item.service);
            let known = known.ok_or(absent.clone())?;
            check(&known, item, wish)?;
            // All of them go under one agreement: that of the first that lets this organisation see each.
            let same = ground.as_ref().is_none_or(|held| held.agreement == known.seen.agreement);
            if !same {
                return Err(Refusal::at(Reason::AgreementScope, "items.service_id"));
            }
            ground.get_or_insert(known.seen);
        }
        let seen = ground.ok_or(absent)?;
        let terms = book.current(seen.agreement, now).map(|record| record.terms().hold_terms());
        let terms = terms.unwrap_or_default();
        if wish.ttl.is_some_and(|ttl| ttl > terms.hold) {
            return Err(Refusal::at(Reason::InvalidField, "ttl_seconds"));
        }
        Ok((seen, terms))
    }

    /// Extends, confirms or gives back, and waits a while for the answer.
    ///
    /// # Errors
    /// [`Reason::NotFound`]; otherwise as [`Hold::ask`].
    pub async fn hold_change(
        &self,
        caller: &Caller,
        id: HoldId,
        act: HoldAct,
        wait: Duration,
    ) -> Result<Hold, AppError> {
        let settlements = self.parts().store.settlements();
        let (app, actor) = (self.clone(), Actor::User(caller.subject().to_owned()));
        let actor = Arc::new(actor);
        let changed = self.parts().store.decide("hold.change", move |reader| {
            let (app, actor) = (app.clone(), Arc::clone(&actor));
            Box::pin(async move {
                let mut keys = vec![Key::Hold(id)];
                let is_own = |hold: &Hold| hold.holder == app.parts().organisation;
                let Some(hold) = reader.hold_by_id(id).await?.filter(is_own) else {
                    return Ok(answered(Err(Refusal::at(Reason::NotFound, "hold_id")), keys));
                };
                let (thread, publisher) = (hold.conversation(), hold.publisher.clone());
                let chain = reader.chain(thread, &publisher).await?;
                keys.push(Key::Conversation(thread, publisher));
                let decided = app.locally(|local| change(local, &actor, hold, act, chain));
                Ok(decision(asked(decided), keys))
            })
        });
        let (hold, message) = changed.await??;
        self.hold_answered(hold, message, wait, settlements).await
    }

    /// Waits until a hold's publisher has answered what was asked last, at most for `wait`.
    async fn hold_answered(
        &self,
        mut hold: Hold,
        message: Option<MessageId>,
        wait: Duration,
        mut settlements: Receiver<Arc<[Settled]>>,
    ) -> Result<Hold, AppError> {
        let deadline = Instant::now() + wait.min(WAIT_MAX);
        let waits = |hold: &Hold| hold.state == HoldState::Requested || hold.pending.is_some();
        let mut ask_at = Instant::now() + ASK_EVERY;
        while waits(&hold) && Instant::now() < deadline {
            match timeout_at(deadline.min(ask_at), settlements.recv()).await {
                // Others' answers are none of this caller's business.
                Ok(Ok(settled)) if !settled.iter().any(|one| Some(one.message_id) == message) => {
                    continue;
                }
                Ok(Ok(_) | Err(RecvError::Lagged(_))) | Err(_) => {}
                Ok(Err(RecvError::Closed)) => return Ok(hold),
            }
            ask_at = Instant::now() + ASK_EVERY;
            let id = hold.id;
            let read = self
                .parts()
                .store
                .glance(move |reader| Box::pin(async move { reader.hold_by_id(id).await }));
            hold = read.await?.unwrap_or(hold);
        }
        Ok(hold)
    }

    /// Ends what another holds here.
    ///
    /// # Errors
    /// [`Reason::NotFound`]; otherwise as [`Hold::end`].
    pub async fn hold_end(
        &self,
        caller: &Caller,
        id: HoldId,
        how: HoldEnd,
    ) -> Result<Hold, AppError> {
        let (app, actor) = (self.clone(), Actor::User(caller.subject().to_owned()));
        let actor = Arc::new(actor);
        let ended = self.parts().store.decide("hold.end", move |reader| {
            let (app, actor) = (app.clone(), Arc::clone(&actor));
            Box::pin(async move {
                let is_here = |hold: &Hold| hold.publisher == app.parts().organisation;
                let Some(hold) = reader.hold_by_id(id).await?.filter(is_here) else {
                    let absent = Refusal::at(Reason::NotFound, "hold_id");
                    return Ok(answered(Err(absent), vec![Key::Hold(id)]));
                };
                let (services, mut keys) = services_of(reader, &hold).await?;
                let (thread, holder) = (hold.conversation(), hold.holder.clone());
                let chain = reader.chain(thread, &holder).await?;
                keys.push(Key::Conversation(thread, holder));
                let decided = app.locally(|local| end(local, &actor, hold, how, services, chain));
                Ok(decision(decided, keys))
            })
        });
        Ok(ended.await??)
    }

    /// A hold, at others or here.
    ///
    /// # Errors
    /// [`Reason::NotFound`].
    pub async fn hold_show(&self, id: HoldId) -> Result<Hold, AppError> {
        let found = self
            .parts()
            .store
            .glance(move |reader| Box::pin(async move { reader.hold_by_id(id).await }));
        Ok(found.await?.ok_or(Refusal::at(Reason::NotFound, "hold_id"))?)
    }

    /// Holds that are not over, the newest first.
    ///
    /// # Errors
    /// [`AppError::Storage`].
    pub async fn hold_list(&self) -> Result<Vec<Hold>, AppError> {
        let live = self
            .parts()
            .store
            .glance(|reader| Box::pin(async move { reader.holds_live(LISTED_MAX).await }));
        let mut holds = live.await?;
        holds.retain(|hold| hold.state_at(self.now()).is_live());
        Ok(holds)
    }

    /// Ends holds whose time is past; returns how many.
    ///
    /// # Errors
    /// [`StorageError`]; the next round tries again.
    pub async fn holds_expire(&self) -> Result<usize, StorageError> {
        let now = self.now();
        let past = self.parts().store.glance(move |reader| {
            Box::pin(async move { reader.holds_past(now, EXPIRE_BATCH).await })
        });
        let (mut ended, mut failure) = (0, None);
        for id in past.await?.into_iter().map(|hold| hold.id) {
            match self.hold_expire(id).await {
                Ok(is_ended) => ended += usize::from(is_ended),
                Err(error) => failure = Some(error),
            }
        }
        failure.map_or(Ok(ended), Err)
    }

    async fn hold_expire(&self, id: HoldId) -> Result<bool, StorageError> {
        let app = self.clone();
        self.parts()
            .store
            .decide("hold.expire", move |reader| {
                let app = app.clone();
                Box::pin(async move {
                    let Some(hold) = reader.hold_by_id(id).await? else {
                        return Ok(answered(false, vec![Key::Hold(id)]));
                    };
                    let (mut keys, mut services, mut chain) =
                        (vec![Key::Hold(id)], Vec::new(), None);
                    if hold.publisher == app.parts().organisation {
                        (services, keys) = services_of(reader, &hold).await?;
                        let (thread, holder) = (hold.conversation(), hold.holder.clone());
                        chain = reader.chain(thread, &holder).await?;
                        keys.push(Key::Conversation(thread, holder));
                    }
                    let writes = app.locally(|local| expire(local, hold, services, chain));
                    let answer = writes.is_some();
                    Ok(Decision { writes: writes.unwrap_or_default(), answer, read_keys: keys })
                })
            })
            .await
    }
}

/// A hold, and the message that asks its publisher; none where nothing is asked.
type Asked = (Hold, Option<MessageId>);

/// A decision with the message that it sends.
fn asked(decided: Decided<Hold>) -> Decided<Asked> {
    let message = decided.writes.outbox.first().map(|entry| entry.message_id);
    decided.map(|hold| (hold, message))
}

/// What the replica says about an item, so that nobody is asked in vain.
fn check(known: &KnownService, item: &HoldItem, wish: &HoldWish) -> Result<(), Refusal> {
    if wish.with_child && !known.statement.service.is_child_safe() {
        return Err(Refusal::at(Reason::ChildSafety, "with_child"));
    }
    // Whether anything is free matters when the turn comes.
    if wish.reentry_of.is_some() {
        return Ok(());
    }
    if known.is_stale {
        return Err(Refusal::at(Reason::Stale, "items.service_id"));
    }
    let line = known.statement.line(item.line);
    let line = line.ok_or(Refusal::at(Reason::NotFound, "items.place_for"))?;
    let is_short = match line.counts {
        Ok(told) => told.available() < item.places,
        // Where numbers are not told, the status is all there is; the publisher knows.
        Err(_) => line.status == CapacityStatus::NoCapacity,
    };
    if is_short { Err(Refusal::at(Reason::CapacityExhausted, "items.places")) } else { Ok(()) }
}

/// The own services that a hold is of, with their holds, and what a decision about it rests on.
pub(crate) async fn services_of(
    reader: &mut Reader<'_>,
    hold: &Hold,
) -> Result<(Vec<ServiceHeld>, Vec<Key>), StorageError> {
    let (services, keys) = services(reader, hold.items.iter().map(|item| item.service)).await?;
    Ok((services, keys.into_iter().chain([Key::Hold(hold.id)]).collect()))
}

/// Own services, each once, in the order of their ids, and what a decision about them rests on.
pub(crate) async fn services(
    reader: &mut Reader<'_>,
    ids: impl Iterator<Item = ServiceId>,
) -> Result<(Vec<ServiceHeld>, Vec<Key>), StorageError> {
    let mut ids: Vec<_> = ids.collect();
    ids.sort();
    ids.dedup();
    let mut services = Vec::with_capacity(ids.len());
    for id in &ids {
        services.extend(reader.service_by_id(*id).await?);
    }
    let mut keys: Vec<_> = ids.into_iter().map(Key::Service).collect();
    keys.extend(services.iter().flat_map(ServiceHeld::waiting_keys));
    Ok((services, keys))
}
