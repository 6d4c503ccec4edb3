//! Whom an exchange network's agreement lets its members ask.

use brygga_domain::agreement::{Action, Effect, Rule};
use brygga_domain::{OrgId, Timestamp};

use crate::rules::{is_any_or_has, is_in_time};

/// Whether none of an agreement's rules prohibits that a person moves from `origin` to `candidate`.
///
/// The agreement's kind is the permission; a rule that prohibits the transfer of cases takes it away, also where it is
/// about some of them only.
pub fn may_relocate(rules: &[Rule], origin: &OrgId, candidate: &OrgId, now: Timestamp) -> bool {
    !rules.iter().any(|rule| {
        rule.effect == Effect::Prohibit
            && rule.action == Action::CaseTransfer
            && is_any_or_has(&rule.from, origin)
            && is_any_or_has(&rule.to, candidate)
            && is_in_time(rule, now)
    })
}

#[cfg(test)]
mod tests {
    use brygga_domain::Seconds;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn org(text: &str) -> OrgId {
        OrgId::parse(text).unwrap()
    }

    #[test]
    fn whoever_prohibits_a_move_in_time_and_between_the_two_is_not_asked() {
        let (origin, candidate, other) =
            (org("kommun:0192"), org("kommun:0136"), org("kommun:0880"));
        let may = |change: &dyn Fn(&mut Rule)| {
            let mut rule = Rule::new("nej-1", Effect::Prohibit, Action::CaseTransfer);
            change(&mut rule);
            may_relocate(&[rule], &origin, &candidate, NOW)
        };
        assert!(may_relocate(&[], &origin, &candidate, NOW));
        assert!(!may(&|_| ()));
        assert!(!may(
            &|rule| (rule.from, rule.to) = (vec![origin.clone()], vec![candidate.clone()])
        ));
        assert!(may(&|rule| rule.from = vec![other.clone()]));
        assert!(may(&|rule| rule.to = vec![other.clone()]));
        assert!(may(&|rule| rule.effect = Effect::Permit));
        assert!(may(&|rule| rule.action = Action::ReferralSend));
        assert!(may(&|rule| rule.valid_until = Some(NOW)));
        assert!(may(&|rule| rule.valid_from = Some(NOW.plus(Seconds(1)))));
    }
}
