//! Agreements, each version by itself, with the bytes that were signed.

use std::collections::HashMap;

use brygga_crypto::sha256;
use brygga_domain::agreement::{AgreementRecord, AgreementSignature, Suspension, SuspensionReason};
use brygga_domain::{AgreementId, OrgId};
use brygga_exchange::write_set::SuspensionStep;
use brygga_wire::agreement::decode_terms;

use crate::batch::Batch;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::transaction::Transaction;
use crate::values::Values;

/// The terms of a version never change; other terms under the same version are a conflict. Of two
/// ends the earlier one stays, also where a decision has not seen that another one ended it.
static UPSERT: Batch = Batch::new(
    "INSERT INTO agreement (id, version, terms, terms_digest, terminated_at) VALUES",
    5,
    " ON CONFLICT (id, version) DO UPDATE SET terminated_at = CASE \
     WHEN agreement.terminated_at <= excluded.terminated_at OR excluded.terminated_at IS NULL \
     THEN agreement.terminated_at ELSE excluded.terminated_at END \
     WHERE agreement.terms_digest = excluded.terms_digest",
);

/// A party's first signature is kept; that it holds all is never taken back.
static INSERT_SIGNATURE: Batch = Batch::new(
    "INSERT INTO agreement_signature (agreement_id, version, organisation, position, key_id, \
     signed_at, signature, holds_all) VALUES",
    8,
    " ON CONFLICT (agreement_id, version, organisation) DO UPDATE SET holds_all = 1 \
     WHERE excluded.holds_all = 1 AND agreement_signature.holds_all = 0",
);

static SUSPEND: Batch = Batch::new(
    "INSERT INTO agreement_suspension (agreement_id, version, organisation, reason, since) VALUES",
    5,
    " ON CONFLICT (agreement_id, version, organisation) DO UPDATE SET \
     reason = excluded.reason, since = excluded.since",
);

static RESUME: Batch = Batch::new(
    "DELETE FROM agreement_suspension WHERE (agreement_id, organisation) IN (VALUES",
    2,
    ")",
);

const NEXT_REVISION: &str =
    "UPDATE store_state SET agreement_revision = agreement_revision + 1 WHERE id = 1";

/// Stores agreements, new or changed, and tells every cache that something changed.
pub(crate) async fn upsert(
    transaction: &mut Transaction<'_>,
    agreements: &[AgreementRecord],
) -> Result<(), StorageError> {
    if agreements.is_empty() {
        return Ok(());
    }
    let bind = |record: &AgreementRecord, values: &mut Values| {
        bind_key(record, values);
        values
            .bytes(record.terms_bytes())
            .bytes(record.terms_digest())
            .instant_or_null(record.terminated_at());
    };
    transaction.write(&UPSERT, agreements, true, bind).await?;
    let signatures: Vec<(&AgreementRecord, i64, &AgreementSignature)> = agreements
        .iter()
        .flat_map(|record| {
            (0..).zip(record.signatures()).map(move |(position, held)| (record, position, held))
        })
        .collect();
    let bind = |signature: &(&AgreementRecord, i64, &AgreementSignature), values: &mut Values| {
        let (record, position, signature) = signature;
        bind_key(record, values);
        values
            .text(signature.organisation.as_str())
            .number(*position)
            .text(&signature.key_id)
            .instant(signature.signed_at)
            .bytes(&signature.signature)
            .number(record.has_verified(&signature.organisation));
    };
    transaction.write(&INSERT_SIGNATURE, &signatures, false, bind).await?;
    sqlx::query(NEXT_REVISION).execute(transaction.direct().await?).await?;
    Ok(())
}

/// Turns participants' switches, and tells every cache that something changed.
pub(crate) async fn switch(
    transaction: &mut Transaction<'_>,
    steps: &[SuspensionStep],
) -> Result<(), StorageError> {
    if steps.is_empty() {
        return Ok(());
    }
    // Whoever resumes, resumes every version.
    let resumed = |step: &SuspensionStep, values: &mut Values| {
        values.bytes(step.agreement_id.as_bytes()).text(step.organisation.as_str());
    };
    for step in steps {
        let row = std::slice::from_ref(step);
        let Some((reason, since)) = step.suspended else {
            transaction.write(&RESUME, row, false, resumed).await?;
            continue;
        };
        let bind = |step: &SuspensionStep, values: &mut Values| {
            values.bytes(step.agreement_id.as_bytes()).number(step.version);
            values.text(step.organisation.as_str()).text(reason.as_str()).instant(since);
        };
        transaction.write(&SUSPEND, row, false, bind).await?;
    }
    sqlx::query(NEXT_REVISION).execute(transaction.direct().await?).await?;
    Ok(())
}

fn bind_key(record: &AgreementRecord, values: &mut Values) {
    values.bytes(record.terms().agreement_id.as_bytes()).number(record.terms().version);
}

impl Reader<'_> {
    /// All agreements in all versions, in the order of id and version.
    ///
    /// They are few; whoever needs them often keeps them until [`Self::agreement_revision`] grows.
    pub async fn agreement_records(&mut self) -> Result<Vec<AgreementRecord>, StorageError> {
        let statement = "SELECT agreement_id, version, organisation, key_id, signed_at, signature, holds_all \
                         FROM agreement_signature ORDER BY agreement_id, version, position, organisation";
        let mut signatures: HashMap<(Vec<u8>, i64), Vec<Held>> = HashMap::new();
        for found in &self.rows(statement, Values::new()).await? {
            let row = StoredRow::new("agreement_signature", "agreement_id", found);
            let key = (row.bytes("agreement_id")?.to_vec(), row.number("version")?);
            signatures.entry(key).or_default().push(signature(&row)?);
        }
        let statement = "SELECT agreement_id, version, organisation, reason, since \
                         FROM agreement_suspension ORDER BY agreement_id, version, organisation";
        let mut suspensions: HashMap<(Vec<u8>, i64), Vec<Suspension>> = HashMap::new();
        for found in &self.rows(statement, Values::new()).await? {
            let row = StoredRow::new("agreement_suspension", "agreement_id", found);
            let key = (row.bytes("agreement_id")?.to_vec(), row.number("version")?);
            suspensions.entry(key).or_default().push(suspension(&row)?);
        }
        let statement = "SELECT id, version, terms, terms_digest, terminated_at FROM agreement \
                         ORDER BY id, version";
        let mut records = Vec::new();
        for found in &self.rows(statement, Values::new()).await? {
            let row = StoredRow::new("agreement", "id", found);
            let key = (row.bytes("id")?.to_vec(), row.number("version")?);
            let signatures = signatures.remove(&key).unwrap_or_default();
            let suspensions = suspensions.remove(&key).unwrap_or_default();
            records.push(record(&row, signatures, suspensions)?);
        }
        Ok(records)
    }

    /// One version of an agreement.
    pub async fn agreement_by_version(
        &mut self,
        id: AgreementId,
        version: u32,
    ) -> Result<Option<AgreementRecord>, StorageError> {
        let key = || {
            let mut values = Values::new();
            values.bytes(id.as_bytes()).number(version);
            values
        };
        let statement = "SELECT agreement_id, version, organisation, key_id, signed_at, signature, holds_all \
                         FROM agreement_signature WHERE agreement_id = $1 AND version = $2 \
                         ORDER BY position, organisation";
        let found = self.rows(statement, key()).await?;
        let signatures = found
            .iter()
            .map(|found| signature(&StoredRow::new("agreement_signature", "agreement_id", found)));
        let signatures = signatures.collect::<Result<_, _>>()?;
        let statement = "SELECT agreement_id, version, organisation, reason, since \
                         FROM agreement_suspension WHERE agreement_id = $1 AND version = $2 \
                         ORDER BY organisation";
        let found = self.rows(statement, key()).await?;
        let suspensions = found.iter().map(|found| {
            suspension(&StoredRow::new("agreement_suspension", "agreement_id", found))
        });
        let suspensions = suspensions.collect::<Result<_, _>>()?;
        let statement = "SELECT id, version, terms, terms_digest, terminated_at FROM agreement \
                         WHERE id = $1 AND version = $2";
        let found = self.row(statement, key()).await?;
        let read =
            |found| record(&StoredRow::new("agreement", "id", &found), signatures, suspensions);
        found.map(read).transpose()
    }

    /// A number that grows when any agreement changes. Inside a decision no agreement changes
    /// from then on until the decision is stored.
    pub async fn agreement_revision(&mut self) -> Result<u64, StorageError> {
        if let Some(known) = self.foreseen.agreement_revision() {
            return Ok(known);
        }
        let statement = if self.is_deciding {
            self.dialect.agreement_revision_held
        } else {
            "SELECT agreement_revision FROM store_state WHERE id = 1"
        };
        let found = self.row(statement, Values::new()).await?;
        let read = |found| {
            StoredRow::new("store_state", "agreement_revision", &found).count("agreement_revision")
        };
        found.map_or(Ok(0), read)
    }
}

fn record(
    row: &StoredRow<'_>,
    signatures: Vec<Held>,
    suspensions: Vec<Suspension>,
) -> Result<AgreementRecord, StorageError> {
    let bytes = row.bytes("terms")?;
    let digest: [u8; 32] = row.fixed("terms_digest")?;
    if sha256(&[bytes]).as_bytes() != &digest {
        return Err(row.inconsistent("terms_digest"));
    }
    let terms = decode_terms(bytes).map_err(|_| row.inconsistent("terms"))?;
    let mut record = AgreementRecord::proposed(terms, bytes.to_vec(), digest);
    for (signature, holds_all) in signatures {
        let organisation = signature.organisation.clone();
        record.add_signature(signature).map_err(|_| row.inconsistent("terms"))?;
        if holds_all {
            record.verify(&organisation);
        }
    }
    for suspension in suspensions {
        record.suspend(suspension).map_err(|_| row.inconsistent("terms"))?;
    }
    if let Some(at) = row.instant_or_null("terminated_at")? {
        record.terminate(at);
    }
    Ok(record)
}

fn suspension(row: &StoredRow<'_>) -> Result<Suspension, StorageError> {
    Ok(Suspension {
        organisation: row.coded("organisation", |text| OrgId::parse(text).ok())?,
        reason: row.coded("reason", SuspensionReason::parse)?,
        since: row.instant("since")?,
    })
}

/// A signature, and whether its signer has told that it holds all of them.
type Held = (AgreementSignature, bool);

fn signature(row: &StoredRow<'_>) -> Result<Held, StorageError> {
    let signature = AgreementSignature {
        organisation: row.coded("organisation", |text| OrgId::parse(text).ok())?,
        key_id: row.text("key_id")?.to_owned(),
        signed_at: row.instant("signed_at")?,
        signature: row.fixed("signature")?,
    };
    Ok((signature, row.flag("holds_all")?))
}
