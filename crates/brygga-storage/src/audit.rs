//! The audit log: leaves as they arrive, their places in the tree, and the signed checkpoints.

use brygga_exchange::records::AuditLeaf;
use sqlx::any::AnyRow;

use crate::batch::Batch;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::store::Store;
use crate::transaction::Transaction;
use crate::values::Values;

static INSERT: Batch = Batch::new("INSERT INTO audit_leaf (commitment, salt, entry) VALUES", 3, "");

/// Takes the counter's row, so that two processes do not give out the same places.
const SIZE_HELD: &str =
    "UPDATE store_state SET audit_size = audit_size WHERE id = 1 RETURNING audit_size";

const SEQUENCE: &str = "UPDATE audit_leaf SET leaf_index = placed.place FROM \
    (SELECT arrival, $1 - 1 + ROW_NUMBER() OVER (ORDER BY arrival) AS place FROM audit_leaf \
     WHERE leaf_index IS NULL ORDER BY arrival LIMIT $2) AS placed \
    WHERE audit_leaf.arrival = placed.arrival";

const GROW: &str = "UPDATE store_state SET audit_size = audit_size + $1 WHERE id = 1";

/// The tree at some size, signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditCheckpoint {
    /// Leaves in the tree.
    pub size: u64,
    /// The signed note (C2SP), with the cosignatures that have come.
    pub note: String,
    /// Roots of the full subtrees, left to right, as the caller encodes them.
    pub frontier: Vec<u8>,
}

/// Stores leaves in the order of their decisions.
pub(crate) async fn insert(
    transaction: &mut Transaction<'_>,
    leaves: &[AuditLeaf],
) -> Result<(), StorageError> {
    let bind = |leaf: &AuditLeaf, values: &mut Values| {
        values.bytes(leaf.commitment.as_bytes()).bytes(&leaf.salt).bytes(&leaf.entry);
    };
    transaction.write(&INSERT, leaves, false, bind).await
}

impl Reader<'_> {
    /// Leaves without a place in the tree yet, in order of arrival; at most `limit`.
    pub async fn audit_unsequenced(&mut self, limit: u32) -> Result<Vec<AuditLeaf>, StorageError> {
        let mut values = Values::new();
        values.number(limit);
        let statement = "SELECT arrival, commitment, salt, entry FROM audit_leaf \
                         WHERE leaf_index IS NULL ORDER BY arrival LIMIT $1";
        let found = self.rows(statement, values).await?;
        found.iter().map(|found| leaf(&StoredRow::new("audit_leaf", "arrival", found))).collect()
    }

    /// The leaves of the tree from the place `first` on, in order; at most `limit`.
    pub async fn audit_range(
        &mut self,
        first: u64,
        limit: u32,
    ) -> Result<Vec<AuditLeaf>, StorageError> {
        let mut values = Values::new();
        // No log has more than 2^63 leaves.
        values.number(i64::try_from(first).unwrap_or(i64::MAX)).number(limit);
        let statement = "SELECT arrival, commitment, salt, entry FROM audit_leaf \
                         WHERE leaf_index >= $1 ORDER BY leaf_index LIMIT $2";
        let found = self.rows(statement, values).await?;
        found.iter().map(|found| leaf(&StoredRow::new("audit_leaf", "arrival", found))).collect()
    }

    /// Leaves that have a place in the tree.
    pub async fn audit_size(&mut self) -> Result<u64, StorageError> {
        let statement = "SELECT audit_size FROM store_state WHERE id = 1";
        let found = self.row(statement, Values::new()).await?;
        let read = |found| StoredRow::new("store_state", "audit_size", &found).count("audit_size");
        found.map_or(Ok(0), read)
    }

    /// The checkpoint of the largest tree; none before the first.
    pub async fn audit_latest_checkpoint(
        &mut self,
    ) -> Result<Option<AuditCheckpoint>, StorageError> {
        let statement =
            "SELECT size, note, frontier FROM audit_checkpoint ORDER BY size DESC LIMIT 1";
        let found = self.row(statement, Values::new()).await?;
        found.as_ref().map(checkpoint).transpose()
    }

    /// The checkpoints of trees larger than `above`, smallest first; at most `limit`.
    pub async fn audit_checkpoints(
        &mut self,
        above: u64,
        limit: u32,
    ) -> Result<Vec<AuditCheckpoint>, StorageError> {
        let mut values = Values::new();
        // No log has more than 2^63 leaves.
        values.number(i64::try_from(above).unwrap_or(i64::MAX)).number(limit);
        let statement = "SELECT size, note, frontier FROM audit_checkpoint \
                         WHERE size > $1 ORDER BY size LIMIT $2";
        let found = self.rows(statement, values).await?;
        found.iter().map(checkpoint).collect()
    }
}

impl Store {
    /// Gives the leaves that have none their places in the tree, without gaps and in order of
    /// arrival; at most `limit`. Returns how many got one.
    pub async fn audit_sequence(&self, limit: u32) -> Result<u64, StorageError> {
        self.direct("audit.sequence", move |reader| {
            Box::pin(async move {
                let found = reader.row(SIZE_HELD, Values::new()).await?;
                let Some(found) = found else { return Ok(0) };
                let row = StoredRow::new("store_state", "audit_size", &found);
                let mut values = Values::new();
                values.number(row.number("audit_size")?).number(limit);
                let placed = reader.write(SEQUENCE, values).await?;
                let mut values = Values::new();
                values.number(row.parsed("audit_size", placed, |n| i64::try_from(n).ok())?);
                reader.write(GROW, values).await?;
                Ok(placed)
            })
        })
        .await
    }

    /// Stores a checkpoint, or replaces the note of one of the same size by one with more cosignatures.
    pub async fn audit_checkpoint_put(
        &self,
        checkpoint: AuditCheckpoint,
    ) -> Result<(), StorageError> {
        const PUT: &str = "INSERT INTO audit_checkpoint (size, note, frontier) \
                           VALUES ($1, $2, $3) \
                           ON CONFLICT (size) DO UPDATE SET note = excluded.note";
        self.direct("audit.checkpoint", move |reader| {
            let mut values = Values::new();
            values
                .number(i64::try_from(checkpoint.size).unwrap_or(i64::MAX))
                .text(&checkpoint.note)
                .bytes(&checkpoint.frontier);
            Box::pin(async move { reader.write(PUT, values).await.map(|_| ()) })
        })
        .await
    }
}

fn checkpoint(found: &AnyRow) -> Result<AuditCheckpoint, StorageError> {
    let row = StoredRow::new("audit_checkpoint", "size", found);
    Ok(AuditCheckpoint {
        size: row.count("size")?,
        note: row.text("note")?.to_owned(),
        frontier: row.bytes("frontier")?.to_vec(),
    })
}

fn leaf(row: &StoredRow<'_>) -> Result<AuditLeaf, StorageError> {
    Ok(AuditLeaf {
        commitment: row.fixed("commitment")?,
        salt: row.fixed("salt")?,
        entry: row.bytes("entry")?.to_vec(),
    })
}
