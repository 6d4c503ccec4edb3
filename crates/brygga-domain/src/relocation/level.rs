//! How a person is protected, under which rule of secrecy, and from whom insight is withheld.

use crate::legal::coded_enum;
use crate::{ThirdPersonRelation, Timestamp};

coded_enum!(
    /// What protection the person has; a later value protects more, and it never sinks (exchange guide L13).
    ///
    /// There is no third level: nothing may tell who lives under fingerade personuppgifter (R25).
    ProtectionLevel {
        /// Threatened, and nothing is decided by Skatteverket.
        Threatened = "THREATENED",
        /// Sekretessmarkering (OSL 5:5, 22:1).
        ConfidentialityMarking = "CONFIDENTIALITY_MARKING",
        /// Skyddad folkbokföring (FOL 16 §, OSL 21:3 a).
        ProtectedRegistration = "PROTECTED_REGISTRATION",
    }
);

impl ProtectionLevel {
    /// The level after another one has become known: the higher.
    #[must_use]
    pub fn raised_to(self, other: Self) -> Self {
        self.max(other)
    }
}

coded_enum!(
    /// The rule of secrecy that was examined.
    SecrecyBasis {
        /// OSL 21:3: data that can locate or reach a threatened person or a relative.
        Osl21_3 = "OSL_21_3",
        /// OSL 21:3 a: data that alone or together reveal where a party with skyddad folkbokföring lives.
        Osl21_3a = "OSL_21_3_A",
        /// OSL 26:1: the personal circumstances of an individual in social services.
        Osl26_1 = "OSL_26_1",
    }
);

/// Somebody who has a right to insight in general, from whom the whereabouts are withheld (lag 2024:79 5:4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withheld {
    /// How they are related to the person; never who they are.
    pub relation: ThirdPersonRelation,
    /// When the decision was made.
    pub decided_at: Timestamp,
    /// When it is to be reviewed: six months after the last time.
    pub review_due: Timestamp,
}
