//! Statements about many rows at once: `INSERT … VALUES (…), (…)`, `UPDATE … FROM (VALUES …)` and
//! `SELECT … IN (VALUES …)`.
//!
//! The one place where the text of a statement is put together: from constants of this program and
//! placeholder numbers, never from data. A few sizes each, so that a connection keeps few
//! statements prepared and few are run; each text is made once and kept for the life of the process.

use std::fmt::Write as _;
use std::sync::OnceLock;

use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use crate::error::StorageError;
use crate::values::Values;

/// Rows in one statement, largest first: for SQLite, whose prepared statements cost memory here.
const SIZES: [usize; 6] = [32, 16, 8, 4, 2, 1];
/// For PostgreSQL, where each statement is a round trip: two are enough for any number up to 32.
const POSTGRES_SIZES: [usize; 14] = [32, 24, 20, 16, 12, 10, 8, 7, 6, 5, 4, 3, 2, 1];

/// A statement with a list of rows in its middle.
pub(crate) struct Batch {
    /// What comes before the rows.
    head: &'static str,
    /// Values of one row.
    width: usize,
    /// What comes after the rows.
    tail: &'static str,
    /// One for each size, for PostgreSQL and for SQLite.
    texts: [OnceLock<Vec<&'static str>>; 2],
}

/// How a value's place is written.
#[derive(Clone, Copy)]
pub(crate) enum Placeholders {
    /// `$1`, `$2`: all that PostgreSQL knows.
    Numbered,
    /// `?`: SQLite looks a number up among all of a statement's, again for each value.
    Plain,
}

impl Placeholders {
    fn of(connection: &AnyConnection) -> Self {
        if connection.backend_name() == "SQLite" { Self::Plain } else { Self::Numbered }
    }

    const fn sizes(self) -> &'static [usize] {
        match self {
            Self::Numbered => &POSTGRES_SIZES,
            Self::Plain => &SIZES,
        }
    }
}

impl Batch {
    pub(crate) const fn new(head: &'static str, width: usize, tail: &'static str) -> Self {
        Self { head, width, tail, texts: [const { OnceLock::new() }; 2] }
    }

    /// Runs the statement for all rows in their order; `bind` puts the values of one row.
    /// Returns how many rows were written.
    pub(crate) async fn run<R: Sync>(
        &'static self,
        connection: &mut AnyConnection,
        rows: &[R],
        bind: impl Fn(&R, &mut Values) + Send,
    ) -> Result<u64, StorageError> {
        let placeholders = Placeholders::of(connection);
        let texts = self.texts(placeholders);
        let mut rest = rows;
        let mut written = 0;
        for (size, text) in placeholders.sizes().iter().zip(texts) {
            while rest.len() >= *size {
                let (chunk, after) = rest.split_at(*size);
                let mut values = Values::new();
                chunk.iter().for_each(|row| bind(row, &mut values));
                let query = sqlx::query_with(*text, values.finish()?);
                written += query.execute(&mut *connection).await?.rows_affected();
                rest = after;
            }
        }
        Ok(written)
    }

    /// Finds the rows of any of these keys; `bind` puts the values of one key.
    pub(crate) async fn find<K: Sync>(
        &'static self,
        connection: &mut AnyConnection,
        keys: &[K],
        bind: impl Fn(&K, &mut Values) + Send,
    ) -> Result<Vec<AnyRow>, StorageError> {
        let placeholders = Placeholders::of(connection);
        let (sizes, texts) = (placeholders.sizes(), self.texts(placeholders));
        let mut found = Vec::new();
        for (size, keys) in filled(keys) {
            let mut values = Values::new();
            keys.for_each(|key| bind(key, &mut values));
            let place = sizes.iter().position(|known| *known == size).unwrap_or(0);
            let query = sqlx::query_with(texts[place], values.finish()?);
            found.extend(query.fetch_all(&mut *connection).await?);
        }
        Ok(found)
    }

    fn texts(&self, placeholders: Placeholders) -> &[&'static str] {
        let text = |size: &usize| &*self.text(*size, placeholders).leak();
        let make = || placeholders.sizes().iter().map(text).collect();
        self.texts[placeholders as usize].get_or_init(make)
    }

    /// Whether it adds rows, and changes none that are there.
    pub(crate) fn inserts(&self) -> bool {
        self.head.starts_with("INSERT") && !self.tail.contains("UPDATE")
    }

    /// Values of so many rows.
    pub(crate) const fn values(&self, rows: usize) -> usize {
        self.width * rows
    }

    /// The statement for so many rows.
    pub(crate) fn text(&self, rows: usize, placeholders: Placeholders) -> String {
        self.text_from(0, rows, placeholders)
    }

    /// The statement for so many rows, where `first` values of other statements come before its own.
    pub(crate) fn text_from(
        &self,
        first: usize,
        rows: usize,
        placeholders: Placeholders,
    ) -> String {
        let mut text = self.head.to_owned();
        for row in 0..rows {
            text.push_str(if row == 0 { " (" } else { ", (" });
            for column in 1..=self.width {
                let comma = if column == 1 { "" } else { ", " };
                // Writing to a String cannot fail.
                let _ = match placeholders {
                    Placeholders::Numbered => {
                        write!(text, "{comma}${}", first + row * self.width + column)
                    }
                    Placeholders::Plain => write!(text, "{comma}?"),
                };
            }
            text.push(')');
        }
        text.push_str(self.tail);
        text
    }
}

/// Keys in portions of sizes that both engines know. What is missing to a size is filled with the
/// last key, which finds nothing new.
pub(crate) fn filled<K>(keys: &[K]) -> impl Iterator<Item = (usize, impl Iterator<Item = &K>)> {
    keys.chunks(SIZES[0]).filter_map(|chunk| {
        let size = SIZES.into_iter().rfind(|size| *size >= chunk.len())?;
        let filling = std::iter::repeat(chunk.last()?);
        Some((size, chunk.iter().chain(filling).take(size)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_statements_are_enough_for_any_number_of_rows_on_postgresql() {
        for rows in 1..=POSTGRES_SIZES[0] {
            let mut rest = rows;
            let mut statements = 0;
            for size in POSTGRES_SIZES {
                statements += rest / size;
                rest %= size;
            }
            assert!(rest == 0 && statements <= 2, "{rows} rows take {statements}");
        }
        assert!(SIZES.iter().all(|size| POSTGRES_SIZES.contains(size)));
    }

    #[test]
    fn placeholders_count_through_all_rows() {
        let batch = Batch::new("INSERT INTO t (a, b) VALUES", 2, " ON CONFLICT DO NOTHING");
        assert_eq!(
            batch.text(2, Placeholders::Numbered),
            "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4) ON CONFLICT DO NOTHING"
        );
        assert_eq!(
            batch.text(1, Placeholders::Plain),
            "INSERT INTO t (a, b) VALUES (?, ?) ON CONFLICT DO NOTHING"
        );
    }
}
