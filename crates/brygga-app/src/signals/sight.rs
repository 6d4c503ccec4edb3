//! Who sends, sees and works with which signals (domain guide 3.2).

use brygga_domain::notice::NoticeSide;
use brygga_domain::signal::{Signal, SignalStep, SignalSubject};
use brygga_domain::{Timestamp, UnitId};
use brygga_identity::caller::Caller;
use brygga_identity::roles::Role;

use super::is_of_rent;
use crate::App;
use crate::referrals::may_see;

/// Whether a role sends signals about a subject, and so sees its own.
const fn role_sends(role: Role, subject: SignalSubject) -> bool {
    match role {
        Role::LandlordAdmin => !subject.is_return(),
        Role::RentCollector => is_of_rent(subject),
        Role::IncidentReporter => matches!(subject, SignalSubject::Disturbance),
        Role::ReleaseOfficer => subject.is_return(),
        _ => false,
    }
}

/// Whether a role works with signals about a subject at the municipality.
const fn role_receives(role: Role, subject: SignalSubject) -> bool {
    match role {
        Role::CaseWorker | Role::ResponsibleCaseWorker => true,
        Role::RentDebtAdviser => is_of_rent(subject),
        Role::HousingSupporter => matches!(subject, SignalSubject::Disturbance),
        _ => false,
    }
}

/// Whether a caller sends signals about a subject.
pub(super) fn sends(caller: &Caller, subject: SignalSubject) -> bool {
    caller.roles().iter().any(|role| role_sends(*role, subject))
}

/// Whether a caller with any of the roles that see a signal may take a step. What only the socialtjänst may say, only its case
/// workers say (STJ-01); an incident is dealt with when each of the three says so for itself (STO-04).
pub(super) fn takes(caller: &Caller, step: SignalStep) -> bool {
    let has = |role: Role| caller.roles().contains(&role);
    let is_case_worker = has(Role::CaseWorker) || has(Role::ResponsibleCaseWorker);
    match step {
        SignalStep::MarkIllHealth | SignalStep::CaseWorkerDone | SignalStep::Undertaking => {
            is_case_worker
        }
        SignalStep::SupportDone => has(Role::HousingSupporter),
        SignalStep::Visit | SignalStep::OnSite => true,
        _ => !only_supports(caller),
    }
}

/// Whether a caller supports people at home and does nothing else.
fn only_supports(caller: &Caller) -> bool {
    caller.roles().iter().all(|role| *role == Role::HousingSupporter)
}

impl App {
    /// Whether a caller may see a signal: with a role for it, in its function; or in the function's deputy once it lies
    /// unhandled past its time.
    pub(super) fn sees_signal(&self, caller: &Caller, signal: &Signal, now: Timestamp) -> bool {
        let suits = |role: &Role| match signal.side {
            NoticeSide::Sender => role_sends(*role, signal.subject),
            NoticeSide::Recipient => role_receives(*role, signal.subject),
        };
        if !caller.roles().iter().any(suits) {
            return false;
        }
        let unit = signal.own_unit();
        let deputy = || {
            let is_late = signal.side == NoticeSide::Recipient && signal.alarm(now).is_some();
            unit.filter(|_| is_late).and_then(|unit| self.deputy_of(unit))
        };
        may_see(caller, unit) || deputy().is_some_and(|deputy| may_see(caller, Some(&deputy)))
    }

    /// The function that the own contact points name for when another does not answer.
    pub(crate) fn deputy_of(&self, unit: &UnitId) -> Option<UnitId> {
        let trust = self.trust();
        let member = trust.member(&self.parts().organisation).ok()?;
        let mut points = member.contact_points.iter().filter(|point| point.unit == *unit);
        points.find_map(|point| point.deputy_unit.clone())
    }
}
