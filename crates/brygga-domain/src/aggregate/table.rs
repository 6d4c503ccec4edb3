//! One party's table of a quarter, with everything hidden in it that has to be.
//!
//! What is hidden is left out. A number is told where nobody can learn by it of fewer than five: not by itself, not by
//! what is left of the total when all told numbers are taken away, and not by a sender who takes its own referrals
//! away. What is left is spread over two classes at least. Which larger number is hidden beside the small ones is drawn
//! by lot: any rule, such as the smallest, tells whoever knows it something of what is hidden.
//!
//! NOT protected: senders who add up what they know. Two who sent everything but one know about that one anyway.

use std::collections::BTreeMap;

use super::{AggregateOutcome, Count, Sum, Sums};
use crate::code::{CodeLists, CodedTerm, OTHER, SERVICE_TYPE};
use crate::{OrgId, Reason, Refusal};

/// Referrals of one sender that are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contribution {
    /// Who sent them.
    pub sender: OrgId,
    /// What they asked for.
    pub service_type: CodedTerm,
    /// How far they have come.
    pub outcome: AggregateOutcome,
    /// How many.
    pub referrals: u32,
}

/// What a party tells of a quarter under an agreement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    total: Option<Count>,
    services: Vec<(CodedTerm, Count)>,
    outcomes: Vec<(AggregateOutcome, Count)>,
}

impl Table {
    /// Most services that a table can name.
    pub const SERVICES_MAX: usize = 256;

    /// The table of everything that was counted. `draw` draws a place of so many, from 0, each as likely as the others;
    /// the table must be made once and kept, since two draws tell more than one.
    pub fn publish(counted: &[Contribution], mut draw: impl FnMut(usize) -> usize) -> Self {
        let mut total = BySender::default();
        let mut services = BTreeMap::<&str, BySender<'_>>::new();
        let mut outcomes = BTreeMap::<AggregateOutcome, BySender<'_>>::new();
        for one in counted {
            total.add(&one.sender, one.referrals);
            services
                .entry(one.service_type.effective())
                .or_default()
                .add(&one.sender, one.referrals);
            outcomes.entry(one.outcome).or_default().add(&one.sender, one.referrals);
        }
        let Some(counted) = total.told() else { return Self::default() };
        let list = CodeLists::current().list(SERVICE_TYPE);
        // Every term, and what no term stands for.
        let classes = list.map_or(0, |list| list.terms.len()) + 1;
        let services = told(&services, &total, classes, &mut draw);
        let term = |(code, count): (&str, Count)| Some((service(code)?, count));
        Self {
            total: Some(counted),
            services: services.into_iter().filter_map(term).collect(),
            outcomes: told(&outcomes, &total, AggregateOutcome::ALL.len(), &mut draw),
        }
    }

    /// What several of its own tables tell together. It says no more than they do, so that nothing has to be hidden
    /// anew; each number is at least so many.
    pub fn together<'a>(tables: impl IntoIterator<Item = &'a Self>) -> Self {
        let sums = Sums::of(tables);
        let count = |sum: Sum| Count::of(u32::try_from(sum.referrals).unwrap_or(u32::MAX));
        let service = |(term, sum)| Some((term, count(sum)?));
        let outcome = |(outcome, sum)| Some((outcome, count(sum)?));
        Self {
            total: count(sums.total),
            services: sums.services.into_iter().filter_map(service).collect(),
            outcomes: sums.outcomes.into_iter().filter_map(outcome).collect(),
        }
    }

    /// A table as another party tells it.
    ///
    /// # Errors
    /// [`Reason::InvalidField`] at the part that names a class twice, more classes than there can be, or more
    /// referrals than the total.
    pub fn told(
        total: Option<Count>,
        services: Vec<(CodedTerm, Count)>,
        outcomes: Vec<(AggregateOutcome, Count)>,
    ) -> Result<Self, Refusal> {
        let most = u64::from(total.map_or(0, Count::referrals));
        let fits = |counts: &mut dyn Iterator<Item = Count>| {
            counts.map(|count| u64::from(count.referrals())).sum::<u64>() <= most
        };
        let names_once = |index: usize| {
            services[..index].iter().all(|(term, _)| term.code() != services[index].0.code())
        };
        let sound = services.len() <= Self::SERVICES_MAX
            && (0..services.len()).all(names_once)
            && fits(&mut services.iter().map(|(_, count)| *count));
        if !sound {
            return Err(Refusal::at(Reason::InvalidField, "payload.services"));
        }
        let names_once =
            |index: usize| outcomes[..index].iter().all(|(one, _)| *one != outcomes[index].0);
        let sound = outcomes.len() <= AggregateOutcome::ALL.len()
            && (0..outcomes.len()).all(names_once)
            && fits(&mut outcomes.iter().map(|(_, count)| *count));
        if !sound {
            return Err(Refusal::at(Reason::InvalidField, "payload.outcomes"));
        }
        Ok(Self { total, services, outcomes })
    }

    /// All referrals; none where that is hidden, and then everything is.
    pub const fn total(&self) -> Option<Count> {
        self.total
    }

    /// The told ones by service.
    pub fn services(&self) -> &[(CodedTerm, Count)] {
        &self.services
    }

    /// The told ones by outcome.
    pub fn outcomes(&self) -> &[(AggregateOutcome, Count)] {
        &self.outcomes
    }
}

/// The term of a code that this version understands.
fn service(code: &str) -> Option<CodedTerm> {
    let version = CodeLists::current().list(SERVICE_TYPE)?.version;
    let other = || CodedTerm::parse(SERVICE_TYPE, version, OTHER, Vec::new()).ok();
    CodedTerm::known(SERVICE_TYPE, code).or_else(other)
}

/// How many each sender sent of something.
#[derive(Clone, Debug, Default)]
pub(super) struct BySender<'a>(BTreeMap<&'a OrgId, u32>);

impl<'a> BySender<'a> {
    pub(super) fn add(&mut self, sender: &'a OrgId, referrals: u32) {
        let held = self.0.entry(sender).or_default();
        *held = held.saturating_add(referrals);
    }

    fn minus(&self, other: &Self) -> Self {
        let left = |(sender, held): (&&'a OrgId, &u32)| {
            (*sender, held.saturating_sub(other.0.get(*sender).copied().unwrap_or(0)))
        };
        Self(self.0.iter().map(left).collect())
    }

    fn sum(&self) -> u32 {
        self.0.values().fold(0, |sum, held| sum.saturating_add(*held))
    }

    /// The number, where neither it nor what is left of it for any sender is small. A sender may learn that nobody
    /// else sent anything: that is about no person.
    pub(super) fn told(&self) -> Option<Count> {
        let sum = self.sum();
        let is_small = |rest: u32| (1..Count::SMALLEST).contains(&rest);
        let count = Count::of(sum)?;
        (!self.0.values().any(|held| is_small(sum - held))).then_some(count)
    }
}

/// The classes that are told, of `classes` that there are, where the total is told.
pub(super) fn told<K: Ord + Copy>(
    counted: &BTreeMap<K, BySender<'_>>,
    total: &BySender<'_>,
    classes: usize,
    draw: &mut impl FnMut(usize) -> usize,
) -> Vec<(K, Count)> {
    let tellable = |(key, held): (&K, &BySender<'_>)| held.told().map(|count| (*key, count));
    let mut told: Vec<(K, Count)> = counted.iter().filter_map(tellable).collect();
    loop {
        let mut hidden = total.clone();
        told.iter().for_each(|(key, _)| hidden = hidden.minus(&counted[key]));
        let is_enough = match classes - told.len() {
            0 => true,
            1 => false,
            _ => hidden.told().is_some(),
        };
        if is_enough || told.is_empty() {
            return told;
        }
        told.remove(draw(told.len()) % told.len());
    }
}
