//! `brygga completion`: completion of commands and options in a shell.

use clap::Args;
use clap_complete::Shell;
use serde_json::json;

use crate::cli::{Invocation, help};
use crate::output::Answer;

/// Print the completion script of a shell
#[derive(Args)]
#[command(after_help = "Example:\n  brygga completion bash > /etc/bash_completion.d/brygga")]
pub(crate) struct CompletionArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl CompletionArgs {
    pub(crate) fn run(&self, at: &Invocation) -> Answer {
        let mut script = Vec::new();
        let mut command = help::command(at.language, &[]);
        clap_complete::generate(self.shell, &mut command, "brygga", &mut script);
        let script = String::from_utf8_lossy(&script).into_owned();
        Answer::new(json!({"shell": self.shell.to_string(), "script": script})).line(script)
    }
}
