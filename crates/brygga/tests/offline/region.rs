//! A directory of nodes, and the binary to run in it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// Nodes of a region that is gone when the test ends.
pub(crate) struct Region {
    root: tempfile::TempDir,
}

/// What a command did.
pub(crate) struct Done {
    pub(crate) exit: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Region {
    pub(crate) fn new() -> Self {
        Self { root: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Runs a command in the region's directory.
    pub(crate) fn run(&self, args: &[&str]) -> Done {
        self.run_with(args, "")
    }

    /// The same with something on standard input.
    pub(crate) fn run_with(&self, args: &[&str], input: &str) -> Done {
        let mut child = Command::new(env!("CARGO_BIN_EXE_brygga"))
            .args(args)
            .current_dir(self.root.path())
            .env("BRYGGA_LANGUAGE", "sv")
            .env_remove("BRYGGA_DIR")
            .env_remove("BRYGGA_TOKEN")
            .env_remove("BRYGGA_NODE")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that reads nothing may have closed it.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        Done {
            exit: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs a command that must succeed, and returns its JSON.
    pub(crate) fn json(&self, args: &[&str]) -> Value {
        let done = self.run(&[args, &["--output", "json"]].concat());
        assert_eq!(done.exit, 0, "{args:?}\n{}{}", done.out, done.err);
        serde_json::from_str(&done.out).unwrap()
    }

    /// Runs a command that must fail with an exit code, and returns the code of its error.
    pub(crate) fn refused(&self, exit: i32, args: &[&str]) -> String {
        let done = self.run(&[args, &["--output", "json"]].concat());
        assert_eq!(done.exit, exit, "{args:?}\n{}{}", done.out, done.err);
        let error: Value = serde_json::from_str(&done.err).unwrap();
        error["error"]["code"].as_str().unwrap().to_owned()
    }

    /// Kalmar founds a federation in `kalmar/`.
    pub(crate) fn found_kalmar(&self) {
        self.json(&[
            "init",
            "--dir",
            "kalmar",
            "--org",
            "kommun:0880",
            "--name",
            "Kalmar kommun",
            "--federation",
            "kalmar.example",
            "--address",
            "brygga.kalmar.example:8443",
        ]);
    }

    /// Nybro is invited and asks to join from `nybro/`.
    pub(crate) fn nybro_asks(&self) {
        self.json(&[
            "registry",
            "invite",
            "--dir",
            "kalmar",
            "--org",
            "kommun:0881",
            "--out",
            "invite",
        ]);
        self.json(&[
            "join",
            "--dir",
            "nybro",
            "--invite",
            "invite",
            "--name",
            "Nybro kommun",
            "--unit",
            "mobila-teamet",
            "--address",
            "brygga.nybro.example:8443",
        ]);
    }

    /// Kalmar admits Nybro, which takes the registry into use.
    pub(crate) fn nybro_joins(&self) {
        self.nybro_asks();
        let request = "nybro/join-request";
        self.json(&["registry", "admit", "--dir", "kalmar", "--request", request, "--out", "r2"]);
        self.json(&["registry", "install", "--dir", "nybro", "--file", "r2"]);
    }

    /// The codes of the findings of `brygga doctor`, with its exit code.
    pub(crate) fn doctor(&self, dir: &str) -> (i32, Vec<String>) {
        let done = self.run(&["doctor", "--dir", dir, "--output", "json"]);
        let value: Value = serde_json::from_str(&done.out).unwrap();
        let findings = value["findings"].as_array().unwrap();
        let codes = findings.iter().map(|f| f["code"].as_str().unwrap().to_owned()).collect();
        (done.exit, codes)
    }
}

/// The mode of a file, in octal digits.
pub(crate) fn mode(path: &Path) -> String {
    use std::os::unix::fs::PermissionsExt;
    format!("{:o}", std::fs::metadata(path).unwrap().permissions().mode() & 0o777)
}
