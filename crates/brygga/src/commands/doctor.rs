//! `brygga doctor`: everything that keeps a node from working, with what to do about it.

use clap::Args;
use serde_json::json;

use crate::cli::Invocation;
use crate::doctor::{Finding, Severity, examine};
use crate::failure::Failure;
use crate::output::Answer;

/// Examine a node: settings, keys, certificate, registry, database and clock
///
/// Each finding has a stable code, the problem and what to do. Exit code 1 if any is an error;
/// warnings alone exit with 0.
#[derive(Args)]
#[command(after_help = "Example:\n  brygga doctor --dir /etc/brygga")]
pub(crate) struct DoctorArgs {}

impl DoctorArgs {
    pub(crate) async fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        let findings = examine(&at.node, at.now).await?;
        let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
        let entry = |finding: &Finding| {
            json!({
                "severity": severity(finding.severity),
                "code": finding.code,
                "problem": finding.problem,
                "fix": finding.fix,
            })
        };
        let line = |finding: &Finding| {
            let Finding { code, problem, fix, .. } = finding;
            format!("{} {code}: {problem}\n  {fix}", severity(finding.severity))
        };
        let warnings = findings.len() - errors;
        let value = json!({
            "findings": findings.iter().map(entry).collect::<Vec<_>>(),
            "errors": errors,
            "warnings": warnings,
        });
        Ok(Answer::new(value)
            .lines(findings.iter().map(line))
            .line(format!("{errors} errors, {warnings} warnings"))
            .failed_if(errors > 0))
    }
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}
