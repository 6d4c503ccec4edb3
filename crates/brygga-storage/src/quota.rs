//! Places that are taken in quotas, counted from the referrals themselves, and what their givers have told.

use std::collections::BTreeMap;

use brygga_domain::OrgId;
use brygga_exchange::quota::{QuotaDeclaration, QuotaSpan};

use crate::batch::Batch;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::transaction::Transaction;
use crate::values::Values;

const TABLE: &str = "quota_declared";

/// What is declared last stays, in whatever order it comes.
static DECLARE: Batch = Batch::new(
    "INSERT INTO quota_declared (agreement_id, rule_id, giver, period_began, base, provided, \
     declared_at) VALUES",
    7,
    " ON CONFLICT (agreement_id, rule_id, giver, period_began) DO UPDATE SET \
     base = excluded.base, provided = excluded.provided, declared_at = excluded.declared_at \
     WHERE excluded.declared_at > quota_declared.declared_at",
);

/// Stores what givers declare.
pub(crate) async fn declare(
    transaction: &mut Transaction<'_>,
    declared: &[QuotaDeclaration],
) -> Result<(), StorageError> {
    let bind = |declared: &QuotaDeclaration, values: &mut Values| {
        bind_span(&declared.span, values);
        values.number_or_null(declared.base).number(declared.provided);
        values.instant(declared.declared_at);
    };
    transaction.write(&DECLARE, declared, false, bind).await
}

impl Reader<'_> {
    /// Places taken of a quota, by sender. A referral that was declined, taken back, expired, failed or a mistake, or
    /// that never arrived, gives its place back, and so do places that were held and not taken. For a decision they are held still until the commit.
    pub async fn quota_places(
        &mut self,
        span: &QuotaSpan,
    ) -> Result<BTreeMap<OrgId, u32>, StorageError> {
        if let Some(hold) = self.dialect.agreement_held.filter(|_| self.is_deciding) {
            let mut values = Values::new();
            values.bytes(span.agreement_id.as_bytes());
            self.rows(hold, values).await?;
        }
        let mut values = Values::new();
        bind_span(span, &mut values);
        let statement = "SELECT referral.source AS id, COUNT(*) AS places FROM referral \
                         LEFT JOIN outbox ON outbox.message_id = referral.request_message \
                         AND referral.side = 'SOURCE' \
                         WHERE referral.agreement_id = $1 AND referral.rule_id = $2 \
                         AND referral.target = $3 AND referral.counts_since = $4 \
                         AND referral.status IN ('REQUESTED', 'ACCEPTED', 'IN_PROGRESS', \
                         'CANCELLATION_REQUESTED', 'ON_HOLD', 'COMPLETED') \
                         AND (outbox.state IS NULL \
                         OR (outbox.state <> 'DEAD' AND outbox.refusal IS NULL)) \
                         GROUP BY referral.source";
        let mut found = self.rows(statement, values).await?;
        let mut values = Values::new();
        bind_span(span, &mut values);
        // A rule is about referrals or about capacity, so that one of the two finds nothing.
        let statement = "SELECT holder AS id, CAST(SUM(places) AS BIGINT) AS places FROM hold \
                         WHERE agreement_id = $1 AND rule_id = $2 AND publisher = $3 \
                         AND counts_since = $4 \
                         AND state IN ('REQUESTED', 'WAITING', 'HELD', 'CONFIRMED', 'DEPARTED') \
                         GROUP BY holder";
        found.extend(self.rows(statement, values).await?);
        let read = |found| {
            let row = StoredRow::new("quota", "id", found);
            Ok((row.coded("id", |text| OrgId::parse(text).ok())?, row.count("places")?))
        };
        found.iter().map(read).collect()
    }

    /// What the giver has told; none where it has told nothing.
    pub async fn quota_declared(
        &mut self,
        span: &QuotaSpan,
    ) -> Result<Option<QuotaDeclaration>, StorageError> {
        let mut values = Values::new();
        bind_span(span, &mut values);
        let statement = "SELECT rule_id, base, provided, declared_at FROM quota_declared \
                         WHERE agreement_id = $1 AND rule_id = $2 AND giver = $3 \
                         AND period_began = $4";
        let Some(found) = self.row(statement, values).await? else { return Ok(None) };
        let row = StoredRow::new(TABLE, "rule_id", &found);
        Ok(Some(QuotaDeclaration {
            span: span.clone(),
            base: row.count_or_null("base")?,
            provided: row.count("provided")?,
            declared_at: row.instant("declared_at")?,
        }))
    }
}

fn bind_span(span: &QuotaSpan, values: &mut Values) {
    values.bytes(span.agreement_id.as_bytes()).text(&span.rule_id);
    values.text(span.giver.as_str()).instant(span.began);
}
