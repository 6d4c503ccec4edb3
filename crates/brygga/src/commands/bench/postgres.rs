//! Throughput on PostgreSQL: one server, a database for each node and one for the floor.

use brygga_crypto::SystemRandom;
use brygga_storage::scratch::ScratchDatabase;
use rand_core::Rng;

use crate::failure::Failure;

use super::Plan;
use super::exchange::Exchange;
use super::findings::Findings;
use super::floor::RunningFloor;
use super::region::Region;
use super::sqlite::refer;

/// Measures floor and referrals in databases on `server` that are gone afterwards.
pub(super) async fn measure(
    plan: &Plan<'_>,
    server: &str,
    findings: &mut Findings,
) -> Result<(), Failure> {
    let mut databases = Vec::new();
    for _ in 0..3 {
        databases.push(ScratchDatabase::create(server, SystemRandom.next_u64()).await?);
    }
    let urls: Vec<&str> = databases.iter().map(ScratchDatabase::url).collect();
    let measured = match urls.as_slice() {
        [source, target, floor] => measure_in(plan, [source, target], floor, findings).await,
        _ => Ok(()),
    };
    for database in databases {
        database.remove().await?;
    }
    measured
}

async fn measure_in(
    plan: &Plan<'_>,
    nodes: [&str; 2],
    floor: &str,
    findings: &mut Findings,
) -> Result<(), Failure> {
    let directory = plan.directory.path().join("postgresql");
    std::fs::create_dir(&directory).map_err(|error| Failure::file(&directory, &error))?;
    plan.progress.say("two organisations join a federation, PostgreSQL");
    let region = Region::found(&directory, nodes).await?;

    let organisation = Region::target_organisation()?;
    let (source, target, connections) =
        (&region.source, &region.target, plan.args.in_flight.into());
    let floor = RunningFloor::start(source, target, &organisation, floor, connections).await?;
    let alone = floor.measure(plan.alone());
    findings.postgresql.floor_alone =
        Some(plan.step("floor, PostgreSQL, 1 in flight", alone).await?);
    let together = floor.measure(plan.together());
    findings.postgresql.floor_together =
        Some(plan.step("floor, PostgreSQL, many in flight", together).await?);
    findings.postgresql.version.clone_from(&floor.version);
    floor.stop().await?;

    let running = region.start().await?;
    let exchange = Exchange::prepare(&region).await?;
    let alone = refer(plan.alone(), &exchange);
    findings.postgresql.alone =
        Some(plan.step("referrals end to end, PostgreSQL, 1 in flight", alone).await?);
    let together = refer(plan.together(), &exchange);
    findings.postgresql.together =
        Some(plan.step("referrals end to end, PostgreSQL, many in flight", together).await?);
    running.stop().await
}
