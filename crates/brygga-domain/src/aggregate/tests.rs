//! What is hidden stays hidden: from who reads, and from who also knows what they sent themselves.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::table::{BySender, told};
use super::*;
use crate::code::{CodedTerm, SERVICE_TYPE};
use crate::{OrgId, Timestamp};

fn senders() -> Vec<OrgId> {
    ["kommun:0880", "kommun:0881", "kommun:0882"].map(|one| OrgId::parse(one).unwrap()).to_vec()
}

/// What is published of a list of classes, each with what every sender sent.
fn published(
    classes: &[Vec<u32>],
    draw: &mut impl FnMut(usize) -> usize,
) -> Option<Vec<(usize, u32)>> {
    let senders = senders();
    let mut total = BySender::default();
    let mut counted = BTreeMap::<usize, BySender<'_>>::new();
    for (class, parts) in classes.iter().enumerate() {
        for (sender, referrals) in senders.iter().zip(parts) {
            total.add(sender, *referrals);
            counted.entry(class).or_default().add(sender, *referrals);
        }
    }
    total.told()?;
    let told = told(&counted, &total, classes.len(), draw);
    Some(told.into_iter().map(|(class, count)| (class, count.referrals())).collect())
}

/// Everything that can be published of it, however the draws fall.
fn publishable(classes: &[Vec<u32>]) -> Vec<Option<Vec<(usize, u32)>>> {
    let (mut scripts, mut outcomes) = (vec![Vec::<usize>::new()], Vec::new());
    while let Some(script) = scripts.pop() {
        let (mut drawn, mut next) = (script.iter().copied(), None);
        let outcome = published(classes, &mut |places| {
            drawn.next().unwrap_or_else(|| {
                next = next.or(Some(places));
                0
            })
        });
        match next {
            None => outcomes.push(outcome),
            Some(places) => {
                scripts.extend((0..places).map(|place| [&script[..], &[place]].concat()));
            }
        }
    }
    outcomes
}

/// Every way in which `classes` numbers can add up to `total`.
fn ways(classes: usize, total: u32) -> Vec<Vec<u32>> {
    if classes == 1 {
        return vec![vec![total]];
    }
    let first = |first: u32| {
        let rest = ways(classes - 1, total - first);
        rest.into_iter().map(move |rest| [vec![first], rest].concat())
    };
    (0..=total).flat_map(first).collect()
}

/// COO-01. Whoever knows how numbers are hidden, and looks at everything that is told, still finds at least two values
/// for each hidden number: of every table of up to four classes and 20 referrals, however the draws fall.
#[test]
fn no_hidden_number_follows_from_what_is_told() {
    for (classes, total) in (2..=4).flat_map(|classes| (0..=20).map(move |total| (classes, total)))
    {
        let mut values = BTreeMap::<_, Vec<BTreeSet<u32>>>::new();
        for table in ways(classes, total) {
            let parts: Vec<Vec<u32>> = table.iter().map(|count| vec![*count]).collect();
            for told in publishable(&parts) {
                let known = values.entry(told).or_insert_with(|| vec![BTreeSet::new(); classes]);
                table.iter().zip(known).for_each(|(count, known)| known.extend([*count]));
            }
        }
        for (told, known) in values {
            let Some(told) = told else {
                assert!(total < Count::SMALLEST, "{total} is hidden");
                continue;
            };
            for (class, known) in known.iter().enumerate() {
                let is_told = told.iter().any(|(one, _)| *one == class);
                assert!(is_told || known.len() > 1, "{classes} classes of {total}: {told:?}");
            }
        }
    }
}

/// Whoever sent something takes its own away, knows how numbers are hidden and looks at everything that is told: it
/// still finds two values for what the others sent of a hidden class, or one that is no small number. Every table of
/// three classes with up to 16 referrals of another sender.
#[test]
fn no_small_number_of_the_others_follows_for_a_sender() {
    for own in [[5, 5, 8], [0, 0, 5], [9, 1, 4], [12, 5, 0], [3, 3, 3], [16, 11, 7]] {
        let mut values = BTreeMap::<_, [BTreeSet<u32>; 3]>::new();
        for others in (0..=16).flat_map(|total| ways(3, total)) {
            let parts = own.iter().zip(&others).map(|(own, other)| vec![*own, *other]);
            let total: u32 = others.iter().sum();
            for told in publishable(&parts.collect::<Vec<_>>()).into_iter().flatten() {
                let known = values.entry((total, told)).or_default();
                known.iter_mut().zip(&others).for_each(|(known, other)| known.extend([*other]));
            }
        }
        for ((total, told), known) in values {
            for (class, known) in known.iter().enumerate() {
                let is_told = told.iter().any(|(one, _)| *one == class);
                let is_small = known.iter().all(|other| (1..Count::SMALLEST).contains(other));
                assert!(is_told || known.len() > 1 || !is_small, "{own:?}, {total}: {told:?}");
            }
        }
    }
}

proptest! {
    /// A sender takes its own referrals away from what is told: of the others' it learns no number below five, and of
    /// what is hidden no more than that it is spread over two classes or more.
    #[test]
    fn a_sender_learns_no_small_number_of_the_others(
        classes in proptest::collection::vec(proptest::collection::vec(0_u32..12, 3), 2..7),
        lot: u16,
    ) {
        let sum = |parts: &[Vec<u32>], but: usize| -> u32 {
            let others = |one: &Vec<u32>| {
                one.iter().enumerate().filter(|(index, _)| *index != but).map(|(_, held)| held).sum::<u32>()
            };
            parts.iter().map(others).sum()
        };
        let is_small = |count: u32| (1..Count::SMALLEST).contains(&count);
        if let Some(told) = published(&classes, &mut |places| usize::from(lot) % places) {
            // 3 is nobody: whoever only reads.
            for reader in 0..=3 {
                prop_assert!(!is_small(sum(&classes, reader)));
                for (class, count) in &told {
                    prop_assert_eq!(*count, classes[*class].iter().sum::<u32>());
                    prop_assert!(!is_small(sum(&classes[*class..=*class], reader)));
                }
                let is_told = |class: &usize| told.iter().any(|(one, _)| one == class);
                let hidden: Vec<_> = (0..classes.len())
                    .filter(|class| !is_told(class))
                    .map(|class| classes[class].clone())
                    .collect();
                prop_assert!(hidden.len() != 1);
                prop_assert!(!is_small(sum(&hidden, reader)));
                prop_assert!(hidden.is_empty() || sum(&hidden, 3) > 0, "zeros are hidden");
            }
        }
    }
}

/// The lot falls on the first.
fn first(_: usize) -> usize {
    0
}

fn sent(sender: usize, code: &str, outcome: AggregateOutcome, referrals: u32) -> Contribution {
    let service_type = CodedTerm::known(SERVICE_TYPE, code).unwrap();
    Contribution { sender: senders()[sender].clone(), service_type, outcome, referrals }
}

#[test]
fn a_table_tells_its_total_and_what_is_large_and_leaves_out_the_rest() {
    let counted = [
        sent(0, "NIGHT_SHELTER", AggregateOutcome::Accepted, 9),
        sent(0, "NIGHT_SHELTER", AggregateOutcome::Declined, 3),
        sent(0, "LONG_TERM_HELP", AggregateOutcome::Completed, 6),
    ];
    let table = Table::publish(&counted, first);
    assert_eq!(table.total().map(Count::referrals), Some(18));
    let services: Vec<_> =
        table.services().iter().map(|(term, count)| (term.code(), count.referrals())).collect();
    assert_eq!(services, [("NIGHT_SHELTER", 12)], "the rest would say that all others are zero");
    let outcomes: Vec<_> = table.outcomes().iter().map(|(one, n)| (*one, n.referrals())).collect();
    assert_eq!(outcomes, [(AggregateOutcome::Completed, 6)], "18 - 9 - 6 would be the 3");
}

#[test]
fn fewer_than_five_are_told_as_nothing_at_all() {
    let counted = [sent(0, "NIGHT_SHELTER", AggregateOutcome::Accepted, 4)];
    assert_eq!(Table::publish(&counted, first), Table::default());
    assert_eq!(Table::publish(&[], first), Table::default(), "and none alike");
    assert_eq!((0..5).find_map(Count::of), None);
}

#[test]
fn a_total_from_which_a_sender_could_take_its_own_away_is_hidden() {
    let counted = [
        sent(0, "NIGHT_SHELTER", AggregateOutcome::Accepted, 7),
        sent(1, "NIGHT_SHELTER", AggregateOutcome::Accepted, 1),
    ];
    assert_eq!(Table::publish(&counted, first), Table::default());
    assert!(Table::publish(&counted[..1], first).total().is_some());
}

#[test]
fn an_unknown_service_counts_as_the_parent_that_is_known_here() {
    let newer =
        CodedTerm::parse(SERVICE_TYPE, 9, "CAPSULE_HOTEL", vec!["NIGHT_SHELTER".to_owned()]);
    let one = Contribution {
        service_type: newer.unwrap(),
        ..sent(0, "NIGHT_SHELTER", AggregateOutcome::Accepted, 6)
    };
    let counted = [one, sent(0, "SUPPORT", AggregateOutcome::Accepted, 8)];
    let table = Table::publish(&counted, first);
    assert_eq!(
        table.services(),
        [(CodedTerm::known(SERVICE_TYPE, "SUPPORT").unwrap(), Count::of(8).unwrap())]
    );
}

#[test]
fn a_told_table_that_cannot_be_is_refused() {
    let count = |n| Count::of(n).unwrap();
    let term = || CodedTerm::known(SERVICE_TYPE, "SUPPORT").unwrap();
    let accepted = AggregateOutcome::Accepted;
    let told = |total, services: Vec<_>, outcomes: Vec<_>| {
        Table::told(total, services, outcomes).map(drop).map_err(|refusal| refusal.field)
    };
    assert_eq!(told(Some(count(9)), vec![(term(), count(9))], vec![(accepted, count(5))]), Ok(()));
    assert!(told(None, vec![(term(), count(5))], vec![]).is_err(), "more than the total");
    assert!(told(Some(count(20)), vec![(term(), count(5)), (term(), count(5))], vec![]).is_err());
    assert!(
        told(Some(count(20)), vec![], vec![(accepted, count(5)), (accepted, count(6))]).is_err()
    );
    assert!(told(Some(count(5)), vec![], vec![(accepted, count(6))]).is_err());
}

#[test]
fn only_what_was_told_is_added_up_and_by_how_many() {
    let counted = [
        sent(0, "NIGHT_SHELTER", AggregateOutcome::Accepted, 8),
        sent(0, "SUPPORT", AggregateOutcome::Accepted, 5),
    ];
    let large = Table::publish(&counted, first);
    let sums = Sums::of([&large, &Table::default(), &large]);
    assert_eq!(sums.total, Sum { referrals: 26, told: 2 });
    let services: Vec<_> = sums.services.iter().map(|(term, sum)| (term.code(), *sum)).collect();
    assert_eq!(services, [("SUPPORT", Sum { referrals: 10, told: 2 })]);
}

#[test]
fn quarters_follow_each_other_at_swedish_midnight() {
    let quarter = |text: &str| Quarter::parse(text).unwrap();
    let names = ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4", "2027-Q1"];
    for pair in names.windows(2) {
        assert_eq!(quarter(pair[0]).until(), quarter(pair[1]).from());
        assert_eq!(quarter(pair[0]).to_string(), pair[0]);
    }
    // 2026-10-01 begins at 22:00 UTC the day before, in summer time.
    let end = Timestamp::from_millis(1_790_805_600_000);
    assert_eq!(quarter("2026-Q3").until(), end);
    assert!(quarter("2026-Q3").is_over(end));
    assert!(!quarter("2026-Q3").is_over(Timestamp::from_millis(end.as_millis() - 1)));
}

#[test]
fn no_other_period_can_be_written() {
    for text in [
        "2026-Q5", "2026-Q0", "2026Q3", "2026-q3", "2026-09", "26-Q3", "+026-Q3", "1999-Q4",
        "2026-Q33", "",
    ] {
        assert_eq!(Quarter::parse(text), None, "{text}");
    }
}

#[test]
fn every_status_but_a_mistake_is_one_outcome() {
    for code in [
        "REQUESTED",
        "ACCEPTED",
        "IN_PROGRESS",
        "ON_HOLD",
        "CANCELLATION_REQUESTED",
        "REJECTED",
        "COMPLETED",
        "FAILED",
        "CANCELLED",
        "EXPIRED",
    ] {
        assert!(AggregateOutcome::of_status(code).is_some(), "{code}");
    }
    assert_eq!(AggregateOutcome::of_status("ENTERED_IN_ERROR"), None);
    assert_eq!(AggregateOutcome::of_status("SOMETHING"), None);
}
