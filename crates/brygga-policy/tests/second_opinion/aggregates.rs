//! The second opinion on who may read which aggregates.

use std::collections::BTreeMap;

use brygga_domain::Reason;
use brygga_domain::aggregate::Quarter;
use brygga_policy::decide_aggregate;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use crate::{DEFAULT_SEED, QUESTIONS, build, naive, world};

#[test]
fn the_rules_and_a_second_evaluator_agree_on_every_aggregate() {
    let mut random = ChaCha8Rng::seed_from_u64(DEFAULT_SEED + 3);
    let mut outcomes = BTreeMap::<&str, u32>::new();
    let over = Quarter::parse("2026-Q4").unwrap();
    for number in 0..QUESTIONS {
        let world = world::World::random(&mut random);
        let built = build::Built::new(&world);
        for id in [1, 2] {
            let said = decide_aggregate(&built.aggregate(id, over))
                .map(|grant| (grant.version, grant.rule_id))
                .map_err(|refusal| (refusal.reason, refusal.rule_id));
            let name = |rule: usize| format!("rule-{rule}");
            let second = naive::read(&world, id)
                .map(|(version, rule)| (version, name(rule)))
                .map_err(|(reason, rule)| (reason, rule.map_or(String::new(), name)));
            assert_eq!(said, second, "aggregate {number} of {id}: {world:#?}");
            let outcome = said.map_or_else(|(reason, _)| reason.as_str(), |_| "PERMITTED");
            *outcomes.entry(outcome).or_default() += 1;
            // Neither what goes on nor what was before the agreement can be read by anybody.
            for other in ["2027-Q1", "2026-Q3"].map(|text| Quarter::parse(text).unwrap()) {
                let said = decide_aggregate(&built.aggregate(id, other)).unwrap_err();
                let reasons = [Reason::PolicyDenied, Reason::InvalidField];
                assert!(said.reason != reasons[0], "aggregate {number}: {other}");
                assert!(said.reason == reasons[1] || second.is_err(), "aggregate {number}");
            }
        }
    }
    let often =
        ["PERMITTED", "SEND_POLICY_DENIED", "SEND_AGREEMENT_SUSPENDED", "SEND_INVALID_FIELD"];
    for outcome in often {
        assert!(outcomes.get(outcome) >= Some(&100), "too seldom {outcome}: {outcomes:?}");
    }
}
