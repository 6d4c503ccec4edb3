//! What the parties agree about signals: how late rent may be, how soon somebody acts, and who comes first.

use std::collections::BTreeSet;

use super::AgreementDraft;
use crate::signal::{PriorityMark, SignalTimes};
use crate::{Reason, Refusal};

/// Most days of grace before arrears are told.
const GRACE_DAYS_MAX: u32 = 60;
/// Most days until somebody tries to reach a tenant, and until somebody takes a signal on.
const DAYS_MAX: u32 = 30;
/// Most hours until somebody is at an incident: a week.
const ON_SITE_HOURS_MAX: u32 = 168;

/// What the parties agree about signals (docs/SIGNALS.md).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignalTerms {
    /// Days that rent may be late before arrears are told (BFK-03). 0 to 60.
    pub grace_days: u32,
    /// How soon somebody acts.
    pub times: SignalTimes,
    /// Who comes first, the first first; each once, and all that are not named come after (STJ-01).
    pub priority: Vec<PriorityMark>,
}

impl Default for SignalTerms {
    /// No grace, three days, 48 hours, five days; children, under 25, over 65, suspected mental ill-health.
    fn default() -> Self {
        Self { grace_days: 0, times: SignalTimes::default(), priority: PriorityMark::ALL.to_vec() }
    }
}

impl SignalTerms {
    /// The place of somebody with these marks in the agreed order; the smaller the sooner.
    pub fn rank(&self, marks: &BTreeSet<PriorityMark>) -> u32 {
        let mut order = self.priority.iter();
        let place = order.position(|mark| marks.contains(mark)).unwrap_or(self.priority.len());
        u32::try_from(place).unwrap_or(u32::MAX)
    }

    fn check(&self) -> Result<(), &'static str> {
        let SignalTimes { contact_days, on_site_hours, take_on_days } = self.times;
        let named: BTreeSet<_> = self.priority.iter().collect();
        let sound = [
            (self.grace_days <= GRACE_DAYS_MAX, "terms.signals.grace_days"),
            ((1..=DAYS_MAX).contains(&contact_days), "terms.signals.contact_days"),
            ((1..=ON_SITE_HOURS_MAX).contains(&on_site_hours), "terms.signals.on_site_hours"),
            ((1..=DAYS_MAX).contains(&take_on_days), "terms.signals.take_on_days"),
            (named.len() == self.priority.len(), "terms.signals.priority"),
        ];
        sound.iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, field)| Err(field))
    }
}

impl AgreementDraft {
    /// What is agreed about signals.
    pub fn signal_terms(&self) -> SignalTerms {
        self.signals.clone().unwrap_or_default()
    }

    pub(super) fn check_signals(&self) -> Result<(), Refusal> {
        let checked = self.signals.as_ref().map_or(Ok(()), SignalTerms::check);
        checked.map_err(|field| Refusal::at(Reason::InvalidField, field))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_several_marks_comes_where_the_first_of_them_stands() {
        let terms = SignalTerms::default();
        let rank = |marks: &[PriorityMark]| terms.rank(&marks.iter().copied().collect());
        assert_eq!(rank(&[PriorityMark::Over65, PriorityMark::Children]), 0);
        assert_eq!(rank(&[PriorityMark::Over65]), 2);
        assert_eq!(rank(&[]), 4);
        let other = SignalTerms { priority: vec![PriorityMark::IllHealth], ..terms };
        assert_eq!(other.rank(&[PriorityMark::Children].into()), 1);
        assert_eq!(other.rank(&[PriorityMark::IllHealth].into()), 0);
    }

    #[test]
    fn each_number_has_its_bounds() {
        let terms = SignalTerms::default;
        let times = |contact_days, on_site_hours, take_on_days| SignalTimes {
            contact_days,
            on_site_hours,
            take_on_days,
        };
        let twice = vec![PriorityMark::Children, PriorityMark::Children];
        let cases = [
            (SignalTerms { grace_days: 61, ..terms() }, "terms.signals.grace_days"),
            (SignalTerms { times: times(0, 48, 5), ..terms() }, "terms.signals.contact_days"),
            (SignalTerms { times: times(3, 169, 5), ..terms() }, "terms.signals.on_site_hours"),
            (SignalTerms { times: times(3, 48, 31), ..terms() }, "terms.signals.take_on_days"),
            (SignalTerms { priority: twice, ..terms() }, "terms.signals.priority"),
        ];
        for (terms, field) in cases {
            assert_eq!(terms.check(), Err(field));
        }
        assert_eq!(terms().check(), Ok(()));
    }
}
