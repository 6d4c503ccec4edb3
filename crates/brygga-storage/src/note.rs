//! Small values that a node keeps for itself, such as the registry it last accepted.

use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::store::Store;
use crate::values::Values;

impl Reader<'_> {
    /// The value under a name.
    pub async fn note(&mut self, name: &'static str) -> Result<Option<Vec<u8>>, StorageError> {
        let mut values = Values::new();
        values.text(name);
        let found = self.row("SELECT value FROM note WHERE name = $1", values).await?;
        let read =
            |found| StoredRow::new("note", "name", &found).bytes("value").map(<[u8]>::to_vec);
        found.map(read).transpose()
    }
}

impl Store {
    /// Keeps a value under a name, in place of the one before. No personal data.
    pub async fn note_put(&self, name: &'static str, value: Vec<u8>) -> Result<(), StorageError> {
        const PUT: &str = "INSERT INTO note (name, value) VALUES ($1, $2) \
                           ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        self.direct("note.put", move |reader| {
            let mut values = Values::new();
            values.text(name).bytes(&value);
            Box::pin(async move { reader.write(PUT, values).await.map(|_| ()) })
        })
        .await
    }
}
