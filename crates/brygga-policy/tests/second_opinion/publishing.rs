//! The second opinion on who may publish what.

use std::collections::BTreeMap;

use brygga_policy::{CallQuestion, callable, decide_publication, publications};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use crate::{DEFAULT_SEED, QUESTIONS, build, naive, world};

#[test]
fn the_rules_and_a_second_evaluator_agree_on_every_publication() {
    let mut random = ChaCha8Rng::seed_from_u64(DEFAULT_SEED + 2);
    let mut outcomes = BTreeMap::<&str, u32>::new();
    for number in 0..QUESTIONS {
        let world = world::World::random(&mut random);
        if world.service == 6 {
            continue;
        }
        let built = build::Built::new(&world);
        let said = publications(&built.publication(&world), None);
        let second = naive::publish(&world);
        assert_eq!(said.len(), second.len(), "publication {number}: {world:#?}");
        for ((record, said), (id, version, second)) in said.into_iter().zip(second) {
            let terms = record.terms();
            assert_eq!((terms.agreement_id.as_bytes()[0], terms.version), (id, version));
            let named =
                |rule: Option<usize>| rule.map_or(String::new(), |rule| format!("rule-{rule}"));
            let said = said
                .map(|one| (one.rule_id, build::mask(&one.recipients)))
                .map_err(|refusal| (refusal.reason, refusal.rule_id));
            let second = second
                .map(|(rule, seen_by)| (named(Some(rule)), seen_by))
                .map_err(|(reason, rule)| (reason, named(rule)));
            assert_eq!(said, second, "publication {number}: {world:#?}");
            let outcome = said.map_or_else(|(reason, _)| reason.as_str(), |_| "PERMITTED");
            *outcomes.entry(outcome).or_default() += 1;
        }
    }
    for outcome in ["PERMITTED", "SEND_POLICY_DENIED", "SEND_AGREEMENT_SUSPENDED"] {
        assert!(outcomes.get(outcome) >= Some(&100), "too seldom {outcome}: {outcomes:?}");
    }
}

/// A call asks nobody in vain who would be refused for certain, and leaves nobody out who could answer.
#[test]
fn whoever_may_publish_to_somebody_may_be_called_by_it() {
    let mut random = ChaCha8Rng::seed_from_u64(DEFAULT_SEED + 4);
    let (mut found, mut others) = (0, 0);
    for number in 0..QUESTIONS {
        let world = world::World::random(&mut random);
        if world.service == 6 {
            continue;
        }
        let built = build::Built::new(&world);
        let asked = built.publication(&world);
        for (record, said) in publications(&asked, None) {
            let recipients = said.map_or(Vec::new(), |said| said.recipients);
            for party in &record.terms().parties {
                let question = CallQuestion {
                    caller: &party.organisation,
                    service_type: asked.service_type,
                    agreements: asked.agreements,
                    now: asked.now,
                };
                let called = callable(record, &question).unwrap_or_default();
                let is_called = called.iter().any(|(one, _)| one == asked.publisher);
                let sees = recipients.contains(&party.organisation);
                assert!(is_called || !sees, "call {number}: {world:#?}");
                found += u32::from(sees);
                others += u32::from(!is_called);
            }
        }
    }
    assert!(found > 100 && others > 100, "too seldom: {found}, {others}");
}

#[test]
fn the_rules_and_a_second_evaluator_agree_on_every_service() {
    let mut random = ChaCha8Rng::seed_from_u64(DEFAULT_SEED + 3);
    let mut outcomes = BTreeMap::<&str, u32>::new();
    for number in 0..QUESTIONS {
        let world = world::World::random(&mut random);
        if world.service == 6 {
            continue;
        }
        let built = build::Built::new(&world);
        let (service, attested) = (built.service(&world), build::Built::attested(&world));
        let said = decide_publication(&built.offer(&world, &service, &attested));
        let said = said.map_err(|refusal| refusal.reason).map(|granted| {
            let grants = granted.iter().map(|one| {
                let rule = one.rule_id.strip_prefix("rule-").unwrap().parse().unwrap();
                let seen_by = build::mask(&one.recipients);
                (one.agreement_id.as_bytes()[0], one.version, rule, seen_by)
            });
            grants.collect::<Vec<_>>()
        });
        assert_eq!(said, naive::publish_service(&world), "service {number}: {world:#?}");
        let outcome = said.map_or_else(|reason| reason.as_str(), |_| "PERMITTED");
        *outcomes.entry(outcome).or_default() += 1;
    }
    for outcome in
        ["PERMITTED", "SEND_POLICY_DENIED", "SEND_AGREEMENT_QUOTA", "SEND_LICENCE_REQUIRED"]
    {
        assert!(outcomes.get(outcome) >= Some(&100), "too seldom {outcome}: {outcomes:?}");
    }
}
