//! What every settings file must obey, from text to refusal.

mod bad_configurations;
mod good_configurations;
mod private_files;

use std::path::Path;

use crate::{Settings, SettingsError};

/// A production node with nothing optional set.
const MINIMAL: &str = r#"
[node]
organisation = "kommun:0880"
federation = "kalmar.example"

[federation_listener]
certificate_file = "keys/node.crt"
key_file = "keys/node.key"
public_endpoint = "https://brygga.kalmar.example:8443"

[local_auth]
issuer = "https://idp.kalmar.example/"
audience = "brygga"
jwks_file = "jwks.json"
"#;

fn parse(text: &str) -> Result<Settings, SettingsError> {
    Settings::parse(text, Path::new("/etc/brygga"))
}

/// `MINIMAL` with the lines added at the start of a section, which is appended when absent.
fn with(section: &str, lines: &str) -> String {
    let header = format!("[{section}]\n");
    if MINIMAL.contains(&header) {
        MINIMAL.replacen(&header, &format!("{header}{lines}\n"), 1)
    } else {
        format!("{MINIMAL}\n{header}{lines}\n")
    }
}

/// `MINIMAL` with the value of one of its keys replaced, or its line removed.
fn instead(key: &str, value: Option<&str>) -> String {
    let prefix = format!("{key} = ");
    assert!(MINIMAL.contains(&prefix), "{key} is not in the minimal file");
    let lines = MINIMAL.lines().filter_map(|line| match (line.starts_with(&prefix), value) {
        (true, Some(value)) => Some(format!("{prefix}{value}")),
        (true, None) => None,
        (false, _) => Some(line.to_owned()),
    });
    lines.collect::<Vec<_>>().join("\n")
}
