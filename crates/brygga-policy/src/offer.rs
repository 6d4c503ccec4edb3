//! Whether a party takes an open referral: nothing is disclosed by it, so only the agreement is asked.

use brygga_domain::code::SERVICE_TYPE;
use brygga_domain::{Reason, Refusal};

use crate::gate::{both_take_part, check_in_force, check_subject};
use crate::{Citation, ReferralQuestion, rules};

/// Decides whether the recipient's own agreement lets the sender ask it for this, and returns the rule.
///
/// Ground, basis and consent are not looked at: they carry the referral that follows a claim, which has
/// to pass [`crate::decide_referral`] at both ends.
///
/// # Errors
/// [`Reason::InvalidField`] for a service of another list; otherwise as [`crate::decide_referral`] up to the rules.
pub fn decide_offered(question: &ReferralQuestion<'_>) -> Result<String, Refusal> {
    if question.service_type.list() != SERVICE_TYPE {
        return Err(Refusal::at(Reason::InvalidField, "service_type.list"));
    }
    let absent = || Refusal::at(Reason::NotFound, "agreement_id");
    let Citation::Version(id, version) = question.citation else { return Err(absent()) };
    let record = question.agreements.find(id, version).ok_or_else(absent)?;
    if !both_take_part(record, question) {
        return Err(absent());
    }
    check_in_force(record, question)?;
    check_subject(record, question)?;
    rules::permitting(record.terms(), question).map(|(rule, _)| rule.rule_id.clone())
}
