//! Protected officers, their sealed cases, and the sealed access log.

use brygga_crypto::SealingPublicKey;
use brygga_crypto::officer::LockedKey;
use brygga_domain::relocation::{HalfYear, Reciprocity};
use brygga_domain::{AgreementId, OfficerId, RelocationId, Timestamp};
use brygga_exchange::records::ContentAtRest;
use brygga_exchange::relocation::{
    Officer, RelocationWrites, SealedAccess, Settlement, StoredRelocation,
};
use sqlx::any::AnyRow;

use crate::batch::Batch;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::text_form::{units_from_text, units_to_text};
use crate::transaction::Transaction;
use crate::values::Values;

static OFFICERS: Batch = Batch::new(
    "INSERT INTO officer (id, public_key, locked_key, profile, units, is_reviewer) VALUES",
    6,
    "",
);

static INSERT: Batch = Batch::new(
    "INSERT INTO relocation_case (id, record, key_slot, revision, due_on, purge_on, tally) VALUES",
    7,
    "",
);

/// What was purged stays so, and what was counted is not counted again.
static UPDATE: Batch = Batch::new(
    "UPDATE relocation_case SET record = step.column2, revision = step.column4, \
     due_on = step.column5, purge_on = step.column6, \
     tally = CASE WHEN tally IS NOT NULL THEN step.column7 END FROM (VALUES",
    7,
    ") AS step WHERE relocation_case.id = step.column1 AND relocation_case.key_slot = step.column3 \
     AND relocation_case.revision = step.column4 - 1",
);

/// Once: whoever comes second finds no tally.
static SETTLE: Batch = Batch::new(
    "UPDATE relocation_case SET tally = NULL, commitment = step.column2 FROM (VALUES",
    2,
    ") AS step WHERE relocation_case.id = step.column1 AND relocation_case.tally IS NOT NULL",
);

static BALANCE: Batch = Batch::new(
    "INSERT INTO reciprocity (agreement_id, half_year, balance) VALUES",
    3,
    " ON CONFLICT (agreement_id, half_year) DO UPDATE SET \
     balance = reciprocity.balance + excluded.balance",
);

static ACCESSES: Batch =
    Batch::new("INSERT INTO relocation_access (id, day, sealed) VALUES", 3, "");

/// Stores what a decision changes about relocations.
pub(crate) async fn write(
    transaction: &mut Transaction<'_>,
    writes: &RelocationWrites,
) -> Result<(), StorageError> {
    let bind = |officer: &Officer, values: &mut Values| {
        values
            .bytes(officer.id.as_bytes())
            .bytes(officer.public_key.as_bytes())
            .bytes(officer.locked_key.as_stored())
            .bytes(&officer.profile)
            .text(&units_to_text(&officer.units.iter().cloned().collect::<Vec<_>>()))
            .number(officer.is_reviewer);
    };
    transaction.write(&OFFICERS, &writes.officers, false, bind).await?;
    transaction.write(&INSERT, &writes.new, false, bind_case).await?;
    transaction.write(&UPDATE, &writes.changed, true, bind_case).await?;
    let bind = |settled: &Settlement, values: &mut Values| {
        values.bytes(settled.id.as_bytes()).bytes(&settled.commitment);
    };
    transaction.write(&SETTLE, &writes.settled, true, bind).await?;
    let bind = |one: &Reciprocity, values: &mut Values| {
        values
            .bytes(one.agreement_id.as_bytes())
            .text(&one.half_year.to_string())
            .number(one.change);
    };
    // One by one: a statement does not change a row twice.
    for settled in &writes.settled {
        transaction.write(&BALANCE, settled.reciprocity.as_slice(), false, bind).await?;
    }
    let bind = |access: &SealedAccess, values: &mut Values| {
        values.bytes(&access.id).instant(access.day).bytes(&access.sealed);
    };
    transaction.write(&ACCESSES, &writes.accesses, false, bind).await
}

fn bind_case(stored: &StoredRelocation, values: &mut Values) {
    values
        .bytes(stored.id.as_bytes())
        .bytes(&stored.record.ciphertext)
        .bytes(stored.record.key_slot.as_bytes())
        .number(stored.revision)
        .instant_or_null(stored.due_on)
        .instant_or_null(stored.purge_on)
        .bytes_or_null(stored.tally.as_deref());
}

impl Reader<'_> {
    /// An officer.
    pub async fn officer(&mut self, id: OfficerId) -> Result<Option<Officer>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let found = self.row("SELECT * FROM officer WHERE id = $1", values).await?;
        found.as_ref().map(officer).transpose()
    }

    /// Everybody who reviews the access log.
    pub async fn reviewers(&mut self) -> Result<Vec<Officer>, StorageError> {
        let statement = "SELECT * FROM officer WHERE is_reviewer = 1 ORDER BY id";
        self.rows(statement, Values::new()).await?.iter().map(officer).collect()
    }

    /// A case that is not purged.
    pub async fn relocation_by_id(
        &mut self,
        id: RelocationId,
    ) -> Result<Option<StoredRelocation>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let statement = "SELECT * FROM relocation_case WHERE id = $1 AND record IS NOT NULL";
        let found = self.row(statement, values).await?;
        found.as_ref().map(case).transpose()
    }

    /// Every case that is not purged: which of them name an officer, only the officer's key tells.
    pub async fn relocations(&mut self) -> Result<Vec<StoredRelocation>, StorageError> {
        // The ids are random, and so is their order.
        let statement = "SELECT * FROM relocation_case WHERE record IS NOT NULL ORDER BY id";
        self.rows(statement, Values::new()).await?.iter().map(case).collect()
    }

    /// Cases whose day of purge has begun.
    pub async fn relocations_to_purge(
        &mut self,
        now: Timestamp,
    ) -> Result<Vec<StoredRelocation>, StorageError> {
        let mut values = Values::new();
        values.instant(now);
        let statement = "SELECT * FROM relocation_case \
                         WHERE record IS NOT NULL AND purge_on <= $1 ORDER BY id";
        self.rows(statement, values).await?.iter().map(case).collect()
    }

    /// What is kept of a case that was purged; none where it is not, or is unknown.
    pub async fn relocation_commitment(
        &mut self,
        id: RelocationId,
    ) -> Result<Option<[u8; 32]>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let statement =
            "SELECT id, commitment FROM relocation_case WHERE id = $1 AND record IS NULL";
        let found = self.row(statement, values).await?;
        let commitment = found.as_ref().map(|found| {
            StoredRow::new("relocation_case", "id", found).fixed_or_null("commitment")
        });
        Ok(commitment.transpose()?.flatten())
    }

    /// How many cases have something that is in time on this day at the latest, or is late.
    pub async fn relocations_due(&mut self, now: Timestamp) -> Result<u32, StorageError> {
        let mut values = Values::new();
        values.instant(now);
        let statement = "SELECT COUNT(*) AS cases FROM relocation_case \
                         WHERE record IS NOT NULL AND due_on <= $1";
        let Some(found) = self.row(statement, values).await? else { return Ok(0) };
        StoredRow::new("relocation_case", "cases", &found).count("cases")
    }

    /// Who came less who went in a network, for each half-year in which somebody did, the newest first.
    pub async fn reciprocity(
        &mut self,
        agreement: AgreementId,
    ) -> Result<Vec<(HalfYear, i32)>, StorageError> {
        let mut values = Values::new();
        values.bytes(agreement.as_bytes());
        let statement = "SELECT half_year, balance FROM reciprocity \
                         WHERE agreement_id = $1 ORDER BY half_year DESC";
        let read = |found| {
            let row = StoredRow::new("reciprocity", "half_year", found);
            Ok((row.coded("half_year", HalfYear::parse)?, row.count("balance")?))
        };
        self.rows(statement, values).await?.iter().map(read).collect()
    }

    /// The newest lines of the access log; at most `limit`.
    pub async fn relocation_accesses(
        &mut self,
        limit: u32,
    ) -> Result<Vec<SealedAccess>, StorageError> {
        let mut values = Values::new();
        values.number(limit);
        let statement = "SELECT * FROM relocation_access ORDER BY day DESC, id LIMIT $1";
        let found = self.rows(statement, values).await?;
        let read = |found| {
            let row = StoredRow::new("relocation_access", "id", found);
            let sealed = row.bytes("sealed")?.to_vec();
            Ok(SealedAccess { id: row.fixed("id")?, day: row.instant("day")?, sealed })
        };
        found.iter().map(read).collect()
    }
}

fn officer(found: &AnyRow) -> Result<Officer, StorageError> {
    let row = StoredRow::new("officer", "id", found);
    Ok(Officer {
        id: row.fixed("id")?,
        public_key: SealingPublicKey::from_bytes(row.fixed("public_key")?),
        locked_key: LockedKey::from_stored(row.bytes("locked_key")?.to_vec()),
        profile: row.bytes("profile")?.to_vec(),
        units: row.coded("units", units_from_text)?.into_iter().collect(),
        is_reviewer: row.flag("is_reviewer")?,
    })
}

fn case(found: &AnyRow) -> Result<StoredRelocation, StorageError> {
    let row = StoredRow::new("relocation_case", "id", found);
    let ciphertext = row.bytes("record")?.to_vec();
    let record = ContentAtRest { key_slot: row.fixed("key_slot")?, ciphertext };
    Ok(StoredRelocation {
        id: row.fixed("id")?,
        record,
        revision: row.count("revision")?,
        due_on: row.instant_or_null("due_on")?,
        purge_on: row.instant_or_null("purge_on")?,
        tally: row.bytes_or_null("tally")?.map(<[u8]>::to_vec),
    })
}
