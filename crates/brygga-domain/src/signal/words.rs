//! The codes of signals; `docs/SIGNALS.md` explains them.

use crate::legal::coded_enum;

coded_enum!(
    /// What a signal is about.
    SignalSubject {
        /// Rent that is not paid, with the right to the dwelling forfeited (JB 12:44).
        RentNotice = "RENT_NOTICE",
        /// Rent that is late.
        Arrears = "ARREARS",
        /// A disturbance (JB 12:25).
        Disturbance = "DISTURBANCE",
        /// Dwellings to visit together.
        VisitRound = "VISIT_ROUND",
        /// Somebody is to be released from prison.
        Release = "RELEASE",
        /// Somebody is in care, or leaves it.
        Discharge = "DISCHARGE",
    }
);

impl SignalSubject {
    /// Whether it is about somebody who comes back from prison or care, and not about a dwelling.
    pub const fn is_return(self) -> bool {
        matches!(self, Self::Release | Self::Discharge)
    }

    /// Whether it is about rent.
    pub const fn is_rent(self) -> bool {
        matches!(self, Self::RentNotice | Self::Arrears)
    }
}

coded_enum!(
    /// What follows a signal. What never leaves the municipality is marked "stays".
    SignalStep {
        /// Sender: the tenant was served on a day.
        TenantServed = "TENANT_SERVED",
        /// Sender: the rent is paid.
        Paid = "PAID",
        /// Sender: taken back.
        Withdrawn = "WITHDRAWN",
        /// Sender: the tenant has been evicted.
        Evicted = "EVICTED",
        /// Municipality: a function works with it.
        TakenOn = "TAKEN_ON",
        /// Municipality: it undertakes to pay (JB 12:44).
        Undertaking = "UNDERTAKING",
        /// Municipality: the rent is secured; how, it does not say.
        RentSecured = "RENT_SECURED",
        /// Municipality: somebody has been there.
        OnSite = "ON_SITE",
        /// Municipality: there is a plan.
        ActionPlan = "ACTION_PLAN",
        /// Municipality: who lives there.
        Occupant = "OCCUPANT",
        /// Sender: the landlord says that an incident is dealt with.
        LandlordDone = "LANDLORD_DONE",
        /// Municipality: the case worker says so.
        CaseWorkerDone = "CASE_WORKER_DONE",
        /// Municipality: the support team says so.
        SupportDone = "SUPPORT_DONE",
        /// Municipality: the person has a place.
        PlaceArranged = "PLACE_ARRANGED",
        /// Municipality: there was no place in time.
        NoPlace = "NO_PLACE",
        /// Stays: a letter to the tenant.
        Letter = "LETTER",
        /// Stays: a telephone call.
        Call = "CALL",
        /// Stays: a visit.
        Visit = "VISIT",
        /// Stays: a plan of instalments.
        Plan = "PLAN",
        /// Stays: whether somebody rents from the tenant was looked into.
        SubtenantsChecked = "SUBTENANTS_CHECKED",
        /// Stays: Kronofogden tells of an eviction from the same dwelling.
        EvictionNotice = "EVICTION_NOTICE",
        /// Stays: mental ill-health is suspected, which puts it first. Only the socialtjänst may say so.
        MarkIllHealth = "MARK_ILL_HEALTH",
        /// Follows by itself: a later rent notice has taken its place.
        Superseded = "SUPERSEDED",
    }
);

coded_enum!(
    /// Why a visit came before any letter.
    StepReason {
        /// Children live there.
        Children = "CHILDREN",
        /// There is no time for a letter.
        NoTime = "NO_TIME",
        /// Letters do not reach the person.
        NotReachedByLetter = "NOT_REACHED_BY_LETTER",
    }
);

coded_enum!(
    /// Whom the municipality deals with first.
    PriorityMark {
        /// Children live there.
        Children = "CHILDREN",
        /// The tenant is under 25.
        Under25 = "UNDER_25",
        /// The tenant is over 65.
        Over65 = "OVER_65",
        /// The socialtjänst suspects mental ill-health. No message carries it.
        IllHealth = "ILL_HEALTH",
    }
);

coded_enum!(
    /// How a signal ended.
    SignalOutcome {
        /// The home is kept: paid, taken back, or undertaken in time.
        Averted = "AVERTED",
        /// Evicted.
        Executed = "EXECUTED",
        /// A later notice has taken its place.
        Superseded = "SUPERSEDED",
        /// An incident that all three have dealt with.
        Resolved = "RESOLVED",
        /// A round whose last day is over.
        Expired = "EXPIRED",
        /// The person has a place.
        Placed = "PLACED",
        /// There was no place in time.
        NotPlaced = "NOT_PLACED",
        /// Taken back by its sender, where no home was at stake.
        Withdrawn = "WITHDRAWN",
    }
);

coded_enum!(
    /// What is late.
    SignalAlarm {
        /// Nobody tried to reach the tenant within the agreed days.
        NoContact = "NO_CONTACT",
        /// Nobody has been there within the agreed hours.
        NotOnSite = "NOT_ON_SITE",
        /// Nobody took it on within the agreed days.
        NotTakenOn = "NOT_TAKEN_ON",
        /// The planned day has come and nothing is said of a place.
        NoOutcome = "NO_OUTCOME",
        /// The last day to pay or to undertake it is over.
        TimeToPayOver = "TIME_TO_PAY_OVER",
    }
);

coded_enum!(
    /// How old somebody is. Never a date of birth.
    AgeBand {
        /// Under 25.
        Under25 = "UNDER_25",
        /// 25 to 65.
        From25To65 = "FROM_25_TO_65",
        /// Over 65.
        Over65 = "OVER_65",
    }
);

coded_enum!(
    /// What happened in a dwelling.
    DisturbanceKind {
        /// Noise.
        Noise = "NOISE",
        /// Violence or threats.
        ViolenceOrThreats = "VIOLENCE_OR_THREATS",
        /// Damage.
        Damage = "DAMAGE",
        /// A dwelling that is not looked after.
        Neglect = "NEGLECT",
        /// Anything else.
        Other = "OTHER",
    }
);

coded_enum!(
    /// What somebody needs who leaves prison or care.
    NeedCode {
        /// A dwelling.
        Dwelling = "DWELLING",
        /// A place for the first nights.
        EmergencyShelter = "EMERGENCY_SHELTER",
        /// Support at home.
        HousingSupport = "HOUSING_SUPPORT",
        /// The rent paid while the person is away.
        RentDuringStay = "RENT_DURING_STAY",
    }
);
