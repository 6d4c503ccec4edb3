//! What a service is run under, before it may be published (SoL 26:1, rule R15).
//!
//! A private body needs a permit, and the federation's operators attest which. A municipality and a region need none
//! but have notified theirs: they name the notification, and nobody attests it. A state agency is asked for nothing.

use brygga_domain::MemberKind;
use brygga_domain::capacity::{AttestedPermit, LicensedActivity, Service};
use brygga_domain::{Reason, Refusal};

/// Checks that a publisher has what a service must be run under, as far as the registry knows now.
///
/// # Errors
/// [`Reason::LicenceRequired`] at `service.permit`: none is named, or no permit is attested that is for the same activity
/// and covers as many persons.
pub(crate) fn check(
    service: &Service,
    publisher: MemberKind,
    attested: &[AttestedPermit],
) -> Result<(), Refusal> {
    let Some(activity) = LicensedActivity::of(&service.service_type) else { return Ok(()) };
    let named = service.permit.as_ref();
    let is_met = match footing(publisher) {
        Footing::None => true,
        Footing::Notification => named.is_some(),
        Footing::Permit => {
            named.is_some_and(|named| attested.iter().any(|permit| permit.covers(activity, named)))
        }
    };
    if is_met { Ok(()) } else { Err(Refusal::at(Reason::LicenceRequired, "service.permit")) }
}

/// What a body needs before it begins.
enum Footing {
    None,
    Notification,
    Permit,
}

const fn footing(publisher: MemberKind) -> Footing {
    match publisher {
        MemberKind::Municipality | MemberKind::Region => Footing::Notification,
        MemberKind::EnforcementAuthority
        | MemberKind::PrisonAndProbation
        | MemberKind::StateAgency => Footing::None,
        // A company of a municipality is a company (SoL 26:1 first paragraph).
        MemberKind::Association
        | MemberKind::CivilSociety
        | MemberKind::CivilSocietyProtected
        | MemberKind::Coordinator
        | MemberKind::Federation
        | MemberKind::HousingAgency
        | MemberKind::IncidentReporter
        | MemberKind::MunicipalLandlord
        | MemberKind::PrivateLandlord
        | MemberKind::Research => Footing::Permit,
    }
}
