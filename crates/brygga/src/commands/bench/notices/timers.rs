//! The clock of a node that holds very many notices: what they cost while they wait, and how late each is raised.
//!
//! The node is a real process; its store is filled beforehand, as a store is that has gathered them for months. How late a
//! timer is raised is read in the store itself: how long the oldest one that is past its time has been so, looked at every
//! few milliseconds while so many become due in each second.

use std::path::Path;
use std::time::Duration;

use brygga_crypto::SystemRandom;
use brygga_domain::lateness::Lateness;
use brygga_domain::notice::{CaseNumber, EvictionNotice, NoticeKind, NoticeSide};
use brygga_domain::{AgreementId, MessageId, NoticeId, OrgId, Seconds, Timestamp};
use brygga_exchange::WriteSet;
use brygga_exchange::notice::{NewNotice, NoticeWrites};
use brygga_storage::{Decision, StorageError, Store};
use rand_core::Rng;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::commands::bench::exchange::Staff;
use crate::commands::bench::figures::{Figure, Wanted};
use crate::commands::bench::process::{Server, run};
use crate::commands::bench::region::{free_address, serve};
use crate::commands::bench::sample::rounded;
use crate::failure::{Failure, chain};
use crate::node_dir::NodeDir;
use crate::progress::Progress;
use crate::store_address::store_settings;
use crate::when;

const MUNICIPALITY: &str = "kommun:0880";
const SENDER: &str = "demo:kronofogden";
/// Notices stored in one decision.
const CHUNK: u64 = 2_000;
/// Timers that become due in each second, and for how many seconds.
const PER_SECOND: u64 = 1_000;
const SECONDS: u64 = 10;
/// What a node is given to settle before its memory is looked at, and before the first timer is due.
const SETTLE: Duration = Duration::from_secs(3);
/// From the filling until the first timer is due.
const LEAD: Seconds = Seconds(15);
/// Between two looks at the store.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// Longest wait for the last of them.
const PATIENCE: Duration = Duration::from_secs(30);

const MIB: f64 = 1024.0 * 1024.0;

/// What was found.
pub(super) struct Timers {
    pending: u64,
    due: u64,
    raised: u64,
    idle_bytes: u64,
    bytes: u64,
    firing_bytes: u64,
    /// How long the oldest one past its time has been so, at each look, in milliseconds; sorted.
    lateness: Vec<i64>,
}

/// Measures a node in a directory of its own, with so many timers.
pub(super) async fn measure(
    directory: &Path,
    pending: u64,
    progress: &Progress,
) -> Result<Timers, Failure> {
    let dir = NodeDir::new(&directory.join("kalmar"));
    found(&dir).await?;
    progress.say("a node without timers");
    let (server, idle_bytes) = settled(&dir).await?;
    server.stop().await?;
    progress.say("filling its store");
    let store = Store::open(&store_settings(&dir.settings()?)?).await?;
    let due = (PER_SECOND * SECONDS).min(pending);
    fill(&store, pending - due, |_| when::now().plus(Seconds::days(365))).await?;
    let first = when::now().plus(LEAD);
    let at = |number: u64| {
        let millis = i64::try_from(number * 1_000 / PER_SECOND).unwrap_or(i64::MAX);
        Timestamp::from_millis(first.as_millis() + millis)
    };
    fill(&store, due, at).await?;
    progress.say("the same node with them");
    let (server, bytes) = settled(&dir).await?;
    progress.say("as many become due in each second");
    let watched = watch(&store, &server, (first, due)).await?;
    server.stop().await?;
    store.close().await;
    let (mut lateness, raised, firing_bytes) = watched;
    lateness.sort_unstable();
    Ok(Timers { pending, due, raised, idle_bytes, bytes, firing_bytes, lateness })
}

async fn found(dir: &NodeDir) -> Result<(), Failure> {
    let (path, address, local) =
        (dir.path().display().to_string(), free_address()?, free_address()?);
    let founding = ["init", "--org", MUNICIPALITY, "--federation", "bench.example", "--dir", &path];
    let named = ["--name", "Kalmar kommun", "--address", &address, "--storage", "sqlite"];
    let local = ["--local-address", &local, "--development"];
    run(&[&founding[..], &named, &local].concat()).await?;
    run(&["migrate", "--dir", &path]).await
}

/// A node that has settled, and what it has in memory.
async fn settled(dir: &NodeDir) -> Result<(Server, u64), Failure> {
    let server = serve(dir)?;
    Staff::of(dir)?.until_ready().await?;
    sleep(SETTLE).await;
    let bytes = server.resident_bytes().unwrap_or_default();
    Ok((server, bytes))
}

/// Stores so many notices that nobody has confirmed, each of which is looked at at its instant.
async fn fill(store: &Store, count: u64, due_at: impl Fn(u64) -> Timestamp) -> Result<(), Failure> {
    let failed = |error: &dyn std::error::Error| Failure::other("BENCH", chain(error));
    let sender = OrgId::parse(SENDER).map_err(|error| failed(&error))?;
    let recipient = OrgId::parse(MUNICIPALITY).map_err(|error| failed(&error))?;
    let mut stored = 0;
    while stored < count {
        let last = (stored + CHUNK).min(count);
        let new = (stored..last).map(|number| {
            let notice = waiting(sender.clone(), recipient.clone(), due_at(number));
            notice.map(|notice| NewNotice { notice, idempotency: None })
        });
        let new = new.collect::<Option<Vec<_>>>();
        let new = new.ok_or_else(|| Failure::other("BENCH", "no case number"))?;
        let notices = NoticeWrites { new, ..NoticeWrites::default() };
        let writes = WriteSet { notices, ..WriteSet::default() };
        let done: Result<(), StorageError> = store
            .decide("bench.timers", move |_| {
                let writes = writes.clone();
                Box::pin(async move { Ok(Decision { writes, answer: (), read_keys: Vec::new() }) })
            })
            .await;
        done?;
        stored = last;
    }
    Ok(())
}

/// A notice that came the day before yesterday and that nobody has confirmed, whose clock has stood since.
fn waiting(sender: OrgId, recipient: OrgId, due_at: Timestamp) -> Option<EvictionNotice> {
    let (mut id, mut message) = ([0; 16], [0; 16]);
    SystemRandom.fill_bytes(&mut id);
    SystemRandom.fill_bytes(&mut message);
    let arrived = when::now().minus(Seconds::days(2));
    Some(EvictionNotice {
        id: NoticeId::from_bytes(id),
        side: NoticeSide::Recipient,
        sender,
        recipient,
        sender_unit: None,
        recipient_unit: None,
        protected: false,
        case_number: CaseNumber::parse("U-12345-26")?,
        with_children: false,
        until: None,
        kind: NoticeKind::Scheduled,
        message_id: MessageId::from_bytes(message),
        agreement_id: AgreementId::from_bytes([1; 16]),
        agreement_version: 1,
        rule_id: "besked-1".to_owned(),
        sent_at: arrived,
        arrived_at: Some(arrived),
        not_taken: None,
        confirmed_at: None,
        lateness: Lateness { raised: None, due_at: Some(due_at) },
        changed_at: arrived,
        revision: 1,
    })
}

/// Looks until all are raised: how late the oldest was at each look, how many were raised, and the most memory.
async fn watch(
    store: &Store,
    server: &Server,
    (first, due): (Timestamp, u64),
) -> Result<(Vec<i64>, u64, u64), Failure> {
    let last = i64::try_from(due * 1_000 / PER_SECOND).unwrap_or(i64::MAX);
    let end = first.as_millis() + last + i64::try_from(PATIENCE.as_millis()).unwrap_or(i64::MAX);
    let (mut lateness, mut most) = (Vec::new(), 0);
    loop {
        let now = when::now();
        let oldest = store.glance(move |reader| Box::pin(reader.notices_due(now, 1))).await?;
        let oldest = oldest.first().and_then(|notice| notice.lateness.due_at);
        if now >= first {
            lateness.push(oldest.map_or(0, |due_at| when::now().millis_since(due_at)));
        }
        most = most.max(server.resident_bytes().unwrap_or_default());
        let is_past = now.as_millis() > first.as_millis() + last;
        if (is_past && oldest.is_none()) || now.as_millis() > end {
            break;
        }
        sleep(LOOK_EVERY).await;
    }
    let counts = store.read(|reader| Box::pin(reader.raised_counts())).await?;
    Ok((lateness, counts.notices, most))
}

impl Timers {
    fn growth(&self) -> f64 {
        self.bytes.saturating_sub(self.idle_bytes) as f64 / MIB
    }

    /// A share of the looks, in milliseconds.
    fn at(&self, share: f64) -> i64 {
        let place = (self.lateness.len() as f64 * share) as usize;
        let place = place.min(self.lateness.len().saturating_sub(1));
        self.lateness.get(place).copied().unwrap_or_default()
    }

    /// Both figures.
    pub(super) fn figures(&self) -> [Figure; 2] {
        let at_most = |name, label, unit, must, measured| Figure {
            name,
            label,
            unit,
            wanted: Wanted::AtMost,
            must,
            aim: must / 2.0,
            measured,
            floor: None,
        };
        // One that was never raised is late for good.
        let latest = (self.raised == self.due).then(|| self.at(1.0) as f64 / 1_000.0);
        let latest = latest.or(Some(f64::from(u32::MAX)));
        [
            at_most(
                "timers_memory",
                "Pending timers, memory more",
                "MiB",
                128.0,
                Some(self.growth()),
            ),
            at_most("timers_lateness", "Timer raised, latest", "s", 1.0, latest),
        ]
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "pending": self.pending,
            "due": self.due,
            "due_per_second": PER_SECOND,
            "raised": self.raised,
            "idle_bytes": self.idle_bytes,
            "bytes": self.bytes,
            "firing_bytes": self.firing_bytes,
            "oldest_unraised_ms": {"p50": self.at(0.5), "p99": self.at(0.99), "most": self.at(1.0)},
            "looks": self.lateness.len(),
        })
    }

    /// Lines for people.
    pub(super) fn lines(&self) -> [String; 3] {
        let mib = |bytes: u64| rounded(bytes as f64 / MIB, 1);
        [
            format!(
                "Timers     {} pending; {} of them due, {PER_SECOND} in each second",
                self.pending, self.due
            ),
            format!(
                "  memory of the node: {} MiB without, {} MiB with, {} MiB while they are raised",
                mib(self.idle_bytes),
                mib(self.bytes),
                mib(self.firing_bytes)
            ),
            format!(
                "  {} raised; the oldest past its time, in ms: p50 {}, p99 {}, most {} ({} looks)",
                self.raised,
                self.at(0.5),
                self.at(0.99),
                self.at(1.0),
                self.lateness.len()
            ),
        ]
    }
}
