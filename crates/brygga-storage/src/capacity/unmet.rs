//! Searches that found nothing, counted by day, type and county.

use std::collections::BTreeMap;

use brygga_domain::capacity::{County, Days, UnmetNeed, UnmetSum};

use crate::batch::Batch;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::transaction::Transaction;
use crate::values::Values;

const TABLE: &str = "unmet_need";

/// Several processes may count at once.
static COUNT: Batch = Batch::new(
    "INSERT INTO unmet_need (day, service_type, county, searches) VALUES",
    4,
    " ON CONFLICT (day, service_type, county) DO UPDATE SET \
     searches = unmet_need.searches + excluded.searches",
);

/// Counts searches.
pub(super) async fn count(
    transaction: &mut Transaction<'_>,
    unmet: &BTreeMap<UnmetNeed, u32>,
) -> Result<(), StorageError> {
    let bind = |(need, searches): &(&UnmetNeed, &u32), values: &mut Values| {
        values.text(&need.day.to_string());
        values.text(need.service_type.as_deref().unwrap_or_default());
        values.text(&need.county.map(County::code).unwrap_or_default());
        values.number(**searches);
    };
    let rows: Vec<_> = unmet.iter().collect();
    transaction.write(&COUNT, &rows, false, bind).await
}

impl Reader<'_> {
    /// Searches that found nothing on some days, by type and county.
    pub async fn unmet_needs(&mut self, days: Days) -> Result<Vec<UnmetSum>, StorageError> {
        let mut values = Values::new();
        values.text(&days.from().to_string()).text(&days.until().to_string());
        let statement = "SELECT service_type, county, CAST(SUM(searches) AS BIGINT) AS searches \
                         FROM unmet_need WHERE day >= $1 AND day <= $2 \
                         GROUP BY service_type, county ORDER BY service_type, county";
        let found = self.rows(statement, values).await?;
        let read = |found| {
            let row = StoredRow::new(TABLE, "service_type", found);
            let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            let county = |text: &str| match text {
                "" => Some(None),
                code => County::parse(code).map(Some),
            };
            Ok(UnmetSum {
                service_type: some(row.text("service_type")?),
                county: row.coded("county", county)?,
                searches: row.count("searches")?,
            })
        };
        found.iter().map(read).collect()
    }
}
