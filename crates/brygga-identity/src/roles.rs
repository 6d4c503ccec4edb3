//! What a person may be inside an organisation (domain guide 3.2).
//!
//! The organisation's own identity provider says who has which role; the policy says what
//! a role may do. Here is only the closed list of words that both use.

macro_rules! roles {
    ($($(#[$doc:meta])* $variant:ident = $code:literal,)*) => {
        /// A role of a person, or of a system that stands for one function.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Role {
            $($(#[$doc])* $variant,)*
        }

        impl Role {
            /// Every role, in the order of the domain guide.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable code, as it stands in tokens.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// Reads a stable code; `None` for one that this version does not know.
            pub fn parse(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

roles! {
    /// Socialsekreterare, handläggare: own cases.
    CaseWorker = "CASE_WORKER",
    /// Ansvarig handläggare, named towards Kronofogden: own cases.
    ResponsibleCaseWorker = "RESPONSIBLE_CASE_WORKER",
    /// Särskilt utsedd handläggare för skyddade personuppgifter: protected cases only.
    ProtectedOfficer = "PROTECTED_OFFICER",
    /// Bostadssamordnare: a person's need, and flats.
    HousingMatcher = "HOUSING_MATCHER",
    /// Bostadskoordinator: flats only.
    HousingAcquirer = "HOUSING_ACQUIRER",
    /// Boendekonsulent, bostadskonsulent: tenancies.
    HousingConsultant = "HOUSING_CONSULTANT",
    /// Boendeassistent: tenancies.
    HousingAssistant = "HOUSING_ASSISTANT",
    /// Boendestödjare, vägledare: own tenancies.
    HousingSupporter = "HOUSING_SUPPORTER",
    /// Hyresskuldsrådgivare, budget- och skuldrådgivare: signals.
    RentDebtAdviser = "RENT_DEBT_ADVISER",
    /// Personal vid härbärge: guests of the own unit.
    ShelterStaff = "SHELTER_STAFF",
    /// Föreståndare: decides enrolment in the own unit.
    ShelterManager = "SHELTER_MANAGER",
    /// Förvaltningsassistent at a landlord: own tenants.
    LandlordAdmin = "LANDLORD_ADMIN",
    /// Kravhandläggare at a landlord: own tenants.
    RentCollector = "RENT_COLLECTOR",
    /// Störningsjour: the incident.
    IncidentReporter = "INCIDENT_REPORTER",
    /// Kronofogde, kronoinspektör: own notices.
    KfmOfficer = "KFM_OFFICER",
    /// Klienthandläggare i Kriminalvården: own clients.
    ReleaseOfficer = "RELEASE_OFFICER",
    /// Avtalsansvarig: agreements, no person.
    AgreementManager = "AGREEMENT_MANAGER",
    /// Regional samordnare, länsstyrelse: aggregates only.
    RegionalCoordinator = "REGIONAL_COORDINATOR",
    /// Loggranskare: log entries, not payloads.
    LogReviewer = "LOG_REVIEWER",
    /// Registrator: metadata.
    Registrar = "REGISTRAR",
    /// Driftpersonal: no payload (lag 2020:914).
    Operator = "OPERATOR",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_reads_back_what_it_prints() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(*role));
        }
        assert_eq!(Role::ALL.len(), 21);
    }

    #[test]
    fn a_code_in_another_spelling_is_no_role() {
        for code in ["", "operator", "OPERATOR ", "ADMIN"] {
            assert_eq!(Role::parse(code), None);
        }
    }
}
