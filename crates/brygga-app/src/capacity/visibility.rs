//! Who of an organisation sees a service of another's: one that is for named roles, only those who decide about
//! placements (rule R11).

use std::collections::BTreeSet;

use brygga_domain::capacity::{Service, Visibility};
use brygga_identity::roles::Role;

/// Those who decide about placements.
const PLACING: [Role; 4] =
    [Role::CaseWorker, Role::ProtectedOfficer, Role::ResponsibleCaseWorker, Role::ShelterManager];

/// Whether somebody in these roles sees a service of another organisation's; whoever does not cannot hold it either.
pub(crate) fn sees_service(roles: &BTreeSet<Role>, service: &Service) -> bool {
    match service.visibility {
        Visibility::Public | Visibility::Agreement => true,
        Visibility::NamedRole => places(roles),
    }
}

/// Whether somebody in these roles decides about placements.
pub(super) fn places(roles: &BTreeSet<Role>) -> bool {
    PLACING.iter().any(|role| roles.contains(role))
}
