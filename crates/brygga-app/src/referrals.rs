//! Referrals for the organisation's own people: act, show, list. Asking stands in `requesting.rs`.

use brygga_domain::referral::{Command, Delivery, Referral, Side};
use brygga_domain::{Reason, ReferralId, Refusal, UnitId};
use brygga_exchange::audit::Actor;
use brygga_exchange::records::ReferralEvent;
use brygga_exchange::{Decided, Key, WriteSet};
use brygga_identity::caller::Caller;
use brygga_storage::{Decision, Reader, ReferralFilter, ReferralListed, StorageError};
use brygga_wire::content::ReferralContent;

use crate::{App, AppError};

/// A referral with what the outbox knows of its request.
#[derive(Clone, Debug)]
pub struct ReferralView {
    /// The referral.
    pub referral: Referral,
    /// At the source, how far its request has come.
    pub delivery: Option<Delivery>,
    /// The newest event of its log; none while it is only requested, and in lists.
    pub last_event: Option<ReferralEvent>,
}

/// Which referrals are wanted.
#[derive(Clone, Copy, Debug)]
pub struct ListWish {
    /// Which end this node is; both where unset.
    pub side: Option<Side>,
    /// Only those that are not final.
    pub open_only: bool,
    /// Only those before this place, from the page before.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: u32,
}

/// A page of referrals.
#[derive(Clone, Debug)]
pub struct ReferralPage {
    /// Newest first.
    pub views: Vec<ReferralView>,
    /// Where the next page begins; none after the last.
    pub next: Option<i64>,
}

/// A referral with everything that its own people may see.
#[derive(Debug)]
pub struct ReferralDetails {
    /// The referral.
    pub view: ReferralView,
    /// Its content, where this node holds the key.
    pub content: Option<ReferralContent>,
    /// Its log, oldest first.
    pub events: Vec<ReferralEvent>,
}

impl App {
    /// Decides a command of the organisation's own people.
    ///
    /// # Errors
    /// [`AppError::Refused`] with [`Reason::NotFound`] for a referral that is absent or another unit's.
    pub async fn referral_act(
        &self,
        caller: &Caller,
        id: ReferralId,
        expected_version: Option<u32>,
        command: Command,
    ) -> Result<ReferralView, AppError> {
        let (app, caller) = (self.clone(), caller.clone());
        self.parts()
            .store
            .decide("referral.act", move |reader| {
                let (app, caller, command) = (app.clone(), caller.clone(), command.clone());
                Box::pin(async move {
                    let held = reader.referral_by_id(id).await?.filter(|held| sees(&caller, held));
                    let Some(referral) = held else {
                        return Ok(answered(
                            Err(Refusal::new(Reason::NotFound)),
                            vec![Key::Referral(id)],
                        ));
                    };
                    let conversation = referral.conversation();
                    let peer = referral.peer().clone();
                    let chain = reader.chain(conversation, &peer).await?;
                    let delivery = delivery(reader, id).await?;
                    let actor = Actor::User(caller.subject().to_owned());
                    let decided = app.locally(|local| {
                        brygga_exchange::referral::act(
                            local,
                            &actor,
                            referral,
                            expected_version,
                            chain,
                            command,
                        )
                    });
                    let last_event = match decided.writes.events.last() {
                        Some(event) => Some(event.clone()),
                        None => reader.referral_events(id).await?.pop(),
                    };
                    let decided =
                        decided.map(|referral| ReferralView { referral, delivery, last_event });
                    Ok(decision(
                        decided,
                        vec![Key::Referral(id), Key::Conversation(conversation, peer)],
                    ))
                })
            })
            .await?
            .map_err(AppError::Refused)
    }

    /// Shows a referral with its content and log. The read leaves a leaf in the audit log.
    ///
    /// # Errors
    /// [`AppError::Refused`] with [`Reason::NotFound`] for a referral that is absent or another unit's.
    pub async fn referral_show(
        &self,
        caller: &Caller,
        id: ReferralId,
    ) -> Result<ReferralDetails, AppError> {
        let found = self.parts().store.read(move |reader| {
            Box::pin(async move {
                let Some(referral) = reader.referral_by_id(id).await? else { return Ok(None) };
                let message = reader.referral_request_message(id).await?;
                let delivery = match message {
                    Some(message) => reader.referral_delivery(message).await?,
                    None => None,
                };
                let at_rest = reader.referral_content(id).await?;
                let events = reader.referral_events(id).await?;
                let last_event = events.last().cloned();
                Ok(Some((
                    ReferralView { referral, delivery, last_event },
                    message.zip(at_rest),
                    events,
                )))
            })
        });
        let found = found.await?.filter(|(view, ..)| sees(caller, &view.referral));
        let (view, stored, events) = found.ok_or(Refusal::new(Reason::NotFound))?;
        self.log_read(caller, "referral.show", &id.to_string()).await?;
        let content = stored
            .and_then(|(message, at_rest)| self.open_content(&view.referral, message, &at_rest));
        Ok(ReferralDetails { view, content, events })
    }

    /// Lists referrals that the caller may see, newest first, without content.
    ///
    /// # Errors
    /// [`AppError::Storage`].
    pub async fn referral_list(
        &self,
        caller: &Caller,
        wish: ListWish,
    ) -> Result<ReferralPage, AppError> {
        let units = caller.units().iter().cloned().map(Some).collect::<Vec<_>>();
        let units = Some(units).filter(|units| !units.is_empty());
        let sides = wish.side.map_or(vec![Side::Source, Side::Target], |side| vec![side]);
        let listed = self.parts().store.read(move |reader| {
            Box::pin(async move {
                let mut listed = Vec::new();
                for side in sides {
                    let ListWish { open_only, before, limit, .. } = wish;
                    let filter =
                        ReferralFilter { side, open_only, units: units.clone(), before, limit };
                    listed.extend(reader.referral_list(&filter).await?);
                }
                Ok(listed)
            })
        });
        let mut listed = listed.await?;
        listed.sort_by_key(|one| std::cmp::Reverse(one.place));
        let limit = usize::try_from(wish.limit).unwrap_or(usize::MAX);
        listed.truncate(limit);
        let next = listed.last().filter(|_| listed.len() == limit).map(|last| last.place);
        let view = |one: ReferralListed| ReferralView {
            referral: one.referral,
            delivery: one.delivery,
            last_event: None,
        };
        Ok(ReferralPage { views: listed.into_iter().map(view).collect(), next })
    }
}

/// A decision of the exchange as the store takes it.
pub(crate) fn decision<T>(
    decided: Decided<T>,
    read_keys: Vec<Key>,
) -> Decision<Result<T, Refusal>> {
    Decision { writes: decided.writes, answer: decided.answer, read_keys }
}

/// A decision that changes nothing.
pub(crate) fn answered<T>(answer: T, read_keys: Vec<Key>) -> Decision<T> {
    Decision { writes: WriteSet::default(), answer, read_keys }
}

/// At the source, how far a referral's request has come.
pub(crate) async fn delivery(
    reader: &mut Reader<'_>,
    id: ReferralId,
) -> Result<Option<Delivery>, StorageError> {
    match reader.referral_request_message(id).await? {
        Some(message) => reader.referral_delivery(message).await,
        None => Ok(None),
    }
}

/// Whether the caller may see what belongs to a unit; a token without units sees the whole organisation.
pub(crate) fn may_see(caller: &Caller, unit: Option<&UnitId>) -> bool {
    caller.units().is_empty() || unit.is_some_and(|unit| caller.units().contains(unit))
}

fn sees(caller: &Caller, referral: &Referral) -> bool {
    let unit = match referral.side {
        Side::Source => referral.request.source_unit.as_ref(),
        Side::Target => referral.target_unit.as_ref(),
    };
    may_see(caller, unit)
}
