//! Updates fanned out to many: a publisher's node, and a thousand organisations that each watch it over a connection of
//! their own, with a key and a certificate of their own.
//!
//! The publisher is a process of its own; the subscribers share this one, and both share the machine.

mod crowd;
mod publisher;
mod subscriber;
mod tally;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::commands::bench::figures::{Figure, Wanted};
use crate::commands::bench::region::serve;
use crate::failure::Failure;
use crate::node_dir::NodeDir;
use crate::progress::Progress;

use crowd::Crowd;
use publisher::Publisher;
use tally::Tally;

/// Organisations that watch.
const SUBSCRIBERS: usize = 1_000;
/// Before anything is counted.
const WARM_UP: Duration = Duration::from_secs(3);
/// While deliveries are counted.
const COUNTED: Duration = Duration::from_secs(10);
/// Publications at a gentle rate, one a second.
const GENTLE: usize = 20;
/// Longest wait until everybody is up to date.
const PATIENCE: Duration = Duration::from_secs(60);

/// What was found.
#[derive(Debug)]
pub(super) struct FanOut {
    deliveries_per_second: f64,
    publications_per_second: f64,
    /// Revisions that came as part of a later one, of all revisions there were.
    coalesced: f64,
    verified: u64,
    /// From a publication's answer to the last subscriber, in milliseconds: the median, and what one in a hundred exceeds.
    last_ms: [f64; 2],
    /// Of a call of another kind on the same port meanwhile.
    ordinary_call_ms: [f64; 2],
    /// From telling the publisher to end until it had; none where it did not within a minute and was killed.
    ended_ms: Option<f64>,
    /// From starting the publisher's process anew until everybody is up to date.
    resettled_ms: f64,
    idle_bytes: Option<u64>,
    load_bytes: Option<u64>,
}

/// Measures in `directory`, which is empty.
pub(super) async fn measure(directory: &Path, progress: &Progress) -> Result<FanOut, Failure> {
    progress.say("a publisher and 1,000 organisations that watch it");
    let dir = NodeDir::new(&directory.join("publisher"));
    let crowd = Crowd::gather(&dir, SUBSCRIBERS).await?;
    let node = serve(&dir)?;
    let publisher = Publisher::of(&dir)?;
    publisher.open().await?;
    let tally = Arc::new(Tally::new(publisher.verifying_key()));
    let watching = crowd.watch(&tally)?;
    all_up_to_date(&tally).await?;
    let idle_bytes = node.resident_bytes();

    progress.say("publishing once a second");
    let last_ms = gently(&publisher, &tally).await?;

    progress.say("publishing as fast as it goes");
    let publishing = publisher.hurry();
    sleep(WARM_UP).await;
    let (before, began) = (tally.counted(), Instant::now());
    let published = publisher.published();
    let ordinary_call_ms = watching.ordinary_calls(COUNTED).await?;
    let (after, span) = (tally.counted(), began.elapsed().as_secs_f64());
    let published = publisher.published() - published;
    drop(publishing);
    let load_bytes = node.resident_bytes();
    tally.faults()?;
    let [told, skipped] =
        [after.told - before.told, after.skipped - before.skipped].map(|number| number as f64);
    progress.note(&format!("{told} deliveries in {span:.1} s"));

    progress.say("starting the publisher anew");
    let began = Instant::now();
    let ended = node.stop().await;
    let ended_ms = ended.is_ok().then(|| began.elapsed().as_secs_f64() * 1e3);
    let resettled_ms = start_anew(&dir, &tally).await?;
    Ok(FanOut {
        deliveries_per_second: told / span,
        publications_per_second: published as f64 / span,
        coalesced: skipped / (told + skipped).max(1.0),
        verified: after.verified - before.verified,
        last_ms,
        ordinary_call_ms,
        ended_ms,
        resettled_ms,
        idle_bytes,
        load_bytes,
    })
}

/// Publishes once a second, and looks when the last subscriber has heard of it.
async fn gently(publisher: &Publisher, tally: &Tally) -> Result<[f64; 2], Failure> {
    let mut spans = Vec::with_capacity(GENTLE);
    for _ in 0..GENTLE {
        let (sequence, answered) = publisher.publish_gently().await?;
        let end = answered + PATIENCE;
        let last = loop {
            sleep(Duration::from_secs(1)).await;
            if let Some(last) = tally.arrived_everywhere(sequence, SUBSCRIBERS) {
                break last;
            }
            if Instant::now() > end {
                return Err(Failure::other("BENCH", "an update did not arrive everywhere"));
            }
        };
        spans.push(last.saturating_duration_since(answered));
    }
    Ok(milliseconds(spans))
}

/// Starts the publisher again; how long it takes until everybody is up to date.
async fn start_anew(dir: &NodeDir, tally: &Tally) -> Result<f64, Failure> {
    // What lies in the sockets is of the old process.
    sleep(Duration::from_millis(500)).await;
    tally.begin_round();
    let began = Instant::now();
    let _node = serve(dir)?;
    all_up_to_date(tally).await?;
    let span = began.elapsed();
    Ok(span.as_secs_f64() * 1e3)
}

async fn all_up_to_date(tally: &Tally) -> Result<(), Failure> {
    let end = Instant::now() + PATIENCE;
    while tally.up_to_date() < SUBSCRIBERS {
        if Instant::now() > end {
            let count = tally.up_to_date();
            return Err(Failure::other("BENCH", format!("only {count} are up to date")));
        }
        sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

/// The median, and what one in a hundred exceeds.
fn milliseconds(mut spans: Vec<Duration>) -> [f64; 2] {
    spans.sort_unstable();
    [50, 99].map(|percent| {
        let place = spans.len() * percent / 100;
        spans.get(place).or(spans.last()).map_or(0.0, |span| span.as_secs_f64() * 1e3)
    })
}

impl FanOut {
    pub(super) fn figure(&self) -> Figure {
        Figure {
            name: "fan_out",
            label: "Updates to 1,000 subscribers",
            unit: "/s",
            wanted: Wanted::AtLeast,
            must: 10_000.0,
            aim: 50_000.0,
            measured: Some(self.deliveries_per_second),
            floor: None,
        }
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "subscribers": SUBSCRIBERS,
            "deliveries_per_second": self.deliveries_per_second.round(),
            "publications_per_second": self.publications_per_second.round(),
            "coalesced_share": self.coalesced,
            "signatures_verified": self.verified,
            "last_subscriber_p50_ms": self.last_ms[0],
            "last_subscriber_p99_ms": self.last_ms[1],
            "ordinary_call_p50_ms": self.ordinary_call_ms[0],
            "ordinary_call_p99_ms": self.ordinary_call_ms[1],
            "ended_ms": self.ended_ms,
            "resettled_ms": self.resettled_ms,
            "publisher_idle_bytes": self.idle_bytes,
            "publisher_load_bytes": self.load_bytes,
        })
    }
}
