//! `docs/LIMITS.md` names constants and tests that exist, and every limit of the two ports.
//!
//! Whoever reads that page decides whether a node can be put on the open network; a limit that was
//! renamed away, or a test that is gone, must not stay on it.

#[cfg(test)]
mod tests;

use anyhow::Result;

use super::Finding;
use crate::rust_source::RustSource;
use crate::workspace::Workspace;

const PAGE: &str = "docs/LIMITS.md";

/// Files whose every constant stands on the page.
const LIMITS: [&str; 2] =
    ["crates/brygga-server/src/limits.rs", "crates/brygga-peer/src/limits.rs"];

/// The columns of the page's tables.
const COLUMNS: usize = 5;

/// A Rust file: its path, and what may be named on the page.
struct Source {
    path: String,
    constants: Vec<String>,
    functions: Vec<String>,
}

/// Something named on the page, and the line that names it.
#[derive(Debug, PartialEq, Eq)]
struct Named<'a> {
    line: usize,
    name: &'a str,
}

/// Finds names without a thing, and limits without a name.
pub(super) fn check(workspace: &Workspace) -> Result<Vec<Finding>> {
    let page = workspace.text(PAGE)?.unwrap_or_default();
    let mut sources = Vec::new();
    for path in workspace.rust_paths() {
        sources.push(Source::read(path, &workspace.text(path)?.unwrap_or_default()));
    }
    Ok(check_page(&page, &sources))
}

fn check_page(page: &str, sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut on_page = Vec::new();
    for (at, cells) in rows(page) {
        let constants = quoted(cells[1]).filter(|name| is_constant(name));
        for Named { line, name } in constants.map(|name| Named { line: at, name }) {
            on_page.push(name);
            if !sources.iter().any(|source| source.constants.iter().any(|it| it == name)) {
                findings.push(Finding::at_line(PAGE, line, format!("no constant {name}")));
            }
        }
        for test in quoted(cells[COLUMNS - 1]).filter(|name| name.contains("::")) {
            if !sources.iter().any(|source| source.has_test(test)) {
                findings.push(Finding::at_line(PAGE, at, format!("no test {test}")));
            }
        }
    }
    for source in sources.iter().filter(|source| LIMITS.contains(&source.path.as_str())) {
        let missing = source.constants.iter().filter(|name| !on_page.contains(&name.as_str()));
        findings.extend(missing.map(|name| Finding::in_file(PAGE, format!("{name} is missing"))));
    }
    findings
}

/// The cells of each row of the tables, with its line counted from one.
fn rows(page: &str) -> impl Iterator<Item = (usize, Vec<&str>)> {
    page.lines().enumerate().filter_map(|(at, line)| {
        let cells: Vec<_> = line.strip_prefix('|')?.strip_suffix('|')?.split('|').collect();
        (cells.len() == COLUMNS).then_some((at + 1, cells))
    })
}

/// What stands between backticks.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

fn is_constant(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

impl Source {
    fn read(path: &str, text: &str) -> Self {
        let source = RustSource::new(text);
        let constants = text.lines().filter_map(|line| {
            let line = line.trim();
            let line =
                line.strip_prefix("pub ").or(line.strip_prefix("pub(super) ")).unwrap_or(line);
            Some(line.strip_prefix("const ")?.split_once(':')?.0.to_owned())
        });
        Self {
            path: path.to_owned(),
            constants: constants.collect(),
            functions: source.functions().into_iter().map(|function| function.name).collect(),
        }
    }

    /// Whether `module::module::name` is here; the modules are parts of the path, in any order.
    fn has_test(&self, test: &str) -> bool {
        let (modules, name) = test.rsplit_once("::").unwrap_or(("", test));
        let is_here = |module: &str| {
            let mut parts = self.path.trim_end_matches(".rs").split('/');
            module == "tests" || parts.any(|part| part == module)
        };
        let is_name = |function: &String| name == "*" || function == name;
        modules.split("::").all(is_here) && self.functions.iter().any(is_name)
    }
}
