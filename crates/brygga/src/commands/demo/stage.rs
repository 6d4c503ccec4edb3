//! The stage: four directories, four processes, and the program itself as every actor's tool.

use std::fs;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::places::{ALL, GUESTS, MORNING, Place};
use crate::cli::Language;
use crate::failure::Failure;

/// Longest wait for another node before a step has failed.
const PATIENCE: Duration = Duration::from_secs(20);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// The stage of the demo.
pub(super) struct Stage {
    root: PathBuf,
    program: PathBuf,
    language: Language,
    check: bool,
    steps: u32,
}

impl Stage {
    pub(super) fn new(root: PathBuf, language: Language, check: bool) -> Result<Self, Failure> {
        let program = std::env::current_exe()
            .map_err(|error| Failure::other("PROGRAM", error.to_string()))?;
        Ok(Self { root, program, language, check, steps: 0 })
    }

    pub(super) const fn steps(&self) -> u32 {
        self.steps
    }

    pub(super) fn dir(&self, place: Place) -> String {
        place.dir(&self.root).display().to_string()
    }

    /// A file on the stage.
    pub(super) fn file(&self, name: &str) -> String {
        self.root.join(name).display().to_string()
    }

    /// Writes a file on the stage.
    pub(super) fn write(&self, name: &str, text: &str) -> Result<String, Failure> {
        let path = self.root.join(name);
        fs::write(&path, text).map_err(|error| Failure::file(&path, &error))?;
        Ok(path.display().to_string())
    }

    /// Says that a step went well: who did what, in the chosen language.
    pub(super) fn tell(&mut self, swedish: impl Into<String>, english: impl Into<String>) {
        self.steps += 1;
        let text = match self.language {
            Language::Sv => swedish.into(),
            Language::En => english.into(),
        };
        let mark = if self.check { "ok" } else { "✔" };
        self.print(&format!("{mark} {:02}  {text}", self.steps));
    }

    /// Says something between steps; not without a terminal.
    pub(super) fn scene(&self, swedish: &str, english: &str) {
        if !self.check {
            let text = match self.language {
                Language::Sv => swedish,
                Language::En => english,
            };
            self.print(&format!("\n{text}"));
        }
    }

    fn print(&self, line: &str) {
        // The story goes on for whoever has stopped reading.
        let _ = writeln!(std::io::stdout().lock(), "{line}");
    }

    /// Runs a command of the program as `place`, and returns its JSON answer.
    pub(super) fn run(&self, place: Place, arguments: &[&str]) -> Result<Value, Failure> {
        let (good, value) = self.try_run(place, arguments)?;
        if good {
            return Ok(value);
        }
        let what = format!("{} brygga {}: {value}", place.title, arguments.join(" "));
        Err(Failure::other("DEMO_STEP", what))
    }

    /// Runs a command that must be refused for this reason.
    pub(super) fn refused(
        &self,
        place: Place,
        arguments: &[&str],
        code: &str,
    ) -> Result<(), Failure> {
        let (good, value) = self.try_run(place, arguments)?;
        if !good && value["error"]["code"] == code {
            return Ok(());
        }
        let what =
            format!("{} brygga {}: expected {code}, got {value}", place.title, arguments.join(" "));
        Err(Failure::other("DEMO_STEP", what))
    }

    /// Runs a command that must fail, for whatever reason.
    pub(super) fn refused_any(&self, place: Place, arguments: &[&str]) -> Result<(), Failure> {
        let (good, value) = self.try_run(place, arguments)?;
        if good {
            let what = format!(
                "{} brygga {}: should have failed, got {value}",
                place.title,
                arguments.join(" ")
            );
            return Err(Failure::other("DEMO_STEP", what));
        }
        Ok(())
    }

    fn try_run(&self, place: Place, arguments: &[&str]) -> Result<(bool, Value), Failure> {
        let output = self.output(place, arguments)?;
        let text = if output.status.success() { &output.stdout } else { &output.stderr };
        let value =
            serde_json::from_slice(text).unwrap_or_else(|_| String::from_utf8_lossy(text).into());
        Ok((output.status.success(), value))
    }

    /// Every byte that a command prints, and its exit code.
    pub(super) fn output(&self, place: Place, arguments: &[&str]) -> Result<Output, Failure> {
        let options = ["--dir", &self.dir(place), "--output", "json"];
        self.command(&[arguments, &options].concat())
    }

    fn command(&self, arguments: &[&str]) -> Result<Output, Failure> {
        Command::new(&self.program)
            .args(arguments)
            .env_remove("BRYGGA_TOKEN")
            .stdin(Stdio::null())
            .output()
            .map_err(|error| Failure::file(&self.program, &error))
    }

    /// Repeats a command until its answer is as wanted.
    pub(super) async fn until(
        &self,
        place: Place,
        arguments: &[&str],
        wanted: impl Fn(&Value) -> bool,
    ) -> Result<Value, Failure> {
        let start = Instant::now();
        loop {
            let (good, value) = self.try_run(place, arguments)?;
            if good && wanted(&value) {
                return Ok(value);
            }
            if start.elapsed() > PATIENCE {
                let what = format!(
                    "{} brygga {}: not in time, last {value}",
                    place.title,
                    arguments.join(" ")
                );
                return Err(Failure::other("DEMO_STEP", what));
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// What a command prints for people, in the chosen language; whoever watches sees it too, under the `line` that is told.
    pub(super) fn printed(
        &self,
        place: Place,
        line: &[&str],
        unseen: &[&str],
    ) -> Result<String, Failure> {
        let language = match self.language {
            Language::Sv => "sv",
            Language::En => "en",
        };
        let options = ["--dir", &self.dir(place), "--language", language];
        let output = self.command(&[line, unseen, &options].concat())?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            let what = String::from_utf8_lossy(&output.stderr);
            let what = format!("{} brygga {}: {what}", place.title, line.join(" "));
            return Err(Failure::other("DEMO_STEP", what));
        }
        if !self.check {
            self.print(&format!("      {}: brygga {}", place.title, line.join(" ")));
        }
        self.quote(&text);
        Ok(text)
    }

    /// Shows a text that somebody in the story reads; not without a terminal.
    pub(super) fn quote(&self, text: &str) {
        if !self.check {
            text.lines().for_each(|line| self.print(&format!("        {line}")));
        }
    }

    /// Starts a node as a process of its own, which outlives the demo.
    pub(super) async fn start(&self, place: Place) -> Result<(), Failure> {
        self.serve(place, &[])?;
        self.until(place, &["node", "show"], |node| node["organisation"] == place.organisation)
            .await
            .map(drop)
    }

    /// Starts the process of a node.
    pub(super) fn serve(&self, place: Place, options: &[&str]) -> Result<(), Failure> {
        let dir = place.dir(&self.root);
        let log = dir.join("serve.log");
        let open = fs::OpenOptions::new().create(true).append(true).open(&log);
        let log = open.map_err(|error| Failure::file(&log, &error))?;
        let child = Command::new(&self.program)
            .args(["serve", "--dir", &self.dir(place)])
            .args(options)
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(|error| Failure::file(&self.program, &error))?;
        let pid = dir.join("serve.pid");
        fs::write(&pid, child.id().to_string()).map_err(|error| Failure::file(&pid, &error))
    }

    /// Stops a node gently and waits until it is gone.
    pub(super) fn stop(&self, place: Place) -> Result<(), Failure> {
        stop(&place.dir(&self.root))
    }

    /// Stops whatever an earlier demo left running here, and removes it.
    pub(super) fn clear(&self) -> Result<(), Failure> {
        for place in ALL.into_iter().chain(GUESTS).chain(MORNING) {
            stop(&place.dir(&self.root))?;
        }
        if self.root.exists() {
            fs::remove_dir_all(&self.root).map_err(|error| Failure::file(&self.root, &error))?;
        }
        Ok(())
    }

    /// Makes the empty directory that all others lie in.
    pub(super) fn open(&self) -> Result<(), Failure> {
        fs::create_dir_all(&self.root).map_err(|error| Failure::file(&self.root, &error))
    }

    /// What to try when the story is over.
    pub(super) fn try_next(&self) -> Vec<String> {
        let program = self.program.display();
        let kalmar = self.dir(super::places::KALMAR);
        let nybro = self.dir(super::places::NYBRO);
        let lead = match self.language {
            Language::Sv => "Noderna är igång. Prova:",
            Language::En => "The nodes are running. Try:",
        };
        let mut lines = vec![String::new(), lead.to_owned()];
        lines.extend([
            format!("  {program} referral list --dir {nybro}"),
            format!("  {program} agreement list --dir {kalmar}"),
            format!("  {program} node show --dir {kalmar}"),
            format!("  {program} doctor --dir {kalmar}"),
            format!("  {program} demo --stop"),
        ]);
        lines
    }
}

/// Ends the node whose process id lies in `dir`, if it still runs.
fn stop(dir: &Path) -> Result<(), Failure> {
    let file = dir.join("serve.pid");
    let Ok(pid) = fs::read_to_string(&file) else { return Ok(()) };
    let process = PathBuf::from("/proc").join(pid.trim());
    let runs = || fs::read(process.join("cmdline")).is_ok_and(|line| is_serve(&line));
    if runs() {
        let sent = Command::new("kill").arg(pid.trim()).status();
        sent.map_err(|error| Failure::other("STOP", error.to_string()))?;
    }
    let start = Instant::now();
    while runs() {
        if start.elapsed() > PATIENCE {
            return Err(Failure::other("STOP", format!("process {} does not end", pid.trim())));
        }
        std::thread::sleep(LOOK_EVERY);
    }
    fs::remove_file(&file).map_err(|error| Failure::file(&file, &error))
}

/// Whether a command line is `… serve …`, so that a number used anew by another program is left alone.
fn is_serve(command_line: &[u8]) -> bool {
    command_line.split(|byte| *byte == 0).any(|word| word == b"serve")
}
