//! What others publish, and how far each of them was heard.

use std::collections::BTreeMap;

use brygga_domain::{OrgId, ServiceId, Timestamp};
use brygga_exchange::capacity::ReplicaStep;

use crate::batch::Batch;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::transaction::Transaction;
use crate::values::Values;

/// What is known of one publisher.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredReplica {
    /// Its statements, byte for byte.
    pub statements: Vec<Vec<u8>>,
    /// Where to go on.
    pub resume_token: Vec<u8>,
    /// As of when nothing was missing.
    pub as_of: Timestamp,
}

static FORGET_ALL: Batch =
    Batch::new("DELETE FROM capacity_replica WHERE publisher IN (VALUES", 1, ")");

static KEEP: Batch = Batch::new(
    "INSERT INTO capacity_replica (publisher, service_id, statement) VALUES",
    3,
    " ON CONFLICT (publisher, service_id) DO UPDATE SET statement = excluded.statement",
);

static HEAR: Batch = Batch::new(
    "INSERT INTO capacity_heard (publisher, resume_token, as_of) VALUES",
    3,
    " ON CONFLICT (publisher) DO UPDATE SET resume_token = excluded.resume_token, \
     as_of = excluded.as_of",
);

/// Stores what was heard; the steps of one decision are of different publishers.
pub(super) async fn write(
    transaction: &mut Transaction<'_>,
    steps: &[ReplicaStep],
) -> Result<(), StorageError> {
    let anew: Vec<_> = steps.iter().filter(|step| step.replaces_all).collect();
    let bind = |step: &&ReplicaStep, values: &mut Values| {
        values.text(step.publisher.as_str());
    };
    transaction.write(&FORGET_ALL, &anew, false, bind).await?;
    // A peer may tell of one service twice, which no statement that replaces what is there can take.
    let mut last: BTreeMap<(&OrgId, ServiceId), &Vec<u8>> = BTreeMap::new();
    for step in steps {
        last.extend(step.statements.iter().map(|(id, bytes)| ((&step.publisher, *id), bytes)));
    }
    let kept: Vec<_> = last.into_iter().collect();
    let bind = |((publisher, id), bytes): &((&OrgId, ServiceId), &Vec<u8>), values: &mut Values| {
        values.text(publisher.as_str()).bytes(id.as_bytes()).bytes(bytes);
    };
    transaction.write(&KEEP, &kept, false, bind).await?;
    let bind = |step: &ReplicaStep, values: &mut Values| {
        values.text(step.publisher.as_str()).bytes(&step.resume_token).instant(step.as_of);
    };
    transaction.write(&HEAR, steps, false, bind).await
}

impl Reader<'_> {
    /// Whoever was heard, and what is known of it.
    pub async fn replicas(&mut self) -> Result<Vec<(OrgId, StoredReplica)>, StorageError> {
        let heard = "SELECT * FROM capacity_heard ORDER BY publisher";
        let heard = self.rows(heard, Values::new()).await?;
        let mut replicas = Vec::with_capacity(heard.len());
        for found in &heard {
            let row = StoredRow::new("capacity_heard", "publisher", found);
            let publisher = row.coded("publisher", |text| OrgId::parse(text).ok())?;
            let mut values = Values::new();
            values.text(publisher.as_str());
            let statement = "SELECT * FROM capacity_replica WHERE publisher = $1";
            let kept = self.rows(statement, values).await?;
            let statement = |found| {
                let row = StoredRow::new("capacity_replica", "service_id", found);
                row.bytes("statement").map(<[u8]>::to_vec)
            };
            let statements = kept.iter().map(statement).collect::<Result<_, _>>()?;
            let resume_token = row.bytes("resume_token")?.to_vec();
            let as_of = row.instant("as_of")?;
            replicas.push((publisher, StoredReplica { statements, resume_token, as_of }));
        }
        Ok(replicas)
    }
}
