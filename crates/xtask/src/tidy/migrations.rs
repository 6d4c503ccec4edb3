//! Migrations are append-only: a database that has run one can never be told it was another.

use anyhow::Result;

use super::Finding;
use crate::workspace::Workspace;

/// Before the first release, a commit may rewrite a migration if its message says why.
const TRAILER: &str = "Rewrites-Migration";

/// Finds migrations that were changed or removed since the last release, or, before there is
/// one, since the commit before this. Says nothing where there is no earlier state.
pub(super) fn check(workspace: &Workspace) -> Result<Vec<Finding>> {
    let Some(earlier) = workspace.earlier_revision() else { return Ok(Vec::new()) };
    let range = [earlier.as_str(), "--", ":(glob)**/migrations/**"];
    let changes =
        workspace.git(&[&["diff", "--no-renames", "--name-status"], &range[..]].concat())?;
    let findings = rewritten(&changes);
    if !findings.is_empty() && is_announced(workspace)? {
        eprintln!("tidy: {} migration(s) rewritten, as the commit says", findings.len());
        return Ok(Vec::new());
    }
    Ok(findings)
}

fn is_announced(workspace: &Workspace) -> Result<bool> {
    let format = format!("--format=%(trailers:key={TRAILER},valueonly)");
    let reason = workspace.git(&["log", "-1", &format])?;
    let is_released = !workspace.git(&["tag", "--list"])?.trim().is_empty();
    Ok(!is_released && !reason.trim().is_empty())
}

fn rewritten(name_status: &str) -> Vec<Finding> {
    let changes = name_status.lines().filter_map(|line| line.split_once('\t'));
    let rewritten = changes.filter(|(status, _)| *status != "A");
    rewritten.map(|(_, path)| Finding::in_file(path, "migrations are append-only")).collect()
}

#[cfg(test)]
mod tests {
    use super::rewritten;

    #[test]
    fn a_changed_or_removed_migration_is_found() {
        let findings = rewritten("M\ta/migrations/0001.sql\nD\ta/migrations/0002.sql\n");
        assert_eq!(findings.len(), 2);
    }

    #[test]
    fn a_new_migration_is_welcome() {
        assert_eq!(rewritten("A\ta/migrations/0003.sql\n"), []);
    }
}
