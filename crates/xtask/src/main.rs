//! The repository's own automation: what a compiler cannot check, and what is generated.
//!
//! `cargo xtask tidy` keeps the house rules, `codegen` writes the Rust code of the protobuf
//! contract, `scenarios` writes the list of requirements and the tests that show them.
//! Everything else that a developer or the continuous integration runs is in `./x`.

mod codegen;
mod rust_source;
mod scenarios;
mod tidy;
mod workspace;

use std::process::ExitCode;

use anyhow::{Result, bail};
use workspace::Workspace;

const USAGE: &str = "\
usage: cargo xtask <command>

  tidy                 check the house rules that no compiler knows
  codegen [--check]    write (or compare) crates/brygga-proto/src/gen from proto/
  scenarios [--check]  write (or compare) docs/SCENARIOS.md from the tests";

/// Whether generated files are written, or only compared with what is checked in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Check,
    Write,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let workspace = Workspace::open()?;
    match arguments.as_slice() {
        ["tidy"] => tidy::run(&workspace),
        ["codegen"] => codegen::run(&workspace, Mode::Write),
        ["codegen", "--check"] => codegen::run(&workspace, Mode::Check),
        ["scenarios"] => scenarios::run(&workspace, Mode::Write),
        ["scenarios", "--check"] => scenarios::run(&workspace, Mode::Check),
        _ => bail!("{USAGE}"),
    }
}
