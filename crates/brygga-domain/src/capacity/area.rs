//! Areas in which an organisation takes no more dwellings (JKP-11): agreed locally, and nobody else's matter.

use std::collections::BTreeSet;
use std::fmt;

use crate::{Reason, Refusal};

/// Longest name of an area, in characters.
const AREA_MAX: usize = 64;

/// The areas that a node's settings exclude. They are never stored, sent or printed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ExcludedAreas(BTreeSet<String>);

impl ExcludedAreas {
    /// Reads names, as whoever publishes will write them. Case and spaces do not count.
    ///
    /// # Errors
    /// [`Reason::InvalidField`] for one that is empty or longer than 64 characters: it would exclude nothing.
    pub fn parse<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, Refusal> {
        names.into_iter().map(same_form).collect::<Result<_, _>>().map(Self)
    }

    /// Checks the area that a service lies in; an empty one is not told, and passes.
    ///
    /// # Errors
    /// [`Reason::PolicyDenied`] at `area` where it is excluded, [`Reason::InvalidField`] where it is too long.
    pub fn check(&self, area: &str) -> Result<(), Refusal> {
        if area.trim().is_empty() {
            return Ok(());
        }
        match self.0.contains(&same_form(area)?) {
            true => Err(Refusal::at(Reason::PolicyDenied, "area")),
            false => Ok(()),
        }
    }
}

impl fmt::Debug for ExcludedAreas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ExcludedAreas({})", self.0.len())
    }
}

fn same_form(name: &str) -> Result<String, Refusal> {
    let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    let name = words.join(" ");
    let is_sound = (1..=AREA_MAX).contains(&name.chars().count());
    if is_sound { Ok(name) } else { Err(Refusal::at(Reason::InvalidField, "area")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excluded_area_is_refused_however_it_is_written() {
        let excluded = ExcludedAreas::parse(["Öster 4", "RÅSLÄTT"]).unwrap();
        for area in ["Öster 4", "öster  4", " råslätt "] {
            let refused = excluded.check(area).unwrap_err();
            assert_eq!((refused.reason, refused.field), (Reason::PolicyDenied, "area"), "{area}");
        }
        for area in ["", "  ", "Öster", "Öster 41"] {
            assert_eq!(excluded.check(area), Ok(()), "{area}");
        }
        assert_eq!(excluded.check(&"a".repeat(65)).unwrap_err().reason, Reason::InvalidField);
    }

    #[test]
    fn an_area_without_a_name_excludes_nothing_and_is_refused() {
        assert!(ExcludedAreas::parse([" "]).is_err());
        assert!(ExcludedAreas::parse(["a".repeat(65).as_str()]).is_err());
        assert_eq!(ExcludedAreas::default().check("Öster"), Ok(()));
    }

    #[test]
    fn excluded_areas_are_never_printed() {
        let excluded = ExcludedAreas::parse(["Öster 4"]).unwrap();
        assert_eq!(format!("{excluded:?}"), "ExcludedAreas(1)");
    }
}
