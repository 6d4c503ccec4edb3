//! Lines: in a publication what is counted, in a statement what is told.

use brygga_domain::capacity::{
    AbsentReason, CapacityStatus, Counts, Line, LineKey, ToldCounts, ToldLine,
};
use brygga_domain::{Reason, Refusal};
use brygga_proto::capacity::v1 as proto;

use crate::code;
use crate::field::invalid;

pub(super) fn key_from_proto(place_for: i32, period: i32) -> Result<LineKey, Refusal> {
    Ok(LineKey {
        place_for: code::read(place_for, "lines.place_for")?,
        period: code::read(period, "lines.period")?,
    })
}

pub(super) fn line_to_proto(line: &Line) -> proto::Line {
    proto::Line {
        place_for: code::number_or_unset(Some(line.key.place_for)),
        period: code::number_or_unset(Some(line.key.period)),
        counts: line.counts.ok().map(|counts| counts_to_proto(&counts)),
        absent_reason: code::number_or_unset(line.counts.err()),
        status: code::number_or_unset(line.status),
    }
}

pub(super) fn line_from_proto(line: proto::Line) -> Result<Line, Refusal> {
    let (counts, status) = parts(line.counts.as_ref(), line.absent_reason, line.status)?;
    if line.counts.is_some_and(|counts| counts.held != 0 || counts.available != 0) {
        return Err(invalid("lines.counts.held"));
    }
    Ok(Line { key: key_from_proto(line.place_for, line.period)?, counts, status })
}

pub(super) fn told_to_proto(line: &ToldLine) -> proto::Line {
    let counts = line.counts.ok().map(|told| proto::Counts {
        held: told.held,
        available: told.available(),
        ..counts_to_proto(&told.counts)
    });
    proto::Line {
        place_for: code::number_or_unset(Some(line.key.place_for)),
        period: code::number_or_unset(Some(line.key.period)),
        counts,
        absent_reason: code::number_or_unset(line.counts.err()),
        status: code::number_or_unset(Some(line.status)),
    }
}

/// Reads what another tells. What is left must follow from the rest (INV-9).
pub(super) fn told_from_proto(line: &proto::Line) -> Result<ToldLine, Refusal> {
    let (counts, status) = parts(line.counts.as_ref(), line.absent_reason, line.status)?;
    let (held, available) =
        line.counts.as_ref().map_or((0, 0), |counts| (counts.held, counts.available));
    let counts = counts.map(|counts| ToldCounts { counts, held });
    let follows = |told: ToldCounts| told.available() == available;
    if !counts.map_or(true, follows) {
        return Err(Refusal::at(Reason::CapacityInvariant, "lines.counts.available"));
    }
    Ok(ToldLine {
        key: key_from_proto(line.place_for, line.period)?,
        counts,
        status: status.ok_or(invalid("lines.status"))?,
    })
}

type Parts = (Result<Counts, AbsentReason>, Option<CapacityStatus>);

fn parts(counts: Option<&proto::Counts>, absent: i32, status: i32) -> Result<Parts, Refusal> {
    let absent = code::read_or_unset(absent, "lines.absent_reason")?;
    let counts = match (counts, absent) {
        (Some(counts), None) => Ok(counts_from_proto(counts)),
        (None, Some(reason)) => Err(reason),
        // Missing is never zero, and a number is never missing.
        _ => return Err(invalid("lines.absent_reason")),
    };
    Ok((counts, code::read_or_unset(status, "lines.status")?))
}

fn counts_to_proto(counts: &Counts) -> proto::Counts {
    proto::Counts {
        baseline: counts.baseline,
        occupied: counts.occupied,
        overflow: counts.overflow,
        additional_24h: counts.additional_24h,
        additional_72h: counts.additional_72h,
        held: 0,
        available: 0,
    }
}

const fn counts_from_proto(counts: &proto::Counts) -> Counts {
    Counts {
        baseline: counts.baseline,
        occupied: counts.occupied,
        overflow: counts.overflow,
        additional_24h: counts.additional_24h,
        additional_72h: counts.additional_72h,
    }
}
