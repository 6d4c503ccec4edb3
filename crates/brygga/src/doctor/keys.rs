//! The node's keys as a finding: there, whole, and closed to others.

use brygga_identity::keys::{KeysError, NodeKeys, private_path_faults};

use super::{Fault, Finding, View};

pub(super) fn findings(view: &View<'_>) -> Vec<Finding> {
    let settings = view.settings;
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
    faults.iter().map(|error| finding(view, error)).collect()
}

fn finding(view: &View<'_>, error: &KeysError) -> Finding {
    let found = |fault, path: &std::path::Path, more: (&str, &str)| {
        view.found(fault, &[("path", &path.display().to_string()), more])
    };
    match error {
        KeysError::Permissions { path, mode } => found(Fault::KeyPermissions, path, ("mode", mode)),
        KeysError::Missing(path) => found(Fault::KeyMissing, path, ("", "")),
        KeysError::Malformed(path) => found(Fault::KeyMalformed, path, ("", "")),
        KeysError::Name(path) => found(Fault::KeyName, path, ("", "")),
        KeysError::Exists(path) => found(Fault::KeyExists, path, ("", "")),
        KeysError::Io { path, source } => {
            found(Fault::KeyIo, path, ("detail", &source.to_string()))
        }
        KeysError::ReservedUnit(unit) => {
            view.found(Fault::KeyReservedUnit, &[("unit", unit.as_str())])
        }
    }
}
