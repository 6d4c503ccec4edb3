//! The one place that prints: text for people, one JSON object for programs.

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::ValueEnum;
use serde::Serialize;
use serde_json::Value;

use crate::cli::Language;
use crate::failure::Failure;

/// How an answer is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Lines for people
    Text,
    /// One JSON object
    Json,
}

impl Format {
    /// The form that a command line asks for, also where the rest of it cannot be read.
    pub(crate) fn asked(line: &[OsString]) -> Self {
        let words: Vec<_> = line.iter().filter_map(|word| word.to_str()).collect();
        let is_json = words.contains(&"--output=json")
            || words.windows(2).any(|pair| pair == ["--output", "json"]);
        if is_json { Self::Json } else { Self::Text }
    }
}

/// What a command has to say, in both forms.
#[derive(Debug)]
pub(crate) struct Answer {
    json: Value,
    lines: Vec<String>,
    exit: u8,
}

impl Answer {
    /// An answer whose JSON form is `value`; a value that is not JSON becomes `null`.
    pub(crate) fn new(value: impl Serialize) -> Self {
        let json = serde_json::to_value(value).unwrap_or(Value::Null);
        Self { json, lines: Vec::new(), exit: 0 }
    }

    /// Adds a line to the text form.
    pub(crate) fn line(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }

    /// Adds lines to the text form.
    pub(crate) fn lines<L: Into<String>>(mut self, lines: impl IntoIterator<Item = L>) -> Self {
        self.lines.extend(lines.into_iter().map(Into::into));
        self
    }

    /// Makes the program exit with 1 although the command did its work: it found faults.
    pub(crate) const fn failed_if(mut self, failed: bool) -> Self {
        self.exit = if failed { 1 } else { 0 };
        self
    }

    #[cfg(test)]
    pub(crate) fn text(&self) -> String {
        self.lines.join("\n")
    }

    #[cfg(test)]
    pub(crate) const fn json(&self) -> &Value {
        &self.json
    }
}

/// Where answers and failures go.
#[derive(Clone, Copy)]
pub(crate) struct Output {
    format: Format,
    language: Language,
}

impl Output {
    pub(crate) const fn new(format: Format, language: Language) -> Self {
        Self { format, language }
    }

    /// Prints an answer on standard output.
    pub(crate) fn answer(&self, answer: &Answer) -> ExitCode {
        let text = match self.format {
            Format::Text => answer.lines.join("\n"),
            Format::Json => pretty(&answer.json),
        };
        match writeln!(io::stdout().lock(), "{text}") {
            // Whoever reads has read enough, as with `brygga … | head`.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => ExitCode::from(1),
            Ok(()) | Err(_) => ExitCode::from(answer.exit),
        }
    }

    /// Prints a failure on standard error.
    pub(crate) fn failure(&self, failure: &Failure) -> ExitCode {
        let text = match self.format {
            Format::Text => failure.text(self.language),
            Format::Json => pretty(&failure.json(self.language)),
        };
        // There is nobody left to tell when standard error is closed.
        let _ = writeln!(io::stderr().lock(), "{text}");
        ExitCode::from(failure.exit_code())
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_else(|_| "null".to_owned())
}

/// Rows with their columns aligned, the first row being the heading.
pub(crate) fn table(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_also_with_swedish_letters() {
        let rows = [["Kommun", "Läge"], ["Växjö", "öppen"], ["Mönsterås", "stängd"]];
        let rows = rows.map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(table(&rows), ["Kommun     Läge", "Växjö      öppen", "Mönsterås  stängd"]);
    }

    #[test]
    fn text_and_json_of_an_answer_stand_beside_each_other() {
        let answer = Answer::new(serde_json::json!({"n": 1})).line("one").lines(["two"]);
        assert_eq!(answer.text(), "one\ntwo");
        assert_eq!(answer.json()["n"], 1);
    }
}
