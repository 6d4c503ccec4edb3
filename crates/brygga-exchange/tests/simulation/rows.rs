//! Notes, orders to stop and erasures, as strict as the database.

use brygga_domain::{MessageId, ReferralId};
use brygga_exchange::erase::{Erasure, Subject};
use brygga_exchange::records::{OutboxEntry, StoredNote, StoredStop};
use brygga_exchange::write_set::Covered;
use brygga_wire::envelope::{MessageType, SignedEnvelope};

use crate::memory::{Memory, is_queued};
use crate::stopping::thread;

/// Whether an envelope has sealed content with it.
pub(crate) fn has_content(entry: &OutboxEntry) -> bool {
    SignedEnvelope::decode(&entry.envelope).is_ok_and(|envelope| !envelope.sealed().is_empty())
}

impl Memory {
    /// Whether anything of a case is left that could be read: content, notes, or envelopes with either.
    pub(crate) fn holds_content(&self, id: ReferralId) -> bool {
        let of_referral = self.referrals.get(&id).is_some_and(|kept| kept.content.is_some());
        let mut notes = self.notes.values().filter(|note| note.referral_id == id);
        let is_letter =
            |entry: &OutboxEntry| entry.conversation == thread(id) && has_content(entry);
        of_referral || notes.any(|note| note.content.is_some()) || self.outbox.iter().any(is_letter)
    }

    pub(crate) fn insert_note(&mut self, note: StoredNote) {
        assert!(note.content.is_some(), "a note without a text");
        assert!(self.referrals.contains_key(&note.referral_id), "a note about nothing");
        assert!(self.notes.insert(note.id, note).is_none(), "a note was kept twice");
    }

    pub(crate) fn upsert_stop(&mut self, stored: StoredStop) {
        let StoredStop { stop, evidence } = &stored;
        let has_evidence =
            stop.answer.is_some() && stop.side == brygga_domain::referral::Side::Source;
        assert_eq!(evidence.is_some(), has_evidence, "evidence of an answer, at the source");
        if let Some(held) = self.stops.get(&stop.id) {
            assert_eq!(held.stop.answer, None, "an order was answered twice");
            let same = brygga_domain::stop::ProcessingStop { answer: None, ..stop.clone() };
            assert_eq!(held.stop, same, "an order changed");
        }
        self.stops.insert(stop.id, stored);
    }

    /// A cover takes the place of its message, unless that was delivered.
    pub(crate) fn cover(&mut self, covered: Covered) {
        let is_it = |entry: &&mut OutboxEntry| entry.message_id == covered.message_id;
        let entry = self.outbox.iter_mut().find(is_it).expect("a message is covered");
        assert!(entry.withhold(), "a message without a cover was covered");
        entry.cover = None;
        entry.expires_at = covered.tried_until;
    }

    /// Rows lose their personal data; nothing that still waits to be sent may lose it.
    pub(crate) fn erase(&mut self, erasure: &Erasure) {
        let Subject::Referral(id) = erasure.subject else { panic!("a consent is not erased here") };
        let kept = self.referrals.get_mut(&id).expect("a referral that is held is erased");
        kept.content = None;
        for note in self.notes.values_mut().filter(|note| note.referral_id == id) {
            note.content = None;
        }
        let is_emptied = |message: MessageId| erasure.messages.contains(&message);
        for entry in self.outbox.iter_mut().filter(|entry| is_emptied(entry.message_id)) {
            assert!(!is_queued(entry), "a message that waits was emptied");
            entry.envelope.clear();
        }
        assert!(!self.holds_content(id), "an erasure left something");
    }
}

/// Whether a message carries a note.
pub(crate) fn carries_note(entry: &OutboxEntry) -> bool {
    entry.message_type == MessageType::ReferralNoted.as_str()
}
