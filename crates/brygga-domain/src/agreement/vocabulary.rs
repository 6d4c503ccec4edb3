//! The words that agreements are written in, each with the code that is stored and shown.

use crate::legal::coded_enum;

coded_enum!(
    /// The kind of cooperation (domain guide 3.1); decides who must be a party to it.
    AgreementKind {
        /// Samarbetsavtal between municipalities (KL 9:37-38).
        RegionalCooperation = "REGIONAL_COOPERATION",
        /// Idéburet offentligt partnerskap.
        Iop = "IOP",
        /// Samarbetsavtal with property owners.
        LandlordQuota = "LANDLORD_QUOTA",
        /// Ägardirektiv to a company of the municipality.
        OwnerDirective = "OWNER_DIRECTIVE",
        /// Exploateringsavtal.
        LandDevelopment = "LAND_DEVELOPMENT",
        /// Bostad först partnership.
        HousingFirstPartnership = "HOUSING_FIRST_PARTNERSHIP",
        /// Boplan, trepartsavtal.
        TripartitePlan = "TRIPARTITE_PLAN",
        /// Network for exchange of residence.
        ExchangeNetwork = "EXCHANGE_NETWORK",
        /// Framework of an association; gives no right to data by itself.
        FrameworkOfAssociation = "FRAMEWORK_OF_ASSOCIATION",
        /// Local cooperation with Kronofogden.
        KfmCooperation = "KFM_COOPERATION",
        /// Agreement between municipality and region (SoL 7:2).
        RegionAgreement = "REGION_AGREEMENT",
        /// A single case without a standing agreement.
        OneOff = "ONE_OFF",
    }
);

coded_enum!(
    /// The part that a party plays.
    PartyRole {
        /// May send and receive.
        Participant = "PARTICIPANT",
        /// Sees aggregates only.
        Coordinator = "COORDINATOR",
        /// Signs and sees no data.
        Observer = "OBSERVER",
    }
);

coded_enum!(
    /// What an agreement is about; an agreement for one subject gives no right in another (KAL-03).
    SubjectArea {
        /// Homelessness: beds, housing and support.
        Homelessness = "HOMELESSNESS",
        /// Occupation (sysselsättning).
        Occupation = "OCCUPATION",
        /// Housing supply: dwellings from owners.
        HousingSupply = "HOUSING_SUPPLY",
        /// Prevention of evictions.
        EvictionPrevention = "EVICTION_PREVENTION",
        /// Protected relocation.
        Relocation = "RELOCATION",
        /// Budget and debt advice.
        BudgetAdvice = "BUDGET_ADVICE",
    }
);

coded_enum!(
    /// What a rule does.
    Effect {
        /// Permits.
        Permit = "PERMIT",
        /// Prohibits; beats every permission.
        Prohibit = "PROHIBIT",
    }
);

coded_enum!(
    /// What a rule is about.
    Action {
        /// Send a referral.
        ReferralSend = "REFERRAL_SEND",
        /// Publish capacity: beds, homes or support.
        CapacityPublish = "CAPACITY_PUBLISH",
        /// Read how many referrals a participant received, as it tells by itself.
        AggregateRead = "AGGREGATE_READ",
        /// Move a case from one municipality to another.
        CaseTransfer = "CASE_TRANSFER",
        /// Send a notice of an eviction.
        NoticeSend = "NOTICE_SEND",
        /// Send a signal about somebody's home.
        SignalSend = "SIGNAL_SEND",
    }
);

coded_enum!(
    /// Whom a referral is about.
    Population {
        /// Somebody who is 18 or older.
        Adult = "ADULT",
        /// Somebody under 18.
        Child = "CHILD",
    }
);

coded_enum!(
    /// Priority of a referral (FHIR RequestPriority); decides the response time.
    Priority {
        /// Ordinary.
        Routine = "ROUTINE",
        /// The person needs a roof now.
        Urgent = "URGENT",
    }
);
