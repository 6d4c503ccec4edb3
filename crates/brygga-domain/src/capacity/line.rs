//! How much there is, for whom and when.

use super::{AbsentReason, CapacityStatus, Period, PlaceFor};
use crate::{Reason, Refusal};

/// Most places of one line, of every kind.
const PLACES_MAX: u32 = 10_000;

/// Which line of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineKey {
    /// Whom the places are for.
    pub place_for: PlaceFor,
    /// When they can be used.
    pub period: Period,
}

/// Numbers of places, as the publisher counts them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Places in ordinary use (HAVE BaselineCount).
    pub baseline: u32,
    /// Places in which somebody is, whoever sent them.
    pub occupied: u32,
    /// Places opened beyond the ordinary ones.
    pub overflow: u32,
    /// Places more within 24 hours.
    pub additional_24h: u32,
    /// Places more within 72 hours.
    pub additional_72h: u32,
}

impl Counts {
    /// All places there are.
    pub const fn total(&self) -> u32 {
        self.baseline.saturating_add(self.overflow)
    }

    /// Places that can be held where so many are held already.
    pub const fn available(&self, held: u32) -> u32 {
        self.total().saturating_sub(self.occupied).saturating_sub(held)
    }

    /// Checks what can be said of the numbers alone.
    ///
    /// # Errors
    /// [`Reason::CapacityInvariant`]: more occupied than there is, less within 72 hours than within 24, or a number
    /// beyond 10,000.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        let all =
            [self.baseline, self.occupied, self.overflow, self.additional_24h, self.additional_72h];
        let invariants = [
            (all.iter().all(|count| *count <= PLACES_MAX), "lines.counts"),
            (self.occupied <= self.total(), "lines.counts.occupied"),
            (self.additional_24h <= self.additional_72h, "lines.counts.additional_72h"),
        ];
        match invariants.iter().find(|(holds, _)| !holds) {
            Some((_, field)) => Err(Refusal::at(Reason::CapacityInvariant, field)),
            None => Ok(()),
        }
    }
}

/// One line of a publication: numbers, or why there are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which.
    pub key: LineKey,
    /// How many; missing is never zero.
    pub counts: Result<Counts, AbsentReason>,
    /// What the numbers do not tell; none where they tell all.
    pub status: Option<CapacityStatus>,
}

impl Line {
    pub(super) fn check(&self) -> Result<(), Refusal> {
        // That there are places is for the numbers to say where there are any; without them somebody has to.
        let is_sound = match (self.counts, self.status) {
            (Ok(_), Some(CapacityStatus::Capacity | CapacityStatus::Unknown)) => false,
            (Err(AbsentReason::Outdated), _) => false,
            (Ok(_), _) | (Err(_), Some(_)) => true,
            (Err(_), None) => false,
        };
        if !is_sound {
            return Err(Refusal::at(Reason::InvalidField, "lines.status"));
        }
        self.counts.map_or(Ok(()), |counts| counts.check())
    }

    /// How it stands where so many are held.
    pub fn status_with(&self, held: u32) -> CapacityStatus {
        match (self.status, self.counts) {
            (Some(status), _) => status,
            (None, Ok(counts)) if counts.available(held) > 0 => CapacityStatus::Capacity,
            (None, Ok(_)) => CapacityStatus::NoCapacity,
            (None, Err(_)) => CapacityStatus::Unknown,
        }
    }
}
