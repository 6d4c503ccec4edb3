//! A search: what fits, the nearest first; what almost fits, and why not; and what of another kind is nearer.
//!
//! The lines that can fit are found by intersecting columns; only so many of them are looked at as are shown. So the
//! cost grows neither with what is known nor with how little of it fits.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use super::bits::Bits;
use super::columns::{self, Wanted};
use super::{Known, Replica};
use crate::Timestamp;
use crate::capacity::{Audience, Fit, LineKey, Nearness, Need, ToldLine, Warning, WhyNot};
use crate::swedish_day::swedish_day;

/// Most lines that are shown as fitting.
const FITS_MAX: usize = 10;
/// Most services that are shown as almost fitting.
const ALMOST_MAX: usize = 5;
/// Most lines of another kind that are shown.
const ALTERNATIVES_MAX: usize = 5;

/// A line that fits.
#[derive(Clone, Debug)]
pub struct Hit<'a> {
    /// Its service.
    pub known: &'a Known,
    /// Which of its lines.
    pub line: LineKey,
    /// How near it is; none where nobody said where it is wanted.
    pub nearness: Option<Nearness>,
    /// What to think of.
    pub warnings: Vec<Warning>,
}

/// A line that does not fit.
#[derive(Clone, Debug)]
pub struct Miss<'a> {
    /// Its service.
    pub known: &'a Known,
    /// Which of its lines.
    pub line: LineKey,
    /// How near it is; none where nobody said where it is wanted.
    pub nearness: Option<Nearness>,
    /// Why not; never empty.
    pub reasons: Vec<WhyNot>,
}

/// What a search finds.
#[derive(Clone, Debug, Default)]
pub struct Found<'a> {
    /// What fits, the nearest first, of these what has fewer warnings. At most 10.
    pub fits: Vec<Hit<'a>>,
    /// Whether more fits than is shown, none of it nearer.
    pub has_more: bool,
    /// What is of the wanted type and does not fit: first what fails in one thing only, the nearest first. A service of
    /// which another line fits is left out. At most 5.
    pub almost: Vec<Miss<'a>>,
    /// What fits and is of another type of the same kind, nearer than everything that fits. At most 5.
    pub alternatives: Vec<Hit<'a>>,
}

impl Replica {
    /// Searches what is known. It asks nobody, and nothing of it is kept.
    pub fn search(&self, need: &Need, audience: Audience, now: Timestamp) -> Found<'_> {
        let day = need.from.unwrap_or_else(|| swedish_day(now));
        let search = Search::new(self, need, day, now);
        let types = columns::types(need);
        let base = self.columns.every(&columns::base(types.map(|(code, _)| code), audience));
        let (fitting, nearly) = search.narrow(&base);
        let (mut fits, mut almost) = search.look(&fitting, FITS_MAX + 1);
        let has_more = fits.len() > FITS_MAX;
        fits.truncate(FITS_MAX);
        if almost.len() < ALMOST_MAX {
            let mut rest = base;
            rest.drop(&fitting);
            rest.drop(&nearly);
            search.explain(&[nearly, rest], &fits, &mut almost);
        }
        almost.truncate(ALMOST_MAX);
        let nearest = fits.first().map(|hit| hit.nearness);
        let can_be_nearer = !matches!(nearest, Some(None | Some(Nearness::Municipality)));
        let mut alternatives = Vec::new();
        if let Some((_, kind)) = types.filter(|(code, kind)| code != kind && can_be_nearer) {
            let wider = self.columns.every(&columns::base(Some(kind), audience));
            let (mut wider, _) = search.narrow(&wider);
            wider.drop(&fitting);
            (alternatives, _) = search.look(&wider, ALTERNATIVES_MAX);
            alternatives.retain(|hit| nearest.is_none_or(|nearest| hit.nearness < nearest));
        }
        Found { fits, has_more, almost, alternatives }
    }
}

/// A need with the lines that have what it asks for.
struct Search<'a, 'n> {
    replica: &'a Replica,
    need: &'n Need,
    now: Timestamp,
    /// For each thing that is asked for the lines that have it.
    groups: Vec<Cow<'a, Bits>>,
    /// The lines of each ring.
    rings: Vec<(Nearness, Cow<'a, Bits>)>,
}

impl<'a, 'n> Search<'a, 'n> {
    fn new(replica: &'a Replica, need: &'n Need, day: jiff::civil::Date, now: Timestamp) -> Self {
        let columns = &replica.columns;
        let wanted = Wanted::of(need, day).0;
        let groups = wanted.iter().map(|group| columns.any(group)).collect();
        let rings = columns::rings(need);
        let rings = rings.iter().map(|(nearness, ring)| (*nearness, columns.any(ring))).collect();
        Self { replica, need, now, groups, rings }
    }

    /// Of some lines those that have everything, and those that lack one thing only.
    fn narrow(&self, base: &Bits) -> (Bits, Bits) {
        base.narrow(&self.groups)
    }

    /// Looks at lines from the nearest on until so many fit. Returns also those that do not fit after all.
    fn look(&self, lines: &Bits, max: usize) -> (Vec<Hit<'a>>, Vec<Miss<'a>>) {
        let (mut hits, mut misses) = (Vec::new(), Vec::new());
        self.outwards(lines, |Line { known, line, nearness }| {
            let Fit { reasons, warnings } = Fit::of_candidate(self.need, known, line, self.now);
            let line = line.key;
            if reasons.is_empty() {
                hits.push(Hit { known, line, nearness, warnings });
            } else {
                misses.push(Miss { known, line, nearness, reasons });
            }
            hits.len() < max
        });
        hits.sort_by_key(|hit| (hit.nearness, hit.warnings.len()));
        (hits, misses)
    }

    /// Says why lines do not fit, a line of a service, until there are enough.
    fn explain(&self, groups: &[Bits], fits: &[Hit<'a>], almost: &mut Vec<Miss<'a>>) {
        let fitting = fits.iter().map(|hit| hit.known);
        let mut shown: Vec<&Known> = fitting.chain(almost.iter().map(|miss| miss.known)).collect();
        for lines in groups {
            self.outwards(lines, |Line { known, line, nearness }| {
                if !shown.iter().any(|one| std::ptr::eq(*one, known)) {
                    let reasons = Fit::of(self.need, known, line, self.now).reasons;
                    let miss = Miss { known, line: line.key, nearness, reasons };
                    almost.extend(Some(miss).filter(|miss| !miss.reasons.is_empty()));
                    shown.push(known);
                }
                almost.len() < ALMOST_MAX
            });
        }
    }

    /// Visits lines from the nearest on, as long as the visitor wants more.
    fn outwards(&self, lines: &Bits, mut visit: impl FnMut(Line<'a>) -> bool) {
        let mut rest = lines.clone();
        let mut rings = self.rings.iter();
        loop {
            let ring = rings.next();
            let mut here = rest.clone();
            if let Some((_, ring)) = ring {
                here.keep(ring);
                rest.drop(ring);
            }
            let nearness = match ring {
                Some((nearness, _)) => Some(*nearness),
                None => self.need.near.map(|_| Nearness::Elsewhere),
            };
            for slot in here.iter() {
                let Some((known, line)) = self.replica.line(slot) else { continue };
                if !visit(Line { known, line, nearness }) {
                    return;
                }
            }
            if ring.is_none() {
                return;
            }
        }
    }
}

/// A line that is visited.
struct Line<'a> {
    known: &'a Known,
    line: &'a ToldLine,
    nearness: Option<Nearness>,
}
