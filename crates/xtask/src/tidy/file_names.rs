//! File names that say nothing about what is inside.

use super::Finding;
use crate::workspace::Workspace;

const FORBIDDEN: [&str; 5] = ["common.rs", "helpers.rs", "manager.rs", "misc.rs", "utils.rs"];

/// Finds Rust files, and module folders, with a name that any idea would fit.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let nameless = workspace.rust_paths().filter(|path| is_forbidden(path));
    nameless.map(|path| Finding::in_file(path, "name the idea, not a drawer for ideas")).collect()
}

fn is_forbidden(path: &str) -> bool {
    path.split('/').any(|part| {
        FORBIDDEN.iter().any(|name| part == *name || Some(part) == name.strip_suffix(".rs"))
    })
}

#[cfg(test)]
mod tests {
    use super::is_forbidden;

    #[test]
    fn a_drawer_is_found_as_file_and_as_folder() {
        assert!(is_forbidden("crates/brygga-wire/src/utils.rs"));
        assert!(is_forbidden("tests/common/mod.rs"));
    }

    #[test]
    fn a_name_that_contains_a_forbidden_word_is_fine() {
        assert!(!is_forbidden("crates/brygga-domain/src/common_agreement.rs"));
    }
}
