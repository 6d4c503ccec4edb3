//! The words of a relocation, each with the code that is stored and sent.

use crate::legal::coded_enum;

coded_enum!(
    /// By which way the person moves, which decides who is responsible until when.
    Route {
        /// SoL 29:7 p. 2: the person applies in the destination and is treated as if living there (29:8).
        Application = "APPLICATION_29_7",
        /// SoL 29:10: the case is transferred.
        Transfer = "TRANSFER_29_10",
        /// SoL 29:2: the origin places the person and stays responsible.
        Placement = "PLACEMENT_29_2",
        /// The agreement of the exchange network.
        AgreementExchange = "AGREEMENT_EXCHANGE",
    }
);

coded_enum!(
    /// How old a child is, never when it was born.
    AgeBand {
        /// 0 to 5.
        Preschool = "0_5",
        /// 6 to 12.
        School = "6_12",
        /// 13 to 17.
        Teenager = "13_17",
    }
);

coded_enum!(
    /// What is needed, or offered.
    HousingKind {
        /// Skyddat boende.
        ProtectedHousing = "PROTECTED_HOUSING",
        /// A dwelling to stay in.
        Dwelling = "DWELLING",
        /// Either.
        Either = "EITHER",
    }
);

coded_enum!(
    /// How much support.
    SupportLevel {
        /// None.
        None = "NONE",
        /// Some visits in a week.
        Weekly = "WEEKLY",
        /// Every day.
        Daily = "DAILY",
        /// Around the clock.
        RoundTheClock = "ROUND_THE_CLOCK",
    }
);

coded_enum!(
    /// When at the earliest, in bands too wide to point at a day.
    Earliest {
        /// As soon as there is a place.
        Now = "NOW",
        /// Within a month.
        WithinAMonth = "WITHIN_A_MONTH",
        /// Later.
        Later = "LATER",
    }
);

coded_enum!(
    /// How a relocation ends before its time.
    EndKind {
        /// The person does not want it any more.
        Withdrawn = "WITHDRAWN",
        /// One side says that it is not safe. No reason is asked or told.
        Aborted = "ABORTED",
    }
);
