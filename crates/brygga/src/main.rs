//! `brygga`: one binary for the node, its operator and its case workers.
//!
//! It wires the other crates together and decides nothing about a referral itself. Reading
//! the command line, running one command and printing its answer are three separate steps, so
//! that text and JSON never differ in what they say.

#![forbid(unsafe_code)]

mod agreement_file;
mod capacity_file;
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
mod paper;
mod progress;
mod settings_text;
mod span;
mod store_address;
mod text;
mod when;
mod wire_code;

use std::process::ExitCode;
use std::time::Duration;

use cli::Cli;

/// How long a command that has ended waits for threads that have not.
const LAST_WORK: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    // A panic's message may quote any value, so that only its place is told.
    std::panic::set_hook(Box::new(failure::panicked));
    let line: Vec<_> = std::env::args_os().collect();
    let cli = match Cli::read(&line) {
        Ok(cli) => cli,
        Err(exit) => return exit,
    };
    let output = cli.output();
    match commands::runtime(&cli) {
        Ok(runtime) => {
            let ended = runtime.block_on(commands::run(cli));
            // What still runs is a question for a peer's address that nobody waits for; the resolver may take a minute.
            runtime.shutdown_timeout(LAST_WORK);
            match ended {
                Ok(answer) => output.answer(&answer),
                Err(failure) => output.failure(&failure),
            }
        }
        Err(error) => output.failure(&failure::Failure::other("RUNTIME", error.to_string())),
    }
}
