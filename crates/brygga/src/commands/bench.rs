//! `brygga bench`: how quick and how large the node is on this machine, beside the floor that the
//! machine itself sets. What is measured and how stands in docs/PERFORMANCE.md.

mod capacity;
mod exchange;
mod figures;
mod findings;
mod floor;
mod machine;
mod members;
mod notices;
mod policy;
mod postgres;
mod process;
mod region;
mod sample;
mod seeding;
mod sqlite;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use tempfile::TempDir;

use crate::failure::Failure;
use crate::output::Answer;
use crate::progress::Progress;

use findings::Findings;
use machine::Machine;
use sample::{Load, Sample};

pub(crate) use floor::FloorServeArgs;
pub(crate) use policy::PolicyMeasureArgs;

/// Measure this machine's node against the floor that the machine sets
///
/// Founds a federation of two nodes in a directory of its own, runs them as two processes, and
/// measures referrals from end to end: accepted and durable at the source, delivered and durable at
/// the target, receipt durable at the source. Takes some minutes; leave the machine alone meanwhile.
#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Example:\n  brygga bench --postgres postgres://postgres@127.0.0.1/postgres"
)]
pub(crate) struct BenchArgs {
    #[command(subcommand)]
    part: Option<Part>,
    /// Print one JSON object, as --output json does
    #[arg(long)]
    pub(crate) json: bool,
    /// Seconds that each measurement counts
    #[arg(long, value_name = "N", default_value_t = 8)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=300))]
    seconds: u16,
    /// Calls under way at the same time where throughput is measured
    #[arg(long, value_name = "N", default_value_t = 32)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=64))]
    in_flight: u16,
    /// Address of a PostgreSQL server on which databases may be made
    #[arg(long, value_name = "URL", env = "BRYGGA_TEST_POSTGRES_URL", hide_env_values = true)]
    postgres: Option<String>,
    /// Only this figure; may be repeated
    #[arg(long, value_name = "NAME")]
    only: Vec<Figure>,
    /// Stored referrals that a full store has
    #[arg(long, value_name = "N", default_value_t = 200_000)]
    #[arg(value_parser = clap::value_parser!(u64).range(1_000..))]
    stored: u64,
    /// Where the nodes' directories are made for the time being; its disk is what is measured
    #[arg(long, value_name = "DIR")]
    work_dir: Option<PathBuf>,
}

/// What is measured by itself.
#[derive(Subcommand)]
enum Part {
    Capacity(capacity::CapacityArgs),
    Notices(notices::NoticesArgs),
    Policy(policy::PolicyArgs),
}

/// What can be measured by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Figure {
    /// Referrals per second on SQLite
    Sqlite,
    /// Referrals per second on PostgreSQL
    Postgresql,
    /// Time of one referral by itself
    Latency,
    /// Resident memory, idle and under load
    Memory,
    /// Time from start to ready on a full store
    Start,
    /// Throughput on a full store
    Stored,
}

/// What one run measures, and where.
struct Plan<'a> {
    args: &'a BenchArgs,
    directory: TempDir,
    progress: Progress,
}

impl BenchArgs {
    pub(crate) async fn run(&self) -> Result<Answer, Failure> {
        match &self.part {
            Some(Part::Capacity(args)) => return args.run().await,
            Some(Part::Notices(args)) => return args.run().await,
            Some(Part::Policy(args)) => return args.run().await,
            None => {}
        }
        let parent = self.work_dir.clone().unwrap_or_else(std::env::temp_dir);
        let directory = TempDir::with_prefix_in("brygga-bench-", &parent);
        let directory = directory.map_err(|error| Failure::file(&parent, &error))?;
        let plan = Plan { args: self, directory, progress: Progress::begin("bench") };
        if cfg!(debug_assertions) {
            plan.progress.note("WARNING: this is a debug build; its figures mean nothing");
        }
        plan.progress.say("looking at the machine");
        let mut findings = Findings::new(Machine::inspect(plan.directory.path())?, self.in_flight);
        if plan.wants_sqlite() {
            sqlite::measure(&plan, &mut findings).await?;
        }
        if plan.wants(&[Figure::Postgresql]) {
            match &self.postgres {
                Some(server) => postgres::measure(&plan, server, &mut findings).await?,
                None => {
                    plan.progress.note("PostgreSQL is not measured: name a server with --postgres")
                }
            }
        }
        Ok(findings.answer(self.stored))
    }
}

impl Plan<'_> {
    /// Whether any of these figures is wanted.
    fn wants(&self, figures: &[Figure]) -> bool {
        self.args.only.is_empty() || figures.iter().any(|figure| self.args.only.contains(figure))
    }

    fn wants_sqlite(&self) -> bool {
        use Figure::{Latency, Memory, Sqlite, Start, Stored};
        self.wants(&[Latency, Memory, Sqlite, Start, Stored])
    }

    /// Makes one measurement, and says what it is and what it found.
    async fn step(
        &self,
        name: &str,
        measuring: impl Future<Output = Result<Sample, Failure>>,
    ) -> Result<Sample, Failure> {
        self.progress.say(name);
        let sample = measuring.await?;
        self.progress.note(&format!("{name}: {}", sample.line().trim_start()));
        Ok(sample)
    }

    /// One call after the other.
    const fn alone(&self) -> Load {
        Load { in_flight: 1, span: Duration::from_secs(self.args.seconds as u64) }
    }

    /// Many calls at the same time.
    const fn together(&self) -> Load {
        Load { in_flight: self.args.in_flight as usize, ..self.alone() }
    }
}
