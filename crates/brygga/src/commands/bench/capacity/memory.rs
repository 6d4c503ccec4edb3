//! What the replica of the whole country takes.

use std::hint::black_box;

use serde_json::{Value, json};

use super::{at_most, country};
use crate::commands::bench::figures::Figure;
use crate::commands::bench::process;

/// What was found.
pub(super) struct Memory {
    facilities: u32,
    services: usize,
    lines: usize,
    /// More than before; none where the system does not tell.
    bytes: Option<u64>,
}

/// Knows so many facilities and looks at what the process has grown by.
pub(super) fn measure(facilities: u32) -> Memory {
    // What the first of everything costs is not the replica's.
    drop(black_box(country::known(1)));
    let before = process::own_resident_bytes();
    let replica = black_box(country::known(facilities));
    let after = process::own_resident_bytes();
    let bytes = before.zip(after).map(|(before, after)| after.saturating_sub(before));
    let lines = replica.iter().map(|known| known.statement.lines.len()).sum();
    Memory { facilities, services: replica.iter().count(), lines, bytes }
}

impl Memory {
    pub(super) fn figure(&self) -> Figure {
        let label = "Replica of the whole country";
        let measured = self.bytes.map(|bytes| bytes as f64 / (1024.0 * 1024.0));
        Figure { measured, ..at_most("replica_memory", label, "MiB", (32.0, 16.0)) }
    }

    pub(super) fn line(&self) -> String {
        let Self { facilities, services, lines, .. } = self;
        format!("{facilities} facilities, {services} services, {lines} lines")
    }

    pub(super) fn json(&self) -> Value {
        json!({"services": self.services, "lines": self.lines, "bytes": self.bytes})
    }
}
