//! Envelopes that carry content, in the outbox: under the key of their case while they are stored.
//!
//! They are sealed to the recipient's function already. But the recipient keeps its sealing key, and a
//! copy of the outbox outlives an erasure: with the case's own key around it, neither matters.

use std::collections::HashMap;

use brygga_crypto::at_rest::KeySlot;
use brygga_crypto::{AssociatedData, SystemRandom};
use brygga_domain::MessageId;
use brygga_exchange::WriteSet;
use brygga_exchange::records::{ContentAtRest, OutboxEntry};
use brygga_exchange::referral::PreparedContent;
use brygga_storage::{SlotState, StorageError};

use crate::App;

/// Encrypts what a decision sends that carries this content, under the content's own key.
pub(crate) fn encrypt(
    mut writes: WriteSet,
    content: &PreparedContent,
) -> Result<WriteSet, StorageError> {
    let Some(key) = &content.key else { return Ok(writes) };
    for entry in &mut writes.outbox {
        let place = place(&entry.message_id);
        let ciphertext = key.encrypt(&mut SystemRandom, &place, &entry.envelope);
        let ciphertext =
            ciphertext.map_err(|_| StorageError::Defect { name: "envelopes.encrypt" })?;
        entry.at_rest = Some(ContentAtRest { key_slot: content.at_rest.key_slot, ciphertext });
    }
    Ok(writes)
}

impl App {
    /// Opens envelopes as they are stored. One whose case is being erased is left out, since it is
    /// not to be sent, or its cover takes its place.
    pub(crate) async fn open_envelopes(
        &self,
        mut entries: Vec<OutboxEntry>,
    ) -> Result<Vec<OutboxEntry>, StorageError> {
        let slots = entries.iter().filter_map(|entry| entry.at_rest.as_ref());
        let slots: Vec<_> = slots.map(|at_rest| at_rest.key_slot).collect();
        if slots.is_empty() {
            return Ok(entries);
        }
        let states = self.parts().case_keys.vault().slot_states(slots).await?;
        let states: HashMap<_, _> = states.into_iter().collect();
        entries.retain_mut(|entry| self.open_envelope(entry, &states));
        Ok(entries)
    }

    fn open_envelope(&self, entry: &mut OutboxEntry, states: &HashMap<KeySlot, SlotState>) -> bool {
        let Some(at_rest) = &entry.at_rest else { return true };
        let opened = match states.get(&at_rest.key_slot) {
            Some(SlotState::Held(wrapped)) => at_rest
                .key_slot
                .open(self.parts().keys.key_ring(), wrapped)
                .and_then(|key| key.decrypt(&place(&entry.message_id), &at_rest.ciphertext)),
            Some(SlotState::Destroyed) => return entry.withhold(),
            Some(SlotState::Unknown) | None => {
                tracing::error!("a message's key is not in the vault, so that it cannot be sent");
                return false;
            }
        };
        match opened {
            Ok(envelope) => entry.envelope.clone_from(&envelope),
            Err(_) => {
                tracing::error!("a stored message does not decrypt, so that it cannot be sent")
            }
        }
        !entry.envelope.is_empty()
    }
}

fn place(message: &MessageId) -> AssociatedData<'_> {
    AssociatedData { table: "outbox", row: message.as_bytes(), column: "envelope" }
}
