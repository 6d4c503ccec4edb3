//! `brygga capacity csv`: many services at once, from a table.

use std::path::PathBuf;

use brygga_proto::local::v1::PublishedService;
use clap::Args;
use serde_json::{Value, json};

use super::{Service, own, shown};
use crate::capacity_file::table::{Batch, read};
use crate::cli::{Invocation, Language};
use crate::failure::Failure;
use crate::node_dir::read_text;
use crate::output::Answer;
use crate::text::Text;

/// What stands in a table.
pub(super) const TABLE_HELP: &str = "\
Table: one row for each line of a service, with ; or , between the cells, in UTF-8.
  tjänst;för;när;platser;belagda
  Natthärbärget;ANYBODY;NIGHT;20;12
  Akutplatser;WOMEN;ROUND_THE_CLOCK;6;5

Columns, of which only the first is needed:
  service, for, when, baseline, occupied, overflow, additional_24h, additional_72h, absent, status,
  valid_for, area, service_type, place, unit, municipality, county, visibility";

/// Publish a table, a row for each line of a service
///
/// A cell that is empty leaves what it is about as it stands. Where a row is bad nothing of its service is published;
/// the others are. The exit code is 1 where not everything went.
#[derive(Args)]
#[command(after_help = format!("Example:\n  brygga capacity csv platser.csv\n\n{TABLE_HELP}"))]
pub(super) struct CsvArgs {
    /// The table; - for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl CsvArgs {
    pub(super) async fn run(
        &self,
        service: &mut Service,
        at: &Invocation,
    ) -> Result<Answer, Failure> {
        let mut told = Vec::new();
        for batch in read(&read_text(&self.file)?)? {
            told.push(publish(service, batch, at).await);
        }
        let has_failed = told.iter().any(|one| one.result.is_err());
        let json: Vec<_> = told.iter().map(|one| one.json(at.language)).collect();
        let lines = told.iter().flat_map(|one| one.lines(at.language));
        let last = if has_failed { Text::CapacityNotAll } else { Text::CapacityAllPublished };
        let answer = Answer::new(json!({"published": !has_failed, "services": json}));
        Ok(answer.lines(lines).line(last.of(at.language)).failed_if(has_failed))
    }
}

/// What became of the rows of a service.
pub(super) struct Told {
    rows: Vec<u64>,
    service: String,
    pub(super) result: Result<PublishedService, Failure>,
}

/// Publishes what the rows of a service say together.
pub(super) async fn publish(service: &mut Service, batch: Batch, at: &Invocation) -> Told {
    let Batch { rows, service: name, wanted } = batch;
    let result = match wanted {
        Ok(wanted) => own::publish(service, wanted, (at.now, at.language)).await,
        Err(failure) => Err(failure),
    };
    Told { rows, service: name, result }
}

impl Told {
    /// The node could not be asked.
    pub(super) fn failed(batch: Batch, failure: Failure) -> Self {
        Self { rows: batch.rows, service: batch.service, result: Err(failure) }
    }

    /// A line for each row.
    pub(super) fn lines(&self, language: Language) -> Vec<String> {
        let said = match &self.result {
            Ok(published) => shown::brief(published, language),
            Err(failure) => format!("{}: {}", self.service, failure.text(language)),
        };
        let row = |row: &u64| format!("{} {row}: {said}", Text::CapacityRow.of(language));
        self.rows.iter().map(row).collect()
    }

    /// The same for programs.
    pub(super) fn json(&self, language: Language) -> Value {
        let sequence = self.result.as_ref().ok().and_then(|one| one.statement.as_ref());
        let failure = self.result.as_ref().err().map(|failure| failure.json(language));
        json!({
            "rows": self.rows,
            "service": self.service,
            "sequence": sequence.map(|told| told.sequence),
            "error": failure.map(|failure| failure["error"].clone()),
        })
    }
}
