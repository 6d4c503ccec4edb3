//! Numbers of referrals: what this organisation has told, what it has asked others, and the counting.

use brygga_domain::aggregate::{AggregateOutcome, Contribution, Quarter};
use brygga_domain::agreement::SubjectArea;
use brygga_domain::{AgreementId, OrgId};
use brygga_exchange::aggregate::{AggregateWrites, AskedAggregate, ToldAggregate};
use sqlx::any::AnyRow;

use crate::batch::Batch;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::text_form::term_from_text;
use crate::transaction::Transaction;
use crate::values::Values;

static TELL: Batch =
    Batch::new("INSERT INTO aggregate_told (agreement_id, quarter, told_at, report) VALUES", 4, "");

/// An answer that is held stays, whatever is asked or answered meanwhile.
static ASK: Batch = Batch::new(
    "INSERT INTO aggregate_asked (agreement_id, quarter, teller, asked_at, message_id, report) VALUES",
    6,
    " ON CONFLICT (agreement_id, quarter, teller) DO UPDATE SET asked_at = excluded.asked_at, \
     message_id = excluded.message_id, report = COALESCE(aggregate_asked.report, excluded.report)",
);

/// Stores what a decision changes about aggregates.
pub(crate) async fn write(
    transaction: &mut Transaction<'_>,
    writes: &AggregateWrites,
) -> Result<(), StorageError> {
    let bind = |told: &ToldAggregate, values: &mut Values| {
        bind_key(told.agreement, told.quarter, values);
        values.instant(told.told_at).bytes(&told.report);
    };
    transaction.write(&TELL, &writes.told, false, bind).await?;
    let bind = |asked: &AskedAggregate, values: &mut Values| {
        bind_key(asked.agreement, asked.quarter, values);
        values
            .text(asked.teller.as_str())
            .instant(asked.asked_at)
            .bytes(asked.message_id.as_bytes())
            .bytes_or_null(asked.report.as_deref());
    };
    transaction.write(&ASK, &writes.asked, false, bind).await
}

fn bind_key(agreement: AgreementId, quarter: Quarter, values: &mut Values) {
    values.bytes(agreement.as_bytes()).text(&quarter.to_string());
}

impl Reader<'_> {
    /// What this organisation has told of a quarter.
    pub async fn aggregate_told(
        &mut self,
        agreement: AgreementId,
        quarter: Quarter,
    ) -> Result<Option<ToldAggregate>, StorageError> {
        let mut values = Values::new();
        bind_key(agreement, quarter, &mut values);
        let statement = "SELECT told_at, report FROM aggregate_told \
                         WHERE agreement_id = $1 AND quarter = $2";
        let Some(found) = self.row(statement, values).await? else { return Ok(None) };
        let row = StoredRow::new("aggregate_told", "agreement_id", &found);
        let (told_at, report) = (row.instant("told_at")?, row.bytes("report")?.to_vec());
        Ok(Some(ToldAggregate { agreement, quarter, told_at, report }))
    }

    /// What this organisation has asked of a quarter, and the answers; by organisation.
    pub async fn aggregates_asked(
        &mut self,
        agreement: AgreementId,
        quarter: Quarter,
    ) -> Result<Vec<AskedAggregate>, StorageError> {
        let mut values = Values::new();
        bind_key(agreement, quarter, &mut values);
        let statement = "SELECT agreement_id, teller, asked_at, message_id, report \
                         FROM aggregate_asked WHERE agreement_id = $1 AND quarter = $2 \
                         ORDER BY teller";
        let found = self.rows(statement, values).await?;
        let read = |found| {
            let row = StoredRow::new("aggregate_asked", "agreement_id", found);
            Ok(AskedAggregate {
                agreement,
                quarter,
                teller: row.coded("teller", |text| OrgId::parse(text).ok())?,
                asked_at: row.instant("asked_at")?,
                message_id: row.fixed("message_id")?,
                report: row.bytes_or_null("report")?.map(<[u8]>::to_vec),
            })
        };
        found.iter().map(read).collect()
    }

    /// What arrived here under an agreement, in whatever version, in a quarter: by sender, service and status. No
    /// row is named, and no content is read.
    ///
    /// What was made by mistake, what lost its ground and protected relocations are not counted. A referral arrived as
    /// long after it was requested as its answer is due after what was promised.
    pub async fn aggregate_counted(
        &mut self,
        agreement: AgreementId,
        quarter: Quarter,
    ) -> Result<Vec<Contribution>, StorageError> {
        let mut values = Values::new();
        values.bytes(agreement.as_bytes()).instant(quarter.from()).instant(quarter.until());
        values.text(SubjectArea::Relocation.as_str());
        let statement = "SELECT source, service_type, status, COUNT(*) AS referrals FROM referral \
                         WHERE side = 'TARGET' AND agreement_id = $1 \
                         AND requested_at + (answer_due - respond_by) >= $2 \
                         AND requested_at + (answer_due - respond_by) < $3 \
                         AND status <> 'ENTERED_IN_ERROR' AND is_stopped = 0 AND subject <> $4 \
                         GROUP BY source, service_type, status \
                         ORDER BY source, service_type, status";
        self.rows(statement, values).await?.iter().map(contribution).collect()
    }
}

fn contribution(found: &AnyRow) -> Result<Contribution, StorageError> {
    let row = StoredRow::new("referral", "source", found);
    Ok(Contribution {
        sender: row.coded("source", |text| OrgId::parse(text).ok())?,
        service_type: row.coded("service_type", term_from_text)?,
        outcome: row.coded("status", AggregateOutcome::of_status)?,
        referrals: row.count("referrals")?,
    })
}
