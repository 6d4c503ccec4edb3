//! Who may propose the next version of an agreement: its own working groups say so (VAS-03).

use brygga_domain::agreement::{AgreementRecord, AgreementTerms, affected};
use brygga_domain::{OrgId, Reason, Refusal, Timestamp, UnitId};

/// Checks that a member of a group that may amend proposes a version, where the version that counts has such a group.
/// Whoever leaves and changes nothing for anybody else needs no group; what has ended binds nobody.
///
/// `below` are the versions that are held below it; `acts_in` says for which of its functions the proposer acts.
///
/// # Errors
/// [`Reason::RoleDenied`] at `terms.groups`.
pub fn check_proposer(
    proposer: &OrgId,
    acts_in: impl Fn(&UnitId) -> bool,
    below: &[&AgreementRecord],
    terms: &AgreementTerms,
    proposed_at: Timestamp,
) -> Result<(), Refusal> {
    let Some(before) = counting(below, proposed_at) else { return Ok(()) };
    let leaves = terms.role(proposer).is_none()
        && affected(before.terms(), terms).iter().all(|one| one == proposer);
    match leaves || before.terms().may_amend(proposer, acts_in) {
        true => Ok(()),
        false => Err(Refusal::at(Reason::RoleDenied, "terms.groups")),
    }
}

/// Whether the version that counts is the very one below, so that nothing that is still under way could change who
/// may propose.
pub(crate) fn is_next(
    below: &[&AgreementRecord],
    terms: &AgreementTerms,
    proposed_at: Timestamp,
) -> bool {
    let before = counting(below, proposed_at);
    before.is_some_and(|before| before.terms().version.checked_add(1) == Some(terms.version))
}

/// The newest version that has begun and has not ended; notice that is given lets nobody else amend it.
fn counting<'a>(below: &[&'a AgreementRecord], now: Timestamp) -> Option<&'a AgreementRecord> {
    let before = below.iter().rfind(|record| record.has_begun(now))?;
    let is_over =
        before.terminated_at().is_some_and(|at| at <= now) || now >= before.terms().valid_until;
    (!is_over).then_some(*before)
}
