//! The words of notices of evictions.

use crate::legal::coded_enum;
use crate::{Reason, Refusal};

coded_enum!(
    /// The own end of a notice.
    NoticeSide {
        /// Kronofogden.
        Sender = "SENDER",
        /// The municipality.
        Recipient = "RECIPIENT",
    }
);

coded_enum!(
    /// What Kronofogden tells (domain guide 8.1).
    NoticeKind {
        /// Somebody has applied for an eviction.
        Application = "APPLICATION",
        /// The eviction has a time (utsökningsförordningen 16:2).
        Scheduled = "SCHEDULED",
        /// The application was taken back.
        Withdrawn = "WITHDRAWN",
        /// The eviction is deferred (UB 16:4).
        Respite = "RESPITE",
        /// Nothing happened for six months.
        Lapsed = "LAPSED",
        /// The eviction has been carried out.
        Executed = "EXECUTED",
        /// Somebody without a title is to be removed, at a time.
        Removal = "REMOVAL",
    }
);

impl NoticeKind {
    /// Whether it can begin a thread.
    pub const fn begins(self) -> bool {
        matches!(self, Self::Application | Self::Scheduled | Self::Removal)
    }

    /// Whether it tells a time, and so is to be confirmed on the same day.
    pub const fn tells_a_time(self) -> bool {
        matches!(self, Self::Scheduled | Self::Removal)
    }

    /// Whether sealed content goes with it.
    pub const fn has_content(self) -> bool {
        self.begins()
    }

    /// Whether nothing follows it.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Withdrawn | Self::Lapsed | Self::Executed)
    }

    /// Whether another kind can follow.
    ///
    /// # Errors
    /// [`Reason::Terminal`] where nothing follows, [`Reason::InvalidTransition`] where this does not.
    pub fn check_next(self, next: Self) -> Result<(), Refusal> {
        if self.is_over() {
            return Err(Refusal::new(Reason::Terminal));
        }
        let follows = match next {
            Self::Application => false,
            Self::Scheduled => self != Self::Removal,
            Self::Removal => self == Self::Removal || self == Self::Respite,
            Self::Respite | Self::Executed => self.tells_a_time(),
            Self::Withdrawn | Self::Lapsed => true,
        };
        if follows { Ok(()) } else { Err(Refusal::new(Reason::InvalidTransition)) }
    }
}

coded_enum!(
    /// Why somebody is to be evicted.
    EvictionGround {
        /// Rent that was not paid.
        Rent = "RENT",
        /// Disturbances.
        Disturbance = "DISTURBANCE",
        /// Anything else.
        Other = "OTHER",
    }
);

coded_enum!(
    /// Who lets the dwelling.
    LandlordKind {
        /// A company of the municipality.
        Municipal = "MUNICIPAL",
        /// Another company or person.
        Private = "PRIVATE",
        /// A tenant-owners' association.
        Cooperative = "COOPERATIVE",
        /// The municipality itself, for example a social contract.
        SocialServices = "SOCIAL_SERVICES",
        /// Anybody else.
        Other = "OTHER",
    }
);

coded_enum!(
    /// Whether children live in the dwelling. Never who (EVI-05).
    Children {
        /// At least one.
        Yes = "YES",
        /// None.
        No = "NO",
        /// Nobody knows: the municipality finds out.
        Unknown = "UNKNOWN",
    }
);

coded_enum!(
    /// How many children, as far as it is known.
    ChildrenCount {
        /// One.
        One = "ONE",
        /// Two.
        Two = "TWO",
        /// Three or more.
        ThreeOrMore = "THREE_OR_MORE",
    }
);

coded_enum!(
    /// How the children live there, as Kronofogden's statistics say it.
    LivingForm {
        /// Always.
        Permanent = "PERMANENT",
        /// Every other week or the like.
        Alternating = "ALTERNATING",
        /// As visitors (umgänge).
        Visiting = "VISITING",
    }
);

coded_enum!(
    /// Whether others than the tenant's household live there (UB 16:8).
    Occupants {
        /// Somebody does.
        Yes = "YES",
        /// Nobody does.
        No = "NO",
        /// Nobody knows.
        Unknown = "UNKNOWN",
    }
);
