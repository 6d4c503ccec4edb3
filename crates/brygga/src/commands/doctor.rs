//! `brygga doctor`: everything that keeps a node from working, with what to do about it.

use clap::Args;
use serde_json::json;

use crate::cli::{Invocation, Language};
use crate::doctor::{Examination, Finding, Severity, examine};
use crate::failure::Failure;
use crate::output::Answer;

/// Examine a node: settings, keys, certificate, registry, database, disk, ports and clock
///
/// Each finding has a stable code, the problem and what to do. Exit code 0 if nothing is found, 1 if
/// anything is, 2 if the node cannot be looked at.
#[derive(Args)]
#[command(after_help = "Example:\n  brygga doctor --dir /etc/brygga --peers")]
pub(crate) struct DoctorArgs {
    /// Also try to reach every other member; takes up to some seconds for each that does not answer
    #[arg(long)]
    peers: bool,
}

impl DoctorArgs {
    pub(crate) async fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        let found = examine(at, self.peers).await.map_err(Failure::into_wrong_usage)?;
        Ok(answer(&found, at.language))
    }
}

fn answer(found: &Examination, language: Language) -> Answer {
    let findings = &found.findings;
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let warnings = findings.len() - errors;
    let value = json!({
        "findings": findings.iter().map(entry).collect::<Vec<_>>(),
        "errors": errors,
        "warnings": warnings,
        "figures": found.figures,
    });
    let line = |finding: &Finding| {
        let Finding { severity, code, problem, fix } = finding;
        format!("{} {code}: {problem}\n  {fix}", word(*severity, language))
    };
    let sum = match (language, findings.is_empty()) {
        (Language::Sv, true) => "Inget att anmärka på.".to_owned(),
        (Language::En, true) => "Nothing is wrong.".to_owned(),
        (Language::Sv, false) => format!("fel: {errors}, varningar: {warnings}"),
        (Language::En, false) => format!("errors: {errors}, warnings: {warnings}"),
    };
    Answer::new(value).lines(findings.iter().map(line)).line(sum).failed_if(!findings.is_empty())
}

fn entry(finding: &Finding) -> serde_json::Value {
    json!({
        "severity": word(finding.severity, Language::En),
        "code": finding.code,
        "problem": finding.problem,
        "fix": finding.fix,
    })
}

const fn word(severity: Severity, language: Language) -> &'static str {
    match (severity, language) {
        (Severity::Error, Language::Sv) => "fel",
        (Severity::Error, Language::En) => "error",
        (Severity::Warning, Language::Sv) => "varning",
        (Severity::Warning, Language::En) => "warning",
    }
}
