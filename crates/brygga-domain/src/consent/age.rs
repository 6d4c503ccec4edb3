//! Who must consent for a child (domain guide 5.4; SoL 3:4 and 21:1, OSL 12:3, FB 6:11).
//!
//! Secrecy protects the child also against the guardians, and the older the child, the more it
//! decides itself. The table is the strictest reading; whoever may do more notes it on paper.

use super::ConsentingParty;
use crate::legal::coded_enum;

coded_enum!(
    /// How old the person is, never more precise.
    SubjectAge {
        /// 18 or older.
        Adult = "ADULT",
        /// 15 to 17: speaks in its own case (SoL 3:4).
        From15To17 = "15_17",
        /// 12 to 14.
        From12To14 = "12_14",
        /// Under 12.
        Under12 = "UNDER_12",
    }
);

impl SubjectAge {
    /// Whether a consent of this party is enough.
    pub const fn lets(self, party: ConsentingParty) -> bool {
        match self {
            Self::Adult => matches!(party, ConsentingParty::Myself),
            Self::From15To17 => {
                matches!(party, ConsentingParty::Myself | ConsentingParty::ChildAndGuardians)
            }
            Self::From12To14 => matches!(party, ConsentingParty::ChildAndGuardians),
            Self::Under12 => {
                matches!(party, ConsentingParty::Guardians | ConsentingParty::ChildAndGuardians)
            }
        }
    }

    /// Whether the person is a child in the law's sense.
    pub const fn is_child(self) -> bool {
        !matches!(self, Self::Adult)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table as a lawyer reads it: age, then who may consent.
    const TABLE: &[(SubjectAge, &[ConsentingParty])] = &[
        (SubjectAge::Adult, &[ConsentingParty::Myself]),
        (SubjectAge::From15To17, &[ConsentingParty::Myself, ConsentingParty::ChildAndGuardians]),
        (SubjectAge::From12To14, &[ConsentingParty::ChildAndGuardians]),
        (SubjectAge::Under12, &[ConsentingParty::Guardians, ConsentingParty::ChildAndGuardians]),
    ];

    #[test]
    fn con_04_who_must_consent_follows_the_age_as_the_table_says() {
        assert_eq!(TABLE.len(), SubjectAge::ALL.len());
        for (age, who) in TABLE {
            for party in ConsentingParty::ALL {
                assert_eq!(age.lets(*party), who.contains(party), "{age:?} {party:?}");
            }
        }
    }
}
