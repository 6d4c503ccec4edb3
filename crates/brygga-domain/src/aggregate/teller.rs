//! How far a question to one party has come.

use super::Table;
use crate::{OrgId, Reason, Timestamp};

/// What one party has told of a quarter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TellerAggregate {
    /// The party.
    pub organisation: OrgId,
    /// When it was last asked; none where nobody has.
    pub asked_at: Option<Timestamp>,
    /// How far the question has come.
    pub state: TellerState,
}

/// How far a question has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TellerState {
    /// Nobody has asked.
    NotAsked,
    /// Asked, and not answered yet.
    Waiting,
    /// Told.
    Told(Table),
    /// Its node refused, or could not be reached in time.
    Refused(Reason),
}

impl TellerState {
    /// The table, where it is told.
    pub const fn table(&self) -> Option<&Table> {
        match self {
            Self::Told(table) => Some(table),
            Self::NotAsked | Self::Waiting | Self::Refused(_) => None,
        }
    }
}
