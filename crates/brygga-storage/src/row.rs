//! A row as it came back, read column by column; what does not fit is an inconsistency that names
//! table, column and id, never the value.

use brygga_domain::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{Any, Decode, Row, Type};

use crate::error::StorageError;

/// One row of one table.
pub(crate) struct StoredRow<'r> {
    row: &'r AnyRow,
    table: &'static str,
    id: String,
}

impl<'r> StoredRow<'r> {
    /// A row whose `key` column, a blob or a number, names it in errors.
    pub(crate) fn new(table: &'static str, key: &str, row: &'r AnyRow) -> Self {
        let id = match (row.try_get::<&[u8], _>(key), row.try_get::<i64, _>(key)) {
            (Ok(bytes), _) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
            (_, Ok(number)) => number.to_string(),
            _ => String::new(),
        };
        Self { row, table, id }
    }

    /// The inconsistency of one column.
    pub(crate) fn inconsistent(&self, column: &'static str) -> StorageError {
        StorageError::Inconsistent { table: self.table, column, id: self.id.clone() }
    }

    /// A value made from a column's value by a parser.
    pub(crate) fn parsed<T, U>(
        &self,
        column: &'static str,
        value: T,
        parse: impl FnOnce(T) -> Option<U>,
    ) -> Result<U, StorageError> {
        parse(value).ok_or_else(|| self.inconsistent(column))
    }

    pub(crate) fn bytes(&self, column: &'static str) -> Result<&'r [u8], StorageError> {
        self.read(column)
    }

    pub(crate) fn bytes_or_null(
        &self,
        column: &'static str,
    ) -> Result<Option<&'r [u8]>, StorageError> {
        self.read(column)
    }

    pub(crate) fn text(&self, column: &'static str) -> Result<&'r str, StorageError> {
        self.read(column)
    }

    pub(crate) fn text_or_null(
        &self,
        column: &'static str,
    ) -> Result<Option<&'r str>, StorageError> {
        self.read(column)
    }

    pub(crate) fn number(&self, column: &'static str) -> Result<i64, StorageError> {
        self.read(column)
    }

    /// A number that is never negative, in the width that its type has.
    pub(crate) fn count<N: TryFrom<i64>>(&self, column: &'static str) -> Result<N, StorageError> {
        self.parsed(column, self.number(column)?, |number| N::try_from(number).ok())
    }

    pub(crate) fn count_or_null<N: TryFrom<i64>>(
        &self,
        column: &'static str,
    ) -> Result<Option<N>, StorageError> {
        let number = self.read::<Option<i64>>(column)?;
        number.map(|n| self.parsed(column, n, |n| N::try_from(n).ok())).transpose()
    }

    /// A number that is 0 or 1.
    pub(crate) fn flag(&self, column: &'static str) -> Result<bool, StorageError> {
        let number = self.number(column)?;
        self.parsed(column, number, |number| matches!(number, 0 | 1).then_some(number == 1))
    }

    pub(crate) fn instant(&self, column: &'static str) -> Result<Timestamp, StorageError> {
        self.number(column).map(Timestamp::from_millis)
    }

    pub(crate) fn instant_or_null(
        &self,
        column: &'static str,
    ) -> Result<Option<Timestamp>, StorageError> {
        self.read::<Option<i64>>(column).map(|millis| millis.map(Timestamp::from_millis))
    }

    /// An identifier or a digest: bytes of a fixed length.
    pub(crate) fn fixed<T>(&self, column: &'static str) -> Result<T, StorageError>
    where
        T: TryFrom<&'r [u8]>,
    {
        self.parsed(column, self.bytes(column)?, |bytes| T::try_from(bytes).ok())
    }

    /// The same where null means none.
    pub(crate) fn fixed_or_null<T>(&self, column: &'static str) -> Result<Option<T>, StorageError>
    where
        T: TryFrom<&'r [u8]>,
    {
        let bytes = self.bytes_or_null(column)?;
        bytes.map(|bytes| self.parsed(column, bytes, |bytes| T::try_from(bytes).ok())).transpose()
    }

    /// A stable code, or any other text with a parser.
    pub(crate) fn coded<T>(
        &self,
        column: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, StorageError> {
        self.parsed(column, self.text(column)?, parse)
    }

    pub(crate) fn coded_or_null<T>(
        &self,
        column: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, StorageError> {
        let text = self.text_or_null(column)?;
        text.map(|text| self.parsed(column, text, parse)).transpose()
    }

    fn read<T: Decode<'r, Any> + Type<Any>>(
        &self,
        column: &'static str,
    ) -> Result<T, StorageError> {
        self.row.try_get(column).map_err(|_| self.inconsistent(column))
    }
}
