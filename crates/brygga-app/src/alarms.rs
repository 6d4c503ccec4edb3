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

/// What has a clock.
#[derive(Clone, Copy)]
enum Kind {
    Notices,
    Signals,
}

impl Kind {
    /// The name of the decision.
    const fn name(self) -> &'static str {
        match self {
            Self::Notices => "notice.alarm",
            Self::Signals => "signal.alarm",
        }
    }
}

impl App {
    /// Raises what has become late of notices and signals; returns how many alarms. What is still due afterwards is taken at
    /// once, so that a crowd does not wait for the next round.
    ///
    /// # Errors
    /// [`StorageError`]; the next round tries again.
    pub async fn raise_due(&self) -> Result<usize, StorageError> {
        Ok(self.raise_all(Kind::Notices).await? + self.raise_all(Kind::Signals).await?)
    }

    /// How many notices and signals lie past their time.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn raised_counts(&self) -> Result<RaisedCounts, StorageError> {
        self.parts().store.read(|reader| Box::pin(reader.raised_counts())).await
    }

    async fn raise_all(&self, kind: Kind) -> Result<usize, StorageError> {
        let mut raised = 0;
        loop {
            let now = self.now();
            let due = self.parts().store.glance(move |reader| {
                Box::pin(async move {
                    Ok(match kind {
                        Kind::Notices => reader.notices_due(now, DUE_BATCH).await?.len(),
                        Kind::Signals => reader.signals_due(now, DUE_BATCH).await?.len(),
                    })
                })
            });
            let looked_at = due.await?;
            if looked_at == 0 {
                return Ok(raised);
            }
            let app = self.clone();
            let done = self.parts().store.decide(kind.name(), move |reader| {
                let app = app.clone();
                Box::pin(async move { app.decide_due(reader, kind).await })
            });
            raised += done.await?.unwrap_or(0);
            if looked_at < DUE_BATCH as usize {
                return Ok(raised);
            }
        }
    }

    async fn decide_due(
        &self,
        reader: &mut Reader<'_>,
        kind: Kind,
    ) -> Result<Raised, StorageError> {
        let now = self.now();
        let (keys, decided) = match kind {
            Kind::Notices => {
                let due = reader.notices_due(now, DUE_BATCH).await?;
                let keys = due.iter().map(|notice| Key::Notice(notice.id)).collect();
                (keys, self.locally(|local| raise_notices(local, due)))
            }
            Kind::Signals => {
                let due = reader.signals_due(now, DUE_BATCH).await?;
                let keys = due.iter().map(|signal| Key::Notice(signal.id)).collect();
                (keys, self.locally(|local| raise_signals(local, due)))
            }
        };
        Ok(decision(decided, keys))
    }
}
