//! `brygga config`: the settings of a node.

use brygga_config::Finding;
use clap::{Args, Subcommand};
use serde_json::json;

use crate::cli::Invocation;
use crate::failure::Failure;
use crate::output::Answer;

/// Check the settings of a node
#[derive(Args)]
pub(crate) struct ConfigArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Read brygga.toml and report every broken rule; exit code 1 if there is one
    #[command(after_help = "Example:\n  brygga config check --dir /etc/brygga")]
    Check,
}

impl ConfigArgs {
    pub(crate) fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        match self.action {
            Action::Check => check(at),
        }
    }
}

fn check(at: &Invocation) -> Result<Answer, Failure> {
    let findings = at.node.settings()?.check();
    let file = at.node.settings_file().display().to_string();
    let entry = |finding: &Finding| {
        json!({
            "code": finding.code.as_str(),
            "key": finding.key,
            "problem": finding.problem,
            "fix": finding.fix,
        })
    };
    let value = json!({
        "file": file,
        "findings": findings.iter().map(entry).collect::<Vec<_>>(),
    });
    let line = |finding: &Finding| {
        let Finding { code, key, problem, fix } = finding;
        format!("{code}: {problem} ({key})\n  {fix}")
    };
    let answer = Answer::new(value).lines(findings.iter().map(line));
    let answer =
        if findings.is_empty() { answer.line(format!("{file}: no faults")) } else { answer };
    Ok(answer.failed_if(!findings.is_empty()))
}
