//! Asking for a referral: identifiers fixed and content sealed first, then decided and stored.

use std::sync::Arc;

use brygga_domain::access::Behalf;
use brygga_domain::agreement::Action;
use brygga_domain::referral::{Delivery, Referral};
use brygga_domain::{MessageId, OrgId, Reason, ReferralId, Refusal, UnitId};
use brygga_exchange::Key;
use brygga_exchange::audit::Actor;
use brygga_exchange::capacity::Placing;
use brygga_exchange::records::IdempotencyKey;
use brygga_exchange::referral::{Asked, PreparedContent, RequestContext};
use brygga_identity::caller::Caller;
use brygga_policy::Principal;
use brygga_storage::{Decision, Expectation, Reader, StorageError};
use brygga_wire::local::ReferralWish;

use crate::access::{actor, begun, own_unit};
use crate::capacity::HoldWish;
use crate::content::{Address, Kept};
use crate::envelopes;
use crate::places::check_places;
use crate::quotas::quota_use;
use crate::referrals::{answered, decision, may_see};
use crate::{App, AppError, ReferralView};

impl App {
    /// Sends a referral: durable here when this returns, whether or not the target is up.
    ///
    /// # Errors
    /// [`AppError::Refused`] with the obstacle; [`AppError::Storage`] when nothing was stored.
    pub async fn referral_request(
        &self,
        caller: &Caller,
        wish: ReferralWish,
    ) -> Result<ReferralView, AppError> {
        self.referral_send(caller, wish).await.map(|(view, _)| view)
    }

    /// As [`Self::referral_request`], with the message that carries it where it is new.
    pub(crate) async fn referral_send(
        &self,
        caller: &Caller,
        wish: ReferralWish,
    ) -> Result<(ReferralView, MessageId), AppError> {
        let behalf = asking_for(caller, wish.wish.source_unit.as_ref());
        let by = actor(caller, behalf.as_ref().ok().and_then(Option::as_ref));
        let (request, content) = match self.prepare_request(caller, behalf, &wish).await {
            Ok(prepared) => prepared,
            Err(AppError::Refused(refusal)) => {
                return Err(self.log_refusal(by, "referral.request", refusal).await?.into());
            }
            Err(error) => return Err(error),
        };
        let consent = wish.consent_id.map(Key::Consent);
        let foreseen =
            [Key::Idempotency(wish.idempotency_key)].into_iter().chain(consent).collect();
        let message = request.message_id;
        let (referral_id, slot) = (request.referral_id, content.at_rest.key_slot);
        let asked = Arc::new((request, wish, content));
        let app = self.clone();
        let decided = self
            .parts()
            .store
            .decide_on("referral.request", foreseen, Expectation::Absent, move |reader| {
                let (app, asked) = (app.clone(), Arc::clone(&asked));
                Box::pin(async move {
                    let (request, wish, content) = &*asked;
                    app.decide_request(reader, request, wish, content).await
                })
            })
            .await?;
        let is_new = decided.as_ref().is_ok_and(|view| view.referral.id == referral_id);
        self.key_used(slot, is_new);
        Ok((decided?, message))
    }

    /// Fixes identifiers and seals the content, before anything is decided.
    async fn prepare_request(
        &self,
        caller: &Caller,
        behalf: Result<Option<Behalf>, Refusal>,
        wish: &ReferralWish,
    ) -> Result<(Prepared, PreparedContent), AppError> {
        let behalf = behalf?;
        let source = self.principal(&self.parts().organisation)?;
        let absent = |_| Refusal::at(Reason::NotFound, "target");
        let target = self.principal(&wish.wish.target).map_err(absent)?;
        check_places(&wish.content, &[source.kind, target.kind], &wish.wish.service_type)?;
        let request = self.locally(|local| Prepared {
            referral_id: local.referral_id(),
            message_id: local.message_id(),
            source,
            target,
            actor: actor(caller, behalf.as_ref()),
            behalf,
            caller: caller.clone(),
        });
        let address = Address {
            kept: Kept::Referral(request.referral_id),
            message_id: request.message_id,
            target: &wish.wish.target,
            unit: wish.wish.target_unit.as_ref(),
        };
        let content = self.prepare_content(&address, &wish.content).await?;
        Ok((request, content))
    }

    async fn decide_request(
        &self,
        reader: &mut Reader<'_>,
        request: &Prepared,
        wish: &ReferralWish,
        content: &PreparedContent,
    ) -> Result<Decision<Result<ReferralView, Refusal>>, StorageError> {
        let key = IdempotencyKey { key: wish.idempotency_key, request_digest: wish.digest };
        let read_keys = vec![Key::Idempotency(key.key)];
        if let Some(before) = made_before(reader, &key).await? {
            return Ok(answered(before, read_keys));
        }
        let consent = match wish.consent_id {
            Some(id) => reader.consent_by_id(id).await?,
            None => None,
        };
        let source_unit = wish.wish.source_unit.as_ref();
        let earlier = match wish.wish.part_of {
            None => None,
            Some(id) => match self.continued(reader, &request.caller, source_unit, id).await? {
                Ok(earlier) => Some(earlier),
                Err(refusal) => return Ok(answered(Err(refusal), read_keys)),
            },
        };
        let asked = match self.places_wanted(&request.caller, wish) {
            Ok(places) => request.asked(key, places),
            Err(refusal) => return Ok(answered(Err(refusal), read_keys)),
        };
        let book = self.agreements_held(reader).await?;
        let ends = (&request.source.organisation, &request.target.organisation);
        let (quota_use, counted) =
            quota_use(reader, &book, ends, Action::ReferralSend, self.now()).await?;
        let (source, target) = (&request.source, &request.target);
        let context = RequestContext {
            source,
            target,
            agreements: &book,
            consent: consent.as_ref(),
            quota_use: Some(&quota_use),
            knows_earlier: earlier.is_some_and(|earlier| *earlier.peer() == wish.wish.target),
        };
        let decided = self.locally(|local| {
            brygga_exchange::referral::request(local, &asked, &wish.wish, content, context)
        });
        let mut decided = begun(decided, &request.caller, self.now());
        decided.writes = envelopes::encrypt(decided.writes, content)?;
        let first = |referral| ReferralView {
            referral,
            delivery: Some(Delivery::Queued),
            last_event: None,
        };
        let rests_on = wish.consent_id.map(Key::Consent).into_iter().chain(counted);
        let read_keys = read_keys.into_iter().chain(rests_on).collect();
        Ok(decision(decided.map(first), read_keys))
    }

    /// The places that are to be held with it, as far as this node knows of them.
    fn places_wanted(
        &self,
        caller: &Caller,
        wish: &ReferralWish,
    ) -> Result<Option<Placing>, Refusal> {
        let Some(places) = &wish.places else { return Ok(None) };
        let wanted = HoldWish {
            idempotency_key: wish.idempotency_key,
            digest: wish.digest,
            publisher: wish.wish.target.clone(),
            items: places.items.clone(),
            ttl: places.ttl,
            with_child: places.with_child,
            reentry_of: None,
        };
        self.placing(caller.roles(), &wanted).map(|(placing, _)| Some(placing))
    }

    /// The referral that a new one of `asking` continues. It is of the same function: secrecy holds between boards,
    /// also towards a target that would learn that two of them have met the same person.
    ///
    /// # Errors
    /// The inner one is as of [`App::workable`], and [`Reason::RoleDenied`] for another function's, at `part_of`.
    pub(crate) async fn continued(
        &self,
        reader: &mut Reader<'_>,
        caller: &Caller,
        asking: Option<&UnitId>,
        id: ReferralId,
    ) -> Result<Result<Referral, Refusal>, StorageError> {
        let found = self.workable(reader, caller, id).await?;
        let of_asking = found.and_then(|(earlier, _)| {
            let is_same = own_unit(&earlier) == asking;
            if is_same { Ok(earlier) } else { Err(Refusal::new(Reason::RoleDenied)) }
        });
        Ok(of_asking.map_err(|refusal| Refusal { field: "part_of", ..refusal }))
    }

    /// The organisation as the gate knows it.
    pub(crate) fn principal(&self, organisation: &OrgId) -> Result<Principal, Refusal> {
        let trust = self.trust();
        let member = trust.member(organisation).map_err(|_| Refusal::new(Reason::NotFound))?;
        Ok(Principal {
            organisation: organisation.clone(),
            kind: member.kind,
            status: member.social_services_status,
        })
    }
}

/// The referral that was made under the caller's key, and nothing else under the same key.
async fn made_before(
    reader: &mut Reader<'_>,
    key: &IdempotencyKey,
) -> Result<Option<Result<ReferralView, Refusal>>, StorageError> {
    let Some((referral, digest)) = reader.referral_by_idempotency_key(key.key).await? else {
        return Ok(None);
    };
    if digest != key.request_digest {
        return Ok(Some(Err(Refusal::at(Reason::IdempotencyMismatch, "idempotency_key"))));
    }
    let last_event = reader.referral_events(referral.id).await?.pop();
    let delivery = reader.referral_delivery(referral.id).await?;
    Ok(Some(Ok(ReferralView { referral, delivery, last_event })))
}

/// What is fixed before a request is decided, so that deciding again gives the same message.
struct Prepared {
    referral_id: ReferralId,
    message_id: MessageId,
    source: Principal,
    target: Principal,
    actor: Actor,
    behalf: Option<Behalf>,
    caller: Caller,
}

impl Prepared {
    fn asked(&self, idempotency: IdempotencyKey, places: Option<Placing>) -> Asked {
        Asked {
            referral_id: self.referral_id,
            message_id: self.message_id,
            idempotency,
            actor: self.actor.clone(),
            shared_unit: self.behalf.as_ref().map(|behalf| behalf.unit.clone()),
            places,
        }
    }
}

/// For which board a caller asks, where the function that asks is none of the caller's own.
fn asking_for(caller: &Caller, asking: Option<&UnitId>) -> Result<Option<Behalf>, Refusal> {
    if may_see(caller, asking) {
        return Ok(None);
    }
    let behalf = caller.behalves().iter().find(|behalf| Some(&behalf.board) == asking);
    behalf.cloned().map(Some).ok_or(Refusal::at(Reason::RoleDenied, "source_unit"))
}
