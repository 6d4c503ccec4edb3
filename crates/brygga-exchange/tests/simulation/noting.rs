//! Notes in between, by the people of either side.

use brygga_domain::referral::Side;
use brygga_domain::{DisclosureGround, GdprBasis, MessageId, ReferralId, Refusal, Timestamp};
use brygga_exchange::referral::{NoteContext, NoteDraft, NoteGround, consent_of_note, note};
use brygga_policy::Principal;

use crate::node::{Crashed, Node};
use crate::paper;
use crate::people::actor;
use crate::plan::Crash;

impl Node {
    /// Writes to the other side: at the source on the referral's own ground, at the target on OSL 26:9.
    pub(crate) fn note(
        &mut self,
        id: ReferralId,
        token: [u8; 16],
        reader: &Principal,
        now: Timestamp,
        crash: Option<Crash>,
    ) -> Result<Result<MessageId, Refusal>, Crashed> {
        let referral = self.store.referral(id).cloned().expect("picked from what is held");
        let chain = self.store.chain(referral.conversation(), referral.peer());
        let of_target = NoteGround {
            ground: Some(DisclosureGround::Care26_9),
            gdpr_basis: Some(GdprBasis::PublicTask),
        };
        let ground = match referral.side {
            Side::Source => NoteGround { ground: None, gdpr_basis: None },
            Side::Target => of_target,
        };
        let consent = consent_of_note(None, &referral);
        let consent = consent.and_then(|id| self.store.consents.get(&id).cloned());
        let (writer, book) = (self.principal.clone(), self.store.book());
        let context =
            NoteContext { writer: &writer, reader, agreements: &book, consent: consent.as_ref() };
        let content = paper::content(token);
        let decided = self.locally(now, |local| {
            let draft = NoteDraft { id: local.message_id(), ground, content: &content };
            note(local, &actor(), &referral, chain, draft, context)
        });
        Ok(self.finish(decided, 1, crash)?.map(|stored| stored.id))
    }
}
