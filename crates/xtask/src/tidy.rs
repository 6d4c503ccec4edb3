//! The house rules that neither the compiler nor clippy knows.
//!
//! Each rule is one module with one function that returns its findings; a rule that has to
//! yield somewhere names the place and the reason in its own table of exceptions.

mod arrows;
mod file_names;
mod lengths;
mod limits_page;
mod log_fields;
mod migrations;
mod person_numbers;
mod private_keys;

use std::fmt;

use anyhow::{Result, bail};

use crate::workspace::Workspace;

/// One place that breaks a rule.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// A path from the root, with `:line` where there is one.
    place: String,
    problem: String,
}

impl Finding {
    fn in_file(path: &str, problem: impl Into<String>) -> Self {
        Self { place: path.to_owned(), problem: problem.into() }
    }

    fn at_line(path: &str, line: usize, problem: impl Into<String>) -> Self {
        Self { place: format!("{path}:{line}"), problem: problem.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.problem)
    }
}

/// Runs every rule; an error tells how many findings were printed.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let mut findings = arrows::check(workspace)?;
    findings.extend(file_names::check(workspace));
    findings.extend(lengths::check(workspace)?);
    findings.extend(limits_page::check(workspace)?);
    findings.extend(log_fields::check(workspace)?);
    findings.extend(migrations::check(workspace)?);
    findings.extend(person_numbers::check(workspace)?);
    findings.extend(private_keys::check(workspace)?);
    for finding in &findings {
        eprintln!("{finding}");
    }
    if !findings.is_empty() {
        bail!("tidy: {} finding(s)", findings.len());
    }
    eprintln!("tidy: {} files keep the house rules", workspace.paths().count());
    Ok(())
}
