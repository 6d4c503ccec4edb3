//! What is late about a signal, and from when.

use super::{Signal, SignalAlarm, SignalStep, SignalSubject};
use crate::lateness::{Due, Lateness};
use crate::notice::NoticeSide;
use crate::swedish_day::start_of_swedish_day;
use crate::{Seconds, Timestamp, deadlines};

impl Signal {
    /// What becomes late and when, as far as nobody has done it, and when a release is reminded of; the first first. Nothing
    /// once it is over. Whether somebody tried to reach the tenant only the municipality knows.
    pub fn due(&self) -> Vec<Due<SignalAlarm>> {
        if self.outcome.is_some() || self.not_taken.is_some() {
            return Vec::new();
        }
        let told = self.arrived_at.unwrap_or(self.sent_at);
        let days = |count: u32| told.plus(Seconds::days(i64::from(count)));
        let is_contacted = self.steps.iter().any(|taken| taken.step.is_contact());
        let waits_for_contact = self.subject.is_rent() && self.side == NoticeSide::Recipient;
        let waits_for_site = self.subject == SignalSubject::Disturbance;
        let to_pay = self.redeem_by().map(deadlines::undertaking_too_late);
        let planned = self.on.filter(|_| self.subject.is_return()).map(start_of_swedish_day);
        let on_site = told.plus(Seconds::hours(i64::from(self.times.on_site_hours)));
        let candidates = [
            (
                !self.has(SignalStep::TakenOn),
                Some(days(self.times.take_on_days)),
                SignalAlarm::NotTakenOn,
            ),
            (
                waits_for_contact && !is_contacted,
                Some(days(self.times.contact_days)),
                SignalAlarm::NoContact,
            ),
            (
                waits_for_site && !self.has(SignalStep::OnSite),
                Some(on_site),
                SignalAlarm::NotOnSite,
            ),
            (true, to_pay, SignalAlarm::TimeToPayOver),
            (true, planned, SignalAlarm::NoOutcome),
        ];
        let mut due: Vec<_> = candidates
            .into_iter()
            .filter(|(waits, ..)| *waits)
            .filter_map(|(_, at, alarm)| Some((at?, Some(alarm))))
            .chain(planned.into_iter().flat_map(reminders))
            .collect();
        due.sort_by_key(|(at, _)| *at);
        due
    }

    /// What is late at an instant: of several what became so last.
    pub fn alarm(&self, now: Timestamp) -> Option<SignalAlarm> {
        Lateness::alarm(&self.due(), now)
    }

    /// When something more becomes late, or is reminded of.
    pub fn next_due(&self, now: Timestamp) -> Option<Timestamp> {
        Lateness::next(&self.due(), now)
    }

    /// Begins the clock of a signal that is new here.
    #[must_use]
    pub fn timed(mut self) -> Self {
        self.lateness.changed(&self.due(), self.changed_at);
        self
    }

    /// Raises what has become late since it was looked at last. Returns it; none where nothing has.
    pub fn raise(&mut self, now: Timestamp) -> Option<SignalAlarm> {
        self.revision += 1;
        self.lateness.raise(&self.due(), now)
    }

    /// Whole days since it arrived without that anybody took it on; 0 where somebody has, and once it is over.
    pub fn days_unhandled(&self, now: Timestamp) -> u32 {
        if self.has(SignalStep::TakenOn) || self.outcome.is_some() || self.not_taken.is_some() {
            return 0;
        }
        let told = self.arrived_at.unwrap_or(self.sent_at);
        u32::try_from(now.millis_since(told).div_euclid(86_400_000)).unwrap_or(0)
    }
}

/// When a release is reminded of: 90, 60, 30 and 7 days before (domain guide 8.4).
fn reminders(planned: Timestamp) -> impl Iterator<Item = Due<SignalAlarm>> {
    [90, 60, 30, 7].into_iter().map(move |days| (planned.minus(Seconds::days(days)), None))
}
