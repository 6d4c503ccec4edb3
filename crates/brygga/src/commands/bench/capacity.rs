//! `brygga bench capacity`: how quickly a bed is held, how many others hear of it, and what it costs a node to know the
//! whole country's places and to search them.
//!
//! Memory comes first, in a process that has done nothing else yet.

mod country;
mod fan_out;
mod hold;
mod memory;
mod search;

use clap::Args;
use serde_json::json;
use tempfile::TempDir;

use crate::failure::Failure;
use crate::output::Answer;
use crate::progress::Progress;

use super::figures::{Figure, Wanted, lines};

/// Facilities of the whole country, with 2,000 services.
const FACILITIES: u32 = 660;

/// Measure capacity: from asking for a bed to having it, and searching the whole country
///
/// Founds federations in directories of its own, of two nodes and of a publisher with a thousand others that watch it.
/// Takes two minutes; leave the machine alone meanwhile.
#[derive(Args)]
#[command(after_help = "Example:\n  brygga bench capacity")]
pub(super) struct CapacityArgs;

impl CapacityArgs {
    pub(super) async fn run(&self) -> Result<Answer, Failure> {
        let progress = Progress::begin("bench capacity");
        if cfg!(debug_assertions) {
            progress.note("WARNING: this is a debug build; its figures mean nothing");
        }
        progress.say("knowing the whole country");
        let memory = memory::measure(FACILITIES);
        progress.say("searching it");
        let search = search::measure(FACILITIES);
        let directory = TempDir::with_prefix("brygga-bench-");
        let directory = directory.map_err(|error| Failure::file(&std::env::temp_dir(), &error))?;
        let held = hold::measure(&directory.path().join("hold"), &progress).await?;
        let fan_out = fan_out::measure(&directory.path().join("fan-out"), &progress).await?;
        let hold = Figure {
            measured: Some(held.quantile_ms(0.99)),
            ..at_most(
                "hold_to_confirmed_p99",
                "Hold to confirmed, p99 at 50 concurrent",
                "ms",
                (50.0, 15.0),
            )
        };
        let figures = [hold, fan_out.figure(), search.figure(), memory.figure()];
        let value = json!({
            "hold_to_confirmed": held.json(),
            "fan_out": fan_out.json(),
            "search": search.json(),
            "replica": memory.json(),
            "figures": figures.iter().map(Figure::json).collect::<Vec<_>>(),
        });
        let answer = Answer::new(value)
            .line(format!("Hold to confirmed  {}", held.line()))
            .line(format!("Fan-out            {}", fan_out.json()))
            .line(format!("Replica            {}", memory.line()))
            .line(format!("Searches           {}", search.line()));
        Ok(answer.line("").lines(lines(&figures)))
    }
}

/// A figure that is the better the smaller it is, not measured yet.
const fn at_most(
    name: &'static str,
    label: &'static str,
    unit: &'static str,
    (must, aim): (f64, f64),
) -> Figure {
    let wanted = Wanted::AtMost;
    Figure { name, label, unit, wanted, must, aim, measured: None, floor: None }
}
