//! Slots: made in batches, held until it is known whether anything names them, opened, wrapped anew.

use brygga_crypto::KeyId;
use brygga_crypto::at_rest::{FilledSlot, KeySlot};
use brygga_domain::Timestamp;
use sqlx::AnyConnection;

use super::Vault;
use crate::batch::Batch;
use crate::error::StorageError;
use crate::row::StoredRow;
use crate::values::Values;

static ADD: Batch = Batch::new("INSERT INTO slot (id, wrapped_key, held_since) VALUES", 3, "");
static USED: Batch = Batch::new("UPDATE slot SET held_since = NULL WHERE id IN (VALUES", 1, ")");
/// Only what is still held: a slot that something names is never emptied here.
static UNUSED: Batch = Batch::new(
    "UPDATE slot SET wrapped_key = NULL, held_since = NULL \
     WHERE held_since IS NOT NULL AND id IN (VALUES",
    1,
    ")",
);
static STATES: Batch = Batch::new("SELECT id, wrapped_key FROM slot WHERE id IN (VALUES", 1, ")");
/// Only what still holds the key that was read: one that was destroyed meanwhile stays so.
static REWRAP: Batch = Batch::new(
    "UPDATE slot SET wrapped_key = step.column3 FROM (VALUES",
    3,
    ") AS step WHERE slot.id = step.column1 AND slot.wrapped_key = step.column2",
);

/// What a slot holds.
#[derive(Clone, PartialEq, Eq)]
pub enum SlotState {
    /// A wrapped key.
    Held(Vec<u8>),
    /// Nothing, since what it opened is erased.
    Destroyed,
    /// There is no such slot: this is not the vault that the database was written with, or an
    /// older copy of it.
    Unknown,
}

/// What is made and what is settled in one commit.
#[derive(Debug, Default)]
pub struct SlotTurn {
    /// New slots.
    pub new: Vec<FilledSlot>,
    /// Slots that a row of the database names.
    pub used: Vec<KeySlot>,
    /// Slots that nothing names and nobody will use.
    pub unused: Vec<KeySlot>,
}

/// A slot with a key in it.
#[derive(Clone)]
pub struct StoredSlot {
    /// Place in the order in which slots were made.
    pub seq: i64,
    /// The slot.
    pub slot: KeySlot,
    /// Its key, wrapped.
    pub wrapped_key: Vec<u8>,
}

impl Vault {
    /// Stores new slots and settles earlier ones, in one durable commit. New slots are held until
    /// they are settled; settled as used they stay, settled as unused they are emptied.
    ///
    /// # Errors
    /// [`StorageError`]; then nothing was stored, or, with [`StorageError::Unavailable`], perhaps all.
    pub async fn slots_turn(
        &self,
        turn: SlotTurn,
        now: Timestamp,
    ) -> Result<SlotTurn, StorageError> {
        let begin = self.dialect().begin_write;
        self.run(move |connection| {
            Box::pin(async move {
                sqlx::raw_sql(begin).execute(&mut *connection).await?;
                check_wrapping(connection, &turn.new).await?;
                let bind = |one: &FilledSlot, values: &mut Values| {
                    values.bytes(one.slot.as_bytes()).bytes(&one.wrapped_key).instant(now);
                };
                ADD.run(connection, &turn.new, bind).await?;
                USED.run(connection, &turn.used, bind_slot).await?;
                UNUSED.run(connection, &turn.unused, bind_slot).await?;
                sqlx::raw_sql("COMMIT").execute(&mut *connection).await?;
                Ok(turn)
            })
        })
        .await
    }

    /// Slots that are held since `before` or longer, oldest first, at most `limit`.
    pub async fn slots_held(
        &self,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<KeySlot>, StorageError> {
        let mut values = Values::new();
        values.instant(before).number(limit);
        let statement = "SELECT id FROM slot WHERE held_since <= $1 ORDER BY held_since LIMIT $2";
        self.run(move |connection| {
            Box::pin(async move {
                let found = sqlx::query_with(statement, values.finish()?);
                let found = found.fetch_all(connection).await?;
                found.iter().map(|found| StoredRow::new("slot", "id", found).fixed("id")).collect()
            })
        })
        .await
    }

    /// What a slot holds now.
    pub async fn slot_state(&self, slot: KeySlot) -> Result<SlotState, StorageError> {
        self.run(move |connection| Box::pin(state(connection, slot))).await
    }

    /// What several slots hold now: those with a key and those that are destroyed, not the unknown.
    pub async fn slot_states(
        &self,
        slots: Vec<KeySlot>,
    ) -> Result<Vec<(KeySlot, SlotState)>, StorageError> {
        self.run(move |connection| {
            Box::pin(async move {
                let found = STATES.find(connection, &slots, bind_slot).await?;
                let read = |found| {
                    let row = StoredRow::new("slot", "id", found);
                    Ok((row.fixed("id")?, held(&row)?))
                };
                found.iter().map(read).collect()
            })
        })
        .await
    }

    /// Slots with a key, in the order in which they were made, after place `after` (0 for the
    /// first), at most `limit`.
    pub async fn slots_page(
        &self,
        after: i64,
        limit: u32,
    ) -> Result<Vec<StoredSlot>, StorageError> {
        let mut values = Values::new();
        values.number(after).number(limit);
        let statement = "SELECT seq, id, wrapped_key FROM slot \
                         WHERE seq > $1 AND wrapped_key IS NOT NULL ORDER BY seq LIMIT $2";
        self.run(move |connection| {
            Box::pin(async move {
                let found = sqlx::query_with(statement, values.finish()?);
                let found = found.fetch_all(connection).await?;
                let read = |found| {
                    let row = StoredRow::new("slot", "id", found);
                    let wrapped_key = row.bytes("wrapped_key")?.to_vec();
                    Ok(StoredSlot { seq: row.number("seq")?, slot: row.fixed("id")?, wrapped_key })
                };
                found.iter().map(read).collect()
            })
        })
        .await
    }

    /// From now on only keys that this key-encryption key wrapped are added.
    pub async fn wrapping_require(&self, id: KeyId) -> Result<(), StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        self.write("UPDATE vault SET wrapping_key = $1 WHERE id = 1", values).await
    }

    /// Puts keys that were wrapped anew in place of the ones that were read; returns how many.
    /// A slot that was destroyed meanwhile stays empty.
    pub async fn slots_rewrap(
        &self,
        changes: Vec<(StoredSlot, Vec<u8>)>,
    ) -> Result<u64, StorageError> {
        let begin = self.dialect().begin_write;
        self.run(move |connection| {
            Box::pin(async move {
                sqlx::raw_sql(begin).execute(&mut *connection).await?;
                let bind = |(before, after): &(StoredSlot, Vec<u8>), values: &mut Values| {
                    let slot = before.slot.as_bytes();
                    values.bytes(slot).bytes(&before.wrapped_key).bytes(after);
                };
                let written = REWRAP.run(connection, &changes, bind).await?;
                sqlx::raw_sql("COMMIT").execute(&mut *connection).await?;
                Ok(written)
            })
        })
        .await
    }
}

/// Refuses a key wrapped by a key-encryption key that is about to be destroyed: this process was
/// started before the newest one was made.
async fn check_wrapping(
    connection: &mut AnyConnection,
    new: &[FilledSlot],
) -> Result<(), StorageError> {
    let found = sqlx::query("SELECT id, wrapping_key FROM vault WHERE id = 1");
    let found = found.fetch_one(connection).await?;
    let required = StoredRow::new("vault", "id", &found).bytes_or_null("wrapping_key")?;
    let is_good = |one: &FilledSlot| required.is_none_or(|id| one.wrapped_by.as_bytes() == id);
    if new.iter().all(is_good) {
        return Ok(());
    }
    Err(StorageError::WeakSetting {
        setting: "the key-encryption key",
        found: "an earlier one".to_owned(),
        required: "the newest one: restart the node",
    })
}

async fn state(connection: &mut AnyConnection, slot: KeySlot) -> Result<SlotState, StorageError> {
    let mut values = Values::new();
    values.bytes(slot.as_bytes());
    let statement = "SELECT id, wrapped_key FROM slot WHERE id = $1";
    let found = sqlx::query_with(statement, values.finish()?).fetch_optional(connection).await?;
    let Some(found) = found else { return Ok(SlotState::Unknown) };
    held(&StoredRow::new("slot", "id", &found))
}

fn held(row: &StoredRow<'_>) -> Result<SlotState, StorageError> {
    let wrapped = row.bytes_or_null("wrapped_key")?;
    Ok(wrapped.map_or(SlotState::Destroyed, |wrapped| SlotState::Held(wrapped.to_vec())))
}

fn bind_slot(slot: &KeySlot, values: &mut Values) {
    values.bytes(slot.as_bytes());
}
