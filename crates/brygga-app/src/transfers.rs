//! Cases that move between municipalities, for the organisation's own people: asked for, answered, taken to IVO and
//! handed over, shown and listed. A transfer belongs to the unit that asked or was asked, and to nobody else.

mod showing;

use std::sync::Arc;

use brygga_domain::access::{AccessGround, AccessObject};
use brygga_domain::transfer::{Transfer, TransferAct, TransferStatus};
use brygga_domain::{MessageId, Reason, Refusal, Seconds, Timestamp, TransferId};
use brygga_exchange::Key;
use brygga_exchange::access::Access;
use brygga_exchange::audit::Actor;
use brygga_exchange::records::IdempotencyKey;
use brygga_exchange::referral::PreparedContent;
use brygga_exchange::transfer::{Acting, Asking, Ends, act, request};
use brygga_identity::caller::Caller;
use brygga_policy::Principal;
use brygga_storage::{Decision, Expectation, Reader, StorageError};
use brygga_wire::local::{TransferDeed, TransferWish};
use brygga_wire::transfer::encode_words;

use crate::access::{access, with_data};
use crate::content::{Address, Facts, Kept};
use crate::referrals::{answered, decision, may_see};
use crate::{App, AppError, envelopes};

/// Transfers shown in a list.
const LISTED_MAX: u32 = 500;
/// How long what is over stays in the list.
const LISTED_FOR: Seconds = Seconds::days(30);

/// A decision about a transfer, as the store takes it.
type Decides = Result<Decision<Result<Transfer, Refusal>>, StorageError>;

/// A request that is ready to be decided.
struct Prepared {
    asking: Asking,
    content: PreparedContent,
    source: Principal,
    target: Principal,
    caller: Caller,
}

impl App {
    /// Asks another municipality to take over a case, or to give one up: durable here when this returns.
    ///
    /// # Errors
    /// [`Reason::RoleDenied`] for a unit that is not the caller's, [`Reason::IdempotencyMismatch`], otherwise as
    /// [`brygga_exchange::transfer::request`].
    pub async fn transfer_request(
        &self,
        caller: &Caller,
        wish: TransferWish,
    ) -> Result<Transfer, AppError> {
        let prepared = match self.prepare_transfer(caller, &wish).await {
            Ok(prepared) => prepared,
            Err(AppError::Refused(refusal)) => {
                let by = Actor::User(caller.subject().to_owned());
                return Err(self.log_refusal(by, "transfer.request", refusal).await?.into());
            }
            Err(error) => return Err(error),
        };
        let (id, slot) = (prepared.asking.id, prepared.content.at_rest.key_slot);
        let (app, prepared) = (self.clone(), Arc::new(prepared));
        let foreseen = vec![Key::Idempotency(wish.idempotency_key)];
        let store = &self.parts().store;
        let asked =
            store.decide_on("transfer.request", foreseen, Expectation::Unknown, move |reader| {
                let (app, prepared) = (app.clone(), Arc::clone(&prepared));
                Box::pin(async move { app.decide_transfer(reader, &prepared).await })
            });
        let asked = asked.await?;
        self.key_used(slot, asked.as_ref().is_ok_and(|transfer| transfer.id == id));
        Ok(asked?)
    }

    async fn prepare_transfer(
        &self,
        caller: &Caller,
        wish: &TransferWish,
    ) -> Result<Prepared, AppError> {
        if !may_see(caller, wish.source_unit.as_ref()) {
            return Err(Refusal::at(Reason::RoleDenied, "source_unit").into());
        }
        let source = self.principal(&self.parts().organisation)?;
        let absent = |_| Refusal::at(Reason::NotFound, "target");
        let target = self.principal(&wish.target).map_err(absent)?;
        let asking = self.locally(|local| Asking {
            id: TransferId::from_bytes(local.identifier()),
            message_id: local.message_id(),
            idempotency: IdempotencyKey { key: wish.idempotency_key, request_digest: wish.digest },
            target: wish.target.clone(),
            target_unit: wish.target_unit.clone(),
            source_unit: wish.source_unit.clone(),
            direction: wish.direction,
            agreement_id: wish.agreement_id,
        });
        let address = Address {
            kept: Kept::TransferPart(asking.message_id),
            message_id: asking.message_id,
            target: &wish.target,
            unit: wish.target_unit.as_ref(),
        };
        let facts = Facts {
            categories: wish.content.categories(),
            child: wish.content.person.is_child(),
            third_persons: Vec::new(),
        };
        let content =
            self.prepare_sealed(&address, facts, |salt| wish.content.encode(salt)).await?;
        Ok(Prepared { asking, content, source, target, caller: caller.clone() })
    }

    async fn decide_transfer(&self, reader: &mut Reader<'_>, prepared: &Prepared) -> Decides {
        let Prepared { asking, content, source, target, caller } = prepared;
        let keys = vec![Key::Idempotency(asking.idempotency.key)];
        if let Some((transfer, digest)) =
            reader.transfer_by_idempotency_key(asking.idempotency.key).await?
        {
            let mismatch = Refusal::at(Reason::IdempotencyMismatch, "idempotency_key");
            let same = digest == asking.idempotency.request_digest;
            return Ok(answered(if same { Ok(transfer) } else { Err(mismatch) }, keys));
        }
        let book = self.agreements_held(reader).await?;
        let actor = Actor::User(caller.subject().to_owned());
        let mut decided =
            self.locally(|local| request(local, &actor, asking, content, (source, target), &book));
        if let Ok(transfer) = &decided.answer {
            let seen = transfer_access(caller, "transfer.request", transfer);
            decided = decided.accessed(self.now(), with_data(seen, &content.categories));
        }
        decided.writes = envelopes::encrypt(decided.writes, content)?;
        Ok(decision(decided, keys))
    }

    /// Does something about a transfer and tells the other. The same again changes nothing.
    ///
    /// # Errors
    /// [`Reason::NotFound`] where it is absent or another unit's; otherwise as [`brygga_exchange::transfer::act`].
    pub async fn transfer_act(
        &self,
        caller: &Caller,
        id: TransferId,
        deed: TransferDeed,
    ) -> Result<Transfer, AppError> {
        let held = self.transfer_of(caller, id).await?;
        let message_id = self.locally(|local| local.message_id());
        let content = self.prepare_words(&held, message_id, &deed).await?;
        let slot = content.as_ref().map(|content| content.at_rest.key_slot);
        let (app, asking) = (self.clone(), caller.clone());
        let said = Arc::new((message_id, deed, content));
        let done = self.parts().store.decide("transfer.act", move |reader| {
            let (app, caller, said) = (app.clone(), asking.clone(), Arc::clone(&said));
            Box::pin(async move {
                let (message_id, deed, content) = &*said;
                app.decide_transfer_act(reader, &caller, id, (*message_id, deed, content.as_ref()))
                    .await
            })
        });
        let done = done.await?;
        if let Some(slot) = slot {
            let is_stored = self.transfer_part_stored(id, message_id).await?;
            self.key_used(slot, is_stored);
        }
        Ok(done?)
    }

    async fn prepare_words(
        &self,
        held: &Transfer,
        message_id: MessageId,
        deed: &TransferDeed,
    ) -> Result<Option<PreparedContent>, AppError> {
        let Some(words) = deed.words() else { return Ok(None) };
        let address = Address {
            kept: Kept::TransferPart(message_id),
            message_id,
            target: held.peer(),
            unit: held.peer_unit(),
        };
        let categories = vec![brygga_domain::DataCategory::FreeText];
        let facts = Facts { categories, child: held.about_child, third_persons: Vec::new() };
        let prepared = self.prepare_sealed(&address, facts, |salt| encode_words(words, salt));
        Ok(Some(prepared.await?))
    }

    async fn decide_transfer_act(
        &self,
        reader: &mut Reader<'_>,
        caller: &Caller,
        id: TransferId,
        (message_id, deed, content): (MessageId, &TransferDeed, Option<&PreparedContent>),
    ) -> Decides {
        let mut keys = vec![Key::Transfer(id)];
        let held = reader.transfer_by_id(id).await?;
        let Some(held) = held.filter(|held| may_see(caller, held.own_unit())) else {
            return Ok(answered(Err(Refusal::new(Reason::NotFound)), keys));
        };
        let ends = (self.principal(held.own()), self.principal(held.peer()));
        let (Ok(own), Ok(peer)) = ends else {
            return Ok(answered(Err(Refusal::new(Reason::NotFound)), keys));
        };
        let (thread, other) = (held.conversation(), held.peer().clone());
        let chain = reader.chain(thread, &other).await?;
        keys.push(Key::Conversation(thread, other));
        let deed = act_of(deed, &held, self.now());
        let access = transfer_access(caller, &format!("transfer.{}", deed.as_str()), &held);
        let acting = Acting { act: deed, message_id, content };
        let (actor, ends) =
            (Actor::User(caller.subject().to_owned()), Ends { own: &own, peer: &peer });
        let mut decided = self.locally(|local| act(local, &actor, held, chain, &acting, ends));
        if decided.answer.is_ok() {
            decided = decided.accessed(self.now(), access);
        }
        if let Some(content) = content {
            decided.writes = envelopes::encrypt(decided.writes, content)?;
        }
        Ok(decision(decided, keys))
    }

    /// Whether a message's part is stored: it is not where the same was said before.
    async fn transfer_part_stored(
        &self,
        id: TransferId,
        message_id: MessageId,
    ) -> Result<bool, StorageError> {
        let store = &self.parts().store;
        let parts = store.read(move |reader| Box::pin(reader.transfer_parts(id))).await?;
        Ok(parts.iter().any(|part| part.id == message_id))
    }

    /// A transfer of a unit of the caller's.
    async fn transfer_of(&self, caller: &Caller, id: TransferId) -> Result<Transfer, AppError> {
        let store = &self.parts().store;
        let held = store.read(move |reader| Box::pin(reader.transfer_by_id(id))).await?;
        let held = held.filter(|held| may_see(caller, held.own_unit()));
        Ok(held.ok_or(Refusal::new(Reason::NotFound))?)
    }
}

/// What was done, as the case stands: what has laga kraft after an appeal is a court's decision.
fn act_of(deed: &TransferDeed, held: &Transfer, now: Timestamp) -> TransferAct {
    match deed {
        TransferDeed::Answer(position, _) => TransferAct::Answer(*position),
        TransferDeed::Withdraw => TransferAct::Withdraw,
        TransferDeed::Apply(on) => TransferAct::Apply { on: *on },
        TransferDeed::Decide(on, outcome) => TransferAct::Decide { on: *on, outcome: *outcome },
        TransferDeed::Appeal(on) => TransferAct::Appeal { on: *on },
        TransferDeed::Finalise(on, outcome) => {
            let known = held.finalised.map(|finality| finality.after_appeal);
            let after_appeal = known.unwrap_or(held.status(now) == TransferStatus::Appealed);
            TransferAct::Finalise { on: *on, outcome: *outcome, after_appeal }
        }
        TransferDeed::HandOver(_) => TransferAct::HandOver,
    }
}

/// An access of a caller to a transfer.
fn transfer_access(caller: &Caller, action: &str, transfer: &Transfer) -> Access {
    let object = AccessObject::Transfer(transfer.id);
    access(caller, action, object, transfer.own_unit(), AccessGround::OwnUnit)
}
