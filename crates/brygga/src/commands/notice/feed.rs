//! `brygga notice feed`: a morning's notices from a file, with a result for each row.

use std::path::PathBuf;

use brygga_crypto::sha256;
use brygga_proto::local::v1::{Notice, Protection, SendNoticeRequest};
use brygga_proto::notice::v1::NoticeKind;
use clap::Args;
use serde_json::{Map, Value, json};
use tokio::task::JoinSet;
use zeroize::Zeroizing;

use super::Service;
use super::send::{ContentFile, told};
use crate::cli::{Invocation, Language};
use crate::client::refused;
use crate::failure::Failure;
use crate::identifier::{Identifier, show};
use crate::node_dir::read_text;
use crate::output::Answer;
use crate::text::notice::NoticeText;
use crate::wire_code;

/// Cases that are told of at the same time; what concerns one case is told in the order of the rows.
const LANES: usize = 16;
/// In front of a row that is digested into its idempotency key.
const KEY_CONTEXT: &[u8] = b"brygga/v1/notice-feed\0";
/// A mark that some programs write first.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Tell of many evictions from a file: CSV with a heading, or one JSON object in a line
///
/// A row that is wrong stops no other. The same file can be fed again: a row that was told before is told once, so a feed
/// that was interrupted is finished by repeating it. Rows that are the same in every cell are one. The exit code is 1 where
/// not everything went.
#[derive(Args)]
#[command(after_help = "Example:\n  brygga notice feed besked.csv --output json\n\n\
Columns, or keys of a line:\n  kind            SCHEDULED and so on\n  case_number     to begin, as U-12345-26\n  \
municipality    to begin, as 0880\n  protection      to begin: NONE or PROTECTED\n  \
notice_id       to go on: the id that an earlier result gave; then without the three above\n  \
reference       the sender's own name of the row; not sent, and makes two rows differ that are the same else\n  \
and those of the content file of \"brygga notice send\"")]
pub(super) struct FeedArgs {
    /// The file; - for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// One row, by its number as a spreadsheet counts and what stands in it.
struct Row {
    number: u64,
    read: Result<Map<String, Value>, Failure>,
}

/// What became of a row.
struct Told {
    number: u64,
    case_number: String,
    result: Result<Notice, Failure>,
}

impl FeedArgs {
    pub(super) async fn run(&self, to: &Service, at: &Invocation) -> Result<Answer, Failure> {
        let rows = rows(&Zeroizing::new(read_text(&self.file)?))?;
        let mut lanes = JoinSet::new();
        for lane in by_case(rows) {
            let mut to = to.clone();
            lanes.spawn(async move {
                let mut told = Vec::new();
                for row in lane {
                    told.push(tell(&mut to, row).await);
                }
                told
            });
        }
        let mut told: Vec<Told> = lanes.join_all().await.into_iter().flatten().collect();
        told.sort_by_key(|one| one.number);
        let failed = told.iter().filter(|one| one.result.is_err()).count();
        let json: Vec<_> = told.iter().map(|one| one.json(at.language)).collect();
        let answer =
            Answer::new(json!({"told": told.len() - failed, "failed": failed, "rows": json}));
        let last = format!(
            "{} {}, {} {failed}",
            NoticeText::FeedTold.of(at.language),
            told.len() - failed,
            NoticeText::FeedFailed.of(at.language)
        );
        let lines = told.iter().map(|one| one.line(at.language));
        Ok(answer.lines(lines).line(last).failed_if(failed > 0))
    }
}

/// The rows of a case in their order, in one of the lanes.
fn by_case(rows: Vec<Row>) -> Vec<Vec<Row>> {
    let mut lanes: Vec<Vec<Row>> = (0..LANES).map(|_| Vec::new()).collect();
    for row in rows {
        let case =
            row.read.as_ref().map(|cells| text(cells, "notice_id") + &text(cells, "case_number"));
        let digest = sha256(&[case.unwrap_or_default().as_bytes()]);
        lanes[usize::from(digest.as_bytes()[0]) % LANES].push(row);
    }
    lanes
}

async fn tell(to: &mut Service, row: Row) -> Told {
    let case_number = row.read.as_ref().map(|cells| text(cells, "case_number")).unwrap_or_default();
    let request =
        row.read.and_then(|cells| request(cells).map_err(|failure| failure.at(at(row.number))));
    let result = match request {
        Ok(request) => to.send_notice(request).await.map_err(|status| refused(&status)),
        Err(failure) => Err(failure),
    };
    let result = result.map(|sent| sent.into_inner().notice.unwrap_or_default());
    Told { number: row.number, case_number, result }
}

/// What a row asks for. Its idempotency key is a digest of everything that stands in it.
fn request(mut cells: Map<String, Value>) -> Result<SendNoticeRequest, Failure> {
    let whole = Zeroizing::new(Value::Object(cells.clone()).to_string());
    let digest = sha256(&[KEY_CONTEXT, whole.as_bytes()]);
    let mut take = |key| match cells.remove(key) {
        None => Ok(String::new()),
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(wrong().at(key)),
    };
    take("reference")?;
    let kind = wire_code::parse::<NoticeKind>(&take("kind")?).ok_or_else(|| wrong().at("kind"))?;
    let protection = match take("protection")?.as_str() {
        "" => Protection::Unspecified,
        code => wire_code::parse(code).ok_or_else(|| wrong().at("protection"))?,
    };
    let notice_id = match take("notice_id")?.as_str() {
        "" => Vec::new(),
        id => id.parse::<Identifier>().map_err(|_| wrong().at("notice_id"))?.to_bytes(),
    };
    let (municipality, case_number) = (take("municipality")?, take("case_number")?);
    let (target_unit, source_unit) = (take("to_unit")?, take("unit")?);
    let until = take("until")?;
    let content = match cells.is_empty() {
        true => None,
        false => Some(told(
            serde_json::from_value::<ContentFile>(Value::Object(cells)).map_err(|_| wrong())?,
        )),
    };
    Ok(SendNoticeRequest {
        idempotency_key: digest.as_bytes()[..16].to_vec(),
        kind: kind.into(),
        notice_id,
        protection: protection.into(),
        municipality,
        case_number,
        target_unit,
        source_unit,
        agreement_id: Vec::new(),
        content,
        until,
    })
}

/// The rows of a file; one that cannot be read is told in its place.
///
/// # Errors
/// `NOTICE_FILE` for a table without a heading.
fn rows(text: &str) -> Result<Vec<Row>, Failure> {
    let text = text.trim_start_matches(BYTE_ORDER_MARK);
    if text.trim_start().starts_with('{') {
        let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
        return Ok(lines
            .map(|(number, line)| {
                let read = serde_json::from_str(line).map_err(|_| wrong().at(at(number)));
                Row { number, read }
            })
            .collect());
    }
    let heading = text.lines().next().unwrap_or_default();
    let delimiter = if heading.contains(';') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let heading = reader.headers().map_err(|_| wrong().at(at(1)))?.clone();
    let rows = (2..).zip(reader.records()).map(|(number, record)| {
        let read = record.map_err(|_| wrong().at(at(number))).map(|record| {
            let cells = heading.iter().zip(record.iter()).filter(|(_, cell)| !cell.is_empty());
            cells.map(|(key, cell)| (key.to_owned(), Value::from(cell))).collect()
        });
        Row { number, read }
    });
    Ok(rows.collect())
}

fn text(cells: &Map<String, Value>, key: &str) -> String {
    cells.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn at(number: u64) -> String {
    format!("row {number}")
}

/// No message repeats what stands in a row.
fn wrong() -> Failure {
    Failure::usage("NOTICE_FILE", "a key is missing or unknown, or has the wrong form")
        .fix("see the keys in: brygga notice feed --help")
}

impl Told {
    fn line(&self, language: Language) -> String {
        let said = match &self.result {
            Ok(notice) => show(&notice.notice_id),
            Err(failure) => failure.text(language),
        };
        format!("{} {}: {} {said}", NoticeText::Row.of(language), self.number, self.case_number)
    }

    fn json(&self, language: Language) -> Value {
        let failure = self.result.as_ref().err().map(|failure| failure.json(language));
        json!({
            "row": self.number,
            "case_number": self.case_number,
            "notice_id": self.result.as_ref().ok().map(|notice| show(&notice.notice_id)),
            "error": failure.map(|failure| failure["error"].clone()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADING: &str = "kind;case_number;municipality;protection;tenant_name;address;planned_at;\
        ground;landlord;children;other_occupants;contact;reference\n";
    const ROW: &str = "SCHEDULED;U-1234-26;0880;NONE;Eva Testsson;Provgatan 1;2030-12-01T10:00;\
        RENT;PRIVATE;NO;NO;0771-000 00;a\n";

    fn requests(text: &str) -> Vec<Result<SendNoticeRequest, Failure>> {
        rows(text).unwrap().into_iter().map(|row| row.read.and_then(request)).collect()
    }

    #[test]
    fn a_table_and_lines_of_json_say_the_same() {
        let table = requests(&format!("\u{feff}{HEADING}{ROW}")).remove(0).unwrap();
        let names = HEADING.trim().split(';');
        let cells: Map<String, Value> = names
            .zip(ROW.trim().split(';'))
            .map(|(name, cell)| (name.to_owned(), Value::from(cell)))
            .collect();
        let line = Value::Object(cells).to_string();
        let lines = requests(&format!("{line}\n\n")).remove(0).unwrap();
        assert_eq!(table, lines);
        assert_eq!(table.content.unwrap().tenant_name, "Eva Testsson");
    }

    #[test]
    fn the_same_row_has_the_same_key_and_another_reference_another() {
        let other = ROW.replace(";a\n", ";b\n");
        let keys: Vec<_> = requests(&format!("{HEADING}{ROW}{ROW}{other}"))
            .into_iter()
            .map(|request| request.unwrap().idempotency_key)
            .collect();
        assert_eq!(keys[0], keys[1]);
        assert_ne!(keys[0], keys[2]);
    }

    #[test]
    fn a_wrong_row_spoils_no_other_and_is_not_repeated() {
        let wrong = ROW.replace("PRIVATE", "Tolvan");
        let short = "SCHEDULED;U-1\n";
        let read = requests(&format!("{HEADING}{wrong}{short}{ROW}"));
        assert!(read[1].is_err() && read[2].is_ok());
        let failure = read.into_iter().next().unwrap().unwrap_err();
        for language in [Language::Sv, Language::En] {
            assert!(!failure.text(language).contains("Tolvan"));
        }
    }
}
