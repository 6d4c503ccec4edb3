//! `brygga`: one binary for the node, its operator and its case workers.
//!
//! It wires the other crates together and decides nothing about a referral itself. Reading
//! the command line, running one command and printing its answer are three separate steps, so
//! that text and JSON never differ in what they say.

#![forbid(unsafe_code)]

mod agreement_file;
mod cli;
mod client;
mod commands;
mod content_file;
mod doctor;
mod failure;
mod founding;
mod identifier;
mod node_dir;
mod output;
mod settings_text;
mod store_address;
mod text;
mod when;
mod wire_code;

use std::num::NonZero;
use std::process::ExitCode;
use std::thread::available_parallelism;

use clap::Parser;
use tokio::runtime::{Builder, Runtime};

use cli::Cli;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let output = cli.output();
    let is_node = matches!(cli.command, commands::Command::Serve(_));
    match if is_node { node_runtime() } else { Runtime::new() } {
        Ok(runtime) => match runtime.block_on(commands::run(cli)) {
            Ok(answer) => output.answer(&answer),
            Err(failure) => output.failure(&failure),
        },
        Err(error) => output.failure(&failure::Failure::other("RUNTIME", error.to_string())),
    }
}

/// A worker for each core but one, which is left to the store: SQLite works on a thread of its own
/// and PostgreSQL in processes of its own, and a worker that shares their core is woken later than
/// one that is already awake.
fn node_runtime() -> std::io::Result<Runtime> {
    let cores = available_parallelism().map_or(1, NonZero::get);
    Builder::new_multi_thread().worker_threads(cores.saturating_sub(1).max(1)).enable_all().build()
}
