//! What our code logs is what the allow-list lets through.
//!
//! The list of `brygga-telemetry` drops what it does not know, silently and while the node runs.
//! Here each field, each message and each way to print a value is looked at before that: a field
//! must be listed, a message must be a literal without placeholders, `%` is for organisations
//! only, whose text cannot be anything else, and `?` prints whatever a type holds.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use anyhow::{Result, ensure};

use super::Finding;
use super::lengths::is_test_path;
use crate::rust_source::{Call, RustSource};
use crate::workspace::Workspace;

const LIST: &str = "crates/brygga-telemetry/src/fields.rs";
const LEVELS: [&str; 5] = ["trace", "debug", "info", "warn", "error"];

/// Listed fields, each with the name of its shape.
type Fields = BTreeMap<String, String>;

/// Finds what is logged and would be dropped.
pub(super) fn check(workspace: &Workspace) -> Result<Vec<Finding>> {
    let fields = listed(&workspace.text(LIST)?.unwrap_or_default());
    ensure!(!fields.is_empty(), "{LIST} lists no field");
    let mut findings = Vec::new();
    for path in workspace.rust_paths().filter(|path| is_product(path)) {
        findings.extend(check_text(path, &workspace.text(path)?.unwrap_or_default(), &fields));
    }
    Ok(findings)
}

fn is_product(path: &str) -> bool {
    path.starts_with("crates/") && path.contains("/src/") && !is_test_path(path)
}

/// The lines `allow("name", Shape::Kind),` of the list.
fn listed(text: &str) -> Fields {
    let lines = text.lines().filter_map(|line| {
        let entry = line.trim().strip_prefix("allow(\"")?.strip_suffix("),")?;
        let (name, shape) = entry.split_once("\", Shape::")?;
        Some((name.to_owned(), shape.to_owned()))
    });
    lines.collect()
}

fn check_text(path: &str, text: &str, fields: &Fields) -> Vec<Finding> {
    let source = RustSource::new(text);
    let tests = source.test_spans();
    let is_test = |line| tests.iter().any(|(first, last)| (*first..=*last).contains(&line));
    let mut found = Vec::new();
    for level in LEVELS {
        let events = source.calls(&format!("{level}!")).into_iter().map(|call| (call, false));
        let spans = source.calls(&format!("{level}_span!")).into_iter().map(|call| (call, true));
        for (call, is_span) in events.chain(spans).filter(|(call, _)| !is_test(call.line)) {
            let mut problems = problems(&call, text, is_span, fields);
            if call.path != "tracing::" {
                problems.push(format!("write `tracing::{level}!`, so that it is found"));
            }
            found.extend(problems.into_iter().map(|it| Finding::at_line(path, call.line, it)));
        }
    }
    for call in source.calls(".record").iter().filter(|call| !is_test(call.line)) {
        let first = call.arguments.first().map(|range| text[range.clone()].trim());
        let name = first.and_then(|name| name.strip_prefix('"')?.strip_suffix('"'));
        let unlisted = name.filter(|name| !fields.contains_key(*name)).map(not_listed);
        found.extend(unlisted.map(|it| Finding::at_line(path, call.line, it)));
    }
    found
}

/// What is wrong with one event or span.
fn problems(call: &Call, text: &str, is_span: bool, fields: &Fields) -> Vec<String> {
    let mut problems = Vec::new();
    let mut has_text = false;
    let arguments = call.arguments.iter().map(|range| without_comments(&text[range.clone()]));
    // A comma behind the last argument begins none.
    for argument in arguments.filter(|argument| !argument.is_empty()) {
        if let Some(literal) = argument.strip_prefix('"') {
            has_text = true;
            if literal.contains(['{', '}']) {
                problems.push("a message is a literal without placeholders".to_owned());
            }
        } else if has_text && !is_span {
            problems.push(format!("`{argument}` stands behind the message"));
        } else if !["target:", "parent:", "name:"].iter().any(|key| argument.starts_with(key)) {
            problems.extend(field_problem(argument, fields));
        }
    }
    if !has_text {
        problems.push("a record without a literal text".to_owned());
    }
    problems
}

/// What is wrong with `name = value`, or with a variable that names itself.
fn field_problem(argument: &str, fields: &Fields) -> Option<String> {
    let (name, value) = argument.split_once('=').unwrap_or((argument, argument));
    let (name, value) = (name.trim().trim_start_matches(['%', '?']), value.trim());
    let Some(shape) = fields.get(name) else { return Some(not_listed(name)) };
    if value.starts_with('?') {
        return Some(format!("`{name}` is printed as its type pleases: log a code"));
    }
    (value.starts_with('%') && shape != "Organisation")
        .then(|| format!("`{name}` is printed as prose: log a code"))
}

/// An argument without the comments that stand before it.
fn without_comments(argument: &str) -> &str {
    let mut argument = argument.trim();
    while argument.starts_with("//") {
        argument = argument.split_once('\n').map_or("", |(_, rest)| rest.trim());
    }
    argument
}

fn not_listed(name: &str) -> String {
    format!("`{name}` is not in {LIST}, so it would be dropped")
}
