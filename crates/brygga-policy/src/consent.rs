//! Whether the evidence of consent carries a message.

use brygga_domain::consent::Use;
use brygga_domain::{Reason, Refusal, Seconds, Timestamp};

use crate::{ConsentEvidence, ReferralQuestion};

/// How far two nodes' clocks may differ when a recipient judges how long a stated consent is.
const CLOCK_SLACK: Seconds = Seconds::hours(1);

/// Checks the evidence for this recipient, these data and this instant.
///
/// # Errors
/// [`Reason::ConsentMissing`] without evidence; at the sender what the record's own check says; at the recipient
/// [`Reason::ConsentExpired`], and [`Reason::ConsentScope`] for a consent that is longer than the agreement allows.
pub(crate) fn check(question: &ReferralQuestion<'_>, max_days: u32) -> Result<(), Refusal> {
    match question.consent {
        ConsentEvidence::None => Err(Refusal::at(Reason::ConsentMissing, "consent")),
        ConsentEvidence::Record(consent) => {
            let wanted = Use {
                recipient: &question.recipient.organisation,
                unit: question.recipient_unit,
                categories: question.categories,
                third_persons: question.third_persons,
            };
            consent.check_use(wanted, max_days, question.now)
        }
        ConsentEvidence::Statement { valid_until } => {
            check_statement(valid_until, max_days, question.now)
        }
    }
}

fn check_statement(valid_until: Timestamp, max_days: u32, now: Timestamp) -> Result<(), Refusal> {
    let longest = now.plus(Seconds::days(i64::from(max_days))).plus(CLOCK_SLACK);
    if now >= valid_until {
        Err(Refusal::at(Reason::ConsentExpired, "consent.valid_until"))
    } else if valid_until > longest {
        Err(Refusal::at(Reason::ConsentScope, "consent.valid_until"))
    } else {
        Ok(())
    }
}
