//! Rows that lose their personal data: a tombstone stays. Whatever table holds content under a key of
//! its own is named here three times: to find its keys, to clear it, and to know that a key is in use.

use brygga_crypto::at_rest::KeySlot;
use brygga_domain::{
    ConsentId, ConversationId, MessageId, OfferId, ReferralId, RelocationId, Timestamp,
};
use brygga_exchange::erase::{Erasure, Subject};
use brygga_exchange::records::OutboxEntry;

use crate::access;
use crate::batch::Batch;
use crate::error::StorageError;
use crate::notice;
use crate::outbox;
use crate::reader::Reader;
use crate::relay;
use crate::row::StoredRow;
use crate::transaction::Transaction;
use crate::transfer;
use crate::values::Values;

/// The digest of a request covers the personal data. Its caller's key stays, so that a repeat does
/// not begin the case anew.
static REFERRALS: Batch = Batch::new(
    "UPDATE referral SET content = NULL, key_slot = NULL, eligibility = NULL, \
     erased_at = COALESCE(erased_at, step.column2), \
     request_digest = CASE WHEN request_digest IS NOT NULL THEN step.column3 END FROM (VALUES",
    3,
    ") AS step WHERE referral.id = step.column1",
);

static CONSENTS: Batch = Batch::new(
    "UPDATE consent SET words = NULL, key_slot = NULL, \
     erased_at = COALESCE(erased_at, step.column2) FROM (VALUES",
    2,
    ") AS step WHERE consent.id = step.column1",
);

static OFFERS: Batch = Batch::new(
    "UPDATE offer SET content = NULL, key_slot = NULL, affirmations = '', request_digest = step.column3, \
     erased_at = COALESCE(erased_at, step.column2) FROM (VALUES",
    3,
    ") AS step WHERE offer.id = step.column1",
);

/// What named it goes with it.
static RELOCATIONS: Batch = Batch::new(
    "UPDATE relocation_case SET record = NULL, key_slot = NULL, due_on = NULL, purge_on = NULL, tally = NULL, \
     erased_at = COALESCE(erased_at, step.column2) FROM (VALUES",
    2,
    ") AS step WHERE relocation_case.id = step.column1",
);

static NOTES: Batch = Batch::new(
    "UPDATE referral_note SET content = NULL, key_slot = NULL WHERE referral_id IN (VALUES",
    1,
    ")",
);

/// Why a case was kept tells of the day of birth.
static KEPT: Batch = Batch::new("DELETE FROM retention_kept WHERE referral_id IN (VALUES", 1, ")");

static ENVELOPES: Batch = Batch::new(
    "UPDATE outbox SET envelope = step.column2, key_slot = NULL, cover = NULL FROM (VALUES",
    2,
    ") AS step WHERE outbox.message_id = step.column1",
);

static IN_USE: [Batch; 7] = [
    Batch::new("SELECT key_slot AS id FROM consent WHERE key_slot IN (VALUES", 1, ")"),
    Batch::new("SELECT key_slot AS id FROM offer WHERE key_slot IN (VALUES", 1, ")"),
    Batch::new("SELECT key_slot AS id FROM referral WHERE key_slot IN (VALUES", 1, ")"),
    Batch::new("SELECT key_slot AS id FROM referral_note WHERE key_slot IN (VALUES", 1, ")"),
    Batch::new("SELECT key_slot AS id FROM relocation_case WHERE key_slot IN (VALUES", 1, ")"),
    Batch::new("SELECT key_slot AS id FROM notice_part WHERE key_slot IN (VALUES", 1, ")"),
    Batch::new("SELECT key_slot AS id FROM transfer_part WHERE key_slot IN (VALUES", 1, ")"),
];

/// What of a case is needed to erase it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseSlots {
    /// Where its keys lie; none where it holds no content.
    pub slots: Vec<KeySlot>,
    /// When it was erased; content may have come to it since.
    pub erased_at: Option<Timestamp>,
}

/// Clears what erasures clear.
pub(crate) async fn erase(
    transaction: &mut Transaction<'_>,
    erasures: &[Erasure],
) -> Result<(), StorageError> {
    let referrals: Vec<(ReferralId, Timestamp)> =
        of(erasures, |subject| if let Subject::Referral(id) = subject { Some(id) } else { None });
    let bind = |(id, at): &(ReferralId, Timestamp), values: &mut Values| {
        values.bytes(id.as_bytes()).instant(*at).bytes(&[0; 32]);
    };
    transaction.write(&REFERRALS, &referrals, true, bind).await?;
    let bind = |(id, _): &(ReferralId, Timestamp), values: &mut Values| {
        values.bytes(id.as_bytes());
    };
    transaction.write(&NOTES, &referrals, false, bind).await?;
    transaction.write(&KEPT, &referrals, false, bind).await?;
    let cases: Vec<ReferralId> = referrals.iter().map(|(id, _)| *id).collect();
    access::forget_words(transaction, &cases).await?;
    let consents: Vec<(ConsentId, Timestamp)> =
        of(erasures, |subject| if let Subject::Consent(id) = subject { Some(id) } else { None });
    let bind = |(id, at): &(ConsentId, Timestamp), values: &mut Values| {
        values.bytes(id.as_bytes()).instant(*at);
    };
    transaction.write(&CONSENTS, &consents, true, bind).await?;
    let offers: Vec<(OfferId, Timestamp)> =
        of(erasures, |subject| if let Subject::Offer(id) = subject { Some(id) } else { None });
    let bind = |(id, at): &(OfferId, Timestamp), values: &mut Values| {
        values.bytes(id.as_bytes()).instant(*at).bytes(&[0; 32]);
    };
    transaction.write(&OFFERS, &offers, true, bind).await?;
    purge_relocations(transaction, erasures).await?;
    transfer::erase(transaction, erasures).await?;
    notice::erase(transaction, erasures).await?;
    let messages: Vec<MessageId> =
        erasures.iter().flat_map(|erasure| erasure.messages.iter().copied()).collect();
    let bind = |id: &MessageId, values: &mut Values| {
        values.bytes(id.as_bytes()).bytes(&[]);
    };
    transaction.write(&ENVELOPES, &messages, false, bind).await
}

/// What was erased of one kind, and when.
fn of<Id>(erasures: &[Erasure], id: impl Fn(Subject) -> Option<Id>) -> Vec<(Id, Timestamp)> {
    let erased = erasures.iter();
    erased.filter_map(|one| id(one.subject).map(|id| (id, one.erased_at))).collect()
}

async fn purge_relocations(
    transaction: &mut Transaction<'_>,
    erasures: &[Erasure],
) -> Result<(), StorageError> {
    let relocations: Vec<(RelocationId, Timestamp)> =
        of(erasures, |subject| if let Subject::Relocation(id) = subject { Some(id) } else { None });
    let bind = |(id, at): &(RelocationId, Timestamp), values: &mut Values| {
        values.bytes(id.as_bytes()).instant(*at);
    };
    transaction.write(&RELOCATIONS, &relocations, true, bind).await?;
    let purged: Vec<_> = relocations.iter().map(|(id, _)| *id).collect();
    relay::forget(transaction, &purged).await
}

impl Reader<'_> {
    /// Where the keys of a subject lie, and whether it is erased; none where there is none such.
    pub async fn erasable_slots(
        &mut self,
        subject: Subject,
    ) -> Result<Option<CaseSlots>, StorageError> {
        match subject {
            Subject::Notice(id) => self.notice_slots(id).await,
            Subject::Consent(id) => {
                let statement = "SELECT id, key_slot, erased_at FROM consent WHERE id = $1";
                self.own_slot(statement, id.as_bytes()).await
            }
            Subject::Offer(id) => {
                let statement = "SELECT id, key_slot, erased_at FROM offer WHERE id = $1";
                self.own_slot(statement, id.as_bytes()).await
            }
            Subject::Referral(id) => self.case_slots(id).await,
            Subject::Relocation(id) => {
                let statement = "SELECT id, key_slot, erased_at FROM relocation_case WHERE id = $1";
                self.own_slot(statement, id.as_bytes()).await
            }
            Subject::Signal(id) => self.signal_slots(id).await,
            Subject::Transfer(id) => self.transfer_slots(id).await,
        }
    }

    /// The slot of the row itself.
    async fn own_slot(
        &mut self,
        statement: &'static str,
        id: &[u8; 16],
    ) -> Result<Option<CaseSlots>, StorageError> {
        let mut values = Values::new();
        values.bytes(id);
        let Some(found) = self.row(statement, values).await? else { return Ok(None) };
        let row = StoredRow::new("key_slot", "id", &found);
        let erased_at = row.instant_or_null("erased_at")?;
        let slots = match row.bytes_or_null("key_slot")? {
            Some(_) => vec![row.fixed("key_slot")?],
            None => Vec::new(),
        };
        Ok(Some(CaseSlots { slots, erased_at }))
    }

    /// Where the keys of a case lie, its notes included.
    pub async fn case_slots(&mut self, id: ReferralId) -> Result<Option<CaseSlots>, StorageError> {
        let statement = "SELECT id, key_slot, erased_at FROM referral WHERE id = $1";
        let own = self.own_slot(statement, id.as_bytes()).await?;
        let Some(CaseSlots { mut slots, erased_at }) = own else { return Ok(None) };
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let statement = "SELECT id, key_slot FROM referral_note \
                         WHERE referral_id = $1 AND key_slot IS NOT NULL";
        for found in &self.rows(statement, values).await? {
            slots.push(StoredRow::new("referral_note", "id", found).fixed("key_slot")?);
        }
        Ok(Some(CaseSlots { slots, erased_at }))
    }

    /// Every message of a thread that is in the outbox, in the order of sending.
    pub async fn outbox_thread(
        &mut self,
        conversation: ConversationId,
    ) -> Result<Vec<OutboxEntry>, StorageError> {
        let mut values = Values::new();
        values.bytes(conversation.as_bytes());
        let statement = "SELECT * FROM outbox WHERE conversation = $1 ORDER BY seq";
        let found = self.rows(statement, values).await?;
        found.iter().map(outbox::entry).collect()
    }

    /// Those of the slots that a row names. Reads every row: for the rare look at what a process
    /// that ended left in the vault.
    pub async fn slots_in_use(&mut self, slots: &[KeySlot]) -> Result<Vec<KeySlot>, StorageError> {
        let bind = |slot: &KeySlot, values: &mut Values| {
            values.bytes(slot.as_bytes());
        };
        let mut in_use = Vec::new();
        for batch in &IN_USE {
            for found in &batch.find(self.connection, slots, bind).await? {
                in_use.push(StoredRow::new("key_slot", "id", found).fixed("id")?);
            }
        }
        Ok(in_use)
    }
}
