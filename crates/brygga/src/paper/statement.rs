//! A statement that leaves the authority, as to a court: from it nobody can tell which authority wrote it (leak L1). The
//! signed original, with its name, stays in the file.

use super::{NoDocument, RelocationPaper, day, owned};

/// Fewest digits of what may be a telephone number.
const PHONE_DIGITS: usize = 7;
/// What stands after the name of a municipality.
const AFTER_A_NAME: [&str; 6] =
    ["kommun", "kommuns", "kommunen", "socialnämnd", "socialförvaltning", "socialtjänst"];
/// What stands in an address of the internet.
const ADDRESSES: [&str; 3] = ["@", "www.", "http"];

pub(super) fn lines(paper: &RelocationPaper) -> Result<Vec<String>, NoDocument> {
    let words = paper.statement.trim();
    if words.is_empty() {
        return Err(NoDocument::Empty);
    }
    if let Some(told) = tells(words, &paper.hidden) {
        return Err(NoDocument::Tells(told));
    }
    let mut lines = owned(["# Yttrande", "", "Från socialnämnden."]);
    lines.extend([format!("Datum: {}", day(paper.written_at)), String::new()]);
    lines.extend([words.to_owned(), String::new()]);
    lines.extend(owned([
        "Vilken nämnd som har skrivit yttrandet framgår inte, eftersom det skulle kunna röja var en hotad person finns \
         (21 kap. 3 § och 3 a § offentlighets- och sekretesslagen, 2009:400). Originalet är undertecknat och förvaras hos \
         nämnden. Frågor ställs på samma väg som yttrandet har kommit.",
    ]));
    Ok(lines)
}

/// The line that would tell from where it comes; none where nothing is found. It finds what it knows: whoever sends reads
/// it first.
fn tells(words: &str, hidden: &[String]) -> Option<usize> {
    let lines: Vec<&str> = words.lines().collect();
    // A name may go on in the next line.
    let until = |line: &usize| {
        let words = lines[..*line].iter().flat_map(|line| line.split_whitespace());
        words.collect::<Vec<_>>().join(" ")
    };
    (1..=lines.len()).find(|line| is_telling(&until(line), hidden))
}

fn is_telling(words: &str, hidden: &[String]) -> bool {
    let plain = words.to_lowercase();
    hidden.iter().any(|word| plain.contains(&word.trim().to_lowercase()))
        || ADDRESSES.iter().any(|part| plain.contains(*part))
        || has_phone(words)
        || has_name(words)
}

/// Digits with signs between them that begin as a telephone number does; no day and no personal number does.
fn has_phone(words: &str) -> bool {
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '/' | '(' | ')' | '+');
    words.split(|c: char| !is_part(c)).map(str::trim).any(|run| {
        let digits = run.chars().filter(char::is_ascii_digit).count();
        digits >= PHONE_DIGITS && run.trim_start_matches('(').starts_with(['0', '+'])
    })
}

/// A name before "kommun" and its like.
fn has_name(words: &str) -> bool {
    let all: Vec<&str> = words.split_whitespace().collect();
    all.windows(2).any(|pair| {
        let after = pair[1].trim_matches(|c: char| !c.is_alphabetic()).to_lowercase();
        let is_name = pair[0].starts_with(char::is_uppercase);
        let is_name = is_name && (pair[0].ends_with('s') || after == "kommun");
        is_name && AFTER_A_NAME.iter().any(|one| after.starts_with(one))
    })
}
