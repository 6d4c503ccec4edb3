//! The words that capacity is described with, each with the code that is stored and shown.

use crate::legal::coded_enum;

coded_enum!(
    /// What is counted (HSDS unit).
    PlaceKind {
        /// A bed.
        Bed = "BED",
        /// A room.
        Room = "ROOM",
        /// A dwelling.
        Dwelling = "DWELLING",
        /// A place of another kind.
        Place = "PLACE",
        /// A time at which somebody gets support.
        Time = "TIME",
    }
);

coded_enum!(
    /// Whom places are for.
    PlaceFor {
        /// Anybody.
        Anybody = "ANYBODY",
        /// Men.
        Men = "MEN",
        /// Women.
        Women = "WOMEN",
        /// Couples.
        Couples = "COUPLES",
        /// Adults with children.
        Families = "FAMILIES",
        /// Young people without an adult.
        Young = "YOUNG",
    }
);

coded_enum!(
    /// When places can be used.
    Period {
        /// Around the clock.
        RoundTheClock = "ROUND_THE_CLOCK",
        /// By day.
        Day = "DAY",
        /// By night.
        Night = "NIGHT",
    }
);

coded_enum!(
    /// How a line stands.
    CapacityStatus {
        /// There are places.
        Capacity = "CAPACITY",
        /// There are none, or nobody is received for now.
        NoCapacity = "NO_CAPACITY",
        /// There is a waiting list.
        Waitlist = "WAITLIST",
        /// Each case is assessed first.
        AssessmentRequired = "ASSESSMENT_REQUIRED",
        /// Not known: past its time, or never told.
        Unknown = "UNKNOWN",
    }
);

coded_enum!(
    /// Why there are no numbers (FHIR data-absent-reason).
    AbsentReason {
        /// Nobody has counted.
        NotCounted = "NOT_COUNTED",
        /// They are not told, as of protected housing.
        Masked = "MASKED",
        /// They were told, and their time is past.
        Outdated = "OUTDATED",
        /// The service does not count places.
        NotApplicable = "NOT_APPLICABLE",
    }
);

coded_enum!(
    /// How a dwelling came to be offered (JKP-05).
    AcquisitionRoute {
        /// By a standing agreement with an owner.
        Agreement = "AGREEMENT",
        /// By an agreement about land.
        LandDevelopment = "LAND_DEVELOPMENT",
        /// From a company's profit, or as its owner directs.
        OwnCompany = "OWN_COMPANY",
        /// Without a standing agreement: only under a one-off agreement.
        WithoutAgreement = "WITHOUT_AGREEMENT",
    }
);

coded_enum!(
    /// Who may see a service.
    Visibility {
        /// Everybody.
        Public = "PUBLIC",
        /// Whom an agreement names.
        Agreement = "AGREEMENT",
        /// At whom an agreement names, those who decide about placements.
        NamedRole = "NAMED_ROLE",
    }
);
