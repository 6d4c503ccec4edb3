//! What the register of official documents (diarium) says about each message (OSL 5:1-2, 5:5).
//! It holds metadata only: nothing here can carry the content of a case.

use crate::legal::coded_enum;

coded_enum!(
    /// Whether the organisation received a document or sent it.
    RegisterDirection {
        /// Received ("inkommen").
        In = "IN",
        /// Drawn up and sent ("upprättad").
        Out = "OUT",
    }
);

coded_enum!(
    /// The provision that a secrecy marking names (OSL 5:5).
    ///
    /// A marking warns; whether something is released is decided when somebody asks for it.
    SecrecyProvision {
        /// OSL 26:1: secrecy of social services.
        Osl26_1 = "OSL_26_1",
    }
);

impl SecrecyProvision {
    /// The provision as a lawyer writes it.
    pub const fn section(self) -> &'static str {
        match self {
            Self::Osl26_1 => "OSL 26:1",
        }
    }
}
