//! What `brygga doctor` looks at, each thing on its own: a fault in one must not hide another.

mod certificate;
mod registry;
mod store;
mod tokens;

use brygga_config::Settings;
use brygga_domain::Timestamp;
use brygga_identity::keys::{KeysError, NodeKeys, private_path_faults};

use crate::failure::Failure;
use crate::node_dir::NodeDir;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Severity {
    /// The node cannot run, or must not.
    Error,
    /// It will become an error, or is one for somebody else.
    Warning,
}

/// One thing that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) severity: Severity,
    pub(crate) code: String,
    pub(crate) problem: String,
    pub(crate) fix: String,
}

impl Finding {
    fn error(code: &str, problem: impl Into<String>, fix: impl Into<String>) -> Self {
        let (problem, fix) = (problem.into(), fix.into());
        Self { severity: Severity::Error, code: code.to_owned(), problem, fix }
    }

    fn warning(code: &str, problem: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, problem, fix) }
    }
}

/// Looks at everything. The settings are read first: without them there is nothing to look at.
pub(crate) async fn examine(dir: &NodeDir, now: Timestamp) -> Result<Vec<Finding>, Failure> {
    let settings = dir.settings()?;
    let mut findings = settings_findings(&settings);
    findings.extend(key_findings(&settings));
    findings.extend(tokens::findings(&settings));
    match dir.trust(&settings) {
        Ok(trust) => {
            findings.extend(registry::findings(&settings, &trust, now));
            findings.extend(certificate::findings(&settings, &trust, now));
        }
        Err(failure) => findings.push(registry::unusable(&failure)),
    }
    findings.extend(store::findings(&settings).await);
    Ok(findings)
}

fn settings_findings(settings: &Settings) -> Vec<Finding> {
    let finding = |finding: brygga_config::Finding| {
        let problem = format!("{}: {}", finding.key, finding.problem);
        Finding::error(finding.code.as_str(), problem, finding.fix)
    };
    settings.check().into_iter().map(finding).collect()
}

fn key_findings(settings: &Settings) -> Vec<Finding> {
    let directory = &settings.keys.directory;
    let mut faults = private_path_faults(directory);
    for file in settings.private_files() {
        // Those inside the key directory have been looked at, where they are.
        if !file.starts_with(directory) || !file.exists() {
            faults.extend(private_path_faults(file));
        }
    }
    if faults.is_empty() {
        faults.extend(NodeKeys::load(directory).err());
    }
    faults.iter().map(key_finding).collect()
}

fn key_finding(error: &KeysError) -> Finding {
    let fix = match error {
        KeysError::Permissions { path, mode } => format!("chmod {mode} {}", path.display()),
        KeysError::Missing(_) | KeysError::Malformed(_) => "restore it from the backup".to_owned(),
        KeysError::Name(_) | KeysError::ReservedUnit(_) => "move it elsewhere".to_owned(),
        KeysError::Exists(_) | KeysError::Io { .. } => "look at the disk".to_owned(),
    };
    Finding::error(error.code(), error.to_string(), fix)
}
