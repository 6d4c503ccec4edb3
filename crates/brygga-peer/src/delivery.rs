//! The outbox empties itself: every message that this node owes another is sent until the other
//! signs for it or its time is over.
//!
//! Each recipient has a task of its own, so that one that is slow or gone holds up nobody else.
//! While a batch is under way new messages gather for the next one, which is what makes batches
//! when many wait and none when one does. A reply that is lost costs a repetition: the same bytes
//! go again, and the same receipt comes back.

mod batch;
mod bell;
mod budget;
mod courier;
mod failures;
mod lease;
mod observer;
mod pace;
mod places;

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use brygga_app::App;
use brygga_crypto::SystemRandom;
use brygga_domain::OrgId;
use brygga_storage::OutboxNotice;
use rand_core::Rng;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::channels::PeerChannels;
use crate::registry_sync::RegistryHints;

use bell::Bells;
use courier::Courier;
use places::Places;

pub use observer::{DeliveryObserver, Outcome, Unobserved};

/// Delivers the outbox. Cheap to clone; clones are the same deliverer.
#[derive(Clone)]
pub struct Deliverer(Arc<Office>);

/// What all couriers share.
struct Office {
    app: App,
    channels: PeerChannels,
    hints: RegistryHints,
    observer: Arc<dyn DeliveryObserver>,
    /// The random name of this process where several deliver from one store.
    owner: String,
    places: Places,
    bells: Bells,
}

impl Deliverer {
    /// Sends over `channels`, passes on to `hints` what peers know of a newer registry, and
    /// tells `observer` of each attempt.
    pub fn new(
        app: App,
        channels: PeerChannels,
        hints: RegistryHints,
        observer: Arc<dyn DeliveryObserver>,
    ) -> Self {
        let owner = format!("{:016x}", SystemRandom.next_u64());
        let places = Places::default();
        let bells = Bells::default();
        Self(Arc::new(Office { app, channels, hints, observer, owner, places, bells }))
    }

    /// Something came from `peer`, so it is up: a courier that pauses because it could not be
    /// reached tries again now.
    pub fn peer_seen(&self, peer: &OrgId) {
        self.0.bells.seen(peer);
    }

    /// Delivers until `shutdown` resolves. The batches under way are finished, within the
    /// deadline of a call; what is queued stays so.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) {
        let office = &self.0;
        let mut notices = office.app.parts().store.outbox_notices();
        let (stop, stopping) = watch::channel(false);
        let mut couriers = JoinSet::new();
        let mut shutdown = pin!(shutdown);
        let mut sweep = pin!(office.sweep(Duration::ZERO));
        loop {
            let due = tokio::select! {
                () = &mut shutdown => break,
                notice = notices.recv() => match notice {
                    Ok(notice) => vec![notice],
                    Err(RecvError::Lagged(_)) => {
                        sweep.set(office.sweep(Duration::ZERO));
                        continue;
                    }
                    // The store is held here, so it is not gone.
                    Err(RecvError::Closed) => break,
                },
                due = &mut sweep => {
                    sweep.set(office.sweep(office.channels.limits().sweep_interval));
                    due
                }
            };
            for notice in due {
                if let Some(bell) = office.bells.ring(&notice) {
                    let OutboxNotice { recipient, .. } = notice;
                    let courier = Courier::new(Arc::clone(office), recipient, stopping.clone());
                    couriers.spawn(courier.run(bell));
                }
            }
            while couriers.try_join_next().is_some() {}
        }
        // Nobody listens where nothing was ever sent.
        let _ = stop.send(true);
        while couriers.join_next().await.is_some() {}
    }
}

impl Office {
    /// After `wait`, for whom something is due. What cannot be read now is looked for again.
    async fn sweep(&self, wait: Duration) -> Vec<OutboxNotice> {
        sleep(wait).await;
        let now = self.app.now();
        let due =
            self.app.parts().store.glance(move |reader| {
                Box::pin(async move { reader.outbox_recipients_due(now).await })
            });
        let due = due.await.unwrap_or_else(|error| {
            tracing::warn!(storage.error = error.code(), "the outbox could not be looked through");
            Vec::new()
        });
        due.into_iter().map(|recipient| OutboxNotice { recipient, alone: None }).collect()
    }
}
