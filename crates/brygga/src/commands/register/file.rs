//! The register as a file that an archive keeps: CSV for people, JSON for programs.

use std::io::{self, Write};

use brygga_crypto::{Digest, RunningDigest};
use brygga_proto::local::v1::{RegisterDirection, RegisterEntry};
use clap::ValueEnum;

use crate::cli::Language;
use crate::identifier::show;
use crate::text::Text;
use crate::text::subject::subject;
use crate::text::vocabulary::word;
use crate::when;

/// The form of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FileFormat {
    /// RFC 4180, UTF-8, one line for each document, headings in the language of --language
    Csv,
    /// An array of objects with stable names and codes
    Json,
}

/// A file under way; its digest is taken of exactly what was written.
pub(super) struct RegisterFile<W> {
    out: W,
    format: FileFormat,
    language: Language,
    written: RunningDigest,
    rows: u64,
}

impl<W: Write> RegisterFile<W> {
    pub(super) fn begin(out: W, format: FileFormat, language: Language) -> io::Result<Self> {
        let mut file = Self { out, format, language, written: RunningDigest::default(), rows: 0 };
        match format {
            FileFormat::Csv => file.line(&headings(language))?,
            FileFormat::Json => file.put(b"[")?,
        }
        Ok(file)
    }

    pub(super) fn entry(&mut self, entry: &RegisterEntry) -> io::Result<()> {
        match self.format {
            FileFormat::Csv => self.line(&cells(entry, self.language))?,
            FileFormat::Json => {
                let comma = if self.rows == 0 { "\n" } else { ",\n" };
                self.put(format!("{comma}{}", super::entry(entry)).as_bytes())?;
            }
        }
        self.rows += 1;
        Ok(())
    }

    /// Ends the file; returns it with how many documents are in it and its SHA-256.
    pub(super) fn finish(mut self) -> io::Result<(W, u64, Digest)> {
        if self.format == FileFormat::Json {
            self.put(b"\n]\n")?;
        }
        self.out.flush()?;
        Ok((self.out, self.rows, self.written.finish()))
    }

    fn line(&mut self, cells: &[String]) -> io::Result<()> {
        let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
        self.put(format!("{}\r\n", cells.join(",")).as_bytes())
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.written.update(bytes);
        self.out.write_all(bytes)
    }
}

fn headings(language: Language) -> Vec<String> {
    let headings = [
        Text::Number,
        Text::Date,
        Text::Direction,
        Text::Counterparty,
        Text::Concerns,
        Text::Message,
        Text::Conversation,
        Text::Secrecy,
        Text::MarkedOn,
        Text::MarkedBy,
        Text::Unit,
        Text::OnBehalfOf,
    ];
    headings.map(|text| text.of(language).to_owned()).to_vec()
}

fn cells(entry: &RegisterEntry, language: Language) -> Vec<String> {
    let time = |at| when::from_proto(at).map_or_else(String::new, when::swedish);
    let marking = entry.secrecy.clone().unwrap_or_default();
    let id = |id: &[u8]| if id.is_empty() { String::new() } else { show(id) };
    vec![
        entry.label.clone(),
        time(entry.registered_at),
        word::<RegisterDirection>(entry.direction, language),
        entry.counterparty.clone(),
        subject(&entry.subject, language),
        id(&entry.message_id),
        id(&entry.conversation_id),
        marking.provision,
        time(marking.marked_at),
        marking.authority,
        entry.handled_by.clone(),
        entry.on_behalf_of.clone(),
    ]
}

/// A cell that any reader of CSV takes as one, and that no spreadsheet takes as a formula.
fn quoted(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@']);
    let cell = if is_formula { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains(['"', ',', '\r', '\n']) {
        return format!("\"{}\"", cell.replace('"', "\"\""));
    }
    cell
}

#[cfg(test)]
mod tests {
    use brygga_crypto::sha256;
    use brygga_domain::Timestamp;
    use brygga_proto::local::v1::SecrecyMarking;

    use super::*;

    fn sent() -> RegisterEntry {
        let at = Some(when::to_proto(Timestamp::from_millis(1_773_061_500_000)));
        RegisterEntry {
            number: 7,
            label: "2026-000007".to_owned(),
            registered_at: at,
            direction: RegisterDirection::Out.into(),
            counterparty: "kommun:0881".to_owned(),
            subject: "referral.requested".to_owned(),
            message_id: vec![1; 16],
            conversation_id: vec![2; 16],
            secrecy: Some(SecrecyMarking {
                provision: "OSL 26:1".to_owned(),
                marked_at: at,
                authority: "kommun:0880".to_owned(),
            }),
            handled_by: "bostadssamordningen".to_owned(),
            on_behalf_of: "socialnamnden".to_owned(),
        }
    }

    fn written(format: FileFormat, entries: &[RegisterEntry]) -> (String, Digest) {
        let mut file = RegisterFile::begin(Vec::new(), format, Language::Sv).unwrap();
        entries.iter().for_each(|entry| file.entry(entry).unwrap());
        let (out, rows, digest) = file.finish().unwrap();
        assert_eq!(rows, entries.len() as u64);
        (String::from_utf8(out).unwrap(), digest)
    }

    #[test]
    fn an_archivist_reads_swedish() {
        let (text, digest) = written(FileFormat::Csv, &[sent()]);
        let lines: Vec<&str> = text.split_terminator("\r\n").collect();
        assert!(lines[0].starts_with("nummer,datum,riktning,motpart,ärende,"), "{}", lines[0]);
        assert!(
            lines[1].starts_with(
                "2026-000007,2026-03-09 14:05 CET,upprättad,kommun:0881,begäran om remiss,"
            ),
            "{}",
            lines[1]
        );
        let marked = ",OSL 26:1,2026-03-09 14:05 CET,kommun:0880,bostadssamordningen,socialnamnden";
        assert!(lines[1].ends_with(marked), "{}", lines[1]);
        assert_eq!(digest, sha256(&[text.as_bytes()]));
    }

    #[test]
    fn programs_read_an_array_also_of_nothing() {
        for entries in [vec![], vec![sent()], vec![sent(), sent()]] {
            let (text, digest) = written(FileFormat::Json, &entries);
            let value: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(value.as_array().map(Vec::len), Some(entries.len()));
            assert_eq!(digest, sha256(&[text.as_bytes()]));
        }
    }

    #[test]
    fn what_a_spreadsheet_would_run_or_split_is_one_cell_of_text() {
        assert_eq!(quoted("a,b"), "\"a,b\"");
        assert_eq!(quoted("a\"b"), "\"a\"\"b\"");
        assert_eq!(quoted("=1+1"), "'=1+1");
        assert_eq!(quoted("kommun:0881"), "kommun:0881");
    }
}
