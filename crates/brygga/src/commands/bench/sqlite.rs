//! The figures on SQLite: throughput, latency, memory, start, and what a full store changes.

use std::path::Path;
use std::time::{Duration, Instant};

use brygga_domain::ReferralId;
use tokio::sync::watch;

use crate::failure::Failure;
use crate::progress::Progress;

use super::exchange::{Exchange, Staff};
use super::findings::Findings;
use super::floor::RunningFloor;
use super::region::{Region, Running, serve};
use super::sample::{Load, Sample, measure as run_load};
use super::{Figure, Plan, seeding};

/// Referrals in a store that is not full.
const FEW: u64 = 1_000;
/// Starts of which the median counts.
const STARTS: usize = 5;
/// From start to when the memory of an idle node is read.
const SETTLE: Duration = Duration::from_secs(5);
/// How often memory is read under load.
const MEMORY_EVERY: Duration = Duration::from_millis(100);

/// Measures everything that is wanted on SQLite.
pub(super) async fn measure(plan: &Plan<'_>, findings: &mut Findings) -> Result<(), Failure> {
    let directory = plan.directory.path().join("sqlite");
    std::fs::create_dir(&directory).map_err(|error| Failure::file(&directory, &error))?;
    plan.progress.say("two organisations join a federation, SQLite");
    let region = Region::found(&directory, ["sqlite", "sqlite"]).await?;
    if plan.wants(&[Figure::Sqlite, Figure::Latency]) {
        floor(plan, &region, findings).await?;
    }
    let (exchange, example) = prepared(&plan.progress, &region).await?;
    few_stored(plan, &region, &exchange, findings).await?;
    if plan.wants(&[Figure::Start, Figure::Stored]) {
        fill(&plan.progress, &region, example, plan.args.stored).await?;
        many_stored(plan, &region, &exchange, findings).await?;
    }
    Ok(())
}

/// Referrals from end to end between two nodes of their own in `directory`, as [`measure`] measures them.
pub(super) async fn referrals(
    directory: &Path,
    load: Load,
    progress: &Progress,
) -> Result<Sample, Failure> {
    std::fs::create_dir(directory).map_err(|error| Failure::file(directory, &error))?;
    progress.say("two organisations join a federation, SQLite");
    let region = Region::found(directory, ["sqlite", "sqlite"]).await?;
    let (exchange, _) = prepared(progress, &region).await?;
    let running = region.start().await?;
    progress.say("referrals end to end, SQLite, many in flight");
    let sample = refer(load, &exchange.reconnected(&region)?).await?;
    running.stop().await?;
    Ok(sample)
}

/// Agreement, consent and a first referral, and some more like it at both ends; the nodes do not run then.
async fn prepared(progress: &Progress, region: &Region) -> Result<(Exchange, ReferralId), Failure> {
    progress.say("agreement, consent and a first referral");
    let running = region.start().await?;
    let exchange = Exchange::prepare(region).await?;
    let example = exchange.refer().await?;
    running.stop().await?;
    let example = ReferralId::try_from(example.as_slice())
        .map_err(|_| Failure::other("BENCH", "a referral has no identifier"))?;
    fill(progress, region, example, FEW).await?;
    Ok((exchange, example))
}

async fn floor(plan: &Plan<'_>, region: &Region, findings: &mut Findings) -> Result<(), Failure> {
    let database = format!("sqlite:{}", region.target.join("floor.db").display());
    let organisation = Region::target_organisation()?;
    let (source, target) = (&region.source, &region.target);
    let floor = RunningFloor::start(source, target, &organisation, &database, 1).await?;
    let alone = floor.measure(plan.alone());
    findings.sqlite.floor_alone = Some(plan.step("floor, SQLite, 1 in flight", alone).await?);
    let together = floor.measure(plan.together());
    findings.sqlite.floor_together =
        Some(plan.step("floor, SQLite, many in flight", together).await?);
    findings.sqlite.version.clone_from(&floor.version);
    floor.stop().await
}

async fn few_stored(
    plan: &Plan<'_>,
    region: &Region,
    exchange: &Exchange,
    findings: &mut Findings,
) -> Result<(), Failure> {
    let running = region.start().await?;
    if plan.wants(&[Figure::Memory]) {
        plan.progress.say("memory of an idle node");
        tokio::time::sleep(SETTLE).await;
        findings.idle_bytes = Some(running.resident_bytes());
    }
    let exchange = exchange.reconnected(region)?;
    if plan.wants(&[Figure::Latency]) {
        let alone = refer(plan.alone(), &exchange);
        findings.sqlite.alone =
            Some(plan.step("referrals end to end, SQLite, 1 in flight", alone).await?);
    }
    if plan.wants(&[Figure::Sqlite, Figure::Memory, Figure::Stored]) {
        let step = "referrals end to end, SQLite, many in flight";
        let (sample, most) = refer_watched(plan, step, &exchange, &running).await?;
        findings.sqlite.together = Some(sample);
        findings.load_bytes = findings.load_bytes.max(Some(most));
    }
    running.stop().await
}

async fn many_stored(
    plan: &Plan<'_>,
    region: &Region,
    exchange: &Exchange,
    findings: &mut Findings,
) -> Result<(), Failure> {
    if plan.wants(&[Figure::Start]) {
        plan.progress.say("start to ready on a full store");
        findings.start_ms = Some(start_ms(region).await?);
    }
    if plan.wants(&[Figure::Stored]) {
        let running = region.start().await?;
        let exchange = exchange.reconnected(region)?;
        let step = "referrals end to end on a full store, many in flight";
        let (sample, most) = refer_watched(plan, step, &exchange, &running).await?;
        findings.on_full_store = Some(sample);
        findings.load_bytes = findings.load_bytes.max(Some(most));
        running.stop().await?;
    }
    Ok(())
}

/// Measures referrals from end to end.
pub(super) async fn refer(load: Load, exchange: &Exchange) -> Result<Sample, Failure> {
    run_load(load, || {
        let exchange = exchange.clone();
        move || {
            let exchange = exchange.clone();
            async move { exchange.refer().await.map(drop) }
        }
    })
    .await
}

/// As [`refer`], with the most bytes that the larger node had in memory meanwhile.
async fn refer_watched(
    plan: &Plan<'_>,
    step: &str,
    exchange: &Exchange,
    running: &Running,
) -> Result<(Sample, u64), Failure> {
    let (done, mut is_done) = watch::channel(false);
    let watching = async {
        let mut most = 0;
        while !*is_done.borrow_and_update() {
            most = most.max(running.resident_bytes());
            // An error means that the measurement has ended.
            let _ = tokio::time::timeout(MEMORY_EVERY, is_done.changed()).await;
        }
        most
    };
    let measuring = async {
        let sample = plan.step(step, refer(plan.together(), exchange)).await;
        done.send_replace(true);
        sample
    };
    let (sample, most) = tokio::join!(measuring, watching);
    Ok((sample?, most))
}

/// The median time from starting the source's process to its first answer.
async fn start_ms(region: &Region) -> Result<f64, Failure> {
    let mut times = Vec::with_capacity(STARTS);
    for _ in 0..STARTS {
        let begun = Instant::now();
        let node = serve(&region.source)?;
        Staff::of(&region.source)?.until_ready().await?;
        times.push(begun.elapsed());
        node.stop().await?;
    }
    times.sort_unstable();
    Ok(times[STARTS / 2].as_secs_f64() * 1e3)
}

async fn fill(
    progress: &Progress,
    region: &Region,
    example: ReferralId,
    wanted: u64,
) -> Result<(), Failure> {
    for dir in [&region.source, &region.target] {
        let say = |held: u64| progress.say(format!("filling a store: {held} of {wanted}"));
        let is_round = |held: u64| held.is_multiple_of(20_000) || held == wanted;
        seeding::fill(dir, example, wanted, |held| {
            if is_round(held) {
                say(held);
            }
        })
        .await?;
    }
    Ok(())
}
