//! The access log and its reviews, read.

use brygga_domain::access::{AccessGround, AccessObject, ReviewFinding};
use brygga_domain::{Timestamp, UnitId};
use brygga_exchange::access::{Access, AccessEntry, AccessReview, Accessor};
use sqlx::any::AnyRow;

use crate::batch::Batch;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::store::Store;
use crate::text_form::categories_from_text;
use crate::values::Values;

const TABLE: &str = "access_log";

static BY_OBJECT: Batch =
    Batch::new("SELECT * FROM access_log WHERE object_id IN (VALUES", 1, ") ORDER BY seq");
static BY_PLACE: Batch = Batch::new("SELECT * FROM access_log WHERE seq IN (VALUES", 1, ")");

/// Which entries are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessFilter {
    /// From this instant on.
    pub from: Timestamp,
    /// Until before this one.
    pub until: Timestamp,
    /// Only those after this place, from [`AccessListed::place`] of the page before; 0 for the first.
    pub after: i64,
    /// At most so many.
    pub limit: u32,
}

/// An entry with its place in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessListed {
    /// Place in the order of arrival.
    pub place: i64,
    /// The entry.
    pub entry: AccessEntry,
}

impl Reader<'_> {
    /// A page of a period of the log, in its order.
    pub async fn access_page(
        &mut self,
        filter: AccessFilter,
    ) -> Result<Vec<AccessListed>, StorageError> {
        let mut values = Values::new();
        values.instant(filter.from).instant(filter.until).number(filter.after).number(filter.limit);
        let statement = "SELECT * FROM access_log WHERE at >= $1 AND at < $2 AND seq > $3 \
                         ORDER BY seq LIMIT $4";
        self.rows(statement, values).await?.iter().map(listed).collect()
    }

    /// The entries at these places.
    pub async fn access_at(&mut self, places: &[i64]) -> Result<Vec<AccessListed>, StorageError> {
        let bind = |place: &i64, values: &mut Values| {
            values.number(*place);
        };
        let found = BY_PLACE.find(self.connection, places, bind).await?;
        let mut entries = found.iter().map(listed).collect::<Result<Vec<_>, _>>()?;
        entries.sort_by_key(|listed| listed.place);
        entries.dedup_by_key(|listed| listed.place);
        Ok(entries)
    }

    /// Everything that was done with any of these, in order.
    pub async fn access_about(
        &mut self,
        objects: &[AccessObject],
    ) -> Result<Vec<AccessListed>, StorageError> {
        let ids: Vec<&[u8; 16]> = objects.iter().filter_map(AccessObject::id).collect();
        let bind = |id: &&[u8; 16], values: &mut Values| {
            values.bytes(id.as_slice());
        };
        let found = BY_OBJECT.find(self.connection, &ids, bind).await?;
        let mut entries = found.iter().map(listed).collect::<Result<Vec<_>, _>>()?;
        entries.retain(|listed| objects.contains(&listed.entry.access.object));
        entries.sort_by_key(|listed| listed.place);
        entries.dedup_by_key(|listed| listed.place);
        Ok(entries)
    }

    /// Reviews, newest first; at most `limit`.
    pub async fn access_reviews(&mut self, limit: u32) -> Result<Vec<AccessReview>, StorageError> {
        let mut values = Values::new();
        values.number(limit);
        let statement = "SELECT * FROM access_review ORDER BY signed_at DESC LIMIT $1";
        self.rows(statement, values).await?.iter().map(review).collect()
    }
}

impl Store {
    /// Erases entries from before an instant, at most `limit`; returns how many.
    pub async fn access_purge(&self, before: Timestamp, limit: u32) -> Result<u64, StorageError> {
        const PURGE: &str = "DELETE FROM access_log WHERE seq IN \
                             (SELECT seq FROM access_log WHERE at < $1 ORDER BY at LIMIT $2)";
        self.direct("access.purge", move |reader| {
            let mut values = Values::new();
            values.instant(before).number(limit);
            Box::pin(async move { reader.write(PURGE, values).await })
        })
        .await
    }
}

fn listed(found: &AnyRow) -> Result<AccessListed, StorageError> {
    let row = StoredRow::new(TABLE, "seq", found);
    let detail = row.text("ground_detail")?;
    let id = row.bytes_or_null("object_id")?;
    let access = Access {
        by: Accessor {
            subject: row.text("subject")?.to_owned(),
            roles: row.text("roles")?.to_owned(),
            unit: row.coded_or_null("unit", |text| UnitId::parse(text).ok())?,
            on_behalf_of: row.coded_or_null("on_behalf_of", |text| UnitId::parse(text).ok())?,
        },
        action: row.text("action")?.to_owned(),
        object: row.coded("object_kind", |kind| AccessObject::parse(kind, id))?,
        data_categories: row.coded("data_categories", categories_from_text)?,
        ground: row.coded("ground", |code| AccessGround::parse(code, detail))?,
    };
    let entry = AccessEntry { at: row.instant("at")?, access, leaf: row.fixed("leaf")? };
    Ok(AccessListed { place: row.number("seq")?, entry })
}

fn review(found: &AnyRow) -> Result<AccessReview, StorageError> {
    let row = StoredRow::new("access_review", "id", found);
    let findings = |text: &str| text.split(',').map(ReviewFinding::parse).collect();
    let key_id = row.bytes("key_id")?;
    let signature = row.bytes("signature")?;
    Ok(AccessReview {
        id: row.fixed("id")?,
        reviewer: row.text("reviewer")?.to_owned(),
        signed_at: row.instant("signed_at")?,
        findings: row.coded("findings", findings)?,
        statement: row.text("statement")?.to_owned(),
        key_id: row.parsed("key_id", key_id, |bytes| {
            bytes.try_into().ok().map(brygga_crypto::KeyId::from_bytes)
        })?,
        signature: row.parsed("signature", signature, |bytes| bytes.try_into().ok())?,
    })
}
