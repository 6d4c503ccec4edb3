//! Whether what is known of a person's eligibility satisfies the criteria of a rule.

use brygga_domain::agreement::{AgreementTerms, Criterion, Rule};
use brygga_domain::eligibility::{Affirmation, Eligibility, Standing};
use brygga_domain::{Reason, Refusal};

use crate::EligibilityEvidence;

/// Where a refusal for a criterion points; its name stands where a rule's would.
const FIELD: &str = "affirmations";

/// What the recipient is told; none where the rule asks for nothing.
///
/// # Errors
/// [`Reason::EligibilityMissing`], or [`Reason::TargetGroupMismatch`] where it may be justified, with the name of the
/// criterion.
pub(crate) fn check(
    terms: &AgreementTerms,
    rule: &Rule,
    evidence: EligibilityEvidence<'_>,
) -> Result<Option<Eligibility>, Refusal> {
    let criteria = || rule.criteria.iter().filter_map(|id| terms.criterion(id));
    let Some(first) = criteria().next() else { return Ok(None) };
    match evidence {
        EligibilityEvidence::NotAsked => Ok(None),
        EligibilityEvidence::Affirmed(affirmations) => {
            let mut told = Eligibility::default();
            criteria().try_for_each(|criterion| judge(criterion, affirmations, &mut told))?;
            Ok(Some(told))
        }
        EligibilityEvidence::Statement(None) => Err(missing(first)),
        EligibilityEvidence::Statement(Some(told)) => {
            check_statement(criteria(), told)?;
            // What was not asked for is not kept.
            let asked = |id: &String| criteria().any(|one| one.is_dated && one.criterion_id == *id);
            let dates = told.dates.iter().filter(|(id, _)| asked(id)).cloned().collect();
            Ok(Some(Eligibility { is_justified: told.is_justified, dates }))
        }
    }
}

fn judge(
    criterion: &Criterion,
    affirmations: &[Affirmation],
    told: &mut Eligibility,
) -> Result<(), Refusal> {
    let affirmed = affirmations.iter().find(|one| one.criterion_id == criterion.criterion_id);
    match affirmed.map(|one| one.standing) {
        Some(Standing::Met { since: Some(day) }) if criterion.is_dated => {
            told.dates.push((criterion.criterion_id.clone(), day));
        }
        Some(Standing::Met { .. }) if !criterion.is_dated => {}
        Some(Standing::Justified) if criterion.is_justifiable => told.is_justified = true,
        _ => return Err(missing(criterion)),
    }
    Ok(())
}

/// A recipient sees the days and whether something was justified, and can check no more.
fn check_statement<'a>(
    criteria: impl Iterator<Item = &'a Criterion>,
    told: &Eligibility,
) -> Result<(), Refusal> {
    let mut may_be_justified = !told.is_justified;
    let mut last = None;
    for criterion in criteria {
        let is_told = told.dates.iter().any(|(id, _)| *id == criterion.criterion_id);
        let is_excused = told.is_justified && criterion.is_justifiable;
        if criterion.is_dated && !is_told && !is_excused {
            return Err(missing(criterion));
        }
        may_be_justified |= criterion.is_justifiable;
        last = Some(criterion);
    }
    match last {
        Some(criterion) if !may_be_justified => Err(missing(criterion)),
        _ => Ok(()),
    }
}

fn missing(criterion: &Criterion) -> Refusal {
    let reason = if criterion.is_justifiable {
        Reason::TargetGroupMismatch
    } else {
        Reason::EligibilityMissing
    };
    Refusal { rule_id: criterion.criterion_id.clone(), ..Refusal::at(reason, FIELD) }
}
