//! Several tables added up: only what was told, with how many told it.

use std::collections::BTreeMap;

use super::{AggregateOutcome, Count, Table};
use crate::code::CodedTerm;

/// A sum of told numbers: there are at least so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// The sum; 0 where nobody told a number.
    pub referrals: u64,
    /// Tables in which it is told.
    pub told: u32,
}

impl Sum {
    fn add(&mut self, count: Count) {
        self.referrals = self.referrals.saturating_add(u64::from(count.referrals()));
        self.told = self.told.saturating_add(1);
    }
}

/// The sums of some tables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// All referrals.
    pub total: Sum,
    /// By service, in the order of the codes.
    pub services: Vec<(CodedTerm, Sum)>,
    /// By outcome.
    pub outcomes: Vec<(AggregateOutcome, Sum)>,
}

impl Sums {
    /// Adds tables up. Each table is of other referrals, so nobody's is counted twice; a person may be in several.
    pub fn of<'a>(tables: impl IntoIterator<Item = &'a Table>) -> Self {
        let mut sums = Self::default();
        let mut services = BTreeMap::<&str, (CodedTerm, Sum)>::new();
        let mut outcomes = BTreeMap::<AggregateOutcome, Sum>::new();
        for table in tables {
            table.total().into_iter().for_each(|count| sums.total.add(count));
            for (term, count) in table.services() {
                let held = services.entry(term.code());
                held.or_insert_with(|| (term.clone(), Sum::default())).1.add(*count);
            }
            for (outcome, count) in table.outcomes() {
                outcomes.entry(*outcome).or_default().add(*count);
            }
        }
        sums.services = services.into_values().collect();
        sums.outcomes = outcomes.into_iter().collect();
        sums
    }
}
