//! Whom an exchange network's agreement lets its members ask.

use brygga_domain::agreement::{Action, AgreementTerms, Effect};
use brygga_domain::{OrgId, Timestamp};

use crate::rules::{is_any_or_has, is_in_time};

/// Whether nothing in the agreement prohibits that a person moves from `origin` to `candidate`.
///
/// The agreement's kind is the permission; a rule that prohibits the transfer of cases takes it away, also where it is
/// about some of them only.
pub fn may_relocate(
    terms: &AgreementTerms,
    origin: &OrgId,
    candidate: &OrgId,
    now: Timestamp,
) -> bool {
    !terms.rules.iter().any(|rule| {
        rule.effect == Effect::Prohibit
            && rule.action == Action::CaseTransfer
            && is_any_or_has(&rule.from, origin)
            && is_any_or_has(&rule.to, candidate)
            && is_in_time(rule, now)
    })
}
