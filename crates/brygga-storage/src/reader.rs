//! Reading: one snapshot of what is stored, or, inside a decision, what the decision may rely on.
//!
//! The methods stand beside the rows that they read: `referral_…` in `referral.rs`, and so on.

use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use crate::dialect::Dialect;
use crate::error::StorageError;
use crate::values::Values;

/// Reads in one transaction. Absent is `None` or an empty list.
pub struct Reader<'c> {
    pub(crate) connection: &'c mut AnyConnection,
    pub(crate) dialect: &'static Dialect,
    /// Whether a decision rests on what is read, so that it must not change until the commit.
    pub(crate) is_deciding: bool,
}

impl Reader<'_> {
    pub(crate) async fn rows(
        &mut self,
        statement: &'static str,
        values: Values,
    ) -> Result<Vec<AnyRow>, StorageError> {
        let query = sqlx::query_with(statement, values.finish()?);
        Ok(query.fetch_all(&mut *self.connection).await?)
    }

    pub(crate) async fn row(
        &mut self,
        statement: &'static str,
        values: Values,
    ) -> Result<Option<AnyRow>, StorageError> {
        let query = sqlx::query_with(statement, values.finish()?);
        Ok(query.fetch_optional(&mut *self.connection).await?)
    }

    /// Runs a statement that changes rows and returns how many.
    pub(crate) async fn write(
        &mut self,
        statement: &'static str,
        values: Values,
    ) -> Result<u64, StorageError> {
        let query = sqlx::query_with(statement, values.finish()?);
        Ok(query.execute(&mut *self.connection).await?.rows_affected())
    }
}
