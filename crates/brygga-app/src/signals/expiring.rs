//! A round of visits ends with its last day, and what it was about is destroyed (NYN-06).

use brygga_domain::swedish_day::swedish_day;
use brygga_domain::{NoticeId, Reason, Refusal};
use brygga_exchange::Key;
use brygga_exchange::audit::Actor;
use brygga_exchange::erase::{ErasureCause, Subject};
use brygga_exchange::signal::end_round;
use brygga_storage::{Reader, StorageError};

use super::Decides;
use crate::referrals::{answered, decision};
use crate::{App, AppError};

/// Rounds ended in one round of the clock.
const EXPIRE_BATCH: u32 = 100;

impl App {
    /// Ends rounds of visits whose last day is over, and destroys their content; returns how many.
    ///
    /// # Errors
    /// [`StorageError`]; the next round tries again.
    pub async fn expire_rounds(&self) -> Result<usize, StorageError> {
        let today = swedish_day(self.now());
        let due = self.parts().store.glance(move |reader| {
            Box::pin(async move { reader.rounds_to_expire(today, EXPIRE_BATCH).await })
        });
        let (mut ended, mut failure) = (0, None);
        for id in due.await? {
            // The content first: what is ended is not looked for again.
            match self.expire_round(id).await {
                Ok(()) => ended += 1,
                Err(AppError::Storage(error)) => failure = Some(error),
                Err(_) => {}
            }
        }
        failure.map_or(Ok(ended), Err)
    }

    async fn expire_round(&self, id: NoticeId) -> Result<(), AppError> {
        let cause = ErasureCause::RetentionEnded;
        self.erase(&Actor::Clock, Subject::Signal(id), cause).await?;
        let app = self.clone();
        let ended = self.parts().store.decide("signal.expire", move |reader| {
            let app = app.clone();
            Box::pin(async move { app.decide_round_end(reader, id).await })
        });
        ended.await??;
        Ok(())
    }

    async fn decide_round_end(&self, reader: &mut Reader<'_>, id: NoticeId) -> Decides {
        let keys = vec![Key::Notice(id)];
        let Some(held) = reader.signal_by_id(id).await? else {
            return Ok(answered(Err(Refusal::new(Reason::NotFound)), keys));
        };
        Ok(decision(self.locally(|local| end_round(local, held)), keys))
    }
}
