//! A second opinion on the gate: another evaluator, written from the guides in another way, answers the
//! same random questions. The two must never disagree, on the outcome or on the rule that is cited.
//!
//! What is random is plain numbers and masks (`world`). One side builds the domain's values from them
//! and asks the gate; the other (`naive`) knows only the numbers and its own tables.

#![expect(clippy::unwrap_used, reason = "a test that cannot make its own values must fail")]

mod aggregates;
mod between;
mod build;
mod naive;
mod publishing;
mod words;
mod world;

use std::collections::BTreeMap;

use brygga_domain::{Reason, Refusal};
use brygga_policy::{Permit, decide_referral};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

const QUESTIONS: u64 = 100_000;
/// `BRYGGA_SEED` repeats a run that failed.
const DEFAULT_SEED: u64 = 20_260_118;

/// What a permit cites, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    Permitted { agreement: u8, version: u32, rule_id: String },
    Refused { reason: Reason, rule_id: String },
}

fn ask_the_gate(world: &world::World) -> Verdict {
    let built = build::Built::new(world);
    verdict(decide_referral(&built.question(world)))
}

fn verdict(decided: Result<Permit, Refusal>) -> Verdict {
    match decided {
        Ok(permit) => Verdict::Permitted {
            agreement: permit.agreement_id().as_bytes()[0],
            version: permit.version(),
            rule_id: permit.rule_id().to_owned(),
        },
        Err(refusal) => Verdict::Refused { reason: refusal.reason, rule_id: refusal.rule_id },
    }
}

#[test]
fn the_gate_and_a_second_evaluator_agree_on_every_question() {
    let seed = std::env::var("BRYGGA_SEED")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(DEFAULT_SEED);
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut outcomes = BTreeMap::<&str, u32>::new();
    let mut flaws = BTreeMap::<&str, u32>::new();
    for number in 0..QUESTIONS {
        let world = world::World::random(&mut random);
        let (gate, second) = (ask_the_gate(&world), naive::decide(&world));
        assert_eq!(gate, second, "question {number} of BRYGGA_SEED={seed}: {world:#?}");
        for flaw in words::check(&world, &gate) {
            *flaws.entry(flaw.as_str()).or_default() += 1;
        }
        let outcome = match &gate {
            Verdict::Permitted { .. } => "PERMITTED",
            Verdict::Refused { reason: Reason::PolicyDenied, rule_id } if rule_id.is_empty() => {
                "NO_PERMISSION"
            }
            Verdict::Refused { reason: Reason::PolicyDenied, .. } => "PROHIBITED",
            Verdict::Refused { reason, .. } => reason.as_str(),
        };
        *outcomes.entry(outcome).or_default() += 1;
    }
    let expected = [
        "NO_PERMISSION",
        "PERMITTED",
        "PROHIBITED",
        "SEND_AGREEMENT_EXPIRED",
        "SEND_AGREEMENT_NOT_IN_FORCE",
        "SEND_AGREEMENT_QUOTA",
        "SEND_AGREEMENT_SCOPE",
        "SEND_AGREEMENT_SUSPENDED",
        "SEND_AGREEMENT_TERMINATED",
        "SEND_CONSENT_EXPIRED",
        "SEND_CONSENT_MISSING",
        "SEND_CONSENT_SCOPE",
        "SEND_CONSENT_WITHDRAWN",
        "SEND_ELIGIBILITY_MISSING",
        "SEND_GDPR_BASIS_NOT_ALLOWED",
        "SEND_GROUND_MISSING",
        "SEND_GROUND_NOT_ALLOWED",
        "SEND_INVALID_FIELD",
        "SEND_NOT_FOUND",
        "SEND_TARGET_GROUP_MISMATCH",
    ];
    assert_eq!(outcomes.keys().copied().collect::<Vec<_>>(), expected, "seed {seed}: {outcomes:?}");
    let found =
        ["CONTRADICTED", "NOBODY", "NO_LAWFUL_GROUND", "SHADOWED", "UNREACHABLE", "ZERO_QUOTA"];
    assert_eq!(flaws.keys().copied().collect::<Vec<_>>(), found, "seed {seed}: {flaws:?}");
    for (outcome, count) in outcomes.iter().chain(&flaws) {
        assert!(*count >= 100, "seed {seed}: {outcome} only {count} times: {outcomes:?}");
    }
}
