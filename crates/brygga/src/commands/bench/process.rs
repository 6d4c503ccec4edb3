//! A child process of the measurement: this very program in another role.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::failure::Failure;

/// Longest wait for a child's first line, and for its end.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs this program to its end; what it says goes nowhere unless it fails.
pub(super) async fn run(arguments: &[&str]) -> Result<(), Failure> {
    output(arguments).await.map(drop)
}

/// The same, and what it prints as JSON.
pub(super) async fn output(arguments: &[&str]) -> Result<String, Failure> {
    let arguments = [arguments, &["--output", "json"]].concat();
    let output = Command::new(program()?).args(&arguments).stdin(Stdio::null()).output().await;
    let output = output.map_err(|error| Failure::other("BENCH", error.to_string()))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Failure::other("BENCH", said).at(arguments.join(" ")))
}

/// Bytes of this process that are in memory now.
pub(super) fn own_resident_bytes() -> Option<u64> {
    resident_bytes("self")
}

fn resident_bytes(process: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

/// A child that serves until it is stopped.
#[derive(Debug)]
pub(super) struct Server {
    child: Child,
    process: u32,
}

impl Server {
    /// Starts this program with `arguments`, its log in `log`. It dies with this value.
    pub(super) fn spawn(arguments: &[&str], log: &Path) -> Result<Self, Failure> {
        let opened = OpenOptions::new().create(true).append(true).open(log);
        let log: File = opened.map_err(|error| Failure::file(log, &error))?;
        let failed = |error: std::io::Error| Failure::other("BENCH", error.to_string());
        let child = Command::new(program()?)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        let process =
            child.id().ok_or_else(|| Failure::other("BENCH", "a child has no process"))?;
        Ok(Self { child, process })
    }

    /// The first line that it prints, which says that it is ready.
    pub(super) async fn first_line(&mut self) -> Result<String, Failure> {
        let unready = || Failure::other("BENCH", "a child did not get ready");
        let output = self.child.stdout.take().ok_or_else(unready)?;
        let mut lines = BufReader::new(output).lines();
        let line = timeout(PATIENCE, lines.next_line()).await;
        // What it says later has to go somewhere.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        line.ok().and_then(Result::ok).flatten().ok_or_else(unready)
    }

    /// Bytes of it that are in memory now (VmRSS); none once it has gone.
    pub(super) fn resident_bytes(&self) -> Option<u64> {
        resident_bytes(&self.process.to_string())
    }

    /// Ends it as an operator does, and waits until it has gone.
    pub(super) async fn stop(mut self) -> Result<(), Failure> {
        let process = self.process.to_string();
        let told = Command::new("kill").args(["-TERM", &process]).status().await;
        told.map_err(|error| Failure::other("BENCH", error.to_string()))?;
        match timeout(PATIENCE, self.child.wait()).await {
            Ok(_) => Ok(()),
            Err(_) => Err(Failure::other("BENCH", "a child did not end when it was told to")),
        }
    }
}

fn program() -> Result<PathBuf, Failure> {
    std::env::current_exe().map_err(|error| Failure::other("BENCH", error.to_string()))
}
