//! The post of exchange networks: mailboxes, and parcels that nobody but the node's own keys opens.

use brygga_crypto::{Cell, SealingPublicKey};
use brygga_domain::{ParcelId, RelocationId};
use brygga_exchange::records::ContentAtRest;
use brygga_exchange::relay::{RelayWrites, StoredMailbox, StoredParcel};
use sqlx::any::AnyRow;

use crate::batch::Batch;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::transaction::Transaction;
use crate::values::Values;

static MAILBOXES: Batch = Batch::new(
    "INSERT INTO mailbox (public_key, relocation_id, private_key, key_slot) VALUES",
    4,
    "",
);

static OUT: Batch = Batch::new("INSERT INTO parcel_out (id, needed_until, sealed) VALUES", 3, "");

static SENT: Batch = Batch::new("DELETE FROM parcel_out WHERE id IN (VALUES", 1, ")");

static IN: Batch = Batch::new(
    "INSERT INTO parcel_in (id, needed_until, sealed) VALUES",
    3,
    " ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed",
);

static OUT_ENDED: Batch =
    Batch::new("DELETE FROM parcel_out WHERE needed_until <= (VALUES", 1, ")");

static IN_ENDED: Batch = Batch::new("DELETE FROM parcel_in WHERE needed_until <= (VALUES", 1, ")");

static FORGET: Batch = Batch::new("DELETE FROM mailbox WHERE relocation_id IN (VALUES", 1, ")");

/// Stores what a decision changes about the post.
pub(crate) async fn write(
    transaction: &mut Transaction<'_>,
    writes: &RelayWrites,
) -> Result<(), StorageError> {
    let bind = |mailbox: &StoredMailbox, values: &mut Values| {
        values
            .bytes(mailbox.public_key.as_bytes())
            .bytes(mailbox.relocation.as_bytes())
            .bytes(&mailbox.private_key.ciphertext)
            .bytes(mailbox.private_key.key_slot.as_bytes());
    };
    transaction.write(&MAILBOXES, &writes.mailboxes, false, bind).await?;
    let bind = |parcel: &StoredParcel, values: &mut Values| {
        values
            .bytes(parcel.id.as_bytes())
            .instant(parcel.needed_until)
            .bytes(parcel.sealed.as_bytes());
    };
    transaction.write(&OUT, &writes.parcels_out, false, bind).await?;
    transaction.write(&IN, &writes.parcels_in, false, bind).await?;
    let bind = |id: &ParcelId, values: &mut Values| {
        values.bytes(id.as_bytes());
    };
    transaction.write(&SENT, &writes.sent, false, bind).await?;
    let ended: Vec<_> = writes.ended.into_iter().collect();
    for batch in [&OUT_ENDED, &IN_ENDED] {
        let bind = |at: &_, values: &mut Values| {
            values.instant(*at);
        };
        transaction.write(batch, &ended, false, bind).await?;
    }
    Ok(())
}

/// Deletes the mailboxes of cases.
pub(crate) async fn forget(
    transaction: &mut Transaction<'_>,
    relocations: &[RelocationId],
) -> Result<(), StorageError> {
    let bind = |id: &RelocationId, values: &mut Values| {
        values.bytes(id.as_bytes());
    };
    transaction.write(&FORGET, relocations, false, bind).await
}

impl Reader<'_> {
    /// Every mailbox.
    pub async fn mailboxes(&mut self) -> Result<Vec<StoredMailbox>, StorageError> {
        let statement = "SELECT * FROM mailbox ORDER BY public_key";
        self.rows(statement, Values::new()).await?.iter().map(mailbox).collect()
    }

    /// What is to be sent.
    pub async fn parcels_out(&mut self) -> Result<Vec<StoredParcel>, StorageError> {
        let statement = "SELECT * FROM parcel_out ORDER BY id";
        self.rows(statement, Values::new()).await?.iter().map(parcel).collect()
    }

    /// What has come and may come again, read or not.
    pub async fn parcels_in(&mut self) -> Result<Vec<StoredParcel>, StorageError> {
        let statement = "SELECT * FROM parcel_in ORDER BY id";
        self.rows(statement, Values::new()).await?.iter().map(parcel).collect()
    }

    /// One that has come.
    pub async fn parcel_in(&mut self, id: ParcelId) -> Result<Option<StoredParcel>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let found = self.row("SELECT * FROM parcel_in WHERE id = $1", values).await?;
        found.as_ref().map(parcel).transpose()
    }
}

fn mailbox(found: &AnyRow) -> Result<StoredMailbox, StorageError> {
    let row = StoredRow::new("mailbox", "public_key", found);
    let ciphertext = row.bytes("private_key")?.to_vec();
    Ok(StoredMailbox {
        public_key: SealingPublicKey::from_bytes(row.fixed("public_key")?),
        relocation: row.fixed("relocation_id")?,
        private_key: ContentAtRest { key_slot: row.fixed("key_slot")?, ciphertext },
    })
}

fn parcel(found: &AnyRow) -> Result<StoredParcel, StorageError> {
    let row = StoredRow::new("parcel", "id", found);
    let sealed = row.bytes("sealed")?;
    let sealed = Cell::from_bytes(sealed);
    Ok(StoredParcel {
        id: row.fixed("id")?,
        needed_until: row.instant("needed_until")?,
        sealed: sealed.map_err(|_| StorageError::Defect { name: "parcel.sealed" })?,
    })
}
