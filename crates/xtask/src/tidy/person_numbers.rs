//! No real person's number is ever checked in.
//!
//! A Swedish personnummer or samordningsnummer is six or eight digits of a date (with 60 added
//! to the day of a samordningsnummer), an optional sign, three digits and a Luhn check digit.
//! Only the test numbers that Skatteverket publishes may occur; anything else of that shape is
//! treated as a person.

#[cfg(test)]
mod tests;

use anyhow::Result;

use super::Finding;
use crate::workspace::Workspace;

/// Skatteverket's published test numbers, one to a line, in the long form.
const TEST_NUMBERS: &str = include_str!("person_numbers/allowed.txt");

/// Finds numbers that could be a person's and are not on the list.
pub(super) fn check(workspace: &Workspace) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for path in workspace.paths() {
        let text = workspace.text(path)?.unwrap_or_default();
        for (at, line) in text.lines().enumerate() {
            // The finding does not repeat the number: it would end up in a build log.
            findings.extend(
                person_numbers(line).filter(|number| !is_test_number(number)).map(|_| {
                    Finding::at_line(path, at + 1, "looks like the number of a real person")
                }),
            );
        }
    }
    Ok(findings)
}

fn is_test_number(number: &str) -> bool {
    let mut allowed = TEST_NUMBERS.lines().map(digits);
    allowed.any(|test| test == number || test.strip_prefix(&test[..2]) == Some(number))
}

/// The digits of everything in the line that has the shape of a person's number.
fn person_numbers(line: &str) -> impl Iterator<Item = String> {
    words(line).filter(|word| has_shape(word)).map(digits).filter(|digits| is_plausible(digits))
}

/// Pieces of letters, digits and signs; a sign that follows no digit begins a new piece.
fn words(line: &str) -> impl Iterator<Item = &str> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '+');
    line.split(move |c: char| !is_part(c)).flat_map(runs)
}

/// The digit runs of a piece, each joined over one sign with the run that follows it.
fn runs(piece: &str) -> Vec<&str> {
    let bounds: Vec<usize> = piece
        .char_indices()
        .filter(|(_, c)| matches!(c, '-' | '+'))
        .map(|(at, _)| at)
        .chain([piece.len()])
        .collect();
    let mut found = Vec::new();
    let mut start = 0;
    for (index, end) in bounds.iter().enumerate() {
        found.push(&piece[start..*end]);
        found.extend(bounds.get(index + 1).map(|next| &piece[start..*next]));
        start = end + 1;
    }
    found
}

fn has_shape(word: &str) -> bool {
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    match word.split_once(['-', '+']) {
        Some((date, rest)) => {
            matches!(date.len(), 6 | 8) && rest.len() == 4 && is_number(date) && is_number(rest)
        }
        None => matches!(word.len(), 10 | 12) && is_number(word),
    }
}

fn digits(word: &str) -> String {
    word.chars().filter(char::is_ascii_digit).collect()
}

/// A date that can exist, or a samordningsnummer with an unknown month or day, and a right
/// check digit.
fn is_plausible(digits: &str) -> bool {
    let (century, short) = digits.split_at(digits.len() - 10);
    let pair = |from: usize| short[from..from + 2].parse::<u8>().unwrap_or(u8::MAX);
    let (month, day) = (pair(2), pair(4));
    let is_date = (1..=12).contains(&month) && (1..=31).contains(&day);
    let is_coordination = month <= 12 && (60..=91).contains(&day);
    matches!(century, "" | "18" | "19" | "20") && (is_date || is_coordination) && has_luhn(short)
}

fn has_luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, byte)| match (at % 2, u32::from(byte - b'0')) {
            (0, digit) => digit,
            (_, digit) => digit * 2 / 10 + digit * 2 % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}
