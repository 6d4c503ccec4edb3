//! Capacity as a table: one row for each line of a service, as a spreadsheet writes it.

use std::collections::BTreeMap;

use brygga_domain::UnitId;
use brygga_domain::code::CodedTerm;
use brygga_proto::capacity::v1::{
    AbsentReason, CapacityStatus, Period, PlaceFor, PlaceKind, Visibility,
};
use csv::{ReaderBuilder, StringRecord, Trim};
use serde::Deserialize;

use super::description::{service_type, unit};
use super::{Description, LineEntry, Wanted, wrong};
use crate::failure::Failure;
use crate::span::Span;
use crate::wire_code;

/// Every column, and what Swedish staff may call it. All but the first may be left out.
const COLUMNS: &[(&str, &str)] = &[
    ("service", "tjänst"),
    ("for", "för"),
    ("when", "när"),
    ("baseline", "platser"),
    ("occupied", "belagda"),
    ("overflow", "extraplatser"),
    ("additional_24h", "inom_24h"),
    ("additional_72h", "inom_72h"),
    ("absent", "saknas"),
    ("status", "status"),
    ("valid_for", "gäller_i"),
    ("area", "område"),
    ("service_type", "insats"),
    ("place", "slag"),
    ("unit", "enhet"),
    ("municipality", "kommun"),
    ("county", "län"),
    ("visibility", "synlighet"),
];

/// A mark that some spreadsheets write first.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// What is to change of one service, and where that stands.
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    /// The rows, the heading being the first.
    pub(crate) rows: Vec<u64>,
    /// The service as the rows call it.
    pub(crate) service: String,
    /// What they say together; nothing of it where one is bad.
    pub(crate) wanted: Result<Wanted, Failure>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    service: String,
    #[serde(default, rename = "for", deserialize_with = "wire_code::deserialize")]
    place_for: Option<PlaceFor>,
    #[serde(default, rename = "when", deserialize_with = "wire_code::deserialize")]
    period: Option<Period>,
    baseline: Option<u32>,
    occupied: Option<u32>,
    overflow: Option<u32>,
    additional_24h: Option<u32>,
    additional_72h: Option<u32>,
    #[serde(default, deserialize_with = "wire_code::deserialize")]
    absent: Option<AbsentReason>,
    #[serde(default, deserialize_with = "wire_code::deserialize")]
    status: Option<CapacityStatus>,
    valid_for: Option<Span>,
    area: Option<String>,
    #[serde(default, deserialize_with = "service_type")]
    service_type: Option<CodedTerm>,
    #[serde(default, deserialize_with = "wire_code::deserialize")]
    place: Option<PlaceKind>,
    #[serde(default, deserialize_with = "unit")]
    unit: Option<UnitId>,
    municipality: Option<String>,
    county: Option<String>,
    #[serde(default, deserialize_with = "wire_code::deserialize")]
    visibility: Option<Visibility>,
}

/// Reads a table, with `;` or `,` between its cells.
///
/// # Errors
/// `CAPACITY_FILE` for a heading that is not understood. A bad row is told in its batch.
pub(crate) fn read(text: &str) -> Result<Vec<Batch>, Failure> {
    let text = text.trim_start_matches(BYTE_ORDER_MARK);
    let heading = text.lines().next().unwrap_or_default();
    let delimiter = if heading.contains(';') { b';' } else { b',' };
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).trim(Trim::All).from_reader(text.as_bytes());
    let heading = reader.headers().map_err(|error| wrong(error.to_string()).at("row 1"))?;
    let heading = columns(heading)?;
    let mut batches: Vec<Batch> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    // A row is what a spreadsheet numbers as one, whatever its line ends are; the first is the heading.
    for (row, record) in (2..).zip(reader.records()) {
        let read = match record {
            Ok(record) => {
                let name = record.get(position(&heading, "service")).unwrap_or_default();
                let read = record.deserialize::<Row>(Some(&heading));
                read.map_err(|error| (name.to_owned(), error))
            }
            Err(error) => Err((String::new(), error)),
        };
        let service = match &read {
            Ok(row) => row.service.clone(),
            Err((service, _)) => service.clone(),
        };
        let at = *known.entry(service.to_lowercase()).or_insert(batches.len());
        if at == batches.len() {
            batches.push(Batch { rows: Vec::new(), service, wanted: Ok(Wanted::default()) });
        }
        batches[at].add(row, read.map_err(|(_, error)| error));
    }
    Ok(batches)
}

impl Batch {
    /// Adds a row; a bad one spoils what the others of the same service say.
    fn add(&mut self, number: u64, row: Result<Row, csv::Error>) {
        self.rows.push(number);
        let Ok(wanted) = &mut self.wanted else { return };
        let added = row.map_err(|error| problem(&error)).and_then(|row| row.add_to(wanted));
        if let Err(problem) = added {
            self.wanted = Err(wrong(problem).at(format!("row {number}")));
        }
    }
}

impl Row {
    fn add_to(self, wanted: &mut Wanted) -> Result<(), String> {
        if self.service.is_empty() {
            return Err("the service has no name".to_owned());
        }
        let key = (self.place_for, self.period);
        if wanted.lines.iter().any(|line| (line.place_for, line.period) == key) {
            return Err("the same line stands twice".to_owned());
        }
        wanted.service = Some(self.service.clone());
        let Description { service_type, place, unit, .. } = &mut wanted.description;
        *service_type = self.service_type.or(service_type.take());
        *place = self.place.or(*place);
        *unit = self.unit.or(unit.take());
        let Description { municipality, county, visibility, .. } = &mut wanted.description;
        *municipality = self.municipality.or(municipality.take());
        *county = self.county.or(county.take());
        *visibility = self.visibility.or(*visibility);
        wanted.valid_for = self.valid_for.or(wanted.valid_for);
        wanted.area = self.area.or(wanted.area.take());
        wanted.lines.push(LineEntry {
            place_for: self.place_for,
            period: self.period,
            baseline: self.baseline,
            occupied: self.occupied,
            overflow: self.overflow,
            additional_24h: self.additional_24h,
            additional_72h: self.additional_72h,
            absent: self.absent,
            status: self.status,
        });
        Ok(())
    }
}

/// The heading in the words of the contract.
fn columns(heading: &StringRecord) -> Result<StringRecord, Failure> {
    let column = |cell: &str| {
        let cell = cell.to_lowercase();
        let found = COLUMNS.iter().find(|(english, swedish)| cell == *english || cell == *swedish);
        let names = || COLUMNS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        found.map(|(name, _)| *name).ok_or_else(|| {
            wrong(format!("a column is none of {}", names())).at(format!("row 1, {cell}"))
        })
    };
    let heading: StringRecord = heading.iter().map(column).collect::<Result<_, _>>()?;
    match heading.iter().any(|name| name == "service") {
        true => Ok(heading),
        false => Err(wrong("the column service is missing").at("row 1")),
    }
}

fn position(heading: &StringRecord, column: &str) -> usize {
    heading.iter().position(|name| name == column).unwrap_or(usize::MAX)
}

/// What is wrong with a row, without its place: that is told beside it.
fn problem(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Deserialize { err, .. } => err.kind().to_string(),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} cells where the heading has {expected_len}")
        }
        _ => error.to_string(),
    }
}
