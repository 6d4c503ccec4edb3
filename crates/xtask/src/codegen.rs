//! The Rust code of the protobuf contract, generated here and checked in.
//!
//! Generated code that is checked in can be read, reviewed and built without a generator on
//! the machine. `--check` proves that it is what the contract says.

mod rpc;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::Mode;
use crate::workspace::Workspace;

const GENERATED: &str = "crates/brygga-proto/src/gen";

/// Writes the generated code, or fails when it differs from what is checked in.
pub(crate) fn run(workspace: &Workspace, mode: Mode) -> Result<()> {
    let fresh = tempfile::tempdir()?;
    generate(workspace, fresh.path())?;
    format(workspace, fresh.path())?;

    let target = workspace.root().join(GENERATED);
    let wanted = read_folder(fresh.path())?;
    let present = if target.is_dir() { read_folder(&target)? } else { BTreeMap::new() };
    let stale = differences(&wanted, &present);
    if mode == Mode::Check {
        ensure!(
            stale.is_empty(),
            "{GENERATED}: run `cargo xtask codegen` for {}",
            stale.join(", ")
        );
    }
    write(&target, &wanted, &stale)?;
    eprintln!("codegen: {} files, {} changed", wanted.len(), stale.len());
    Ok(())
}

/// One file for each package, `mod.rs` with the tree of modules, and what can be called.
fn generate(workspace: &Workspace, target: &Path) -> Result<()> {
    let contract = workspace.root().join("proto");
    let files: Vec<PathBuf> = workspace
        .paths()
        .filter(|path| path.starts_with("proto/") && path.ends_with(".proto"))
        .map(|path| workspace.root().join(path))
        .collect();
    if files.is_empty() {
        bail!("proto/ holds no .proto file");
    }
    let descriptors = protox::compile(&files, [contract]).context("proto/ does not compile")?;
    std::fs::write(target.join(rpc::FILE), rpc::source(&descriptors)?)?;
    tonic_prost_build::configure()
        .build_client(true)
        .build_server(true)
        .codec_path("crate::codec::BoundedCodec")
        .out_dir(target)
        .include_file("mod.rs")
        .compile_fds(descriptors)
        .context("code generation failed")
}

fn format(workspace: &Workspace, folder: &Path) -> Result<()> {
    let done = Command::new("rustfmt")
        .arg("--config-path")
        .arg(workspace.root().join(".rustfmt.toml"))
        .args(read_folder(folder)?.keys().map(|name| folder.join(name)))
        .status()
        .context("rustfmt could not be started")?;
    ensure!(done.success(), "rustfmt refused the generated code");
    Ok(())
}

fn read_folder(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        files.insert(name, std::fs::read_to_string(entry.path())?);
    }
    Ok(files)
}

/// The names of files that are missing, different or left over.
fn differences(
    wanted: &BTreeMap<String, String>,
    present: &BTreeMap<String, String>,
) -> Vec<String> {
    let changed = wanted.iter().filter(|(name, text)| present.get(*name) != Some(text));
    let left_over = present.keys().filter(|name| !wanted.contains_key(*name));
    changed.map(|(name, _)| name).chain(left_over).cloned().collect()
}

/// Touches only what differs, so that an unchanged contract rebuilds nothing.
fn write(target: &Path, wanted: &BTreeMap<String, String>, stale: &[String]) -> Result<()> {
    std::fs::create_dir_all(target)?;
    for name in stale {
        match wanted.get(name) {
            Some(text) => std::fs::write(target.join(name), text)?,
            None => std::fs::remove_file(target.join(name))?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::differences;

    #[test]
    fn missing_changed_and_left_over_files_differ() {
        let files = |list: &[(&str, &str)]| -> BTreeMap<String, String> {
            list.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
        };
        let wanted = files(&[("a", "1"), ("b", "2"), ("c", "3")]);
        let present = files(&[("a", "1"), ("b", "old"), ("d", "4")]);
        assert_eq!(differences(&wanted, &present), ["b", "c", "d"]);
    }
}
