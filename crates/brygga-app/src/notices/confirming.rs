//! The municipality confirms a notice on the same day (rule R16).

use std::sync::Arc;

use brygga_domain::notice::EvictionNotice;
use brygga_domain::{DataCategory, MessageId, NoticeId, Reason, Refusal};
use brygga_exchange::Key;
use brygga_exchange::audit::Actor;
use brygga_exchange::notice::{Confirming, confirm};
use brygga_exchange::referral::PreparedContent;
use brygga_identity::caller::Caller;
use brygga_storage::{Reader, StorageError};
use brygga_wire::notice::Responsible;

use super::{Decides, notice_access};
use crate::content::{Address, Facts, Kept};
use crate::referrals::{answered, decision};
use crate::{App, AppError, envelopes};

impl App {
    /// Confirms a notice, and tells Kronofogden who works with it. A second time nothing changes.
    ///
    /// # Errors
    /// [`Reason::NotFound`] where it is absent or the caller may not show it; otherwise as
    /// [`brygga_exchange::notice::confirm`].
    pub async fn notice_confirm(
        &self,
        caller: &Caller,
        id: NoticeId,
        responsible: &Responsible,
    ) -> Result<EvictionNotice, AppError> {
        let held = self.notice_of(caller, id).await?;
        let message_id = self.locally(|local| local.message_id());
        let address = Address {
            kept: Kept::NoticePart(message_id),
            message_id,
            target: held.peer(),
            unit: held.sender_unit.as_ref(),
        };
        let facts = Facts {
            categories: vec![DataCategory::Contact],
            child: false,
            third_persons: Vec::new(),
        };
        let content = self.prepare_sealed(&address, facts, |salt| responsible.encode(salt)).await?;
        let slot = content.at_rest.key_slot;
        let (app, asking, content) = (self.clone(), caller.clone(), Arc::new(content));
        let done = self.parts().store.decide("notice.confirm", move |reader| {
            let (app, caller, content) = (app.clone(), asking.clone(), Arc::clone(&content));
            Box::pin(async move {
                app.decide_notice_confirm(reader, &caller, id, (message_id, &content)).await
            })
        });
        let done = done.await?;
        let is_stored = self.notice_part_stored(id, message_id).await?;
        self.key_used(slot, is_stored);
        Ok(done?)
    }

    async fn decide_notice_confirm(
        &self,
        reader: &mut Reader<'_>,
        caller: &Caller,
        id: NoticeId,
        (message_id, content): (MessageId, &PreparedContent),
    ) -> Decides {
        let mut keys = vec![Key::Notice(id)];
        let held = reader.notice_by_id(id).await?;
        let Some(held) = held.filter(|held| self.shows(caller, held)) else {
            return Ok(answered(Err(Refusal::new(Reason::NotFound)), keys));
        };
        let (thread, other) = (held.conversation(), held.peer().clone());
        let chain = reader.chain(thread, &other).await?;
        keys.push(Key::Conversation(thread, other));
        let seen = notice_access(caller, "notice.confirm", &held);
        let confirming = Confirming { message_id, content };
        let actor = Actor::User(caller.subject().to_owned());
        let mut decided = self.locally(|local| confirm(local, &actor, held, chain, &confirming));
        if decided.answer.is_ok() {
            decided = decided.accessed(self.now(), seen);
        }
        decided.writes = envelopes::encrypt(decided.writes, content)?;
        Ok(decision(decided, keys))
    }

    /// Whether a message's part is stored: it is not where the notice was confirmed before.
    async fn notice_part_stored(
        &self,
        id: NoticeId,
        message_id: MessageId,
    ) -> Result<bool, StorageError> {
        let store = &self.parts().store;
        let parts = store.read(move |reader| Box::pin(reader.notice_parts(id))).await?;
        Ok(parts.iter().any(|part| part.id == message_id))
    }
}
