//! The help of every command, as a person reads it.
//!
//! English pages lie in `golden/help`, and in `golden/help/sv` those that are Swedish by default.
//! `BRYGGA_BLESS=1` writes the golden files anew; read the difference before keeping it.

#![expect(clippy::unwrap_used, reason = "all of this is test code, helpers included")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn golden(language: &str) -> PathBuf {
    let english = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/help");
    if language == "en" { english } else { english.join(language) }
}

fn help(path: &[String], language: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_brygga"))
        .args(path)
        .args(["--language", language, "--help"])
        .env_remove("COLUMNS")
        .env_remove("CLICOLOR_FORCE")
        .output()
        .expect("the binary starts");
    assert!(output.status.success(), "{path:?} --help fails");
    // Lines end in no space, as editors and git want them.
    let text = String::from_utf8(output.stdout).expect("help is UTF-8");
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// The names under the heading of the commands.
fn subcommands(help: &str) -> Vec<String> {
    let is_heading = |line: &str| ["Commands:", "Kommandon:"].contains(&line);
    let lines = help.lines().skip_while(|line| !is_heading(line)).skip(1);
    let entries = lines.take_while(|line| !line.is_empty());
    let names = entries.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

/// Every command from `path` on, with its help.
fn walk(path: Vec<String>, language: &str, found: &mut Vec<(Vec<String>, String)>) {
    let text = help(&path, language);
    for name in subcommands(&text) {
        walk([path.clone(), vec![name]].concat(), language, found);
    }
    found.push((path, text));
}

/// Every page of a language; of Swedish those that are not in English.
fn all(language: &str) -> Vec<(Vec<String>, String)> {
    let mut found = Vec::new();
    walk(Vec::new(), language, &mut found);
    found.retain(|(_, text)| language == "en" || !text.contains("\nUsage: "));
    found
}

fn file_name(path: &[String]) -> String {
    let parts = std::iter::once("brygga").chain(path.iter().map(String::as_str));
    format!("{}.txt", parts.collect::<Vec<_>>().join("-"))
}

fn compare(language: &str, pages_min: usize) {
    let found = all(language);
    assert!(found.len() > pages_min, "only {} commands were found", found.len());
    if std::env::var_os("BRYGGA_BLESS").is_some() {
        fs::create_dir_all(golden(language)).unwrap();
        for (path, text) in &found {
            fs::write(golden(language).join(file_name(path)), text).unwrap();
        }
    }
    for (path, text) in &found {
        let file = golden(language).join(file_name(path));
        let expected = fs::read_to_string(&file).unwrap_or_default();
        assert!(
            *text == expected,
            "{} differs; BRYGGA_BLESS=1 writes it anew. It is now:\n{text}",
            file.display()
        );
    }
    let expected: BTreeSet<_> = found.iter().map(|(path, _)| file_name(path)).collect();
    let entries = fs::read_dir(golden(language)).unwrap().map(|entry| entry.unwrap());
    let files = entries.filter(|entry| entry.path().is_file());
    let names: BTreeSet<_> = files.map(|file| file.file_name().into_string().unwrap()).collect();
    assert_eq!(names, expected, "a golden file is left over");
}

#[test]
fn help_of_every_command_is_as_agreed() {
    compare("en", 30);
}

#[test]
fn swedish_help_of_what_case_workers_use_is_as_agreed() {
    compare("sv", 20);
}

#[test]
fn the_language_of_help_is_the_machines() {
    let page = |name: &str, locale: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_brygga"))
            .args(["referral", "--help"])
            .env_remove("BRYGGA_LANGUAGE")
            .env_remove("LC_ALL")
            .env_remove("LC_MESSAGES")
            .env("LANG", "C.UTF-8")
            .env(name, locale)
            .output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    assert!(page("LANG", "en_GB.UTF-8").contains("Usage:"));
    assert!(page("LC_ALL", "sv_SE.UTF-8").contains("Användning:"));
    assert!(page("LANG", "C").contains("Användning:"));
}

#[test]
fn every_command_that_does_something_has_an_example() {
    let left_to_others = ["serve", "demo", "bench"];
    for (path, text) in all("en") {
        let is_mine = path.first().is_none_or(|name| !left_to_others.contains(&name.as_str()));
        if is_mine && subcommands(&text).is_empty() {
            assert!(text.contains("Example:\n  "), "{path:?} has no example");
        }
    }
}
