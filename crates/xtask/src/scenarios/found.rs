//! The tests that carry a scenario's id in their name.

use anyhow::Result;

use crate::rust_source::RustSource;
use crate::workspace::Workspace;

/// A test that shows a scenario.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ScenarioTest {
    /// The id as written in the catalogue.
    pub(super) id: String,
    pub(super) name: String,
    pub(super) path: String,
    /// The first line of its doc comment; none when it has no doc comment.
    pub(super) doc: Option<String>,
}

/// Every scenario test under `tests/` that runs; an ignored test shows nothing.
pub(super) fn in_workspace(workspace: &Workspace) -> Result<Vec<ScenarioTest>> {
    let mut found = Vec::new();
    for path in workspace.rust_paths().filter(|path| path.starts_with("tests/")) {
        if let Some(text) = workspace.text(path)? {
            found.extend(in_text(path, &text));
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

fn in_text(path: &str, text: &str) -> Vec<ScenarioTest> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut found = Vec::new();
    for function in RustSource::new(text).functions() {
        let head = head(&lines[..function.first_line - 1]);
        if !is_run_as_test(head) {
            continue;
        }
        let mut docs = head.iter().filter_map(|line| line.strip_prefix("///"));
        let doc = docs.next().map(|doc| doc.trim().to_owned());
        found.extend(scenario_ids(&function.name).map(|id| ScenarioTest {
            id,
            name: function.name.clone(),
            path: path.to_owned(),
            doc: doc.clone(),
        }));
    }
    found
}

/// The attributes and doc comments that end where the function begins.
fn head<'a, 'b>(above: &'a [&'b str]) -> &'a [&'b str] {
    let is_head = |line: &&&str| line.starts_with("#[") || line.starts_with("///");
    let length = above.iter().rev().take_while(is_head).count();
    &above[above.len() - length..]
}

fn is_run_as_test(head: &[&str]) -> bool {
    let is_test = |line: &&str| {
        line.trim_start_matches("#[")
            .split(['(', ']'])
            .next()
            .is_some_and(|path| path == "test" || path.ends_with("::test"))
    };
    head.iter().any(is_test) && !head.iter().any(|line| line.starts_with("#[ignore"))
}

/// The ids that a name begins with: `ksd_10_pro_01_what_is_shown` -> `KSD-10`, `PRO-01`.
fn scenario_ids(name: &str) -> impl Iterator<Item = String> {
    let mut rest = name;
    std::iter::from_fn(move || {
        let (id, behind) = leading_id(rest)?;
        rest = behind;
        Some(id)
    })
}

fn leading_id(name: &str) -> Option<(String, &str)> {
    let (group, rest) = name.split_once('_')?;
    let (number, rest) = rest.split_once('_')?;
    let is_group = group.len() == 3 && group.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_number = number.len() == 2 && number.bytes().all(|byte| byte.is_ascii_digit());
    (is_group && is_number).then(|| (format!("{}-{number}", group.to_uppercase()), rest))
}

#[cfg(test)]
mod tests {
    use super::{in_text, scenario_ids};

    #[test]
    fn ids_are_read_from_the_beginning_of_the_name() {
        let ids = |name| scenario_ids(name).collect::<Vec<_>>();
        assert_eq!(ids("kal_01_duty_stays"), ["KAL-01"]);
        assert_eq!(ids("pro_04_stj_05_nobody_learns_pro_06"), ["PRO-04", "STJ-05"]);
        assert_eq!(ids("kalmar_01_duty_stays"), [""; 0]);
        assert_eq!(ids("kal_01"), [""; 0]);
    }

    #[test]
    fn a_test_is_found_with_the_first_line_of_its_doc() {
        let text = "/// Kalmar asks Nybro.\n///\n/// More.\n#[tokio::test(flavor = \"x\")]\nasync fn kal_01_a_b() {\n}\n";
        let found = in_text("tests/kal.rs", text);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].doc.as_deref(), Some("Kalmar asks Nybro."));
    }

    #[test]
    fn an_ignored_test_and_a_plain_function_show_nothing() {
        let text = "#[test]\n#[ignore = \"later\"]\nfn kal_01_a() {}\n\nfn kal_02_b() {}\n";
        assert_eq!(in_text("tests/kal.rs", text), []);
    }
}
