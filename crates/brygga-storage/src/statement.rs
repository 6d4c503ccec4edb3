//! Insert statements for one row or many.
//!
//! The one place where the text of a statement is put together: from names and numbers that are
//! constants of this program, never from data. Three sizes a table, so that a connection keeps few
//! statements prepared; each text is made once and kept for the life of the process.

use std::fmt::Write as _;
use std::sync::OnceLock;

use sqlx::AnyConnection;

use crate::error::StorageError;
use crate::values::Values;

/// Rows in one statement, largest first.
const SIZES: [usize; 3] = [32, 8, 1];

/// An insert into one table.
pub(crate) struct Insert {
    table: &'static str,
    columns: &'static [&'static str],
    /// What follows the values, such as a conflict clause.
    suffix: &'static str,
    texts: OnceLock<[&'static str; SIZES.len()]>,
}

impl Insert {
    /// An insert that fails where a unique key is taken.
    pub(crate) const fn into(table: &'static str, columns: &'static [&'static str]) -> Self {
        Self::with_suffix(table, columns, "")
    }

    /// An insert with a conflict clause.
    pub(crate) const fn with_suffix(
        table: &'static str,
        columns: &'static [&'static str],
        suffix: &'static str,
    ) -> Self {
        Self { table, columns, suffix, texts: OnceLock::new() }
    }

    /// Inserts rows in their order; `bind` puts one row's values in the order of the columns.
    /// Returns how many rows were written.
    pub(crate) async fn run<R>(
        &'static self,
        connection: &mut AnyConnection,
        rows: &[R],
        bind: impl Fn(&R, &mut Values) + Send + Sync,
    ) -> Result<u64, StorageError>
    where
        R: Sync,
    {
        let texts = self.texts.get_or_init(|| SIZES.map(|size| self.text(size).leak() as &str));
        let mut rest = rows;
        let mut written = 0;
        for (size, text) in SIZES.into_iter().zip(texts) {
            while rest.len() >= size {
                let (chunk, after) = rest.split_at(size);
                let mut values = Values::new();
                chunk.iter().for_each(|row| bind(row, &mut values));
                let query = sqlx::query_with(*text, values.finish()?);
                written += query.execute(&mut *connection).await?.rows_affected();
                rest = after;
            }
        }
        Ok(written)
    }

    fn text(&self, rows: usize) -> String {
        let mut text = format!("INSERT INTO {} ({}) VALUES", self.table, self.columns.join(", "));
        let width = self.columns.len();
        for row in 0..rows {
            text.push_str(if row == 0 { " (" } else { ", (" });
            for column in 1..=width {
                let comma = if column == 1 { "" } else { ", " };
                // Writing to a String cannot fail.
                let _ = write!(text, "{comma}${}", row * width + column);
            }
            text.push(')');
        }
        text.push_str(self.suffix);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_count_through_all_rows() {
        let insert = Insert::with_suffix("t", &["a", "b"], " ON CONFLICT DO NOTHING");
        assert_eq!(
            insert.text(2),
            "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4) ON CONFLICT DO NOTHING"
        );
    }
}
