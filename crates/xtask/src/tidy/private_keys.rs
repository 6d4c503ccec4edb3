//! No private key, not even one for tests, is ever checked in.

use anyhow::Result;

use super::Finding;
use crate::workspace::Workspace;

/// Finds files that hold the opening line of a private key in PEM.
pub(super) fn check(workspace: &Workspace) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for path in workspace.paths() {
        let text = workspace.text(path)?.unwrap_or_default();
        let lines = text.lines().enumerate().filter(|(_, line)| opens_private_key(line));
        findings.extend(lines.map(|(at, _)| {
            Finding::at_line(path, at + 1, "a private key; make one when it is needed")
        }));
    }
    Ok(findings)
}

fn opens_private_key(line: &str) -> bool {
    let Some((_, label)) = line.split_once("-----BEGIN ") else { return false };
    let Some((label, _)) = label.split_once("-----") else { return false };
    label.ends_with("PRIVATE KEY") && label.bytes().all(|b| b == b' ' || b.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::opens_private_key;

    #[test]
    fn every_kind_of_private_key_is_found() {
        for kind in ["", "RSA ", "EC ", "ENCRYPTED ", "OPENSSH "] {
            // In two pieces, or this file would be a finding.
            assert!(opens_private_key(&["  \"-----BEGIN ", kind, "PRIVATE KEY-----"].concat()));
        }
    }

    #[test]
    fn public_keys_and_certificates_may_stay() {
        for kind in ["PUBLIC KEY", "CERTIFICATE"] {
            assert!(!opens_private_key(&format!("-----BEGIN {kind}-----")));
        }
    }
}
