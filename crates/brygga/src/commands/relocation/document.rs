//! `brygga relocation document`: a Swedish text for the file, the person, IVO or a court.

use std::path::PathBuf;

use brygga_domain::Timestamp;
use brygga_proto::local::v1::Relocation;
use clap::Args;
use serde_json::json;

use super::act::private_text;
use crate::cli::Language;
use crate::failure::Failure;
use crate::founding::write_new;
use crate::identifier::Identifier;
use crate::output::Answer;
use crate::paper::{DocumentKind, NoDocument, RelocationPaper, relocation_document};
use crate::text::relocation::RelocationText;

/// Write a Swedish document of a case to a file, for you to complete and sign; the node keeps none
///
/// IVO: what IVO needs (SoL 29:11). REFUSAL: the decision for the person, with how to appeal. HANDOVER: a checklist with
/// receipts. STATEMENT: your words, without anything that tells from where they come. INSIGHT: what a guardian may be told.
#[derive(Args)]
#[command(after_help = example!("document CASE-ID --kind REFUSAL --out beslut.md"))]
pub(super) struct DocumentArgs {
    /// The case
    pub(super) id: Identifier,
    /// Which document
    #[arg(long, value_enum, ignore_case = true)]
    kind: DocumentKind,
    /// File that is written; it must not be there yet
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Your municipality's name: it stands in an application to IVO, and in no statement
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    own_name: String,
    /// Words of a statement; "-" for standard input
    #[arg(long, value_name = "FILE", required_if_eq("kind", "STATEMENT"))]
    text_file: Option<PathBuf>,
    /// Another name that a statement must not hold, such as that of a place or an officer
    #[arg(long = "hide", value_name = "NAME")]
    hidden: Vec<String>,
}

impl DocumentArgs {
    /// The words of a statement, read before the node is asked.
    ///
    /// # Errors
    /// For a file that cannot be read.
    pub(super) fn statement(&self, stdin_taken: bool) -> Result<String, Failure> {
        let file = self.text_file.as_ref();
        file.map_or_else(|| Ok(String::new()), |file| private_text(file, stdin_taken))
    }

    /// Writes the document of a case that was shown.
    ///
    /// # Errors
    /// Where there is none, and where the file is there already.
    pub(super) fn write(
        &self,
        case: &Relocation,
        statement: String,
        language: Language,
        now: Timestamp,
    ) -> Result<Answer, Failure> {
        let mut paper = RelocationPaper::of(case, &self.own_name, now);
        paper.statement = statement;
        paper.hidden.extend(self.hidden.iter().filter(|word| !word.trim().is_empty()).cloned());
        let text = relocation_document(&paper, self.kind).map_err(|none| failure(&none))?;
        write_new(&self.out, &text)?;
        let path = self.out.display().to_string();
        let line = format!("{} {path}", RelocationText::Document.of(language));
        Ok(Answer::new(json!({"file": path})).line(line))
    }
}

fn failure(none: &NoDocument) -> Failure {
    match none {
        NoDocument::OtherSide => {
            Failure::usage("NOT_THIS_SIDES_DOCUMENT", "the other municipality writes this document")
        }
        NoDocument::TooEarly => {
            Failure::usage("DOCUMENT_TOO_EARLY", "nothing has happened that it tells of")
        }
        NoDocument::Empty => Failure::usage("STATEMENT_EMPTY", "the statement has no words"),
        NoDocument::Tells(line) => {
            Failure::usage("STATEMENT_TELLS_ORIGIN", "the statement tells from where it comes")
                .at(format!("line {line}"))
        }
    }
}
