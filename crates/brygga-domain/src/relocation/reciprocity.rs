//! Whether a member of a network takes as many as it sends: a number for each half-year, and nothing of any move.

use std::fmt;

use crate::swedish_day::swedish_day;
use crate::{AgreementId, Timestamp};

use super::{Relocation, Side, Stage};

/// Half a calendar year as people in Sweden count it, for example `2026-H2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HalfYear {
    year: i16,
    /// 1 or 2.
    number: i8,
}

/// What one case adds to the balance of its network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reciprocity {
    /// The network.
    pub agreement_id: AgreementId,
    /// When the move was closed.
    pub half_year: HalfYear,
    /// 1 where somebody came, -1 where somebody went.
    pub change: i8,
}

impl HalfYear {
    /// The one in which an instant falls.
    pub fn of(at: Timestamp) -> Self {
        let day = swedish_day(at);
        Self { year: day.year(), number: if day.month() <= 6 { 1 } else { 2 } }
    }

    /// Reads `2026-H2`, and no other spelling.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, number) = text.split_once("-H")?;
        let is_plain = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
        let number = match number {
            "1" => 1,
            "2" => 2,
            _ => return None,
        };
        Some(Self { year: year.parse().ok().filter(|_| is_plain)?, number })
    }
}

impl fmt::Display for HalfYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-H{}", self.year, self.number)
    }
}

impl Relocation {
    /// What the case adds to the balance: only a move that was closed counts, for whoever sent and whoever took.
    pub fn reciprocity(&self) -> Option<Reciprocity> {
        let closed = self.ended_at.filter(|_| self.stage == Stage::Closed)?;
        Some(Reciprocity {
            agreement_id: self.agreement_id,
            half_year: HalfYear::of(closed),
            change: match self.side {
                Side::Origin => -1,
                Side::Destination => 1,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::pair;
    use super::super::{EndKind, Position};
    use super::*;

    /// 2026-06-30T22:00:00Z, midnight in Sweden.
    const SECOND_HALF: i64 = 1_782_856_800_000;

    #[test]
    fn a_half_year_begins_at_midnight_in_sweden() {
        let of = |millis| HalfYear::of(Timestamp::from_millis(millis)).to_string();
        assert_eq!(of(SECOND_HALF - 1), "2026-H1");
        assert_eq!(of(SECOND_HALF), "2026-H2");
        for text in ["2026-H1", "2026-H2"] {
            assert_eq!(HalfYear::parse(text).map(|one| one.to_string()).as_deref(), Some(text));
        }
        for wrong in ["", "2026", "2026-H3", "26-H1", "2026-h1", "2026-Q1", "+026-H1", "2026-H1 "] {
            assert_eq!(HalfYear::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn only_a_closed_move_counts_at_either_side() {
        let at = Timestamp::from_millis(SECOND_HALF);
        let (mut origin, mut destination) = pair();
        let letters = [
            destination.take_position(Position::Accepted, at).unwrap(),
            destination.moved(at).unwrap(),
            destination.close(at).unwrap(),
        ];
        let mut aborted = origin.clone();
        aborted.end(EndKind::Aborted, at);
        assert_eq!((aborted.reciprocity(), origin.reciprocity()), (None, None));
        for (number, letter) in (2..).zip(&letters) {
            origin.take(number, letter).unwrap();
        }
        let told = |case: &Relocation| {
            case.reciprocity().map(|one| (one.half_year.to_string(), one.change))
        };
        assert_eq!(told(&origin), Some(("2026-H2".to_owned(), -1)));
        assert_eq!(told(&destination), Some(("2026-H2".to_owned(), 1)));
    }
}
