//! Own services as they stand and as they were published, holds, and what is known of others' services.

mod hold;
mod replica;
mod unmet;

use brygga_domain::capacity::Publication;
use brygga_domain::{ServiceId, Timestamp};
use brygga_exchange::capacity::{CapacityWrites, ServiceHeld, StoredService};
use brygga_wire::capacity::{decode_publication, encode_publication};
use sqlx::any::AnyRow;

use crate::batch::Batch;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::transaction::Transaction;
use crate::values::Values;

pub use replica::StoredReplica;

const TABLE: &str = "service";

/// Whoever changes services comes after everybody who did before, in this process and in others.
static ADVANCE: Batch = Batch::new(
    "UPDATE capacity_state SET position = capacity_state.position + step.column2 FROM (VALUES",
    2,
    ") AS step WHERE capacity_state.id = step.column1",
);

static INSERT: Batch = Batch::new(
    "INSERT INTO service (id, sequence, revision, publication, statement, withdrawn_at, tell_at, \
     position) SELECT step.column1, step.column2, step.column3, step.column4, step.column5, \
     step.column6, step.column7, capacity_state.position FROM (VALUES",
    7,
    ") AS step, capacity_state",
);

static UPDATE: Batch = Batch::new(
    "UPDATE service SET sequence = step.column3, revision = step.column4, \
     publication = step.column5, statement = step.column6, withdrawn_at = step.column7, \
     tell_at = step.column8, position = CASE WHEN step.column8 IS NULL \
     THEN (SELECT position FROM capacity_state WHERE id = 1) ELSE service.position END \
     FROM (VALUES",
    8,
    ") AS step WHERE service.id = step.column1 AND service.revision = step.column2",
);

static PUBLISH: Batch =
    Batch::new("INSERT INTO publication (service_id, sequence, publication) VALUES", 3, "");

/// Stores what a decision changes about capacity.
pub(crate) async fn write(
    transaction: &mut Transaction<'_>,
    writes: &CapacityWrites,
) -> Result<(), StorageError> {
    if writes.tells() {
        let bind = |step: &i64, values: &mut Values| {
            values.number(1).number(*step);
        };
        transaction.write(&ADVANCE, &[1], true, bind).await?;
    }
    let bind = |service: &StoredService, values: &mut Values| {
        values.bytes(service.id().as_bytes());
        bind_standing(service, values);
    };
    transaction.write(&INSERT, &writes.new_services, false, bind).await?;
    let bind = |(service, before): &(StoredService, u32), values: &mut Values| {
        values.bytes(service.id().as_bytes()).number(*before);
        bind_standing(service, values);
    };
    transaction.write(&UPDATE, &writes.changed_services, true, bind).await?;
    let bind = |publication: &Publication, values: &mut Values| {
        values
            .bytes(publication.service.id.as_bytes())
            .number(number(publication.sequence))
            .bytes(&encode_publication(publication));
    };
    transaction.write(&PUBLISH, &writes.publications, false, bind).await?;
    hold::write(transaction, writes).await?;
    replica::write(transaction, &writes.replicas).await?;
    unmet::count(transaction, &writes.unmet).await
}

fn bind_standing(service: &StoredService, values: &mut Values) {
    values
        .number(number(service.publication.sequence))
        .number(service.revision)
        .bytes(&encode_publication(&service.publication))
        .bytes(&service.statement)
        .instant_or_null(service.withdrawn_at)
        .instant_or_null(service.tell_at);
}

/// A sequence that rises by one each time never gets there.
fn number(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}

impl Reader<'_> {
    /// An own service, with what its holds have of it.
    pub async fn service_by_id(
        &mut self,
        id: ServiceId,
    ) -> Result<Option<ServiceHeld>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let found = self.row("SELECT * FROM service WHERE id = $1", values).await?;
        let Some(stored) = found.as_ref().map(read).transpose()? else { return Ok(None) };
        let promised = self.promised(id).await?;
        let (mut waiting, mut threads) = Default::default();
        if promised.awaited().next().is_some() {
            waiting = self.holds_waiting(id).await?;
            threads = self.threads(&waiting).await?;
        }
        Ok(Some(ServiceHeld { stored, promised, waiting, threads }))
    }

    /// Own services that changed after a position, with the position of each, those that changed first at the
    /// beginning. From 0 on all of them, also withdrawn ones.
    pub async fn services_since(
        &mut self,
        position: u64,
    ) -> Result<Vec<(u64, StoredService)>, StorageError> {
        let mut values = Values::new();
        values.number(number(position));
        let statement = "SELECT * FROM service WHERE position > $1 ORDER BY position, id";
        let found = self.rows(statement, values).await?;
        let read = |found| {
            let row = StoredRow::new(TABLE, "id", found);
            Ok((row.count("position")?, read(found)?))
        };
        found.iter().map(read).collect()
    }

    /// Own services of which others are to be told by now.
    pub async fn services_to_tell(
        &mut self,
        now: Timestamp,
    ) -> Result<Vec<ServiceId>, StorageError> {
        let mut values = Values::new();
        values.instant(now);
        let statement = "SELECT id FROM service WHERE tell_at <= $1 ORDER BY tell_at, id";
        let found = self.rows(statement, values).await?;
        found.iter().map(|found| StoredRow::new(TABLE, "id", found).fixed("id")).collect()
    }

    /// The position of the last change of any own service; 0 before the first.
    pub async fn capacity_position(&mut self) -> Result<u64, StorageError> {
        let statement = "SELECT position FROM capacity_state WHERE id = 1";
        let found = self.row(statement, Values::new()).await?;
        let Some(found) = found else { return Ok(0) };
        StoredRow::new("capacity_state", "id", &found).count("position")
    }
}

fn read(found: &AnyRow) -> Result<StoredService, StorageError> {
    let row = StoredRow::new(TABLE, "id", found);
    let publication = row.bytes("publication")?;
    Ok(StoredService {
        publication: row.parsed("publication", publication, |it| decode_publication(it).ok())?,
        revision: row.count("revision")?,
        statement: row.bytes("statement")?.to_vec(),
        withdrawn_at: row.instant_or_null("withdrawn_at")?,
        tell_at: row.instant_or_null("tell_at")?,
    })
}
