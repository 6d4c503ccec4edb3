//! What somebody wants published of a service: only what is named is changed, the rest stays as it stands.
//!
//! The command line, a TOML file, a row of a table and a line of JSON all say the same things in the same words, so that
//! a shelter's evening is one number and its first day one file.

mod description;
mod line;
pub(crate) mod table;

use brygga_domain::{Seconds, Timestamp};
use brygga_proto::agreement::v1::SubjectArea;
use brygga_proto::capacity::v1::{CapacityStatement, Publication, Reception, Service, Visibility};
use serde::Deserialize;

use crate::failure::Failure;
use crate::identifier::Identifier;
use crate::span::Span;
use crate::when;

pub(crate) use description::Description;
pub(crate) use line::{LineArgs, LineEntry, LineName, incomplete, line_name};

/// For how long numbers are relied on where nobody has said.
const VALID_BY_DEFAULT: Seconds = Seconds(3_600);

/// What is to change of one service.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Wanted {
    /// Which of one's own: its id, the last digits of it, or a part of its name.
    pub(crate) service: Option<String>,
    /// What it is.
    pub(crate) description: Description,
    /// How much there is.
    pub(crate) lines: Vec<LineEntry>,
    /// For how long the numbers are relied on.
    pub(crate) valid_for: Option<Span>,
    /// Area that is checked and never stored.
    pub(crate) area: Option<String>,
    /// Until when instead, where the command line says.
    #[serde(skip)]
    pub(crate) valid_until: Option<Timestamp>,
    /// Number of the publication instead of the next.
    #[serde(skip)]
    pub(crate) sequence: Option<u64>,
    /// Lines that there are no more.
    #[serde(skip)]
    pub(crate) without: Vec<LineName>,
}

impl Wanted {
    /// Reads a TOML file.
    ///
    /// # Errors
    /// `CAPACITY_FILE` for a key or a code that there is not.
    pub(crate) fn from_toml(text: &str) -> Result<Self, Failure> {
        toml::from_str(text).map_err(|error| {
            let end = error.span().map_or(0, |span| span.start);
            let line = 1 + text.bytes().take(end).filter(|byte| *byte == b'\n').count();
            wrong(error.message().replace('\n', ", ")).at(format!("line {line}"))
        })
    }

    /// Reads a line of JSON.
    ///
    /// # Errors
    /// `CAPACITY_FILE` for a key or a code that there is not.
    pub(crate) fn from_json(text: &str) -> Result<Self, Failure> {
        serde_json::from_str(text).map_err(|error| wrong(error.to_string()))
    }

    /// The publication: what stands now with what is named in its place, or a new service.
    ///
    /// # Errors
    /// `CAPACITY_INCOMPLETE` where it cannot be known which line is meant, or what a new one holds.
    pub(crate) fn publication(
        self,
        stands: Option<&CapacityStatement>,
        now: Timestamp,
    ) -> Result<Publication, Failure> {
        let mut service = stands.and_then(|told| told.service.clone()).unwrap_or_else(new_service);
        self.description.apply(&mut service);
        let mut lines: Vec<_> =
            stands.into_iter().flat_map(|told| told.lines.iter().map(line::as_published)).collect();
        lines.retain(|line| !self.without.iter().any(|name| name.is_of(line)));
        for entry in self.lines {
            entry.apply(&mut lines)?;
        }
        let lasts = self.valid_for.map(|span| span.0).or_else(|| stands.and_then(lasting));
        let valid_until =
            self.valid_until.unwrap_or_else(|| now.plus(lasts.unwrap_or(VALID_BY_DEFAULT)));
        let next = stands.map_or(0, |told| told.sequence.saturating_add(1));
        Ok(Publication {
            service: Some(service),
            lines,
            sequence: self.sequence.unwrap_or(next),
            published_at: None,
            valid_until: Some(when::to_proto(valid_until)),
        })
    }
}

/// For how long a publication was to be relied on.
fn lasting(told: &CapacityStatement) -> Option<Seconds> {
    let (from, until) = (when::from_proto(told.published_at)?, when::from_proto(told.valid_until)?);
    let seconds = (until.as_millis() - from.as_millis()) / 1000;
    (seconds > 0).then_some(Seconds(seconds))
}

/// A service of which nothing is said yet.
fn new_service() -> Service {
    Service {
        service_id: Identifier::fresh().to_bytes(),
        subject: SubjectArea::Homelessness.into(),
        visibility: Visibility::Agreement.into(),
        reception: Some(Reception::default()),
        ..Service::default()
    }
}

fn wrong(problem: impl Into<String>) -> Failure {
    Failure::usage("CAPACITY_FILE", problem)
}

#[cfg(test)]
mod tests;
