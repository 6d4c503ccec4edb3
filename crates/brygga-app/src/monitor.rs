//! The monitor: what waits to be sent under an agreement that permits nothing more is taken back, when the
//! agreement changes and as time passes.

use brygga_domain::agreement::AgreementState;
use brygga_domain::{AgreementId, Reason, Timestamp};
use brygga_exchange::Key;
use brygga_exchange::monitor::{obstacle, take_back_under};
use brygga_exchange::settle::carries_request;
use brygga_policy::AgreementBook;
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
        for (id, version, has_requests) in waiting.await? {
            let is_touched = match judged(&book, id, version, now) {
                Some(Judged::Nothing(_)) => true,
                Some(Judged::NotesOnly(_)) => has_requests,
                None => false,
            };
            if is_touched {
                taken_back += self.take_back(id, version).await?;
            }
        }
        Ok(taken_back)
    }

    async fn take_back(&self, id: AgreementId, version: u32) -> Result<usize, StorageError> {
        let app = self.clone();
        let store = &self.parts().store;
        store
            .decide("agreement.monitor", move |reader| {
                let app = app.clone();
                Box::pin(async move {
                    let mut queued = reader.outbox_queued_by_agreement(id, version).await?;
                    // Another process may have resumed it.
                    let book = app.agreements_held(reader).await?;
                    let reason = match judged(&book, id, version, app.now()) {
                        Some(Judged::Nothing(reason)) => reason,
                        Some(Judged::NotesOnly(reason)) => {
                            queued.retain(carries_request);
                            reason
                        }
                        None => {
                            queued.clear();
                            Reason::AgreementNotInForce
                        }
                    };
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

/// What may still be sent under an agreement that is not simply in force.
#[derive(Clone, Copy)]
enum Judged {
    /// Nothing.
    Nothing(Reason),
    /// Notes about what has begun; a new referral goes under the version that has taken over.
    NotesOnly(Reason),
}

/// Why a request may not be sent under a version; none where it may.
pub(crate) fn obstacle_to(
    book: &AgreementBook,
    id: AgreementId,
    version: u32,
    now: Timestamp,
) -> Option<Reason> {
    judged(book, id, version, now).map(|judged| match judged {
        Judged::Nothing(reason) | Judged::NotesOnly(reason) => reason,
    })
}

/// Judges what waits under a version; none where all of it may be sent.
fn judged(book: &AgreementBook, id: AgreementId, version: u32, now: Timestamp) -> Option<Judged> {
    let record = book.find(id, version)?;
    let state = book.state(record, now);
    if state != AgreementState::Superseded {
        return obstacle(&state).map(Judged::Nothing);
    }
    let newer = book.current(id, now).and_then(|newer| obstacle(&book.state(newer, now)));
    let superseded = Judged::NotesOnly(Reason::AgreementNotInForce);
    Some(newer.map_or(superseded, Judged::Nothing))
}
