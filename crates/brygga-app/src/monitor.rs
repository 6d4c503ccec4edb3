//! The monitor: what waits to be sent under an agreement that permits nothing more is taken back, when the
//! agreement changes and as time passes.

use brygga_domain::{AgreementId, Reason};
use brygga_exchange::Key;
use brygga_exchange::monitor::{obstacle, take_back_under};
use brygga_storage::{Decision, StorageError};

use crate::App;

impl App {
    /// Judges what waits again, and takes back what may not be sent any more. Returns how many messages.
    ///
    /// # Errors
    /// [`StorageError`]; the next round tries again.
    pub async fn monitor_round(&self) -> Result<usize, StorageError> {
        let waiting = self
            .parts()
            .store
            .glance(|reader| Box::pin(async move { reader.outbox_agreements().await }));
        let (book, now) = (self.parts().agreements.book(), self.now());
        let mut taken_back = 0;
        for (id, version) in waiting.await? {
            let held = book.find(id, version);
            let Some(reason) = held.and_then(|record| obstacle(&book.state(record, now))) else {
                continue;
            };
            taken_back += self.take_back(id, version, reason).await?;
        }
        Ok(taken_back)
    }

    async fn take_back(
        &self,
        id: AgreementId,
        version: u32,
        reason: Reason,
    ) -> Result<usize, StorageError> {
        let app = self.clone();
        let store = &self.parts().store;
        store
            .decide("agreement.monitor", move |reader| {
                let app = app.clone();
                Box::pin(async move {
                    let queued = reader.outbox_queued_by_agreement(id, version).await?;
                    let messages = queued.iter().map(|entry| Key::Outbox(entry.message_id));
                    let read_keys = messages.chain([Key::Agreement(id)]).collect();
                    let writes =
                        app.locally(|local| take_back_under(local, (id, version), &queued, reason));
                    Ok(Decision { writes, answer: queued.len(), read_keys })
                })
            })
            .await
    }
}
