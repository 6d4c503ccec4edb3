//! The requirements: id, seed and what each shows.

use anyhow::{Context, Result};

/// One scenario to a line: id, tab, seeds, tab, what it shows.
const IDS: &str = include_str!("ids.txt");

/// A requirement with a stable id.
#[derive(Debug)]
pub(super) struct Scenario {
    /// Such as `KAL-01`.
    pub(super) id: &'static str,
    /// The number of the source text; `-` for what several of them ask for.
    pub(super) seed: &'static str,
    pub(super) shows: &'static str,
}

/// All scenarios, in the order of the list.
pub(super) fn scenarios() -> Result<Vec<Scenario>> {
    IDS.lines().map(|line| parse(line).with_context(|| format!("ids.txt: {line}"))).collect()
}

fn parse(line: &'static str) -> Option<Scenario> {
    let (id, rest) = line.split_once('\t')?;
    let (seed, shows) = rest.split_once('\t')?;
    Some(Scenario { id, seed, shows })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::scenarios;

    #[test]
    fn every_id_is_well_formed_and_occurs_once() {
        let scenarios = scenarios().unwrap();
        let ids: BTreeSet<&str> = scenarios.iter().map(|scenario| scenario.id).collect();
        assert_eq!(ids.len(), scenarios.len());
        for id in ids {
            let (group, number) = id.split_once('-').unwrap();
            assert!(group.len() == 3 && group.bytes().all(|b| b.is_ascii_uppercase()), "{id}");
            assert!(number.len() == 2 && number.bytes().all(|b| b.is_ascii_digit()), "{id}");
        }
    }
}
