//! The agreements of the node in memory, so that the gate costs no query.

use std::sync::Arc;

use arc_swap::ArcSwap;
use brygga_policy::AgreementBook;
use brygga_storage::{Engine, Reader, StorageError};

use crate::App;

/// A snapshot of all agreements and the revision that it shows.
#[derive(Debug, Default)]
pub struct AgreementCache(ArcSwap<Snapshot>);

#[derive(Debug, Default)]
struct Snapshot {
    revision: u64,
    book: Arc<AgreementBook>,
}

impl AgreementCache {
    /// The agreements as of the last refresh.
    pub fn book(&self) -> Arc<AgreementBook> {
        Arc::clone(&self.0.load().book)
    }
}

impl App {
    /// The agreements that a decision may rest on: those in memory, unless another process on the
    /// same store has changed any. A SQLite file has one process, which refreshes its memory
    /// before it tells anybody of a change.
    pub(crate) async fn agreements_held(
        &self,
        reader: &mut Reader<'_>,
    ) -> Result<Arc<AgreementBook>, StorageError> {
        let parts = self.parts();
        let known = parts.agreements.0.load_full();
        let alone = parts.store.engine() == Engine::Sqlite;
        if alone || reader.agreement_revision().await? == known.revision {
            return Ok(Arc::clone(&known.book));
        }
        let records = reader.agreement_records().await?;
        Ok(Arc::new(AgreementBook::new(records.into_iter().map(Arc::new))))
    }

    /// Reads the agreements anew if any has changed, here or in another process on the same store.
    ///
    /// # Errors
    /// [`StorageError`] when the store cannot be read; the last snapshot stays.
    pub async fn refresh_agreements(&self) -> Result<(), StorageError> {
        let parts = self.parts();
        let known = parts.agreements.0.load().revision;
        let changed = parts.store.read(move |reader| {
            Box::pin(async move {
                let revision = reader.agreement_revision().await?;
                let same = revision == known;
                Ok(if same { None } else { Some((revision, reader.agreement_records().await?)) })
            })
        });
        if let Some((revision, records)) = changed.await? {
            let book = Arc::new(AgreementBook::new(records.into_iter().map(Arc::new)));
            let read = Arc::new(Snapshot { revision, book });
            // Whoever read earlier and comes later must not bring back what has been ended since.
            parts
                .agreements
                .0
                .rcu(|held| Arc::clone(if held.revision > revision { held } else { &read }));
        }
        Ok(())
    }
}
