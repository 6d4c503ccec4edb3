//! `brygga bench notices`: a morning's batch of Kronofogden, beside the referrals that the same machine carries.

mod morning;
mod recipients;
mod timers;

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use serde_json::json;
use tempfile::TempDir;

use crate::failure::Failure;
use crate::output::Answer;
use crate::progress::Progress;

use super::figures::{Figure, lines};
use super::machine::Machine;
use super::sample::Load;
use super::sqlite;

use morning::Batch;

/// Municipalities that can be played: as many as there are codes from the first one on.
const MUNICIPALITIES_MAX: i64 = 1_000;

/// Measure a morning of Kronofogden: notices of evictions to every municipality
///
/// Founds two federations in directories of their own. In one, two nodes exchange referrals, as `brygga bench` measures
/// them. In the other, Kronofogden's node sends notices to municipalities that this process plays: each is reached over
/// mutual TLS with a certificate of its own and signs its receipts with a key of its own, and stores nothing. Takes a
/// minute; leave the machine alone meanwhile.
#[derive(Args)]
#[command(after_help = "Example:\n  brygga bench notices --count 1000")]
pub(super) struct NoticesArgs {
    /// Notices of the morning
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    count: u32,
    /// Municipalities that they go to in turn
    #[arg(long, value_name = "N", default_value_t = 290)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=MUNICIPALITIES_MAX))]
    municipalities: u16,
    /// Calls under way at the same time, of notices and of referrals
    #[arg(long, value_name = "N", default_value_t = 32)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=64))]
    in_flight: u16,
    /// Seconds that referrals are counted
    #[arg(long, value_name = "N", default_value_t = 8)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=300))]
    seconds: u16,
    /// Timers that a node holds, of which as many become due in a second as the goal says
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    timers: u64,
    /// Where the nodes' directories are made for the time being; its disk is what is measured
    #[arg(long, value_name = "DIR")]
    work_dir: Option<PathBuf>,
}

impl NoticesArgs {
    pub(super) async fn run(&self) -> Result<Answer, Failure> {
        let progress = Progress::begin("bench notices");
        if cfg!(debug_assertions) {
            progress.note("WARNING: this is a debug build; its figures mean nothing");
        }
        let parent = self.work_dir.clone().unwrap_or_else(std::env::temp_dir);
        let directory = TempDir::with_prefix_in("brygga-bench-", &parent);
        let directory = directory.map_err(|error| Failure::file(&parent, &error))?;
        let machine = Machine::inspect(directory.path())?;
        let referrals =
            sqlite::referrals(&directory.path().join("referrals"), self.load(), &progress).await?;
        progress.note(&format!("referrals: {}", referrals.line().trim_start()));
        let morning =
            morning::measure(&directory.path().join("notices"), self.batch(), &progress).await?;
        let timers =
            timers::measure(&directory.path().join("timers"), self.timers, &progress).await?;
        let mut figures = vec![morning.figure(referrals.per_second())];
        figures.extend(timers.figures());
        let value = json!({
            "machine": machine.json(),
            "debug_build": cfg!(debug_assertions),
            "referrals": referrals.json(),
            "notices": morning.json(),
            "timers": timers.json(),
            "figures": figures.iter().map(Figure::json).collect::<Vec<_>>(),
        });
        Ok(Answer::new(value)
            .line(format!("Machine    {}", machine.line()))
            .line(format!("Referrals  {}", referrals.line().trim_start()))
            .lines(morning.lines())
            .lines(timers.lines())
            .line("")
            .lines(lines(&figures)))
    }

    const fn load(&self) -> Load {
        let span = Duration::from_secs(self.seconds as u64);
        Load { in_flight: self.in_flight as usize, span }
    }

    const fn batch(&self) -> Batch {
        Batch {
            notices: self.count as usize,
            municipalities: self.municipalities as usize,
            in_flight: self.in_flight as usize,
        }
    }
}
