//! Everything that one run found, as an answer.

use serde_json::{Map, Value, json};

use crate::output::Answer;

use super::figures::{Figure, Wanted, lines};
use super::machine::Machine;
use super::region::PAYLOAD_BYTES;
use super::sample::{Sample, rounded};

const MEBIBYTE: f64 = 1024.0 * 1024.0;

/// What was measured on one engine.
#[derive(Debug, Default)]
pub(super) struct OnEngine {
    /// As the engine says it; empty where it was not used.
    pub(super) version: String,
    /// The floor, one call after the other.
    pub(super) floor_alone: Option<Sample>,
    /// The floor with many calls at the same time.
    pub(super) floor_together: Option<Sample>,
    /// Referrals from end to end, one after the other.
    pub(super) alone: Option<Sample>,
    /// Referrals from end to end, many at the same time.
    pub(super) together: Option<Sample>,
}

/// What a run found; what it did not measure is none.
#[derive(Debug)]
pub(super) struct Findings {
    machine: Machine,
    in_flight: u16,
    pub(super) sqlite: OnEngine,
    pub(super) postgresql: OnEngine,
    /// Bytes in memory of the larger node before any call.
    pub(super) idle_bytes: Option<u64>,
    /// Most bytes in memory of the larger node while many referrals were under way.
    pub(super) load_bytes: Option<u64>,
    /// From starting the process to its first answer, on a full store: the median.
    pub(super) start_ms: Option<f64>,
    /// Many at the same time on a full store.
    pub(super) on_full_store: Option<Sample>,
}

impl Findings {
    pub(super) fn new(machine: Machine, in_flight: u16) -> Self {
        Self {
            machine,
            in_flight,
            sqlite: OnEngine::default(),
            postgresql: OnEngine::default(),
            idle_bytes: None,
            load_bytes: None,
            start_ms: None,
            on_full_store: None,
        }
    }

    /// The answer of the command; a full store had `stored` referrals.
    pub(super) fn answer(&self, stored: u64) -> Answer {
        let figures = self.figures();
        let mut samples = Map::new();
        for (name, sample) in self.samples() {
            samples.insert(name.to_owned(), sample.json());
        }
        let answer = Answer::new(json!({
            "machine": self.machine.json(),
            "settings": self.settings(stored),
            "samples": samples,
            "figures": figures.iter().map(Figure::json).collect::<Vec<_>>(),
        }));
        let samples = self.samples().map(|(name, sample)| format!("{name:<28}{}", sample.line()));
        answer
            .line(format!("Machine   {}", self.machine.line()))
            .line(format!("Settings  {}", self.settings_line(stored)))
            .line("")
            .lines(samples)
            .line("")
            .lines(lines(&figures))
    }

    fn samples(&self) -> impl Iterator<Item = (&'static str, &Sample)> {
        let (sqlite, postgresql) = (&self.sqlite, &self.postgresql);
        let samples = [
            ("sqlite_floor_alone", &sqlite.floor_alone),
            ("sqlite_floor_together", &sqlite.floor_together),
            ("sqlite_alone", &sqlite.alone),
            ("sqlite_together", &sqlite.together),
            ("sqlite_full_store_together", &self.on_full_store),
            ("postgresql_floor_alone", &postgresql.floor_alone),
            ("postgresql_floor_together", &postgresql.floor_together),
            ("postgresql_alone", &postgresql.alone),
            ("postgresql_together", &postgresql.together),
        ];
        samples.into_iter().filter_map(|(name, sample)| Some((name, sample.as_ref()?)))
    }

    fn settings(&self, stored: u64) -> Value {
        json!({
            "payload_bytes": PAYLOAD_BYTES,
            "in_flight": self.in_flight,
            "stored_referrals": stored,
            "sqlite_version": self.sqlite.version,
            "sqlite_durability": "journal_mode=WAL, synchronous=FULL",
            "postgresql_version": self.postgresql.version,
            "postgresql_durability": "synchronous_commit=on, fsync=on",
            "debug_build": cfg!(debug_assertions),
        })
    }

    fn settings_line(&self, stored: u64) -> String {
        let version = |version: &str| if version.is_empty() { "–" } else { version }.to_owned();
        format!(
            "{PAYLOAD_BYTES} bytes of content, {} in flight, full store {stored} referrals; \
             SQLite {} (WAL, synchronous=FULL), PostgreSQL {} (synchronous_commit=on)",
            self.in_flight,
            version(&self.sqlite.version),
            version(&self.postgresql.version),
        )
    }

    fn figures(&self) -> Vec<Figure> {
        let rate = |sample: &Option<Sample>| sample.as_ref().map(Sample::per_second);
        let p50 = |sample: &Option<Sample>| sample.as_ref().map(Sample::p50_ms);
        let mebibytes = |bytes: Option<u64>| bytes.map(|bytes| rounded(bytes as f64 / MEBIBYTE, 1));
        // Where a floor belongs to the goal and is missing, the figure counts as not measured.
        let divided = |floor: Option<f64>| Some(floor.unwrap_or(0.0));
        let (sqlite, postgresql) = (&self.sqlite, &self.postgresql);
        let measured = [
            (rate(&sqlite.together), divided(rate(&sqlite.floor_together))),
            (rate(&postgresql.together), divided(rate(&postgresql.floor_together))),
            (p50(&sqlite.alone), divided(p50(&sqlite.floor_alone))),
            (mebibytes(self.idle_bytes), None),
            (mebibytes(self.load_bytes), None),
            (self.start_ms, None),
            (rate(&self.on_full_store), divided(rate(&sqlite.together))),
        ];
        let figure = |((name, label, unit, (wanted, must, aim)), (measured, floor))| Figure {
            name,
            label,
            unit,
            wanted,
            must,
            aim,
            measured,
            floor,
        };
        GOALS.into_iter().zip(measured).map(figure).collect()
    }
}

/// A figure's name, label and unit, what it must reach and what it aims at.
type Goal = (&'static str, &'static str, &'static str, (Wanted, f64, f64));

/// The figures in the order of the table.
const GOALS: [Goal; 7] = [
    ("sqlite", "Referrals/s end to end, SQLite", "/s", (Wanted::AtLeast, 0.5, 1.0)),
    ("postgresql", "Referrals/s end to end, PostgreSQL", "/s", (Wanted::AtLeast, 0.2, 0.5)),
    ("latency", "p50 of one referral by itself, SQLite", "ms", (Wanted::AtMost, 5.0, 2.5)),
    ("memory_idle", "Resident memory, idle", "MiB", (Wanted::AtMost, 40.0, 25.0)),
    ("memory_load", "Resident memory, under load", "MiB", (Wanted::AtMost, 128.0, 64.0)),
    ("start", "Start to ready on a full store", "ms", (Wanted::AtMost, 500.0, 150.0)),
    ("stored", "Referrals/s, full store / 1,000 stored", "/s", (Wanted::AtLeast, 0.85, 0.95)),
];
