//! A participant's own switch: nothing new begins under the agreement until it is turned back.

use crate::legal::coded_enum;
use crate::{OrgId, Timestamp};

coded_enum!(
    /// Why a participant suspends an agreement; tells of no person.
    SuspensionReason {
        /// It looks into how the agreement is kept.
        UnderReview = "UNDER_REVIEW",
        /// Data may have come into the wrong hands.
        Incident = "INCIDENT",
        /// It cannot take more for now.
        Capacity = "CAPACITY",
        /// A permit, a decision or an authority's order is missing.
        Legal = "LEGAL",
    }
);

/// One participant's suspension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspension {
    /// Who.
    pub organisation: OrgId,
    /// Why.
    pub reason: SuspensionReason,
    /// Since when, on its clock.
    pub since: Timestamp,
}
