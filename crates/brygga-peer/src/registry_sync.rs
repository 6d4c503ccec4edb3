//! The registry comes from whoever has it: peers are asked now and then, and at once when one of
//! them says that it holds a newer one.
//!
//! A registry proves itself, so the peer that hands it out need not be trusted with it; the worst
//! that it can do is to hold one back, which the next peer does not.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use brygga_app::App;
use brygga_crypto::SystemRandom;
use brygga_domain::{OrgId, Timestamp};
use brygga_identity::registry::{RegistryError, SignedRegistry};
use brygga_identity::trust::{Installed, TrustStore};
use brygga_proto::registry::v1 as proto;
use rand_core::Rng;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

use crate::channels::PeerChannels;
use crate::limits::SYNC_JITTER_PERCENT;

/// Keeps the registry of this node as new as its peers'.
pub struct RegistrySync {
    app: App,
    channels: PeerChannels,
    hints: RegistryHints,
}

/// Passes on who claims to hold a newer registry. Cheap to clone.
#[derive(Clone, Debug)]
pub struct RegistryHints {
    held: watch::Receiver<u64>,
    newer: watch::Sender<Option<OrgId>>,
}

impl RegistryHints {
    /// `peer` says that it holds `sequence`. Of several claims the last one counts.
    pub fn heard(&self, peer: &OrgId, sequence: u64) {
        if sequence > *self.held.borrow() {
            self.newer.send_replace(Some(peer.clone()));
        }
    }
}

impl RegistrySync {
    /// Asks over `channels`, and installs into the trust store of `app`.
    pub fn new(app: App, channels: PeerChannels) -> Self {
        let held = app.parts().trust.subscribe();
        let hints = RegistryHints { held, newer: watch::Sender::new(None) };
        Self { app, channels, hints }
    }

    /// Where to say that a peer holds a newer registry.
    pub fn hints(&self) -> RegistryHints {
        self.hints.clone()
    }

    /// Asks until `shutdown` resolves, which it does at any point. The first question comes soon:
    /// a member may have been excluded while this node was away.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) {
        let mut shutdown = pin!(shutdown);
        let mut newer = self.hints.newer.subscribe();
        let mut due = Instant::now() + self.channels.limits().first_sync;
        loop {
            let asking = async {
                let hinted = tokio::select! {
                    Ok(()) = newer.changed() => newer.borrow_and_update().clone(),
                    () = sleep_until(due) => None,
                };
                let is_by_clock = hinted.is_none();
                if let Some(peer) = hinted.or_else(|| self.any_peer()) {
                    self.ask(&peer).await;
                }
                sleep(self.channels.limits().sync_pause).await;
                is_by_clock
            };
            let is_by_clock = tokio::select! {
                biased;
                () = &mut shutdown => return,
                is_by_clock = asking => is_by_clock,
            };
            // A peer that claims again and again to hold a newer one, and hands out none, must not
            // keep this node from asking others: it may be the one that the newer one excludes.
            if is_by_clock {
                due = Instant::now() + self.interval();
            }
        }
    }

    /// A node that its registry does not list waits to be admitted, and asks again soon.
    fn interval(&self) -> Duration {
        let limits = self.channels.limits();
        let is_member = self.app.trust().member(&self.app.parts().organisation).is_ok();
        let span = if is_member { limits.sync_interval } else { limits.outsider_sync_interval };
        let percent =
            100 - SYNC_JITTER_PERCENT + SystemRandom.next_u64() % (2 * SYNC_JITTER_PERCENT);
        span.mul_f64(percent as f64 / 100.0)
    }

    /// Any other member that listens.
    fn any_peer(&self) -> Option<OrgId> {
        let own = &self.app.parts().organisation;
        let view = self.app.trust();
        let listens = view.members().filter(|member| !member.endpoints.is_empty());
        let mut peers: Vec<_> =
            listens.map(|member| &member.organisation).filter(|peer| *peer != own).collect();
        if peers.is_empty() {
            return None;
        }
        let chosen = SystemRandom.next_u64() % peers.len() as u64;
        Some(peers.swap_remove(usize::try_from(chosen).unwrap_or(0)).clone())
    }

    async fn ask(&self, peer: &OrgId) {
        let held = *self.hints.held.borrow();
        match self.channels.fetch_registry(peer, held).await {
            Ok(None) => {}
            Ok(Some(offered)) => self.take(peer, offered).await,
            Err(error) => {
                tracing::debug!(%peer, error.type = error.kind(), "no registry from this peer");
            }
        }
    }

    /// Verifies and installs, where blocking on signatures and on the disk does no harm.
    async fn take(&self, peer: &OrgId, offered: proto::SignedRegistry) {
        let (trust, now) = (Arc::clone(&self.app.parts().trust), self.app.now());
        let taken = tokio::task::spawn_blocking(move || install(&trust, offered, now)).await;
        match taken {
            Ok(Ok(Installed::Replaced { sequence })) => {
                tracing::info!(%peer, registry.sequence = sequence, "newer registry installed");
            }
            Ok(Ok(Installed::Unchanged { .. })) => {}
            Ok(Err(error)) => {
                tracing::warn!(%peer, error.type = error.code(), "registry of this peer refused");
            }
            Err(_) => tracing::error!("installing a registry ended badly"),
        }
    }
}

fn install(
    trust: &TrustStore,
    offered: proto::SignedRegistry,
    now: Timestamp,
) -> Result<Installed, RegistryError> {
    trust.install(SignedRegistry::from_proto(offered)?.verify(trust.anchor())?, now)
}
