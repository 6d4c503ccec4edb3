//! `brygga bench policy`: how long the gate takes with many agreements, and what a large federation
//! costs a node in time and memory.
//!
//! The registry is signed and the agreements are stored as a node does it. A child process of its
//! own then loads them as a node does, so that the memory is the node's and not the preparation's.

mod federation;
mod questions;

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use brygga_policy::{AgreementBook, decide_referral};
use brygga_storage::{Store, StoreSettings};
use clap::Args;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::failure::{Failure, chain};
use crate::output::Answer;
use crate::progress::Progress;

use super::figures::{Figure, Wanted, lines};
use super::process;
use federation::{AGREEMENTS, MEMBERS, RULES};
use questions::Questions;

/// Decisions that are made before any is counted.
const WARM_UP: usize = 20_000;
/// Decisions that are counted.
const COUNTED: usize = 200_000;

/// Measure the gate: decisions with 1,000 agreements, and loading a federation of 2,200 members
///
/// Makes the registry and the agreements, and loads them in a process of its own. Takes some seconds.
#[derive(Args)]
#[command(after_help = "Example:\n  brygga bench policy")]
pub(super) struct PolicyArgs;

impl PolicyArgs {
    pub(super) async fn run(&self) -> Result<Answer, Failure> {
        let progress = Progress::begin("bench policy");
        if cfg!(debug_assertions) {
            progress.note("WARNING: this is a debug build; its figures mean nothing");
        }
        let directory = TempDir::with_prefix("brygga-bench-");
        let directory = directory.map_err(|error| Failure::file(&std::env::temp_dir(), &error))?;
        progress.say("making registry and agreements");
        federation::make(directory.path()).await?;
        progress.say("loading and deciding");
        let text = directory.path().display().to_string();
        let printed = process::output(&["bench-policy-measure", "--in", &text]).await?;
        let found: Value = serde_json::from_str(&printed)
            .map_err(|error| Failure::other("BENCH", error.to_string()))?;
        Ok(answer(&found))
    }
}

/// Load the federation of the benchmark and decide; started by the benchmark itself
#[derive(Args)]
pub(crate) struct PolicyMeasureArgs {
    /// Directory that the benchmark made
    #[arg(long = "in")]
    directory: PathBuf,
}

impl PolicyMeasureArgs {
    pub(crate) async fn run(&self) -> Result<Answer, Failure> {
        let before = process::own_resident_bytes();
        let began = Instant::now();
        let registry = federation::load_registry(&self.directory)?;
        let registry_ms = milliseconds(began.elapsed());
        let book = load_agreements(&self.directory).await?;
        let load_ms = milliseconds(began.elapsed());
        let resident = process::own_resident_bytes();
        let questions = Questions::of(&registry, &book)?;
        let named = decide(&questions, true);
        let unnamed = decide(&questions, false);
        Ok(Answer::new(json!({
            "members": registry.members.len(),
            "agreements": book.records().count(),
            "registry_ms": registry_ms,
            "load_ms": load_ms,
            "resident_bytes": resident,
            "resident_bytes_before": before,
            "named": named.json(),
            "unnamed": unnamed.json(),
        })))
    }
}

async fn load_agreements(directory: &Path) -> Result<AgreementBook, Failure> {
    let url = federation::database(directory);
    let opened = Store::open(&StoreSettings { url, max_readers: 2 }).await;
    let store = opened.map_err(|error| Failure::other("STORE", chain(&error)))?;
    let records = store.read(|reader| Box::pin(reader.agreement_records())).await?;
    store.close().await;
    Ok(AgreementBook::new(records.into_iter().map(std::sync::Arc::new)))
}

/// How long decisions took.
struct Decisions {
    permitted: usize,
    /// Shortest first.
    spans: Vec<Duration>,
}

impl Decisions {
    fn microseconds(&self, share: f64) -> f64 {
        let place = (self.spans.len() as f64 * share) as usize;
        self.spans.get(place).or(self.spans.last()).map_or(0.0, |span| span.as_secs_f64() * 1e6)
    }

    fn json(&self) -> Value {
        json!({
            "decisions": self.spans.len(),
            "permitted": self.permitted,
            "p50_us": self.microseconds(0.5),
            "p99_us": self.microseconds(0.99),
        })
    }
}

/// Asks the gate, one question after the other; `named` questions cite their agreement.
fn decide(questions: &Questions, named: bool) -> Decisions {
    let mut spans = Vec::with_capacity(COUNTED);
    let mut permitted = 0;
    for number in 0..WARM_UP + COUNTED {
        let began = Instant::now();
        let decision = decide_referral(black_box(&questions.question(number, named)));
        let span = began.elapsed();
        if number >= WARM_UP {
            spans.push(span);
            permitted += usize::from(black_box(decision).is_ok());
        }
    }
    spans.sort_unstable();
    Decisions { permitted, spans }
}

fn milliseconds(span: Duration) -> f64 {
    span.as_secs_f64() * 1e3
}

fn answer(found: &Value) -> Answer {
    let number = |path: &str| found.pointer(path).and_then(Value::as_f64);
    let figure = |name, label, unit, must, aim, measured| Figure {
        name,
        label,
        unit,
        wanted: Wanted::AtMost,
        must,
        aim,
        measured,
        floor: None,
    };
    let mebibytes = number("/resident_bytes").map(|bytes| bytes / (1024.0 * 1024.0));
    let figures = [
        figure(
            "named_p99",
            "p99 of a decision, agreement named",
            "µs",
            50.0,
            10.0,
            number("/named/p99_us"),
        ),
        figure(
            "unnamed_p99",
            "p99 of a decision, agreement looked for",
            "µs",
            50.0,
            10.0,
            number("/unnamed/p99_us"),
        ),
        figure("load", "Loading registry and agreements", "ms", 1000.0, 500.0, number("/load_ms")),
        figure("memory", "Resident memory, both loaded", "MiB", 64.0, 48.0, mebibytes),
    ];
    let settings = format!(
        "{MEMBERS} members, {AGREEMENTS} agreements of {RULES} rules; {COUNTED} decisions of each kind"
    );
    let value = json!({
        "found": found,
        "figures": figures.iter().map(Figure::json).collect::<Vec<_>>(),
    });
    Answer::new(value).line(format!("Settings  {settings}")).line("").lines(lines(&figures))
}
