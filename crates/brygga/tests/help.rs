//! The help of every command, as a person reads it.
//!
//! `BRYGGA_BLESS=1` writes the golden files anew; read the difference before keeping it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/help")
}

fn help(path: &[String]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_brygga"))
        .args(path)
        .arg("--help")
        .env_remove("COLUMNS")
        .env_remove("CLICOLOR_FORCE")
        .output()
        .expect("the binary starts");
    assert!(output.status.success(), "{path:?} --help fails");
    // Lines end in no space, as editors and git want them.
    let text = String::from_utf8(output.stdout).expect("help is UTF-8");
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// The names under "Commands:".
fn subcommands(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let entries = lines.take_while(|line| !line.is_empty());
    let names = entries.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

/// Every command from `path` on, with its help.
fn walk(path: Vec<String>, found: &mut Vec<(Vec<String>, String)>) {
    let text = help(&path);
    for name in subcommands(&text) {
        walk([path.clone(), vec![name]].concat(), found);
    }
    found.push((path, text));
}

fn all() -> Vec<(Vec<String>, String)> {
    let mut found = Vec::new();
    walk(Vec::new(), &mut found);
    found
}

fn file_name(path: &[String]) -> String {
    let parts = std::iter::once("brygga").chain(path.iter().map(String::as_str));
    format!("{}.txt", parts.collect::<Vec<_>>().join("-"))
}

#[test]
fn help_of_every_command_is_as_agreed() {
    let found = all();
    assert!(found.len() > 30, "only {} commands were found", found.len());
    if std::env::var_os("BRYGGA_BLESS").is_some() {
        fs::create_dir_all(golden()).unwrap();
        for (path, text) in &found {
            fs::write(golden().join(file_name(path)), text).unwrap();
        }
    }
    for (path, text) in &found {
        let file = golden().join(file_name(path));
        let expected = fs::read_to_string(&file).unwrap_or_default();
        assert!(
            *text == expected,
            "{} differs; BRYGGA_BLESS=1 writes it anew. It is now:\n{text}",
            file.display()
        );
    }
}

#[test]
fn no_golden_file_is_left_over() {
    let expected: BTreeSet<_> = all().iter().map(|(path, _)| file_name(path)).collect();
    let entries = fs::read_dir(golden()).unwrap();
    let found = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(found.collect::<BTreeSet<_>>(), expected);
}

#[test]
fn every_command_that_does_something_has_an_example() {
    let left_to_others = ["serve", "demo", "bench"];
    for (path, text) in all() {
        let is_mine = path.first().is_none_or(|name| !left_to_others.contains(&name.as_str()));
        if is_mine && subcommands(&text).is_empty() {
            assert!(text.contains("Example:\n  "), "{path:?} has no example");
        }
    }
}
