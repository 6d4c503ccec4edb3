//! The register of official documents, and its exports.

use std::collections::HashSet;

use brygga_domain::access::Behalf;
use brygga_domain::register::{RegisterDirection, SecrecyProvision};
use brygga_domain::{ConversationId, OrgId, Timestamp, UnitId};
use brygga_exchange::register::{RegisterEntry, RegisterExport};
use sqlx::any::AnyRow;

use crate::batch::Batch;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::store::Store;
use crate::transaction::Transaction;
use crate::values::Values;

const TABLE: &str = "register_entry";
const EXPORTS: &str = "register_export";

static INSERT: Batch = Batch::new(
    "INSERT INTO register_entry (registered_at, direction, counterparty, message_id, conversation, \
     subject, secrecy, handled_by, on_behalf_of) VALUES",
    9,
    "",
);

static INSERT_EXPORT: Batch = Batch::new(
    "INSERT INTO register_export (first_number, last_number, exported_at, exported_by, sha256) \
     VALUES",
    5,
    "",
);

/// What is not in any export lies at the end of the table, which is ordered by number.
static NOT_EXPORTED: Batch = Batch::new(
    "SELECT DISTINCT conversation FROM register_entry WHERE number > \
     (SELECT COALESCE(MAX(last_number), 0) FROM register_export) AND conversation IN (VALUES",
    1,
    ")",
);

/// A document with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredEntry {
    /// The number, from 1; may have gaps.
    pub number: u64,
    /// The document.
    pub entry: RegisterEntry,
}

/// Which documents are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegisterFilter {
    /// Only those after this number; 0 for the first.
    pub after: u64,
    /// Only those up to this number; `u64::MAX` for all.
    pub until: u64,
    /// Only those registered at this instant or later.
    pub from: Timestamp,
    /// Only those registered before this instant.
    pub to: Timestamp,
    /// At most so many.
    pub limit: u32,
}

impl RegisterFilter {
    /// The first documents, at most `limit`.
    pub const fn first(limit: u32) -> Self {
        Self {
            after: 0,
            until: u64::MAX,
            from: Timestamp::from_millis(i64::MIN),
            to: Timestamp::from_millis(i64::MAX),
            limit,
        }
    }
}

/// Enters documents in this order.
pub(crate) async fn insert(
    transaction: &mut Transaction<'_>,
    entries: &[RegisterEntry],
) -> Result<(), StorageError> {
    let bind = |entry: &RegisterEntry, values: &mut Values| {
        values
            .instant(entry.registered_at)
            .text(entry.direction.as_str())
            .text(entry.counterparty.as_str())
            .bytes(entry.message_id.as_bytes())
            .bytes(entry.conversation.as_bytes())
            .text(&entry.subject)
            .text_or_null(entry.secrecy.map(SecrecyProvision::as_str))
            .text_or_null(entry.behalf.as_ref().map(|behalf| behalf.unit.as_str()))
            .text_or_null(entry.behalf.as_ref().map(|behalf| behalf.board.as_str()));
    };
    transaction.write(&INSERT, entries, false, bind).await
}

/// Notes that exports are kept.
pub(crate) async fn insert_exports(
    transaction: &mut Transaction<'_>,
    exports: &[RegisterExport],
) -> Result<(), StorageError> {
    let bind = |export: &RegisterExport, values: &mut Values| {
        values
            .number(signed(export.first_number))
            .number(signed(export.last_number))
            .instant(export.exported_at)
            .text(&export.exported_by)
            .bytes(export.sha256.as_bytes());
    };
    transaction.write(&INSERT_EXPORT, exports, false, bind).await
}

impl Reader<'_> {
    /// Documents by their numbers, lowest first.
    pub async fn register_list(
        &mut self,
        filter: &RegisterFilter,
    ) -> Result<Vec<RegisteredEntry>, StorageError> {
        let mut values = Values::new();
        values
            .number(signed(filter.after))
            .number(signed(filter.until))
            .instant(filter.from)
            .instant(filter.to)
            .number(filter.limit);
        let statement = "SELECT * FROM register_entry WHERE number > $1 AND number <= $2 \
                         AND registered_at >= $3 AND registered_at < $4 ORDER BY number LIMIT $5";
        let found = self.rows(statement, values).await?;
        found.iter().map(entry).collect()
    }

    /// The highest number given so far; 0 before the first. On PostgreSQL a lower one may still
    /// be on its way from another process: see [`Store::register_settled`].
    pub async fn register_last(&mut self) -> Result<u64, StorageError> {
        self.register_number("SELECT COALESCE(MAX(number), 0) AS number FROM register_entry").await
    }

    /// The number up to which the register has been exported; 0 before the first export.
    pub async fn register_exported(&mut self) -> Result<u64, StorageError> {
        let statement = "SELECT COALESCE(MAX(last_number), 0) AS number FROM register_export";
        self.register_number(statement).await
    }

    async fn register_number(&mut self, statement: &'static str) -> Result<u64, StorageError> {
        let found = self.row(statement, Values::new()).await?;
        found.map_or(Ok(0), |found| StoredRow::new(TABLE, "number", &found).count("number"))
    }

    /// The exports that were confirmed, newest first; at most `limit`.
    pub async fn register_exports(
        &mut self,
        limit: u32,
    ) -> Result<Vec<RegisterExport>, StorageError> {
        let mut values = Values::new();
        values.number(limit);
        let statement = "SELECT * FROM register_export ORDER BY seq DESC LIMIT $1";
        let found = self.rows(statement, values).await?;
        found.iter().map(export).collect()
    }

    /// When the first document was registered that is in no export yet; none where all are.
    pub async fn register_open_since(&mut self) -> Result<Option<Timestamp>, StorageError> {
        let statement = "SELECT number, registered_at FROM register_entry WHERE number > \
                         (SELECT COALESCE(MAX(last_number), 0) FROM register_export) \
                         ORDER BY number LIMIT 1";
        let found = self.row(statement, Values::new()).await?;
        found
            .map(|found| StoredRow::new(TABLE, "number", &found).instant("registered_at"))
            .transpose()
    }

    /// Those of some threads that have a document which is in no export yet.
    pub async fn register_not_exported(
        &mut self,
        threads: &[ConversationId],
    ) -> Result<HashSet<ConversationId>, StorageError> {
        let bind = |thread: &ConversationId, values: &mut Values| {
            values.bytes(thread.as_bytes());
        };
        let found = NOT_EXPORTED.find(self.connection, threads, bind).await?;
        let thread = |found| StoredRow::new(TABLE, "conversation", found).fixed("conversation");
        found.iter().map(thread).collect()
    }
}

impl Store {
    /// The highest number of which it is certain that none below it is still to come.
    pub async fn register_settled(&self) -> Result<u64, StorageError> {
        self.direct("register.settle", |reader| {
            Box::pin(async move {
                if let Some(hold) = reader.dialect.register_held {
                    reader.write(hold, Values::new()).await?;
                }
                reader.register_last().await
            })
        })
        .await
    }
}

fn entry(found: &AnyRow) -> Result<RegisteredEntry, StorageError> {
    let row = StoredRow::new(TABLE, "number", found);
    Ok(RegisteredEntry {
        number: row.count("number")?,
        entry: RegisterEntry {
            registered_at: row.instant("registered_at")?,
            direction: row.coded("direction", RegisterDirection::parse)?,
            counterparty: row.coded("counterparty", |text| OrgId::parse(text).ok())?,
            message_id: row.fixed("message_id")?,
            conversation: row.fixed("conversation")?,
            subject: row.text("subject")?.to_owned(),
            secrecy: row.coded_or_null("secrecy", SecrecyProvision::parse)?,
            behalf: behalf(&row)?,
        },
    })
}

fn behalf(row: &StoredRow<'_>) -> Result<Option<Behalf>, StorageError> {
    let unit = |text: &str| UnitId::parse(text).ok();
    let board = row.coded_or_null("on_behalf_of", unit)?;
    let unit = row.coded_or_null("handled_by", unit)?;
    Ok(board.zip(unit).map(|(board, unit)| Behalf { board, unit }))
}

fn export(found: &AnyRow) -> Result<RegisterExport, StorageError> {
    let row = StoredRow::new(EXPORTS, "seq", found);
    Ok(RegisterExport {
        first_number: row.count("first_number")?,
        last_number: row.count("last_number")?,
        exported_at: row.instant("exported_at")?,
        exported_by: row.text("exported_by")?.to_owned(),
        sha256: row.fixed("sha256")?,
    })
}

/// A number as the database counts; none is that high.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
