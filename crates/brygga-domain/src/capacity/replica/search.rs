//! A search: what fits, the nearest first; what almost fits, and why not; and what of another kind is nearer.
//!
//! The lines that can fit are found by intersecting columns; only so many of them are looked at as are shown. So the
//! cost grows neither with what is known nor with how little of it fits.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use super::bits::Bits;
use super::columns::{self, Wanted};
use super::{KeptLine, Known, Replica};
use crate::Timestamp;
use crate::capacity::{Audience, LineKey, Nearness, Need, Warning, WhyNot};
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
        let nearest = fits.first().map(|line| line.nearness);
        let can_be_nearer = !matches!(nearest, Some(None | Some(Nearness::Municipality)));
        let mut alternatives = Vec::new();
        if let Some((_, kind)) = types.filter(|(code, kind)| code != kind && can_be_nearer) {
            let wider = self.columns.every(&columns::base(Some(kind), audience));
            let (mut wider, _) = search.narrow(&wider);
            wider.drop(&fitting);
            (alternatives, _) = search.look(&wider, ALTERNATIVES_MAX);
            alternatives.retain(|line| nearest.is_none_or(|nearest| line.nearness < nearest));
        }
        Found {
            fits: fits.into_iter().filter_map(|line| self.hit(line)).collect(),
            has_more,
            almost: almost.into_iter().filter_map(|line| self.miss(line)).collect(),
            alternatives: alternatives.into_iter().filter_map(|line| self.hit(line)).collect(),
        }
    }

    fn hit<'a>(&'a self, fits: Judged<'a, Warning>) -> Option<Hit<'a>> {
        let Judged { line, nearness, judged: warnings } = fits;
        let known = &self.services.find(line.service)?.known;
        Some(Hit { known, line: line.facts.key, nearness, warnings })
    }

    fn miss<'a>(&'a self, fails: Judged<'a, WhyNot>) -> Option<Miss<'a>> {
        let Judged { line, nearness, judged: reasons } = fails;
        let known = &self.services.find(line.service)?.known;
        Some(Miss { known, line: line.facts.key, nearness, reasons })
    }
}

/// A line that was looked at, and what was found of it.
struct Judged<'a, J> {
    line: &'a KeptLine,
    nearness: Option<Nearness>,
    judged: Vec<J>,
}

/// A need with the lines that have what it asks for.
struct Search<'a, 'n> {
    replica: &'a Replica,
    need: &'n Need,
    now: Timestamp,
    /// For each thing that is asked for the lines that have it, and why not where they have it not.
    groups: Vec<(Cow<'a, Bits>, Option<WhyNot>)>,
    /// The lines of each ring.
    rings: Vec<(Nearness, Cow<'a, Bits>)>,
}

impl<'a, 'n> Search<'a, 'n> {
    fn new(replica: &'a Replica, need: &'n Need, day: jiff::civil::Date, now: Timestamp) -> Self {
        let columns = &replica.columns;
        let wanted = Wanted::of(need, day).0;
        let groups = wanted.iter().map(|group| (columns.any(&group.columns), group.why_not));
        let groups = groups.collect();
        let rings = columns::rings(need);
        let rings = rings.iter().map(|(nearness, ring)| (*nearness, columns.any(ring))).collect();
        Self { replica, need, now, groups, rings }
    }

    /// Of some lines those that have everything, and those that lack one thing only.
    fn narrow(&self, base: &Bits) -> (Bits, Bits) {
        base.narrow(self.groups.iter().map(|(lines, _)| &**lines))
    }

    /// Looks at lines from the nearest on until so many fit. Returns also those that do not fit after all.
    fn look(
        &self,
        lines: &Bits,
        max: usize,
    ) -> (Vec<Judged<'a, Warning>>, Vec<Judged<'a, WhyNot>>) {
        let (mut hits, mut misses) = (Vec::new(), Vec::new());
        self.outwards(lines, |_, line, nearness| {
            let reasons = line.facts.reasons(self.need, self.now);
            if reasons.is_empty() {
                let judged = line.facts.warnings(self.need, self.now);
                hits.push(Judged { line, nearness, judged });
            } else {
                misses.push(Judged { line, nearness, judged: reasons });
            }
            hits.len() < max
        });
        hits.sort_by_key(|hit| (hit.nearness, hit.judged.len()));
        (hits, misses)
    }

    /// Says why lines do not fit, a line of a service, until there are enough.
    fn explain(
        &self,
        groups: &[Bits],
        fits: &[Judged<'_, Warning>],
        almost: &mut Vec<Judged<'a, WhyNot>>,
    ) {
        let fitting = fits.iter().map(|fits| fits.line.service);
        let mut shown: Vec<_> = fitting.chain(almost.iter().map(|it| it.line.service)).collect();
        for lines in groups {
            self.outwards(lines, |slot, line, nearness| {
                if !shown.contains(&line.service) {
                    let judged = self.reasons(slot, line);
                    if !judged.is_empty() {
                        almost.push(Judged { line, nearness, judged });
                    }
                    shown.push(line.service);
                }
                almost.len() < ALMOST_MAX
            });
        }
    }

    /// Everything for which a line does not fit.
    fn reasons(&self, slot: u32, line: &KeptLine) -> Vec<WhyNot> {
        let lacking = self.groups.iter().filter(|(lines, _)| !lines.has(slot));
        let mut reasons: Vec<_> = lacking.filter_map(|(_, why_not)| *why_not).collect();
        reasons.extend(line.facts.reasons(self.need, self.now));
        reasons.sort_unstable();
        reasons.dedup();
        reasons
    }

    /// Visits lines from the nearest on, as long as the visitor wants more.
    fn outwards(
        &self,
        lines: &Bits,
        mut visit: impl FnMut(u32, &'a KeptLine, Option<Nearness>) -> bool,
    ) {
        let mut look = |slot: u32, nearness| {
            self.replica.lines.find(slot).is_none_or(|line| visit(slot, line, nearness))
        };
        let mut rest = Cow::Borrowed(lines);
        for (nearness, ring) in &self.rings {
            if !rest.shared(ring).all(|slot| look(slot, Some(*nearness))) {
                return;
            }
            rest.to_mut().drop(ring);
        }
        let elsewhere = self.need.near.map(|_| Nearness::Elsewhere);
        // Whoever has seen enough asks for no more.
        let _ = rest.iter().all(|slot| look(slot, elsewhere));
    }
}
