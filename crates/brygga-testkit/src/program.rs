//! The real program, started as its own process.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The program `brygga` that was built for this test run.
#[derive(Clone, Debug)]
pub struct Program(PathBuf);

/// What a run of the program left.
#[derive(Clone, Debug)]
pub struct ProgramOutput {
    /// Exit code; none where a signal ended it.
    pub code: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it said about itself.
    pub stderr: String,
}

impl Program {
    /// Finds the program: `BRYGGA_BIN`, or beside the test's own executable.
    ///
    /// # Panics
    /// When it has not been built; the message says how.
    pub fn find() -> Self {
        let beside = || {
            let test = std::env::current_exe().expect("a test knows its own executable");
            let profile =
                test.ancestors().nth(2).expect("tests lie in target/<profile>/deps").to_owned();
            profile.join("brygga")
        };
        let path = std::env::var_os("BRYGGA_BIN").map_or_else(beside, PathBuf::from);
        assert!(path.exists(), "{} is missing: run `cargo build -p brygga` first", path.display());
        Self(path)
    }

    /// Runs it to its end.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn run(&self, arguments: &[&str]) -> ProgramOutput {
        let output = self.command(arguments).output().expect("the program can be started");
        ProgramOutput {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Runs it and expects success.
    ///
    /// # Panics
    /// When it fails; the message holds what it said.
    pub fn succeed(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(
            output.code,
            Some(0),
            "brygga {}: {}{}",
            arguments.join(" "),
            output.stdout,
            output.stderr
        );
        output.stdout
    }

    /// Starts it and leaves it running; what it prints is read by nobody.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command.stdout(Stdio::null()).spawn().expect("the program can be started")
    }

    /// Starts a node in `dir` and leaves it running, its log in `serve.log`, its temporary files in `tmp`.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn serve(&self, dir: &Path) -> Child {
        let open =
            std::fs::OpenOptions::new().create(true).append(true).open(dir.join("serve.log"));
        let log = open.expect("the log can be written");
        let temporary = dir.join("tmp");
        std::fs::create_dir_all(&temporary).expect("a directory can be made");
        let dir = dir.to_str().expect("test directories have plain names");
        self.command(&["serve", "--dir", dir])
            .stdout(Stdio::null())
            .stderr(log)
            .env("TMPDIR", temporary)
            .spawn()
            .expect("the program can be started")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.0);
        command.args(arguments).stdin(Stdio::null());
        command
    }
}
