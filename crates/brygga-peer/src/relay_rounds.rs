//! A member's part in its exchange networks: in every slot so many cells to the relay and all of the slot before from it,
//! whether there is anything to say or not.

use std::collections::HashMap;
use std::pin::pin;
use std::time::Duration;

use brygga_app::{App, RelayDesk, RelayedNetwork};
use brygga_crypto::SystemRandom;
use brygga_domain::{AgreementId, Seconds};
use brygga_exchange::relay::SlotClock;
use brygga_storage::{Engine, StorageError};
use brygga_wire::relay::{CellsPut, CellsWanted};
use rand_core::Rng;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{interval, sleep};

use crate::channels::{CallError, PeerChannels};

/// How often it is looked which networks there are.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How long at most is slept between two looks at the clock, which can be set.
const NAP: Duration = Duration::from_secs(1);
/// After so many slots in a row that were missed the operator is told, and again after as many.
const WARNED_AFTER: u32 = 12;
/// How much longer than a slot a process keeps a network to itself, where several share a store.
const LEASE_RESERVE: Seconds = Seconds(5);

/// Speaks in the exchange networks of this organisation.
pub struct RelayRounds {
    app: App,
    channels: PeerChannels,
}

/// Why a slot was not kept. The next one is, and what was lost is repeated.
#[derive(Debug, thiserror::Error)]
enum Missed {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error("the relay gives what is no cell")]
    Refused(#[from] brygga_domain::Refusal),
    #[error("what came could not be stored")]
    Storage(#[from] StorageError),
}

impl Missed {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Call(error) => error.kind(),
            Self::Refused(refusal) => refusal.reason.as_str(),
            Self::Storage(error) => error.code(),
        }
    }
}

impl RelayRounds {
    /// Calls over `channels`.
    pub const fn new(app: App, channels: PeerChannels) -> Self {
        Self { app, channels }
    }

    /// Speaks until `shutdown` resolves, which it does at any point.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let mut shutdown = pin!(shutdown);
        let mut rounds = JoinSet::new();
        let mut running: HashMap<AgreementId, (RelayedNetwork, AbortHandle)> = HashMap::new();
        let mut ticks = interval(LOOK_EVERY);
        loop {
            tokio::select! {
                biased;
                () = &mut shutdown => return,
                _ = ticks.tick() => {}
            }
            let networks = self.app.relay_networks();
            running.retain(|_, (network, round)| {
                let stays = networks.contains(network) && !round.is_finished();
                if !stays {
                    round.abort();
                }
                stays
            });
            while rounds.try_join_next().is_some() {}
            for network in networks {
                let id = network.agreement_id;
                if running.contains_key(&id) {
                    continue;
                }
                let (app, channels) = (self.app.clone(), self.channels.clone());
                let round = rounds.spawn(speak(app, channels, network.clone()));
                running.insert(id, (network, round));
            }
        }
    }
}

/// Keeps slot after slot. Ends where the store cannot be read, and is begun anew.
async fn speak(app: App, channels: PeerChannels, network: RelayedNetwork) {
    let owner = format!("{:016x}", SystemRandom.next_u64());
    let lease = Lease { name: format!("relay {}", network.agreement_id), owner };
    let mut desk = match RelayDesk::open(app.clone(), network).await {
        Ok(desk) => desk,
        Err(error) => {
            tracing::warn!(storage.error = error.code(), "the post of a network cannot be read");
            return;
        }
    };
    let clock = desk.clock();
    let mut kept = None;
    let mut missed = 0_u32;
    loop {
        let present = clock.slot(app.now());
        let slot = if kept == Some(present) { present.saturating_add(1) } else { present };
        if !sleep_to(&app, clock, slot).await {
            continue;
        }
        kept = Some(slot);
        match keep(&app, &channels, &mut desk, slot, &lease).await {
            Ok(()) => missed = 0,
            Err(why) => {
                missed += 1;
                tell(missed, &why);
            }
        }
    }
}

/// Neither which network nor which slot: a log is read by others than the officers.
fn tell(missed: u32, why: &Missed) {
    let kind = why.kind();
    if missed.is_multiple_of(WARNED_AFTER) {
        // The relay is away, or one of the two clocks is wrong.
        tracing::warn!(error.type = kind, attempt = missed, "the relay of a network is not heard");
    } else {
        tracing::debug!(error.type = kind, "a slot was missed");
    }
}

/// Which process keeps a network's slots, where several share a store.
struct Lease {
    name: String,
    owner: String,
}

impl Lease {
    async fn is_ours(&self, app: &App, span: Seconds) -> Result<bool, StorageError> {
        let store = &app.parts().store;
        if store.engine() == Engine::Sqlite {
            return Ok(true);
        }
        let now = app.now();
        store.lease_acquire(&self.name, &self.owner, now, now.plus(span)).await
    }
}

/// One slot: cells to the relay, and whatever slots are over from it.
async fn keep(
    app: &App,
    channels: &PeerChannels,
    desk: &mut RelayDesk,
    slot: u64,
    lease: &Lease,
) -> Result<(), Missed> {
    let RelayedNetwork { agreement_id: agreement, relay, terms } = desk.network().clone();
    let span = Seconds(i64::from(terms.slot_seconds) + LEASE_RESERVE.0);
    if !lease.is_ours(app, span).await? {
        return Ok(());
    }
    let filled = desk.fill(slot).await?;
    let put = CellsPut { agreement, slot, cells: filled.cells.clone() };
    channels.put_cells(&relay, put).await?;
    desk.sent(slot, &filled);
    for slot in desk.to_fetch(slot) {
        let cells = channels.take_cells(&relay, CellsWanted { agreement, slot }).await?;
        desk.take(slot, brygga_wire::relay::cells_from_proto(&cells)?).await?;
    }
    Ok(())
}

/// Sleeps until the node's clock shows `turn`, in the slot that is now or the next. Whether it does: a clock that was set
/// back begins anew.
async fn sleep_to(app: &App, clock: SlotClock, slot: u64) -> bool {
    let turn = clock.turn(slot, &mut SystemRandom);
    loop {
        let now = app.now();
        if clock.slot(now).saturating_add(1) < slot {
            return false;
        }
        let Ok(left) = u64::try_from(turn.as_millis().saturating_sub(now.as_millis())) else {
            return true;
        };
        if left == 0 {
            return true;
        }
        sleep(Duration::from_millis(left).min(NAP)).await;
    }
}
