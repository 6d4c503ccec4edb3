//! What others offer, heard as it changes: one watch on each organisation whose agreements let this one see something.
//!
//! A replica lives here, so that a search asks nobody and goes on while a publisher is away.

use std::collections::{BTreeSet, HashMap};
use std::pin::pin;
use std::time::Duration;

use brygga_app::{App, Heard};
use brygga_crypto::SystemRandom;
use brygga_domain::{OrgId, ServiceId, Timestamp};
use brygga_exchange::retry::RetryPolicy;
use brygga_proto::federation::v1::watch_capacity_response::Step;
use brygga_wire::capacity::SignedStatement;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, interval, sleep, sleep_until, timeout};

use crate::channels::PeerChannels;
use crate::limits::{MAX_WATCHED_SERVICES, WATCH_SILENCE};

/// How often it is looked whose services may be seen.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Watches what others offer.
pub struct CapacityWatch {
    app: App,
    channels: PeerChannels,
    /// Where each publisher's watch goes on.
    tokens: HashMap<OrgId, Vec<u8>>,
}

/// Why a watch ended before its time. The next one goes on where it was.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error(transparent)]
    Call(#[from] crate::CallError),
    #[error("the peer was silent")]
    Silent,
    #[error("the peer tells what it may not")]
    Refused(#[from] brygga_domain::Refusal),
    #[error("what was heard could not be stored")]
    Storage(#[from] brygga_storage::StorageError),
    #[error("the peer tells of too many services")]
    TooMany,
}

impl Broken {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Call(error) => error.kind(),
            Self::Silent => "silent",
            Self::Refused(refusal) => refusal.reason.as_str(),
            Self::Storage(error) => error.code(),
            Self::TooMany => "too_many",
        }
    }
}

impl CapacityWatch {
    /// Watches over `channels`, and tells `app`, which has recalled what was heard up to these resume tokens.
    pub fn new(app: App, channels: PeerChannels, recalled: Vec<(OrgId, Vec<u8>)>) -> Self {
        Self { app, channels, tokens: recalled.into_iter().collect() }
    }

    /// Watches until `shutdown` resolves, which it does at any point.
    pub async fn run(mut self, shutdown: impl Future<Output = ()>) {
        let mut shutdown = pin!(shutdown);
        let mut watches = JoinSet::new();
        let mut watched: HashMap<OrgId, AbortHandle> = HashMap::new();
        let mut ticks = interval(LOOK_EVERY);
        loop {
            tokio::select! {
                biased;
                () = &mut shutdown => return,
                _ = ticks.tick() => {}
            }
            let publishers = self.app.capacity_publishers();
            watched.retain(|publisher, watch| {
                let stays = publishers.contains(publisher) && !watch.is_finished();
                if !stays {
                    watch.abort();
                }
                stays
            });
            while watches.try_join_next().is_some() {}
            for publisher in publishers {
                if watched.contains_key(&publisher) {
                    continue;
                }
                let token = self.tokens.remove(&publisher).unwrap_or_default();
                let (app, channels) = (self.app.clone(), self.channels.clone());
                let watch = watches.spawn(follow(app, channels, publisher.clone(), token));
                watched.insert(publisher, watch);
            }
        }
    }
}

/// Watches one organisation, again and again.
async fn follow(app: App, channels: PeerChannels, publisher: OrgId, mut token: Vec<u8>) {
    let policy = app.parts().retry;
    let max = policy.max.min(channels.limits().longest_pause);
    let policy = RetryPolicy { first: policy.first.min(max), max };
    let mut failures = 0_u32;
    let mut told_of = BTreeSet::new();
    loop {
        let began = Instant::now();
        match watch_once(&app, &channels, &publisher, (&mut token, &mut told_of)).await {
            // A peer that ends each watch at once is not asked more often than others are looked for.
            Ok(()) => {
                failures = 0;
                sleep_until(began + LOOK_EVERY).await;
            }
            Err(error) => {
                failures = failures.saturating_add(1);
                tracing::debug!(peer = %publisher, error.type = error.kind(), "watch ended");
                let start = Timestamp::from_millis(0);
                let pause = policy.next_attempt(failures, start, &mut SystemRandom);
                sleep(Duration::from_millis(pause.as_millis().unsigned_abs())).await;
            }
        }
    }
}

/// One watch from its call to its end. `told_of` is what was told since all of it was: a peer that tells of ever more
/// services in small steps tells of too many all the same.
async fn watch_once(
    app: &App,
    channels: &PeerChannels,
    publisher: &OrgId,
    (token, told_of): (&mut Vec<u8>, &mut BTreeSet<ServiceId>),
) -> Result<(), Broken> {
    let mut told = channels.watch_capacity(publisher, token.clone()).await?;
    // Whoever goes on from nowhere is told everything, also by a peer that does not say so.
    let mut heard = Heard { replaces_all: token.is_empty(), ..Heard::default() };
    loop {
        let step = timeout(WATCH_SILENCE, told.message()).await.map_err(|_| Broken::Silent)?;
        let Some(step) = step.map_err(crate::CallError::Status)? else { return Ok(()) };
        match step.step {
            Some(Step::SnapshotBegins(_)) => {
                heard = Heard { replaces_all: true, ..Heard::default() };
            }
            Some(Step::Statement(signed)) => {
                if heard.statements.len() >= MAX_WATCHED_SERVICES {
                    return Err(Broken::TooMany);
                }
                // One that a newer program made must not keep the others of its publisher from being heard.
                let signed = match SignedStatement::from_proto(signed) {
                    Ok(signed) => signed,
                    Err(refusal) => {
                        let reason = refusal.reason.as_str();
                        tracing::warn!(peer = %publisher, reason, "a statement is unreadable");
                        continue;
                    }
                };
                heard.statements.push(app.capacity_verify(publisher, signed)?);
            }
            Some(Step::UpToDate(up_to_date)) => {
                let mut complete = std::mem::take(&mut heard);
                if complete.replaces_all {
                    told_of.clear();
                }
                told_of.extend(complete.statements.iter().map(|one| one.statement().service.id));
                if told_of.len() > MAX_WATCHED_SERVICES {
                    // The next watch begins anew, and what is told then replaces all of it.
                    token.clear();
                    return Err(Broken::TooMany);
                }
                complete.resume_token.clone_from(&up_to_date.resume_token);
                app.capacity_hear(publisher, complete).await?;
                *token = up_to_date.resume_token;
            }
            // A step that this version does not know.
            None => {}
        }
    }
}
