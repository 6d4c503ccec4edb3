//! Erasure, first step: the key is gone, durably, and the vault remembers until the database has
//! followed. A crash in between leaves content that nothing opens and a reminder to clear it.

use brygga_crypto::at_rest::KeySlot;
use brygga_domain::{ConsentId, NoticeId, OfferId, ReferralId, RelocationId, TransferId};
use brygga_exchange::erase::{ErasureCause, Subject};
use sqlx::any::AnyRow;

use super::Vault;
use crate::error::StorageError;
use crate::row::StoredRow;
use crate::values::Values;

/// An erasure that the database still has to follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Erasing {
    /// The slot that was emptied.
    pub slot: KeySlot,
    /// What its key opened.
    pub subject: Subject,
    /// Why it was erased.
    pub cause: ErasureCause,
}

impl Vault {
    /// Destroys the key in a slot; durable when this returns. Again it changes nothing but the
    /// reminder, and a slot that is not there is made, empty.
    pub async fn slot_destroy(&self, erasing: Erasing) -> Result<(), StorageError> {
        const DESTROY: &str = "INSERT INTO slot (id, subject_kind, subject, cause) \
            VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE \
            SET wrapped_key = NULL, held_since = NULL, subject_kind = excluded.subject_kind, \
            subject = excluded.subject, cause = excluded.cause";
        let (kind, id) = match &erasing.subject {
            Subject::Consent(id) => ("CONSENT", id.as_bytes()),
            Subject::Offer(id) => ("OFFER", id.as_bytes()),
            Subject::Referral(id) => ("REFERRAL", id.as_bytes()),
            Subject::Relocation(id) => ("RELOCATION", id.as_bytes()),
            Subject::Notice(id) => ("NOTICE", id.as_bytes()),
            Subject::Signal(id) => ("SIGNAL", id.as_bytes()),
            Subject::Transfer(id) => ("TRANSFER", id.as_bytes()),
        };
        let mut values = Values::new();
        values.bytes(erasing.slot.as_bytes()).text(kind).bytes(id).text(erasing.cause.as_str());
        self.write(DESTROY, values).await
    }

    /// Erasures that the database still has to follow, at most `limit`.
    pub async fn erasures_unfinished(&self, limit: u32) -> Result<Vec<Erasing>, StorageError> {
        const UNFINISHED: &str = "SELECT id, subject_kind, subject, cause FROM slot \
            WHERE subject IS NOT NULL ORDER BY seq LIMIT $1";
        let mut values = Values::new();
        values.number(limit);
        self.run(move |connection| {
            Box::pin(async move {
                let found = sqlx::query_with(UNFINISHED, values.finish()?);
                found.fetch_all(connection).await?.iter().map(read).collect()
            })
        })
        .await
    }

    /// Forgets the reminder, since the database has followed.
    pub async fn erasure_finish(&self, slot: KeySlot) -> Result<(), StorageError> {
        const FINISH: &str = "UPDATE slot SET subject_kind = NULL, subject = NULL, cause = NULL \
            WHERE id = $1 AND subject IS NOT NULL";
        let mut values = Values::new();
        values.bytes(slot.as_bytes());
        self.write(FINISH, values).await
    }
}

fn read(found: &AnyRow) -> Result<Erasing, StorageError> {
    let row = StoredRow::new("slot", "id", found);
    let subject = match row.text("subject_kind")? {
        "CONSENT" => Subject::Consent(row.fixed::<ConsentId>("subject")?),
        "OFFER" => Subject::Offer(row.fixed::<OfferId>("subject")?),
        "REFERRAL" => Subject::Referral(row.fixed::<ReferralId>("subject")?),
        "RELOCATION" => Subject::Relocation(row.fixed::<RelocationId>("subject")?),
        "NOTICE" => Subject::Notice(row.fixed::<NoticeId>("subject")?),
        "SIGNAL" => Subject::Signal(row.fixed::<NoticeId>("subject")?),
        "TRANSFER" => Subject::Transfer(row.fixed::<TransferId>("subject")?),
        _ => return Err(row.inconsistent("subject_kind")),
    };
    let cause = row.coded("cause", ErasureCause::parse)?;
    Ok(Erasing { slot: row.fixed("id")?, subject, cause })
}
