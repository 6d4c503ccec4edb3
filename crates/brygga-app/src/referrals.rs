//! Referrals for the organisation's own people: act, show, list. Asking stands in `requesting.rs`.

use brygga_domain::access::{AccessGround, AccessObject, Sight};
use brygga_domain::referral::{Command, Delivery, Referral, Side};
use brygga_domain::{Reason, ReferralId, Refusal, UnitId};
use brygga_exchange::records::ReferralEvent;
use brygga_exchange::{Decided, Key, WriteSet};
use brygga_identity::caller::Caller;
use brygga_storage::{Decision, Reader, ReferralFilter, ReferralListed, StorageError};
use brygga_wire::content::ReferralContent;
use brygga_wire::local::NoteShown;

use crate::access::{access, actor, asker, behalf, fitted, handler, referral_access, with_data};
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
    /// Its content; none where it is erased or this node cannot open it.
    pub content: Option<ReferralContent>,
    /// Its log, oldest first.
    pub events: Vec<ReferralEvent>,
    /// Notes of both sides, oldest first; without text for whoever does not see the content.
    pub notes: Vec<NoteShown>,
}

impl App {
    /// Decides a command of the organisation's own people.
    ///
    /// # Errors
    /// [`AppError::Refused`] with [`Reason::NotFound`] for a referral that is absent or hidden, and with
    /// [`Reason::RoleDenied`] for one that a colleague of the same unit works on, and for who would review
    /// an own decline.
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
                    app.decide_act(reader, &caller, id, expected_version, command).await
                })
            })
            .await?
            .map_err(AppError::Refused)
    }

    async fn decide_act(
        &self,
        reader: &mut Reader<'_>,
        caller: &Caller,
        id: ReferralId,
        expected_version: Option<u32>,
        command: Command,
    ) -> Result<Decision<Result<ReferralView, Refusal>>, StorageError> {
        let (referral, ground) = match self.workable(reader, caller, id).await? {
            Ok(found) => found,
            Err(refusal) => {
                return Ok(answered(Err(refusal), vec![Key::Referral(id)]));
            }
        };
        let reviews = matches!(command, Command::Review { .. });
        if reviews && has_declined(reader, caller, id).await? {
            let own = Refusal::at(Reason::RoleDenied, "review");
            return Ok(answered(Err(own), vec![Key::Referral(id)]));
        }
        let action = format!("referral.{}", command.name());
        let access = referral_access(caller, &action, &referral, ground);
        // Whoever accepts without a word before works on it from then on just as well.
        let takes_on = matches!(command, Command::TakeOn(_) | Command::Accept)
            && !matches!(ground, AccessGround::BreakGlass(_));
        let conversation = referral.conversation();
        let peer = referral.peer().clone();
        let chain = reader.chain(conversation, &peer).await?;
        let delivery = reader.referral_delivery(id).await?;
        let behalf = behalf(caller, &referral);
        let actor = actor(caller, behalf.as_ref());
        let now = self.now();
        let mut decided = self
            .locally(|local| {
                brygga_exchange::referral::act(
                    local,
                    &actor,
                    referral,
                    expected_version,
                    chain,
                    command,
                )
            })
            .on_behalf(behalf.as_ref())
            .accessed(now, access);
        if takes_on && decided.answer.is_ok() {
            decided.writes.access.handlers.push((id, handler(caller, now)));
        }
        let last_event = match decided.writes.events.last() {
            Some(event) => Some(event.clone()),
            None => reader.referral_events(id).await?.pop(),
        };
        let decided = decided.map(|referral| ReferralView { referral, delivery, last_event });
        Ok(decision(decided, vec![Key::Referral(id), Key::Conversation(conversation, peer)]))
    }

    /// Shows a referral and its log, with its content for whoever needs it. The read is logged before
    /// it is answered.
    ///
    /// # Errors
    /// [`AppError::Refused`] with [`Reason::NotFound`] for a referral that is absent or hidden.
    pub async fn referral_show(
        &self,
        caller: &Caller,
        id: ReferralId,
    ) -> Result<ReferralDetails, AppError> {
        let (app, asking) = (self.clone(), caller.clone());
        let found = self.parts().store.read(move |reader| {
            Box::pin(async move {
                let Some(referral) = reader.referral_by_id(id).await? else { return Ok(None) };
                let sight = app.sight(reader, &asking, &referral).await?;
                if sight == Sight::Hidden {
                    return Ok(None);
                }
                let message = reader.referral_request_message(id).await?;
                let delivery = reader.referral_delivery(id).await?;
                let is_closed = is_closed_to_everyday_work(&referral, sight.ground());
                let (at_rest, notes) = match is_closed {
                    true => (None, Vec::new()),
                    false => {
                        (reader.referral_content(id).await?, reader.notes_by_referral(id).await?)
                    }
                };
                let events = reader.referral_events(id).await?;
                let last_event = events.last().cloned();
                let view = ReferralView { referral, delivery, last_event };
                Ok(Some((view, sight, message.zip(at_rest), events, notes)))
            })
        });
        let found = found.await?.ok_or(Refusal::new(Reason::NotFound))?;
        let (view, sight, stored, events, notes) = found;
        let ground = sight.ground().unwrap_or(AccessGround::OwnUnit);
        let mut access = referral_access(caller, "referral.show", &view.referral, ground);
        if stored.is_some() {
            access = with_data(access, &view.referral.grant.data_categories);
        }
        self.log_access(access).await?;
        let content = match stored {
            Some((message, at_rest)) => {
                self.open_content(&view.referral, message, &at_rest).await?
            }
            None => None,
        };
        let content = content.map(|content| fitted(content, caller));
        let notes = self.notes_shown(&view.referral, notes).await?;
        Ok(ReferralDetails { view, content, events, notes })
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
        let units = match caller.units() {
            none if none.is_empty() => vec![None],
            units => units.iter().cloned().map(Some).collect(),
        };
        // What was begun for a board is not shown any more where the unit does not act for it any more.
        let behalves = caller.behalves().clone();
        self.log_access(access(
            caller,
            "referral.list",
            AccessObject::List,
            None,
            AccessGround::OwnUnit,
        ))
        .await?;
        let sides = wish.side.map_or(vec![Side::Source, Side::Target], |side| vec![side]);
        let listed = self.parts().store.read(move |reader| {
            Box::pin(async move {
                let mut listed = Vec::new();
                for side in sides {
                    let ListWish { open_only, before, limit, .. } = wish;
                    let (units, behalves) = (Some(units.clone()), behalves.clone());
                    let filter = ReferralFilter { side, open_only, units, behalves, before, limit };
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

/// Whether the caller is who declined, and so cannot be who looks again.
async fn has_declined(
    reader: &mut Reader<'_>,
    caller: &Caller,
    id: ReferralId,
) -> Result<bool, StorageError> {
    let done = reader.access_about(&[AccessObject::Referral(id)]).await?;
    Ok(done.iter().any(|listed| {
        let access = &listed.entry.access;
        access.action == "referral.decline" && access.by.subject == caller.subject()
    }))
}

/// Whether the content stays closed: nobody sees it without a ground, and once processing was stopped at
/// the target only who broke the glass does.
fn is_closed_to_everyday_work(referral: &Referral, ground: Option<AccessGround>) -> bool {
    match ground {
        None => true,
        Some(AccessGround::BreakGlass(_)) => false,
        Some(_) => referral.is_stopped && referral.side == Side::Target,
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

/// Whether the caller is of the unit that something belongs to; a token without units is of the
/// intake and of nothing else.
pub(crate) fn may_see(caller: &Caller, unit: Option<&UnitId>) -> bool {
    asker(caller).is_in(unit)
}
