//! What a member is in the eyes of secrecy law, from its kind and its social-services status.

use crate::{MemberKind, SocialServicesStatus};

/// A member's kind and its status, as the registry gives them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What kind of body it is.
    pub kind: MemberKind,
    /// Which law carries its processing of social-services data.
    pub status: SocialServicesStatus,
}

/// What a member is in the eyes of secrecy law.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// A municipal board with social-services tasks: an authority under OSL 26:1.
    Board,
    /// A region: a health-care authority under OSL 25.
    HealthAuthority,
    /// A private performer under contract with a municipality: SoL 17:11.
    ContractedPerformer,
    /// A private activity with an IVO permit: SoL 17:11.
    PermittedPerformer,
    /// Civil society outside lag 2001:454: consent or nothing.
    CivilSocietyOutside,
    /// Kronofogdemyndigheten.
    Kronofogden,
    /// Kriminalvården.
    Kriminalvarden,
    /// A housing company that municipalities control: an authority under OSL 2:3.
    MunicipalLandlord,
    /// A private landlord: not under OSL.
    PrivateLandlord,
    /// Who reports disturbances for landlords: not under OSL.
    IncidentReporter,
    /// Everybody that no rule lets send or receive personal data, and every kind with a status that contradicts it.
    NoPersonalData,
}

impl Standing {
    /// A standing.
    pub const fn new(kind: MemberKind, status: SocialServicesStatus) -> Self {
        Self { kind, status }
    }

    /// What it is in the eyes of secrecy law. The status counts for municipalities and civil society only:
    /// lag 2001:454 does not reach the others, whatever the registry says of them.
    pub const fn body(self) -> Body {
        use SocialServicesStatus as Status;
        match (self.kind, self.status) {
            (MemberKind::Municipality, Status::Authority) => Body::Board,
            (MemberKind::CivilSociety | MemberKind::CivilSocietyProtected, Status::Contracted) => {
                Body::ContractedPerformer
            }
            (MemberKind::CivilSociety | MemberKind::CivilSocietyProtected, Status::Permit) => {
                Body::PermittedPerformer
            }
            (MemberKind::CivilSociety | MemberKind::CivilSocietyProtected, Status::None) => {
                Body::CivilSocietyOutside
            }
            (MemberKind::Region, _) => Body::HealthAuthority,
            (MemberKind::EnforcementAuthority, _) => Body::Kronofogden,
            (MemberKind::PrisonAndProbation, _) => Body::Kriminalvarden,
            (MemberKind::MunicipalLandlord, _) => Body::MunicipalLandlord,
            (MemberKind::PrivateLandlord, _) => Body::PrivateLandlord,
            (MemberKind::IncidentReporter, _) => Body::IncidentReporter,
            (MemberKind::Municipality, Status::Contracted | Status::Permit | Status::None)
            | (MemberKind::CivilSociety | MemberKind::CivilSocietyProtected, Status::Authority)
            | (
                MemberKind::Association
                | MemberKind::Coordinator
                | MemberKind::Federation
                | MemberKind::HousingAgency
                | MemberKind::Research
                | MemberKind::StateAgency,
                _,
            ) => Body::NoPersonalData,
        }
    }
}
