//! The six figures, beside what they must reach and what we aim at.

use serde_json::{Value, json};

use crate::output::table;

use super::sample::rounded;

/// Whether a figure is good when it is large or when it is small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    AtLeast,
    AtMost,
}

/// One row of the table.
#[derive(Clone, Debug)]
pub(super) struct Figure {
    /// Stable name for machines and for `--only`.
    pub(super) name: &'static str,
    /// What it is.
    pub(super) label: &'static str,
    /// Unit of `measured` and `floor`.
    pub(super) unit: &'static str,
    pub(super) wanted: Wanted,
    pub(super) must: f64,
    pub(super) aim: f64,
    /// None where it was not measured.
    pub(super) measured: Option<f64>,
    /// What it is divided by; none where the goal is an absolute one.
    pub(super) floor: Option<f64>,
}

/// How a figure stands to its goals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Aim,
    Must,
    NotMeasured,
    Short,
}

impl Verdict {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Aim => "aim reached",
            Self::Must => "reached",
            Self::NotMeasured => "not measured",
            Self::Short => "FALLS SHORT",
        }
    }
}

impl Figure {
    /// What is compared with the goals.
    fn judged(&self) -> Option<f64> {
        match self.floor {
            Some(floor) if floor > 0.0 => self.measured.map(|measured| measured / floor),
            Some(_) => None,
            None => self.measured,
        }
    }

    pub(super) fn verdict(&self) -> Verdict {
        let Some(judged) = self.judged() else { return Verdict::NotMeasured };
        let reaches = |goal: f64| match self.wanted {
            Wanted::AtLeast => judged >= goal,
            Wanted::AtMost => judged <= goal,
        };
        match (reaches(self.aim), reaches(self.must)) {
            (true, _) => Verdict::Aim,
            (false, true) => Verdict::Must,
            (false, false) => Verdict::Short,
        }
    }

    fn ratio(&self) -> Option<f64> {
        self.floor.and_then(|_| self.judged())
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "name": self.name,
            "unit": self.unit,
            "measured": self.measured.map(|number| rounded(number, 3)),
            "floor": self.floor.map(|number| rounded(number, 3)),
            "ratio": self.ratio().map(|number| rounded(number, 3)),
            "must_reach": self.must,
            "aim": self.aim,
            "wanted": match self.wanted { Wanted::AtLeast => "at_least", Wanted::AtMost => "at_most" },
            "verdict": self.verdict().as_str().to_lowercase().replace(' ', "_"),
        })
    }

    fn row(&self) -> Vec<String> {
        let shown = |number: Option<f64>, unit: &str| {
            number.map_or_else(|| "–".to_owned(), |number| format!("{} {unit}", digits(number)))
        };
        let goal = |number: f64| {
            let sign = if self.wanted == Wanted::AtLeast { "≥" } else { "≤" };
            format!("{sign} {number}")
        };
        vec![
            self.label.to_owned(),
            shown(self.measured, self.unit),
            shown(self.floor, self.unit),
            self.ratio().map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}")),
            goal(self.must),
            goal(self.aim),
            self.verdict().as_str().to_owned(),
        ]
    }
}

/// The table for people.
pub(super) fn lines(figures: &[Figure]) -> Vec<String> {
    let heading = ["Figure", "Measured", "Floor", "Ratio", "Must", "Aim", "Verdict"];
    let heading = heading.map(str::to_owned).to_vec();
    let rows: Vec<_> = std::iter::once(heading).chain(figures.iter().map(Figure::row)).collect();
    table(&rows)
}

fn digits(number: f64) -> String {
    if number < 10.0 { format!("{number:.2}") } else { format!("{number:.0}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(wanted: Wanted, measured: Option<f64>, floor: Option<f64>) -> Figure {
        let (must, aim) = if wanted == Wanted::AtLeast { (0.5, 1.0) } else { (5.0, 2.5) };
        Figure { name: "x", label: "x", unit: "/s", wanted, must, aim, measured, floor }
    }

    #[test]
    fn a_ratio_is_judged_where_there_is_a_floor_and_the_figure_itself_where_there_is_none() {
        assert_eq!(figure(Wanted::AtLeast, Some(60.0), Some(100.0)).verdict(), Verdict::Must);
        assert_eq!(figure(Wanted::AtLeast, Some(40.0), Some(100.0)).verdict(), Verdict::Short);
        assert_eq!(figure(Wanted::AtMost, Some(2.5), None).verdict(), Verdict::Aim);
        assert_eq!(figure(Wanted::AtMost, Some(6.0), None).verdict(), Verdict::Short);
    }

    #[test]
    fn what_was_not_measured_is_neither_good_nor_bad() {
        assert_eq!(figure(Wanted::AtLeast, None, Some(100.0)).verdict(), Verdict::NotMeasured);
        assert_eq!(figure(Wanted::AtMost, None, None).json()["measured"], Value::Null);
    }
}
