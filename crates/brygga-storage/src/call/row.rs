//! What a call looks for as columns, which own and others' calls have alike.

use brygga_domain::Seconds;
use brygga_domain::capacity::{LineKey, Period, PlaceFor, WantedPlaces};

use crate::error::StorageError;
use crate::row::StoredRow;
use crate::text_form::{term_from_text, term_to_text};
use crate::values::Values;

/// Puts what is looked for.
pub(super) fn bind_wanted(wanted: &WantedPlaces, values: &mut Values) {
    values
        .text(&term_to_text(&wanted.service_type))
        .text(wanted.line.place_for.as_str())
        .text(wanted.line.period.as_str())
        .number(wanted.places)
        .number(wanted.with_child)
        .number(wanted.ttl.0)
        .instant(wanted.answer_by);
}

/// Reads what is looked for.
pub(super) fn wanted(row: &StoredRow<'_>) -> Result<WantedPlaces, StorageError> {
    let place_for = row.coded("place_for", PlaceFor::parse)?;
    let period = row.coded("period", Period::parse)?;
    Ok(WantedPlaces {
        service_type: row.coded("service_type", term_from_text)?,
        line: LineKey { place_for, period },
        places: row.count("places")?,
        with_child: row.flag("with_child")?,
        ttl: Seconds(row.number("ttl")?),
        answer_by: row.instant("answer_by")?,
    })
}
