//! The second opinion on what comes after the referral: notes in between, and what is still held when
//! its ground is taken away.

use std::collections::BTreeMap;

use brygga_domain::stop::{StillHeld, StopReason};
use brygga_domain::{MemberKind, OrgId, SocialServicesStatus};
use brygga_policy::{Principal, decide_note, still_held};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use crate::{DEFAULT_SEED, QUESTIONS, Verdict, build, naive, verdict, world};

#[test]
fn the_gate_and_a_second_evaluator_agree_on_every_note() {
    let mut random = ChaCha8Rng::seed_from_u64(DEFAULT_SEED + 1);
    let mut outcomes = BTreeMap::<&str, u32>::new();
    for number in 0..QUESTIONS / 2 {
        let world = world::World::random(&mut random);
        // Nobody writes to itself or about a service of another list; the referral was refused before.
        if world.sender == world.recipient || world.service == 6 {
            continue;
        }
        let rule = usize::try_from(random.next_u64() % 4).unwrap();
        let built = build::Built::new(&world);
        let gate = verdict(decide_note(&built.question(&world), &format!("rule-{rule}")));
        assert_eq!(gate, naive::note(&world, rule), "note {number} by rule {rule}: {world:#?}");
        let outcome = match &gate {
            Verdict::Permitted { .. } => "PERMITTED",
            Verdict::Refused { reason, .. } => reason.as_str(),
        };
        *outcomes.entry(outcome).or_default() += 1;
    }
    // A note has no subject of its own; a version that has taken over may have dropped its referral's.
    let expected = [
        "PERMITTED",
        "SEND_AGREEMENT_SCOPE",
        "SEND_CONSENT_SCOPE",
        "SEND_NOT_FOUND",
        "SEND_POLICY_DENIED",
    ];
    for outcome in expected {
        assert!(outcomes.get(outcome) >= Some(&100), "too seldom {outcome}: {outcomes:?}");
    }
}

/// Who keeps what it worked on, as domain guide 5.6 says: authorities by SoL 16:1, private performers by
/// 17:2, and whoever stands outside social-services law nothing.
const KEEPS: [(SocialServicesStatus, Option<&str>); 4] = [
    (SocialServicesStatus::Authority, Some("SoL 16:1")),
    (SocialServicesStatus::Contracted, Some("SoL 17:2")),
    (SocialServicesStatus::Permit, Some("SoL 17:2")),
    (SocialServicesStatus::None, None),
];

#[test]
fn what_is_kept_after_a_stop_is_what_the_law_for_the_kind_of_body_says() {
    for (status, statute) in KEEPS {
        for kind in [MemberKind::Municipality, MemberKind::Region, MemberKind::CivilSociety] {
            let organisation = OrgId::parse("demo:holder").unwrap();
            let holder = Principal { organisation, kind, status };
            for reason in StopReason::ALL {
                let keeps = statute.filter(|_| *reason != StopReason::EnteredInError);
                let kept = keeps.map_or(StillHeld::Erased, |statute| StillHeld::RetainedBecause {
                    statute: statute.to_owned(),
                });
                assert_eq!(still_held(&holder, true, *reason), kept, "{status:?} {reason:?}");
                let untouched = still_held(&holder, false, *reason);
                assert_eq!(untouched, StillHeld::Erased, "it never became part of a file");
            }
        }
    }
}
