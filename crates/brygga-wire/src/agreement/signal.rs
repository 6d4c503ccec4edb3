//! What is agreed about signals.

use brygga_domain::Refusal;
use brygga_domain::agreement::SignalTerms;
use brygga_domain::signal::{PriorityMark, SignalTimes};
use brygga_proto::agreement::v1 as proto;

use crate::code;
use crate::field::invalid;

pub(super) fn signals_to_proto(terms: &SignalTerms) -> proto::SignalTerms {
    let SignalTimes { contact_days, on_site_hours, take_on_days } = terms.times;
    let priority = terms.priority.iter().map(|mark| code::number_or_unset(Some(*mark))).collect();
    let grace_days = terms.grace_days;
    proto::SignalTerms { grace_days, contact_days, on_site_hours, take_on_days, priority }
}

/// Unset numbers, and an order that is not given, are the usual ones; all is checked with the terms.
pub(super) fn signals_from_proto(terms: &proto::SignalTerms) -> Result<SignalTerms, Refusal> {
    let usual = SignalTerms::default();
    let or = |value: u32, usual: u32| if value == 0 { usual } else { value };
    let field = "terms.signals.priority";
    if terms.priority.len() > PriorityMark::ALL.len() {
        return Err(invalid(field));
    }
    let named = super::words(&terms.priority, field)?;
    Ok(SignalTerms {
        grace_days: terms.grace_days,
        times: SignalTimes {
            contact_days: or(terms.contact_days, usual.times.contact_days),
            on_site_hours: or(terms.on_site_hours, usual.times.on_site_hours),
            take_on_days: or(terms.take_on_days, usual.times.take_on_days),
        },
        priority: if named.is_empty() { usual.priority } else { named },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_is_the_usual_and_each_number_comes_back() {
        let unset = proto::SignalTerms::default();
        assert_eq!(signals_from_proto(&unset), Ok(SignalTerms::default()));
        let terms = SignalTerms {
            grace_days: 14,
            times: SignalTimes { contact_days: 2, on_site_hours: 24, take_on_days: 7 },
            priority: vec![PriorityMark::IllHealth, PriorityMark::Under25],
        };
        assert_eq!(signals_from_proto(&signals_to_proto(&terms)), Ok(terms));
    }
}
