//! Which roles mean anything at which kind of node.
//!
//! A token says what its organisation's identity provider believes. A private partner cannot make
//! anybody an authority's decision maker by writing so into a token (SoL 4:3, R14), and where no
//! personal data may ever be, no role about persons counts.

use std::collections::BTreeSet;

use brygga_domain::MemberKind;
use brygga_identity::roles::Role;

/// The roles that count at a node of this kind; at one that is no member yet, none about persons.
pub fn honoured(kind: Option<MemberKind>, roles: &BTreeSet<Role>) -> BTreeSet<Role> {
    roles.iter().copied().filter(|role| is_honoured(kind, *role)).collect()
}

/// Whether a role counts at a node of this kind.
pub const fn is_honoured(kind: Option<MemberKind>, role: Role) -> bool {
    match role {
        // They see no person anywhere.
        Role::AgreementManager
        | Role::LogReviewer
        | Role::Operator
        | Role::RegionalCoordinator
        | Role::Registrar => true,
        // They exercise, or prepare, public authority.
        Role::ResponsibleCaseWorker | Role::RentDebtAdviser => {
            matches!(kind, Some(MemberKind::Municipality))
        }
        Role::KfmOfficer => matches!(kind, Some(MemberKind::EnforcementAuthority)),
        Role::ReleaseOfficer => {
            matches!(kind, Some(MemberKind::PrisonAndProbation | MemberKind::Region))
        }
        Role::ProtectedOfficer => {
            matches!(kind, Some(MemberKind::Municipality | MemberKind::CivilSocietyProtected))
        }
        Role::CaseWorker
        | Role::HousingAcquirer
        | Role::HousingAssistant
        | Role::HousingConsultant
        | Role::HousingMatcher
        | Role::HousingSupporter
        | Role::IncidentReporter
        | Role::LandlordAdmin
        | Role::RentCollector
        | Role::ShelterManager
        | Role::ShelterStaff => match kind {
            Some(kind) => holds_persons(kind),
            None => false,
        },
    }
}

/// Whether such a body may hold personal data at all (domain guide 2.9).
const fn holds_persons(kind: MemberKind) -> bool {
    match kind {
        MemberKind::Association | MemberKind::Coordinator | MemberKind::Research => false,
        MemberKind::CivilSociety
        | MemberKind::CivilSocietyProtected
        | MemberKind::EnforcementAuthority
        | MemberKind::Federation
        | MemberKind::HousingAgency
        | MemberKind::IncidentReporter
        | MemberKind::MunicipalLandlord
        | MemberKind::Municipality
        | MemberKind::PrisonAndProbation
        | MemberKind::PrivateLandlord
        | MemberKind::Region
        | MemberKind::StateAgency => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_municipality_has_responsible_case_workers() {
        for kind in MemberKind::ALL {
            let counts = is_honoured(Some(*kind), Role::ResponsibleCaseWorker);
            assert_eq!(counts, *kind == MemberKind::Municipality, "{}", kind.as_str());
        }
    }

    #[test]
    fn a_node_without_persons_knows_no_role_about_them() {
        let blind = [None, Some(MemberKind::Coordinator), Some(MemberKind::Research)];
        for kind in blind {
            let counted = honoured(kind, &Role::ALL.iter().copied().collect());
            let wanted = [
                Role::AgreementManager,
                Role::RegionalCoordinator,
                Role::LogReviewer,
                Role::Registrar,
                Role::Operator,
            ];
            assert_eq!(counted, wanted.into());
        }
    }
}
