//! Others are told of protected housing at coarse moments, which the clock finds.

use brygga_domain::ServiceId;
use brygga_exchange::Key;
use brygga_exchange::capacity::tell;
use brygga_storage::{Decision, StorageError};

use crate::App;
use crate::referrals::answered;

impl App {
    /// Tells what may be told by now; returns of how many services.
    ///
    /// # Errors
    /// [`StorageError`]; the next round tries again.
    pub async fn capacity_tell(&self) -> Result<usize, StorageError> {
        let now = self.now();
        let due = self
            .parts()
            .store
            .glance(move |reader| Box::pin(async move { reader.services_to_tell(now).await }));
        let mut told = 0;
        for id in due.await? {
            told += usize::from(self.tell_one(id).await?);
        }
        Ok(told)
    }

    async fn tell_one(&self, id: ServiceId) -> Result<bool, StorageError> {
        let app = self.clone();
        self.parts()
            .store
            .decide("capacity.tell", move |reader| {
                let app = app.clone();
                Box::pin(async move {
                    let read_keys = vec![Key::Service(id)];
                    let Some(held) = reader.service_by_id(id).await? else {
                        return Ok(answered(false, read_keys));
                    };
                    let told = app.locally(|local| tell(local, held));
                    let broken = |_| StorageError::Inconsistent {
                        table: "service",
                        column: "statement",
                        id: id.to_string(),
                    };
                    let writes = told.map_err(broken)?;
                    let answer = writes.is_some();
                    Ok(Decision { writes: writes.unwrap_or_default(), answer, read_keys })
                })
            })
            .await
    }
}
