//! Handlers, disclosures inside the house and glasses, read.

use brygga_domain::access::{
    Approval, BreakGlass, BreakGlassReason, ConsentKeeper, Handler, InsideDisclosure, Revocation,
};
use brygga_domain::{
    BreakGlassId, ConsentId, DisclosureGround, GdprBasis, InsideDisclosureId, ReferralId,
    Timestamp, UnitId,
};
use sqlx::any::AnyRow;

use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::values::Values;

impl Reader<'_> {
    /// Who works on a referral, whoever began first, first.
    pub async fn referral_handlers(
        &mut self,
        id: ReferralId,
    ) -> Result<Vec<Handler>, StorageError> {
        let statement = "SELECT * FROM referral_handler WHERE referral_id = $1 \
                         ORDER BY since, subject";
        let found = self.rows(statement, of_referral(id)).await?;
        let read = |found| {
            let row = StoredRow::new("referral_handler", "referral_id", found);
            Ok(Handler {
                subject: row.text("subject")?.to_owned(),
                assigned_by: row.text_or_null("assigned_by")?.map(str::to_owned),
                since: row.instant("since")?,
            })
        };
        found.iter().map(read).collect()
    }

    /// Where a consent was recorded.
    pub async fn consent_keeper(
        &mut self,
        id: ConsentId,
    ) -> Result<Option<ConsentKeeper>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let statement = "SELECT * FROM consent_keeper WHERE consent_id = $1";
        let Some(found) = self.row(statement, values).await? else { return Ok(None) };
        let row = StoredRow::new("consent_keeper", "consent_id", &found);
        Ok(Some(ConsentKeeper {
            recorded_by: row.text("recorded_by")?.to_owned(),
            unit: row.coded_or_null("unit", |text| UnitId::parse(text).ok())?,
        }))
    }

    /// Disclosures of a referral inside the house, standing or taken back, oldest first.
    pub async fn inside_disclosures(
        &mut self,
        id: ReferralId,
    ) -> Result<Vec<InsideDisclosure>, StorageError> {
        let statement = "SELECT * FROM inside_disclosure WHERE referral_id = $1 \
                         ORDER BY disclosed_at";
        self.rows(statement, of_referral(id)).await?.iter().map(disclosure).collect()
    }

    /// One disclosure inside the house.
    pub async fn inside_disclosure(
        &mut self,
        id: InsideDisclosureId,
    ) -> Result<Option<InsideDisclosure>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let found = self.row("SELECT * FROM inside_disclosure WHERE id = $1", values).await?;
        found.as_ref().map(disclosure).transpose()
    }

    /// The glasses that were broken for a referral, oldest first.
    pub async fn break_glasses(&mut self, id: ReferralId) -> Result<Vec<BreakGlass>, StorageError> {
        let statement = "SELECT * FROM break_glass WHERE referral_id = $1 ORDER BY opened_at";
        self.rows(statement, of_referral(id)).await?.iter().map(glass).collect()
    }

    /// One breaking of the glass.
    pub async fn break_glass(
        &mut self,
        id: BreakGlassId,
    ) -> Result<Option<BreakGlass>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let found = self.row("SELECT * FROM break_glass WHERE id = $1", values).await?;
        found.as_ref().map(glass).transpose()
    }

    /// Glasses whose mandatory review is not signed, oldest first; at most `limit`.
    pub async fn break_glasses_unreviewed(
        &mut self,
        limit: u32,
    ) -> Result<Vec<BreakGlass>, StorageError> {
        let mut values = Values::new();
        values.number(limit);
        let statement = "SELECT * FROM break_glass WHERE review_id IS NULL \
                         ORDER BY opened_at LIMIT $1";
        self.rows(statement, values).await?.iter().map(glass).collect()
    }

    /// How many mandatory reviews of glasses broken before an instant are not signed.
    pub async fn break_glasses_unreviewed_before(
        &mut self,
        opened_before: Timestamp,
    ) -> Result<u64, StorageError> {
        let mut values = Values::new();
        values.instant(opened_before);
        let statement = "SELECT COUNT(*) AS many FROM break_glass \
                         WHERE review_id IS NULL AND opened_at <= $1";
        let found = self.row(statement, values).await?;
        let read = |found| StoredRow::new("break_glass", "many", &found).count("many");
        found.map_or(Ok(0), read)
    }
}

fn of_referral(id: ReferralId) -> Values {
    let mut values = Values::new();
    values.bytes(id.as_bytes());
    values
}

fn disclosure(found: &AnyRow) -> Result<InsideDisclosure, StorageError> {
    let row = StoredRow::new("inside_disclosure", "id", found);
    let revoked_by = row.text_or_null("revoked_by")?;
    let revoked_at = row.instant_or_null("revoked_at")?;
    Ok(InsideDisclosure {
        id: row.fixed("id")?,
        referral_id: row.fixed("referral_id")?,
        unit: row.coded("unit", |text| UnitId::parse(text).ok())?,
        ground: row.coded("ground", DisclosureGround::parse)?,
        gdpr_basis: row.coded("gdpr_basis", GdprBasis::parse)?,
        justification: row.text("justification")?.to_owned(),
        disclosed_by: row.text("disclosed_by")?.to_owned(),
        disclosed_at: row.instant("disclosed_at")?,
        revocation: revoked_by.zip(revoked_at).map(|(by, at)| Revocation { by: by.to_owned(), at }),
    })
}

fn glass(found: &AnyRow) -> Result<BreakGlass, StorageError> {
    let row = StoredRow::new("break_glass", "id", found);
    let approved_by = row.text_or_null("approved_by")?;
    let approved_at = row.instant_or_null("approved_at")?;
    let review = row.bytes_or_null("review_id")?;
    Ok(BreakGlass {
        id: row.fixed("id")?,
        referral_id: row.fixed("referral_id")?,
        opened_by: row.text("opened_by")?.to_owned(),
        opened_at: row.instant("opened_at")?,
        reason: row.coded("reason", BreakGlassReason::parse)?,
        justification: row.text("justification")?.to_owned(),
        approval: approved_by.zip(approved_at).map(|(by, at)| Approval { by: by.to_owned(), at }),
        review: review
            .map(|bytes| bytes.try_into().map_err(|_| row.inconsistent("review_id")))
            .transpose()?,
    })
}
