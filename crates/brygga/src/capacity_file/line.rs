//! One line of a service: for whom, when, and how many.

use std::fmt;
use std::str::FromStr;

use brygga_proto::capacity::v1::{AbsentReason, CapacityStatus, Counts, Line, Period, PlaceFor};
use clap::Args;
use serde::Deserialize;

use crate::failure::Failure;
use crate::text::complaint::Complaint;
use crate::wire_code::{self, parser};

/// Whom places are for and when, as `ANYBODY/NIGHT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LineName {
    pub(crate) place_for: PlaceFor,
    pub(crate) period: Period,
}

impl LineName {
    /// Whether it is the name of a line.
    pub(crate) fn is_of(self, line: &Line) -> bool {
        (line.place_for(), line.period()) == (self.place_for, self.period)
    }
}

impl FromStr for LineName {
    type Err = Complaint;

    fn from_str(text: &str) -> Result<Self, Complaint> {
        let (whom, when) = text.split_once('/').ok_or(Complaint::NotALine)?;
        let place_for = wire_code::parse(whom).ok_or(Complaint::NotALine)?;
        let period = wire_code::parse(when).ok_or(Complaint::NotALine)?;
        Ok(Self { place_for, period })
    }
}

/// The name of a line as a person would write it.
pub(crate) fn line_name(place_for: i32, period: i32) -> String {
    format!("{}/{}", wire_code::show::<PlaceFor>(place_for), wire_code::show::<Period>(period))
}

/// Numbers of a line, as far as they are named.
#[derive(Args, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Numbers {
    /// Places in ordinary use
    #[arg(long, value_name = "NUMBER")]
    pub(crate) baseline: Option<u32>,
    /// Places in which somebody is
    #[arg(long, value_name = "NUMBER")]
    pub(crate) occupied: Option<u32>,
    /// Places opened beyond the ordinary ones
    #[arg(long, value_name = "NUMBER")]
    pub(crate) overflow: Option<u32>,
    /// Places more within 24 hours
    #[arg(long, value_name = "NUMBER")]
    pub(crate) additional_24h: Option<u32>,
    /// Places more within 72 hours
    #[arg(long, value_name = "NUMBER")]
    pub(crate) additional_72h: Option<u32>,
}

/// `20/3` or `20/3+2`: places, occupied, and opened beyond.
impl FromStr for Numbers {
    type Err = Complaint;

    fn from_str(text: &str) -> Result<Self, Complaint> {
        let number = |text: &str| text.trim().parse().map_err(|_| Complaint::NotALine).map(Some);
        let (baseline, rest) = text.split_once('/').ok_or(Complaint::NotALine)?;
        let (occupied, overflow) = match rest.split_once('+') {
            Some((occupied, overflow)) => (occupied, number(overflow)?),
            None => (rest, None),
        };
        let (baseline, occupied) = (number(baseline)?, number(occupied)?);
        Ok(Self { baseline, occupied, overflow, ..Self::default() })
    }
}

/// A line on the command line, with or without its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LineArg {
    name: LineName,
    numbers: Option<Numbers>,
}

impl FromStr for LineArg {
    type Err = Complaint;

    fn from_str(text: &str) -> Result<Self, Complaint> {
        match text.split_once('=') {
            Some((name, numbers)) => {
                Ok(Self { name: name.parse()?, numbers: Some(numbers.parse()?) })
            }
            None => Ok(Self { name: text.parse()?, numbers: None }),
        }
    }
}

/// Lines on the command line.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct LineArgs {
    /// Line such as ANYBODY/NIGHT=20/3+2: whom for, when, places, occupied, opened beyond; may be repeated; without
    /// numbers the line that the numbers on their own are about, which may be left out where there is only one
    #[arg(long = "line", value_name = "WHOM/WHEN[=PLACES/OCCUPIED[+BEYOND]]")]
    lines: Vec<LineArg>,
    #[command(flatten)]
    numbers: Numbers,
    /// There are no numbers, and why
    #[arg(long, value_parser = parser::<AbsentReason>())]
    absent: Option<AbsentReason>,
    /// What numbers do not tell; CAPACITY: as the numbers say
    #[arg(long, value_parser = parser::<CapacityStatus>())]
    status: Option<CapacityStatus>,
}

impl LineArgs {
    /// What is to change of the lines.
    pub(crate) fn entries(&self) -> Vec<LineEntry> {
        let entry = |name: Option<LineName>, numbers: Numbers| LineEntry {
            place_for: name.map(|name| name.place_for),
            period: name.map(|name| name.period),
            baseline: numbers.baseline,
            occupied: numbers.occupied,
            overflow: numbers.overflow,
            additional_24h: numbers.additional_24h,
            additional_72h: numbers.additional_72h,
            ..LineEntry::default()
        };
        let whole = |line: &LineArg| line.numbers.map(|numbers| entry(Some(line.name), numbers));
        let mut entries: Vec<_> = self.lines.iter().filter_map(whole).collect();
        let named = self.lines.iter().find(|line| line.numbers.is_none());
        let named = named.or_else(|| self.lines.first().filter(|_| self.lines.len() == 1));
        let alone = LineEntry {
            absent: self.absent,
            status: self.status,
            ..entry(named.map(|line| line.name), self.numbers)
        };
        if alone.says_something() {
            entries.push(alone);
        }
        entries
    }
}

/// What is to change of a line; without a name the only one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LineEntry {
    #[serde(rename = "for", deserialize_with = "wire_code::deserialize")]
    pub(crate) place_for: Option<PlaceFor>,
    #[serde(rename = "when", deserialize_with = "wire_code::deserialize")]
    pub(crate) period: Option<Period>,
    pub(crate) baseline: Option<u32>,
    pub(crate) occupied: Option<u32>,
    pub(crate) overflow: Option<u32>,
    pub(crate) additional_24h: Option<u32>,
    pub(crate) additional_72h: Option<u32>,
    #[serde(deserialize_with = "wire_code::deserialize")]
    pub(crate) absent: Option<AbsentReason>,
    #[serde(deserialize_with = "wire_code::deserialize")]
    pub(crate) status: Option<CapacityStatus>,
}

impl LineEntry {
    fn numbers(&self) -> [Option<u32>; 5] {
        [self.baseline, self.occupied, self.overflow, self.additional_24h, self.additional_72h]
    }

    pub(crate) fn says_something(&self) -> bool {
        self.numbers().iter().any(Option::is_some) || self.absent.is_some() || self.status.is_some()
    }

    /// Changes the line that is meant; a whole name that there is not yet is a new line.
    pub(super) fn apply(&self, lines: &mut Vec<Line>) -> Result<(), Failure> {
        let is_meant = |line: &Line| {
            self.place_for.is_none_or(|place_for| line.place_for() == place_for)
                && self.period.is_none_or(|period| line.period() == period)
        };
        let meant: Vec<_> = (0..lines.len()).filter(|at| is_meant(&lines[*at])).collect();
        let at = match (meant.as_slice(), self.place_for, self.period) {
            ([at], ..) => *at,
            ([], Some(place_for), Some(period)) => {
                let (place_for, period) = (place_for.into(), period.into());
                lines.push(Line { place_for, period, ..Line::default() });
                lines.len() - 1
            }
            _ => return Err(incomplete("say which line is meant", lines)),
        };
        let line = &mut lines[at];
        match self.change(line) {
            Ok(()) => Ok(()),
            Err(problem) => Err(incomplete(problem, std::slice::from_ref(line))),
        }
    }

    fn change(&self, line: &mut Line) -> Result<(), &'static str> {
        if let Some(absent) = self.absent {
            line.counts = None;
            line.absent_reason = absent.into();
            if line.status() == CapacityStatus::Unspecified {
                line.status = CapacityStatus::Unknown.into();
            }
        } else if self.numbers().iter().any(Option::is_some) {
            if line.counts.is_none() && self.baseline.is_none() {
                return Err("the places in ordinary use are not known: say how many there are");
            }
            if line.counts.is_none() {
                line.absent_reason = AbsentReason::Unspecified.into();
                line.status = CapacityStatus::Unspecified.into();
            }
            let counts = line.counts.get_or_insert_with(Counts::default);
            counts.baseline = self.baseline.unwrap_or(counts.baseline);
            counts.occupied = self.occupied.unwrap_or(counts.occupied);
            counts.overflow = self.overflow.unwrap_or(counts.overflow);
            counts.additional_24h = self.additional_24h.unwrap_or(counts.additional_24h);
            counts.additional_72h = self.additional_72h.unwrap_or(counts.additional_72h);
        }
        match self.status {
            Some(CapacityStatus::Capacity) if line.counts.is_some() => line.status = 0,
            Some(status) => line.status = status.into(),
            None => {}
        }
        Ok(())
    }
}

/// A line as others are told of it, as it was published: what is computed is left out.
pub(super) fn as_published(told: &Line) -> Line {
    let mut line = *told;
    let Some(counts) = &mut line.counts else { return line };
    // A house that says it is full while places are left is closed for now; otherwise the numbers say it.
    let is_closed = counts.available > 0 && told.status() == CapacityStatus::NoCapacity;
    let is_said =
        matches!(told.status(), CapacityStatus::Waitlist | CapacityStatus::AssessmentRequired);
    if !is_closed && !is_said {
        line.status = CapacityStatus::Unspecified.into();
    }
    (counts.held, counts.available) = (0, 0);
    line
}

/// It cannot be known which line is meant, or what it holds.
pub(crate) fn incomplete(problem: &str, lines: &[Line]) -> Failure {
    let names = lines.iter().map(|line| line_name(line.place_for, line.period));
    Failure::usage("CAPACITY_INCOMPLETE", problem).at(names.collect::<Vec<_>>().join(", "))
}

impl fmt::Display for LineName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&line_name(self.place_for.into(), self.period.into()))
    }
}
