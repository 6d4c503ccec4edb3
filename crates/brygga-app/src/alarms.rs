//! The clock of notices and signals: what becomes late is raised once, at each end, also after a restart.

use brygga_domain::Refusal;
use brygga_exchange::Key;
use brygga_exchange::alarm::{raise_notices, raise_signals};
use brygga_storage::{Decision, RaisedCounts, Reader, StorageError};

use crate::App;
use crate::referrals::decision;

/// Notices, and signals, looked at in one decision.
const DUE_BATCH: u32 = 1_000;

/// What a decision raised.
type Raised = Decision<Result<usize, Refusal>>;

impl App {
    /// Raises what has become late of notices and signals; returns how many alarms. What is still due afterwards is taken at
    /// once, so that a crowd does not wait for the next round.
    ///
    /// # Errors
    /// [`StorageError`]; the next round tries again.
    pub async fn raise_due(&self) -> Result<usize, StorageError> {
        Ok(self.raise_due_notices().await? + self.raise_due_signals().await?)
    }

    /// How many notices and signals lie past their time.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn raised_counts(&self) -> Result<RaisedCounts, StorageError> {
        self.parts().store.read(|reader| Box::pin(reader.raised_counts())).await
    }

    async fn raise_due_notices(&self) -> Result<usize, StorageError> {
        let mut raised = 0;
        loop {
            let now = self.now();
            let due = self
                .parts()
                .store
                .glance(move |reader| Box::pin(reader.notices_due(now, DUE_BATCH)));
            let looked_at = due.await?.len();
            if looked_at == 0 {
                return Ok(raised);
            }
            let app = self.clone();
            let done = self.parts().store.decide("notice.alarm", move |reader| {
                let app = app.clone();
                Box::pin(async move { app.decide_due_notices(reader).await })
            });
            raised += done.await?.unwrap_or(0);
            if looked_at < DUE_BATCH as usize {
                return Ok(raised);
            }
        }
    }

    async fn decide_due_notices(&self, reader: &mut Reader<'_>) -> Result<Raised, StorageError> {
        let due = reader.notices_due(self.now(), DUE_BATCH).await?;
        let keys = due.iter().map(|notice| Key::Notice(notice.id)).collect();
        Ok(decision(self.locally(|local| raise_notices(local, due)), keys))
    }

    async fn raise_due_signals(&self) -> Result<usize, StorageError> {
        let mut raised = 0;
        loop {
            let now = self.now();
            let due = self
                .parts()
                .store
                .glance(move |reader| Box::pin(reader.signals_due(now, DUE_BATCH)));
            let looked_at = due.await?.len();
            if looked_at == 0 {
                return Ok(raised);
            }
            let app = self.clone();
            let done = self.parts().store.decide("signal.alarm", move |reader| {
                let app = app.clone();
                Box::pin(async move { app.decide_due_signals(reader).await })
            });
            raised += done.await?.unwrap_or(0);
            if looked_at < DUE_BATCH as usize {
                return Ok(raised);
            }
        }
    }

    async fn decide_due_signals(&self, reader: &mut Reader<'_>) -> Result<Raised, StorageError> {
        let due = reader.signals_due(self.now(), DUE_BATCH).await?;
        let keys = due.iter().map(|signal| Key::Notice(signal.id)).collect();
        Ok(decision(self.locally(|local| raise_signals(local, due)), keys))
    }
}
