//! What is said of a decision agrees with the decision: the explanation, and the lint of the rules.

use brygga_domain::Reason;
use brygga_policy::{Explained, Flaw, explain, lint};

use crate::build::Built;
use crate::world::{Agreement, Citation, World};
use crate::{Verdict, naive, verdict};

/// The explanation says what the gate said, and without a rule that the lint calls dead the same
/// is permitted. Returns what the lint found.
pub(crate) fn check(world: &World, gate: &Verdict) -> Vec<Flaw> {
    let built = Built::new(world);
    let question = built.question(world);
    let explanation = explain(&question);
    assert_eq!(verdict(explanation.decision), *gate, "{world:#?}");
    let first = |explained: &Explained| explained.obstacles.first().cloned();
    match gate {
        Verdict::Permitted { agreement, version, .. } => {
            let named = explanation.agreements.iter().find(|explained| {
                let terms = explained.agreement.terms();
                (terms.agreement_id.as_bytes()[0], terms.version) == (*agreement, *version)
            });
            assert_eq!(named.map(first), Some(None), "an obstacle that is none: {world:#?}");
        }
        Verdict::Refused { reason: Reason::InvalidField | Reason::NotFound, .. } => {}
        Verdict::Refused { reason, rule_id } => {
            let names = |refusal: &brygga_domain::Refusal| {
                refusal.reason == *reason && refusal.rule_id == *rule_id
            };
            let mut firsts = explanation.agreements.iter().filter_map(first);
            assert!(firsts.any(|refusal| names(&refusal)), "another obstacle: {world:#?}");
        }
    }
    let Citation::Version(id, version) = world.citation else { return Vec::new() };
    let Some(explained) = explanation.agreements.first() else { return Vec::new() };
    let findings = lint(explained.agreement.terms(), Built::member);
    for finding in &findings {
        let mut without = world.clone();
        let is_it = |held: &&mut Agreement| (held.id, held.version) == (id, version);
        let held = without.agreements.iter_mut().find(is_it).unwrap();
        held.rules.remove(finding.rule);
        let second = naive::decide(&without);
        assert_eq!(
            is_permitted(&second),
            is_permitted(gate),
            "{finding:?} has decided: {world:#?}"
        );
    }
    findings.into_iter().map(|finding| finding.flaw).collect()
}

const fn is_permitted(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Permitted { .. })
}
