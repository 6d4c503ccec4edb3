//! Reading: one snapshot of what is stored, or, inside a decision, what the decision may rely on.
//!
//! The methods stand beside the rows that they read: `referral_…` in `referral.rs`, and so on.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use crate::dialect::Dialect;
use crate::error::StorageError;
use crate::foresight::{Foreseen, NOTHING};
use crate::values::Values;

/// Reads in one transaction. Absent is `None` or an empty list.
pub struct Reader<'c> {
    pub(crate) connection: &'c mut AnyConnection,
    pub(crate) dialect: &'static Dialect,
    /// Whether a decision rests on what is read, so that it must not change until the commit.
    pub(crate) is_deciding: bool,
    /// What is known already.
    pub(crate) foreseen: &'c Foreseen,
    /// What begins the transaction, where that travels with the first statement.
    pub(crate) opening: Option<&'static str>,
}

impl<'c> Reader<'c> {
    /// Reads for somebody who decides nothing.
    pub(crate) fn new(connection: &'c mut AnyConnection, dialect: &'static Dialect) -> Self {
        Self { connection, dialect, is_deciding: false, foreseen: &NOTHING, opening: None }
    }

    /// Reads for a decision; `foreseen` was looked up in the same transaction.
    pub(crate) const fn deciding(
        connection: &'c mut AnyConnection,
        dialect: &'static Dialect,
        foreseen: &'c Foreseen,
        opening: Option<&'static str>,
    ) -> Self {
        Self { connection, dialect, is_deciding: true, foreseen, opening }
    }

    pub(crate) async fn rows(
        &mut self,
        statement: &'static str,
        values: Values,
    ) -> Result<Vec<AnyRow>, StorageError> {
        let query = sqlx::query_with(self.opened(statement), values.finish()?);
        Ok(query.fetch_all(&mut *self.connection).await?)
    }

    pub(crate) async fn row(
        &mut self,
        statement: &'static str,
        values: Values,
    ) -> Result<Option<AnyRow>, StorageError> {
        if self.opening.is_some() {
            return Ok(self.rows(statement, values).await?.pop());
        }
        let query = sqlx::query_with(statement, values.finish()?);
        Ok(query.fetch_optional(&mut *self.connection).await?)
    }

    /// Runs a statement that changes rows and returns how many.
    pub(crate) async fn write(
        &mut self,
        statement: &'static str,
        values: Values,
    ) -> Result<u64, StorageError> {
        if let Some(opening) = self.opening.take() {
            sqlx::raw_sql(opening).execute(&mut *self.connection).await?;
        }
        let query = sqlx::query_with(statement, values.finish()?);
        Ok(query.execute(&mut *self.connection).await?.rows_affected())
    }

    /// The statement with what begins the transaction in front of it, where that is still to come.
    fn opened(&mut self, statement: &'static str) -> &'static str {
        match self.opening.take() {
            Some(opening) => opened(opening, statement),
            None => statement,
        }
    }
}

/// The two texts as one, made once for each of this program's statements and kept.
fn opened(opening: &'static str, statement: &'static str) -> &'static str {
    static OPENED: Mutex<Option<HashMap<&'static str, &'static str>>> = Mutex::new(None);
    let mut opened = OPENED.lock().unwrap_or_else(PoisonError::into_inner);
    let opened = opened.get_or_insert_with(HashMap::new);
    opened.entry(statement).or_insert_with(|| format!("{opening}; {statement}").leak())
}
