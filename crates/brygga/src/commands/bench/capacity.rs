//! `brygga bench capacity`: how quickly a bed is held, and how many others hear of it.

mod hold;

use clap::Args;
use serde_json::json;
use tempfile::TempDir;

use crate::failure::Failure;
use crate::output::Answer;
use crate::progress::Progress;

use super::figures::{Figure, Wanted, lines};

/// Measure capacity: from asking for a bed to having it
///
/// Founds a federation of two nodes in a directory of its own and runs them as two processes. Takes some seconds; leave
/// the machine alone meanwhile.
#[derive(Args)]
#[command(after_help = "Example:\n  brygga bench capacity")]
pub(super) struct CapacityArgs;

impl CapacityArgs {
    pub(super) async fn run(&self) -> Result<Answer, Failure> {
        let progress = Progress::begin("bench capacity");
        if cfg!(debug_assertions) {
            progress.note("WARNING: this is a debug build; its figures mean nothing");
        }
        let directory = TempDir::with_prefix("brygga-bench-");
        let directory = directory.map_err(|error| Failure::file(&std::env::temp_dir(), &error))?;
        let held = hold::measure(&directory.path().join("hold"), &progress).await?;
        let figures = [Figure {
            name: "hold_to_confirmed_p99",
            label: "Hold to confirmed, p99 at 50 concurrent",
            unit: "ms",
            wanted: Wanted::AtMost,
            must: 50.0,
            aim: 15.0,
            measured: Some(held.quantile_ms(0.99)),
            floor: None,
        }];
        let value = json!({
            "hold_to_confirmed": held.json(),
            "figures": figures.iter().map(Figure::json).collect::<Vec<_>>(),
        });
        let answer = Answer::new(value).line(format!("Hold to confirmed  {}", held.line()));
        Ok(answer.line("").lines(lines(&figures)))
    }
}
