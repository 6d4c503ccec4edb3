//! The repository as the checks see it: its root, its files and its history.
//!
//! Files are those git knows or would add, so that a check says the same before a commit as
//! after it, and never looks into `target`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// A checked-out repository.
pub(crate) struct Workspace {
    root: PathBuf,
    paths: Vec<String>,
}

impl Workspace {
    /// Opens the repository that this program was built in.
    pub(crate) fn open() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .nth(2)
            .context("xtask stands two folders below the root")?
            .to_path_buf();
        let list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
        let mut paths: Vec<String> = output(&root, "git", &list)?
            .split('\0')
            .filter(|path| root.join(path).is_file())
            .map(str::to_owned)
            .collect();
        paths.sort_unstable();
        paths.dedup();
        Ok(Self { root, paths })
    }

    /// The folder that holds the workspace's `Cargo.toml`.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Every file, relative to the root, in order.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(String::as_str)
    }

    /// Every Rust file that a person wrote.
    pub(crate) fn rust_paths(&self) -> impl Iterator<Item = &str> {
        self.paths().filter(|path| path.ends_with(".rs") && !path.contains("/gen/"))
    }

    /// The text of a file; none when it is not text.
    pub(crate) fn text(&self, path: &str) -> Result<Option<String>> {
        let bytes = std::fs::read(self.root.join(path)).with_context(|| path.to_owned())?;
        Ok(String::from_utf8(bytes).ok().filter(|text| !text.contains('\0')))
    }

    /// Runs git in the root and returns what it wrote; an error when git refuses.
    pub(crate) fn git(&self, arguments: &[&str]) -> Result<String> {
        output(&self.root, "git", arguments)
    }

    /// Runs cargo in the root and returns what it wrote.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Result<String> {
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        output(&self.root, &cargo, arguments)
    }

    /// What the present state is compared with: the last release before this commit, else the
    /// commit before it, else nothing (a first commit, or a clone without history).
    pub(crate) fn earlier_revision(&self) -> Option<String> {
        let release = self.git(&["describe", "--tags", "--abbrev=0", "HEAD~1"]);
        let revision = release.or_else(|_| self.git(&["rev-parse", "--verify", "HEAD~1"])).ok()?;
        Some(revision.trim().to_owned())
    }
}

fn output(folder: &Path, program: &str, arguments: &[&str]) -> Result<String> {
    let done = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .with_context(|| format!("{program} could not be started"))?;
    if !done.status.success() {
        let said = String::from_utf8_lossy(&done.stderr);
        bail!("{program} {} failed: {}", arguments.join(" "), said.trim());
    }
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}
