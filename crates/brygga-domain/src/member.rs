//! What kind of body a member of the federation is.

use crate::legal::coded_enum;

coded_enum!(
    /// The kind of body; decides which disclosure grounds it can use (domain guide 2.9 and 5.2).
    MemberKind {
        /// A municipality.
        Municipality = "MUNICIPALITY",
        /// A civil-society organisation.
        CivilSociety = "CIVIL_SOCIETY",
        /// A civil-society organisation that runs protected housing.
        CivilSocietyProtected = "CIVIL_SOCIETY_PROTECTED",
        /// A federation of civil-society organisations.
        Federation = "FEDERATION",
        /// Kronofogdemyndigheten.
        EnforcementAuthority = "ENFORCEMENT_AUTHORITY",
        /// Kriminalvården.
        PrisonAndProbation = "PRISON_AND_PROBATION",
        /// Another state agency.
        StateAgency = "STATE_AGENCY",
        /// A regional coordinator: aggregates only.
        Coordinator = "COORDINATOR",
        /// A region (health care).
        Region = "REGION",
        /// An association: signs, sees no data.
        Association = "ASSOCIATION",
        /// A housing company that municipalities control (OSL 2:3).
        MunicipalLandlord = "MUNICIPAL_LANDLORD",
        /// A private landlord.
        PrivateLandlord = "PRIVATE_LANDLORD",
        /// A public housing agency.
        HousingAgency = "HOUSING_AGENCY",
        /// A reporter of disturbances.
        IncidentReporter = "INCIDENT_REPORTER",
        /// A research body: aggregates only.
        Research = "RESEARCH",
    }
);

coded_enum!(
    /// Which law carries the member's processing of social-services data (domain guide 5.3).
    SocialServicesStatus {
        /// A social-services authority (lag 2001:454).
        Authority = "AUTHORITY",
        /// A private performer under contract with a municipality.
        Contracted = "CONTRACTED",
        /// A private activity with an IVO permit.
        Permit = "PERMIT",
        /// Outside lag 2001:454: explicit consent or no personal data.
        None = "NONE",
    }
);
