//! The machine, as far as it decides the figures.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::failure::Failure;

const SYNC_SPAN: Duration = Duration::from_secs(1);
/// What is appended before each fdatasync: one page.
const SYNC_BYTES: usize = 4096;

/// What the figures were measured on.
#[derive(Debug)]
pub(super) struct Machine {
    cpu: String,
    cores: usize,
    memory_mib: u64,
    kernel: String,
    filesystem: String,
    syncs_per_second: f64,
}

impl Machine {
    /// Looks at this machine, and for a second at the disk under `directory`.
    pub(super) fn inspect(directory: &Path) -> Result<Self, Failure> {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let memory_kib = field("/proc/meminfo", "MemTotal");
        let memory_kib = memory_kib.split(' ').next().and_then(|kib| kib.parse::<u64>().ok());
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        Ok(Self {
            cpu: field("/proc/cpuinfo", "model name"),
            cores,
            memory_mib: memory_kib.unwrap_or(0) / 1024,
            kernel: kernel.trim().to_owned(),
            filesystem: filesystem(directory),
            syncs_per_second: syncs_per_second(directory)?,
        })
    }

    pub(super) fn line(&self) -> String {
        let Self { cpu, cores, memory_mib, kernel, filesystem, syncs_per_second } = self;
        format!(
            "{cpu}, {cores} cores, {memory_mib} MiB, Linux {kernel}, {filesystem}, \
             {syncs_per_second:.0} fdatasync/s (4 KiB appended)"
        )
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "cpu": self.cpu,
            "cores": self.cores,
            "memory_mib": self.memory_mib,
            "kernel": self.kernel,
            "filesystem": self.filesystem,
            "fdatasync_per_second": self.syncs_per_second.round(),
        })
    }
}

/// The value of the first line `name: value` in a file of the kernel; empty where there is none.
fn field(file: &str, name: &str) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    let mut fields = text.lines().filter_map(|line| line.split_once(':'));
    let found = fields.find(|(key, _)| key.trim() == name);
    found.map_or_else(String::new, |(_, value)| value.trim().to_owned())
}

/// The kind of file system that a directory lies on.
fn filesystem(directory: &Path) -> String {
    let directory = directory.canonicalize().unwrap_or_else(|_| directory.to_owned());
    let mounts = fs::read_to_string("/proc/mounts").unwrap_or_default();
    let mounts = mounts.lines().filter_map(|line| {
        let mut fields = line.split(' ').skip(1);
        Some((fields.next()?, fields.next()?))
    });
    let over = mounts.filter(|(point, _)| directory.starts_with(point));
    let nearest = over.max_by_key(|(point, _)| point.len());
    nearest.map_or_else(|| "unknown".to_owned(), |(_, kind)| kind.to_owned())
}

fn syncs_per_second(directory: &Path) -> Result<f64, Failure> {
    let path = directory.join("fdatasync");
    let failed = |error: std::io::Error| Failure::file(&path, &error);
    let mut file = File::create(&path).map_err(failed)?;
    let begun = Instant::now();
    let mut syncs = 0_u32;
    while begun.elapsed() < SYNC_SPAN {
        file.write_all(&[7; SYNC_BYTES]).map_err(failed)?;
        file.sync_data().map_err(failed)?;
        syncs += 1;
    }
    let rate = f64::from(syncs) / begun.elapsed().as_secs_f64();
    fs::remove_file(&path).map_err(failed)?;
    Ok(rate)
}
