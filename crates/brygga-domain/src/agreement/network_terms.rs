//! How an exchange network speaks, and how it answers (docs/RELOCATION.md).

use std::ops::RangeInclusive;

use super::{AgreementDraft, AgreementKind, PartyRole, SubjectArea};
use crate::{OrgId, Reason, Refusal};

/// Shortest and longest slot, in seconds.
const SLOT_SECONDS: RangeInclusive<u32> = 1..=3_600;
/// Fewest and most cells of a member in a slot.
const CELLS_PER_SLOT: RangeInclusive<u32> = 1..=8;
/// Fewest and most candidates that an enquiry needs.
const LEAST_CANDIDATES: RangeInclusive<u32> = 3..=64;

/// What the members of an exchange network agree on, so that none can be told from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetworkTerms {
    /// How long a slot is. 1 to 3,600 seconds.
    pub slot_seconds: u32,
    /// How many cells each member hands over in each slot. 1 to 8.
    pub cells_per_slot: u32,
    /// How many candidates an enquiry needs at least. 3 to 64.
    pub least_candidates: u32,
}

impl Default for NetworkTerms {
    /// Two cells every five minutes, five candidates.
    fn default() -> Self {
        Self { slot_seconds: 300, cells_per_slot: 2, least_candidates: 5 }
    }
}

impl NetworkTerms {
    fn check(&self) -> Result<(), &'static str> {
        let sound = [
            (SLOT_SECONDS.contains(&self.slot_seconds), "terms.network.slot_seconds"),
            (CELLS_PER_SLOT.contains(&self.cells_per_slot), "terms.network.cells_per_slot"),
            (LEAST_CANDIDATES.contains(&self.least_candidates), "terms.network.least_candidates"),
        ];
        sound.iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, field)| Err(field))
    }
}

impl AgreementDraft {
    /// Whether it is an exchange network, whose members speak over a relay.
    pub fn is_exchange_network(&self) -> bool {
        self.kind == AgreementKind::ExchangeNetwork
            && self.subjects.contains(&SubjectArea::Relocation)
    }

    /// The organisation whose node is the relay; none where the agreement is no exchange network.
    pub fn relay(&self) -> Option<&OrgId> {
        let mut coordinators =
            self.parties.iter().filter(|party| party.role == PartyRole::Coordinator);
        coordinators.next().filter(|_| self.network.is_some()).map(|party| &party.organisation)
    }

    pub(super) fn check_network(&self) -> Result<(), Refusal> {
        let coordinators =
            self.parties.iter().filter(|party| party.role == PartyRole::Coordinator).count();
        let checked = match &self.network {
            None if self.is_exchange_network() => Err("terms.network"),
            None => Ok(()),
            Some(_) if !self.is_exchange_network() => Err("terms.network"),
            // The relay is the coordinator's node: two would split the cells, and none would carry any.
            Some(_) if coordinators != 1 => Err("terms.parties.role"),
            Some(network) => network.check(),
        };
        checked.map_err(|field| Refusal::at(Reason::InvalidField, field))
    }
}

#[cfg(test)]
mod tests;
