//! Notices of evictions, for the organisation's own people: Kronofogden sends, the municipality confirms. What is about a
//! protected person goes only to the function for protected post, and is shown only to its protected officers.

mod confirming;
mod showing;
mod sight;

use std::sync::Arc;

use brygga_domain::access::{AccessGround, AccessObject};
use brygga_domain::notice::{Children, EvictionNotice};
use brygga_domain::{MessageId, NoticeId, OrgId, Reason, Refusal, Seconds, UnitId};
use brygga_exchange::Key;
use brygga_exchange::access::Access;
use brygga_exchange::audit::Actor;
use brygga_exchange::notice::{Following, Sending, follow, send};
use brygga_exchange::records::IdempotencyKey;
use brygga_exchange::referral::PreparedContent;
use brygga_identity::caller::Caller;
use brygga_identity::registry::Audience;
use brygga_policy::Principal;
use brygga_storage::{Decision, Expectation, Reader, StorageError};
use brygga_wire::local::{NewThread, NoticeThread, NoticeWish};
use brygga_wire::notice::EvictionContent;

use crate::access::{access, with_data};
use crate::content::{Address, Facts, Kept};
use crate::referrals::{answered, decision, may_see};
use crate::{App, AppError, envelopes};

/// How long what is over stays in the list.
const LISTED_FOR: Seconds = Seconds::days(30);

/// A decision about a notice, as the store takes it.
type Decides = Result<Decision<Result<EvictionNotice, Refusal>>, StorageError>;

/// A notice that is ready to begin.
struct Beginning {
    sending: Sending,
    content: PreparedContent,
    source: Principal,
    target: Principal,
    caller: Caller,
}

/// What is ready to follow in a thread.
struct Next {
    id: NoticeId,
    wish: NoticeWish,
    message_id: MessageId,
    content: Option<PreparedContent>,
    protected_unit: Option<UnitId>,
    caller: Caller,
}

impl App {
    /// Tells of an eviction: durable here when this returns.
    ///
    /// # Errors
    /// [`Reason::ProtectedWay`] where a protected person has no function for protected post at the municipality, or another
    /// one is named: then nothing is sealed, stored or sent. [`Reason::RoleDenied`] for a unit that is not the caller's,
    /// [`Reason::IdempotencyMismatch`], otherwise as [`brygga_exchange::notice::send`] and
    /// [`brygga_exchange::notice::follow`].
    pub async fn notice_send(
        &self,
        caller: &Caller,
        wish: NoticeWish,
    ) -> Result<EvictionNotice, AppError> {
        let sent = match wish.thread.clone() {
            NoticeThread::New(thread) => self.notice_begin(caller, wish, thread).await,
            NoticeThread::Held(id) => self.notice_follow(caller, wish, id).await,
        };
        match sent {
            Err(AppError::Refused(refusal)) => {
                let by = Actor::User(caller.subject().to_owned());
                Err(self.log_refusal(by, "notice.send", refusal).await?.into())
            }
            other => other,
        }
    }

    async fn notice_begin(
        &self,
        caller: &Caller,
        wish: NoticeWish,
        thread: NewThread,
    ) -> Result<EvictionNotice, AppError> {
        let beginning = self.prepare_notice(caller, &wish, thread).await?;
        let (id, slot) = (beginning.sending.id, beginning.content.at_rest.key_slot);
        let (app, beginning) = (self.clone(), Arc::new(beginning));
        let foreseen = vec![Key::Idempotency(wish.idempotency_key)];
        let store = &self.parts().store;
        let sent = store.decide_on("notice.send", foreseen, Expectation::Unknown, move |reader| {
            let (app, beginning) = (app.clone(), Arc::clone(&beginning));
            Box::pin(async move { app.decide_notice_begin(reader, &beginning).await })
        });
        let sent = sent.await?;
        self.key_used(slot, sent.as_ref().is_ok_and(|notice| notice.id == id));
        Ok(sent?)
    }

    async fn prepare_notice(
        &self,
        caller: &Caller,
        wish: &NoticeWish,
        thread: NewThread,
    ) -> Result<Beginning, AppError> {
        if !may_see(caller, thread.source_unit.as_ref()) {
            return Err(Refusal::at(Reason::RoleDenied, "source_unit").into());
        }
        let source = self.principal(&self.parts().organisation)?;
        let absent = |_| Refusal::at(Reason::NotFound, "municipality");
        let target = self.principal(&thread.target).map_err(absent)?;
        let protected_unit = self.protected_unit(&thread.target);
        let target_unit = self.way(&thread, protected_unit.as_ref())?;
        let content = wish.content.as_ref().ok_or(Refusal::at(Reason::InvalidField, "content"))?;
        content.check(wish.kind, thread.protected)?;
        let sending = self.locally(|local| Sending {
            id: NoticeId::from_bytes(local.identifier()),
            message_id: local.message_id(),
            idempotency: IdempotencyKey { key: wish.idempotency_key, request_digest: wish.digest },
            kind: wish.kind,
            protected: thread.protected,
            case_number: thread.case_number,
            target: thread.target,
            target_unit,
            protected_unit,
            with_children: with_children(content, thread.protected),
            source_unit: thread.source_unit,
            agreement_id: thread.agreement_id,
        });
        let to = (&sending.target, sending.target_unit.as_ref());
        let content = self.seal_notice(sending.message_id, to, content).await?;
        Ok(Beginning { sending, content, source, target, caller: caller.clone() })
    }

    /// The function that a notice goes to: of a protected person the one for protected post, with a key of its own.
    fn way(
        &self,
        thread: &NewThread,
        protected_unit: Option<&UnitId>,
    ) -> Result<Option<UnitId>, Refusal> {
        if !thread.protected {
            return Ok(thread.target_unit.clone());
        }
        let astray = Refusal::at(Reason::ProtectedWay, "target_unit");
        let unit = protected_unit.ok_or(Refusal::at(Reason::ProtectedWay, "municipality"))?;
        if thread.target_unit.as_ref().is_some_and(|named| named != unit) {
            return Err(astray);
        }
        let key = self.trust().sealing_key(&thread.target, Some(unit)).map(drop);
        key.map_err(|_| Refusal::at(Reason::ProtectedWay, "municipality"))?;
        Ok(Some(unit.clone()))
    }

    /// The function of an organisation that receives protected post; none where there is not exactly one.
    pub(crate) fn protected_unit(&self, organisation: &OrgId) -> Option<UnitId> {
        let trust = self.trust();
        let point = trust.contact_point(organisation, Audience::Protected).ok();
        point.map(|point| point.unit.clone())
    }

    async fn seal_notice(
        &self,
        message_id: MessageId,
        (target, unit): (&OrgId, Option<&UnitId>),
        content: &EvictionContent,
    ) -> Result<PreparedContent, AppError> {
        let address = Address { kept: Kept::NoticePart(message_id), message_id, target, unit };
        let categories = content.categories();
        let facts = Facts { categories, child: false, third_persons: Vec::new() };
        self.prepare_sealed(&address, facts, |salt| content.encode(salt)).await
    }

    async fn decide_notice_begin(&self, reader: &mut Reader<'_>, beginning: &Beginning) -> Decides {
        let Beginning { sending, content, source, target, caller } = beginning;
        let keys = vec![Key::Idempotency(sending.idempotency.key)];
        if let Some(repeated) = repeated(reader, &sending.idempotency).await? {
            return Ok(answered(repeated, keys));
        }
        let book = self.agreements_held(reader).await?;
        let actor = Actor::User(caller.subject().to_owned());
        let mut decided =
            self.locally(|local| send(local, &actor, sending, content, (source, target), &book));
        if let Ok(notice) = &decided.answer {
            let seen = notice_access(caller, "notice.send", notice);
            decided = decided.accessed(self.now(), with_data(seen, &content.categories));
        }
        decided.writes = envelopes::encrypt(decided.writes, content)?;
        Ok(decision(decided, keys))
    }

    async fn notice_follow(
        &self,
        caller: &Caller,
        wish: NoticeWish,
        id: NoticeId,
    ) -> Result<EvictionNotice, AppError> {
        let held = self.notice_of(caller, id).await?;
        let message_id = self.locally(|local| local.message_id());
        let protected_unit = self.protected_unit(&held.recipient);
        let content = match &wish.content {
            None => None,
            Some(content) => {
                content.check(wish.kind, held.protected)?;
                if held.protected && protected_unit != held.recipient_unit {
                    return Err(Refusal::at(Reason::ProtectedWay, "notice_id").into());
                }
                let to = (&held.recipient, held.recipient_unit.as_ref());
                Some(self.seal_notice(message_id, to, content).await?)
            }
        };
        let slot = content.as_ref().map(|content| content.at_rest.key_slot);
        let foreseen = vec![Key::Idempotency(wish.idempotency_key)];
        let caller = caller.clone();
        let next = Arc::new(Next { id, wish, message_id, content, protected_unit, caller });
        let (app, store) = (self.clone(), &self.parts().store);
        let told =
            store.decide_on("notice.follow", foreseen, Expectation::Unknown, move |reader| {
                let (app, next) = (app.clone(), Arc::clone(&next));
                Box::pin(async move { app.decide_notice_follow(reader, &next).await })
            });
        let told = told.await?;
        if let Some(slot) = slot {
            let is_stored = told.as_ref().is_ok_and(|notice| notice.message_id == message_id);
            self.key_used(slot, is_stored);
        }
        Ok(told?)
    }

    async fn decide_notice_follow(&self, reader: &mut Reader<'_>, next: &Next) -> Decides {
        let Next { id, wish, message_id, content, protected_unit, caller } = next;
        let idempotency = IdempotencyKey { key: wish.idempotency_key, request_digest: wish.digest };
        let mut keys = vec![Key::Notice(*id), Key::Idempotency(idempotency.key)];
        if let Some(repeated) = repeated(reader, &idempotency).await? {
            return Ok(answered(repeated, keys));
        }
        let held = reader.notice_by_id(*id).await?;
        let Some(held) = held.filter(|held| self.shows(caller, held)) else {
            return Ok(answered(Err(Refusal::new(Reason::NotFound)), keys));
        };
        let (thread, other) = (held.conversation(), held.peer().clone());
        let chain = reader.chain(thread, &other).await?;
        keys.push(Key::Conversation(thread, other));
        let following = Following {
            message_id: *message_id,
            idempotency,
            kind: wish.kind,
            until: wish.until,
            content: content.as_ref(),
            with_children: wish
                .content
                .as_ref()
                .is_some_and(|content| with_children(content, held.protected)),
            protected_unit: protected_unit.clone(),
        };
        let seen = notice_access(caller, "notice.follow", &held);
        let actor = Actor::User(caller.subject().to_owned());
        let mut decided = self.locally(|local| follow(local, &actor, held, chain, &following));
        if decided.answer.is_ok() {
            decided = decided.accessed(self.now(), seen);
        }
        if let Some(content) = content {
            decided.writes = envelopes::encrypt(decided.writes, content)?;
        }
        Ok(decision(decided, keys))
    }

    /// A notice that a caller may show.
    pub(crate) async fn notice_of(
        &self,
        caller: &Caller,
        id: NoticeId,
    ) -> Result<EvictionNotice, AppError> {
        let store = &self.parts().store;
        let held = store.read(move |reader| Box::pin(reader.notice_by_id(id))).await?;
        let held = held.filter(|held| self.shows(caller, held));
        Ok(held.ok_or(Refusal::new(Reason::NotFound))?)
    }
}

/// Whether it is said in clear that children live there.
fn with_children(content: &EvictionContent, protected: bool) -> bool {
    content.children == Children::Yes && !protected
}

/// What was sent under the same key before.
async fn repeated(
    reader: &mut Reader<'_>,
    idempotency: &IdempotencyKey,
) -> Result<Option<Result<EvictionNotice, Refusal>>, StorageError> {
    let found = reader.notice_by_idempotency_key(idempotency.key).await?;
    Ok(found.map(|(notice, digest)| {
        let mismatch = Refusal::at(Reason::IdempotencyMismatch, "idempotency_key");
        if digest == idempotency.request_digest { Ok(notice) } else { Err(mismatch) }
    }))
}

/// An access of a caller to a notice.
fn notice_access(caller: &Caller, action: &str, notice: &EvictionNotice) -> Access {
    let object = AccessObject::Notice(notice.id);
    access(caller, action, object, notice.own_unit(), AccessGround::OwnUnit)
}
