//! Notes in between: sealed and sent, and opened for whoever may read the referral.

use std::sync::Arc;

use brygga_domain::referral::{Referral, Side};
use brygga_domain::{MessageId, Reason, Refusal};
use brygga_exchange::Key;
use brygga_exchange::records::StoredNote;
use brygga_exchange::referral::{
    NoteContext, NoteDraft, NoteGround, PreparedContent, addressed_unit, consent_of_note, note,
};
use brygga_identity::caller::Caller;
use brygga_storage::{Decision, Reader, StorageError};
use brygga_wire::local::{NoteShown, NoteWish};

use crate::access::{actor, behalf, referral_access, with_data};
use crate::content::{Address, Kept, SealedFor};
use crate::places::check_places;
use crate::referrals::{answered, decision};
use crate::{App, AppError, envelopes};

impl App {
    /// Sends a note to the other side of a referral: durable here when this returns.
    ///
    /// # Errors
    /// [`Reason::NotFound`] where the referral is absent or hidden, [`Reason::IdempotencyMismatch`] where
    /// the id names another note, otherwise as [`brygga_exchange::referral::note`].
    pub async fn note_send(&self, caller: &Caller, wish: NoteWish) -> Result<NoteShown, AppError> {
        let id = wish.referral_id;
        let (app, asking) = (self.clone(), caller.clone());
        let found = self
            .parts()
            .store
            .read(move |reader| Box::pin(async move { app.workable(reader, &asking, id).await }));
        let (referral, _) = found.await??;
        let kinds = [&self.parts().organisation, referral.peer()].map(|end| self.principal(end));
        let kinds: Vec<_> = kinds.into_iter().flatten().map(|end| end.kind).collect();
        check_places(&wish.content, &kinds, &referral.request.service_type)
            .map_err(|refusal| Refusal { field: "text", ..refusal })?;
        let address = Address {
            kept: Kept::Note(wish.note_id),
            message_id: wish.note_id,
            target: referral.peer(),
            unit: addressed_unit(&referral),
        };
        let content = self.prepare_content(&address, &wish.content).await?;
        let slot = content.at_rest.key_slot;
        let (app, asking) = (self.clone(), caller.clone());
        let asked = Arc::new((wish, content));
        let sent = self.parts().store.decide("referral.note", move |reader| {
            let (app, caller, asked) = (app.clone(), asking.clone(), Arc::clone(&asked));
            Box::pin(async move { app.decide_note(reader, &caller, &asked.0, &asked.1).await })
        });
        let sent = sent.await?;
        let is_new = |note: &StoredNote| {
            note.content.as_ref().is_some_and(|content| content.key_slot == slot)
        };
        self.key_used(slot, sent.as_ref().is_ok_and(is_new));
        let shown = self.notes_shown(&referral, vec![sent?]).await?;
        Ok(shown.into_iter().next().ok_or(Refusal::new(Reason::NotFound))?)
    }

    async fn decide_note(
        &self,
        reader: &mut Reader<'_>,
        caller: &Caller,
        wish: &NoteWish,
        content: &PreparedContent,
    ) -> Result<Decision<Result<StoredNote, Refusal>>, StorageError> {
        let mut read_keys = vec![Key::Referral(wish.referral_id), Key::Outbox(wish.note_id)];
        let (referral, ground) = match self.workable(reader, caller, wish.referral_id).await? {
            Ok(found) => found,
            Err(refusal) => return Ok(answered(Err(refusal), read_keys)),
        };
        if let Some(held) = reader.note_by_id(wish.note_id).await? {
            let same = held.is_own && held.referral_id == wish.referral_id;
            let mismatch = Refusal::at(Reason::IdempotencyMismatch, "note_id");
            return Ok(answered(if same { Ok(held) } else { Err(mismatch) }, read_keys));
        }
        let (conversation, peer) = (referral.conversation(), referral.peer().clone());
        let chain = reader.chain(conversation, &peer).await?;
        let consent_id = consent_of_note(wish.consent_id, &referral);
        let consent = match consent_id {
            Some(id) => reader.consent_by_id(id).await?,
            None => None,
        };
        read_keys.push(Key::Conversation(conversation, peer.clone()));
        read_keys.extend(consent_id.map(Key::Consent));
        let (writer, other) =
            match (self.principal(&self.parts().organisation), self.principal(&peer)) {
                (Ok(writer), Ok(other)) => (writer, other),
                (Err(refusal), _) | (_, Err(refusal)) => {
                    return Ok(answered(Err(refusal), read_keys));
                }
            };
        let book = self.agreements_held(reader).await?;
        let context = NoteContext {
            writer: &writer,
            reader: &other,
            agreements: &book,
            consent: consent.as_ref(),
        };
        let disclosed = NoteGround { ground: wish.ground, gdpr_basis: wish.gdpr_basis };
        let draft = NoteDraft { id: wish.note_id, ground: disclosed, content };
        let behalf = behalf(caller, &referral);
        let actor = actor(caller, behalf.as_ref());
        let access = referral_access(caller, "referral.note", &referral, ground);
        let access = with_data(access, &content.categories);
        let now = self.now();
        let mut decided = self
            .locally(|local| note(local, &actor, &referral, chain, draft, context))
            .on_behalf(behalf.as_ref())
            .accessed(now, access);
        decided.writes = envelopes::encrypt(decided.writes, content)?;
        Ok(decision(decided, read_keys))
    }

    /// The notes of a referral with their texts, where this node can open them.
    pub(crate) async fn notes_shown(
        &self,
        referral: &Referral,
        notes: Vec<StoredNote>,
    ) -> Result<Vec<NoteShown>, StorageError> {
        let mut shown = Vec::with_capacity(notes.len());
        for note in notes {
            let StoredNote { id, is_own, author_unit, written_at, content, .. } = note;
            let opened = match content {
                None => None,
                Some(at_rest) => {
                    let sealed_for = (!is_own).then(|| arrived(referral, id));
                    self.open_kept(Kept::Note(id), &at_rest, sealed_for).await?
                }
            };
            let text = opened.and_then(|content| content.note);
            shown.push(NoteShown { note_id: id, is_own, written_at, author_unit, text });
        }
        Ok(shown)
    }
}

/// What a note of the other side was bound to.
fn arrived(referral: &Referral, message: MessageId) -> SealedFor<'_> {
    let unit = match referral.side {
        Side::Source => referral.request.source_unit.as_ref(),
        Side::Target => referral.target_unit.as_ref(),
    };
    SealedFor { message, sender: referral.peer(), unit }
}
