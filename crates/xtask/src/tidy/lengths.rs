//! Files and functions short enough to be read in one sitting.

use anyhow::Result;

use super::Finding;
use crate::rust_source::RustSource;
use crate::workspace::Workspace;

/// Lines of a file, without its tests.
const FILE_LINES: usize = 500;
/// Lines of a function, from its signature to its closing brace.
const FUNCTION_LINES: usize = 60;
/// A test reads from top to bottom as given, when, then; cutting it up would hide the story.
const TEST_FUNCTION_LINES: usize = 100;

/// A function that may be longer than its cap, and why.
struct Exception {
    path: &'static str,
    function: &'static str,
    reason: &'static str,
}

const EXCEPTIONS: &[Exception] = &[Exception {
    path: "crates/brygga-config/src/tests/bad_configurations.rs",
    function: "refused_while_reading",
    reason: "a table of cases, not a course of action",
}];

/// Finds files and functions over their cap, and exceptions that nothing needs any more.
pub(super) fn check(workspace: &Workspace) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for path in workspace.rust_paths() {
        let Some(text) = workspace.text(path)? else { continue };
        let (excepted, long): (Vec<_>, Vec<_>) =
            check_text(path, &text).into_iter().partition(|long| exception_for(long).is_some());
        let exceptions = EXCEPTIONS.iter().filter(|exception| exception.path == path);
        let unused = exceptions.filter(|exception| {
            !excepted.iter().any(|long| long.function.as_deref() == Some(exception.function))
        });
        findings.extend(unused.map(|Exception { function, reason, .. }| {
            Finding::in_file(path, format!("fn {function} needs no exception ({reason})"))
        }));
        findings.extend(long.into_iter().map(|long| long.finding));
    }
    Ok(findings)
}

/// Something over its cap.
struct Long {
    path: String,
    /// None: the file itself.
    function: Option<String>,
    finding: Finding,
}

fn exception_for(long: &Long) -> Option<&'static Exception> {
    let function = long.function.as_deref()?;
    EXCEPTIONS
        .iter()
        .find(|exception| exception.path == long.path && exception.function == function)
}

fn check_text(path: &str, text: &str) -> Vec<Long> {
    let source = RustSource::new(text);
    let spans = if is_test_path(path) { vec![(1, usize::MAX)] } else { source.test_spans() };
    let is_test = |line| spans.iter().any(|(first, last)| (*first..=*last).contains(&line));
    let long = |function, finding| Long { path: path.to_owned(), function, finding };

    let mut found = Vec::new();
    let lines = (1..=text.lines().count()).filter(|line| !is_test(*line)).count();
    if lines > FILE_LINES {
        let problem = format!("{lines} lines without tests, at most {FILE_LINES}");
        found.push(long(None, Finding::in_file(path, problem)));
    }
    for function in source.functions() {
        let cap = if is_test(function.first_line) { TEST_FUNCTION_LINES } else { FUNCTION_LINES };
        if function.lines() > cap {
            let problem =
                format!("fn {} has {} lines, at most {cap}", function.name, function.lines());
            let finding = Finding::at_line(path, function.first_line, problem);
            found.push(long(Some(function.name), finding));
        }
    }
    found
}

/// Whether a file holds nothing but tests.
pub(super) fn is_test_path(path: &str) -> bool {
    let folders = ["tests/", "benches/"];
    folders.iter().any(|folder| path.starts_with(folder) || path.contains(&format!("/{folder}")))
        || path.ends_with("/tests.rs")
}

#[cfg(test)]
mod tests {
    use super::{check_text, is_test_path};

    #[test]
    fn a_file_is_measured_without_its_tests() {
        let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", "// line\n".repeat(100));
        assert_eq!(check_text("a.rs", &format!("{}{tests}", "// line\n".repeat(500))).len(), 0);
        assert_eq!(check_text("a.rs", &format!("{}{tests}", "// line\n".repeat(501))).len(), 1);
    }

    #[test]
    fn a_function_over_sixty_lines_is_found_with_its_line() {
        let long = format!("\nfn long() {{\n{}}}\n", "    step();\n".repeat(59));
        let found = check_text("a.rs", &long);
        assert_eq!(found[0].finding.to_string(), "a.rs:2: fn long has 61 lines, at most 60");
        assert_eq!(check_text("a.rs", &long.replacen("    step();\n", "", 1)).len(), 0);
    }

    #[test]
    fn a_test_may_tell_its_story_in_a_hundred_lines() {
        let story = |steps| format!("fn story() {{\n{}}}\n", "    step();\n".repeat(steps));
        assert_eq!(check_text("tests/kal.rs", &story(98)).len(), 0);
        assert_eq!(check_text("tests/kal.rs", &story(99)).len(), 1);
    }

    #[test]
    fn test_files_are_known_by_their_path() {
        assert!(is_test_path("tests/scenarios/kal.rs"));
        assert!(is_test_path("crates/brygga-audit/src/log/tests.rs"));
        assert!(!is_test_path("crates/brygga-testkit/src/lib.rs"));
    }
}
