//! Need-to-know: what one person may see of one referral, and why.

use std::collections::BTreeSet;

use super::{AccessGround, Behalf, BreakGlass, InsideDisclosure};
use crate::{Timestamp, UnitId};

/// Somebody who works on a referral. Kept here, never sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handler {
    /// By the subject of the token.
    pub subject: String,
    /// Who assigned it; none where the handler asked for it or took it on.
    pub assigned_by: Option<String>,
    /// Since when.
    pub since: Timestamp,
}

/// How far a role sees inside its units (domain guide 3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Width {
    /// Nothing of a person.
    Nothing,
    /// What was assigned.
    Assigned,
    /// Own cases: what nobody has taken on, and then what one works on.
    OwnCases,
    /// The whole unit.
    Unit,
}

/// Whoever wants to see.
#[derive(Clone, Copy, Debug)]
pub struct Asker<'a> {
    /// By the subject of the token.
    pub subject: &'a str,
    /// The widest of the asker's roles.
    pub width: Width,
    /// The units of the token; empty is the intake and nothing else.
    pub units: &'a BTreeSet<UnitId>,
    /// For whom the asker may act, and as which of the units.
    pub behalves: &'a BTreeSet<Behalf>,
}

/// What is held about one referral.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// The function at this node that it belongs to; none is the intake.
    pub unit: Option<&'a UnitId>,
    /// The function before which it was laid because nobody took it on; otherwise the same.
    pub deputy: Option<&'a UnitId>,
    /// The shared unit that began it on behalf of the first; none where that did so itself.
    pub shared: Option<&'a UnitId>,
    /// Who works on it.
    pub handlers: &'a [Handler],
    /// Disclosures of it inside the house.
    pub disclosures: &'a [InsideDisclosure],
    /// The glasses that were broken for it.
    pub glasses: &'a [BreakGlass],
}

/// Where a consent was recorded. Kept beside it, never sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentKeeper {
    /// By whom, by the subject of the token.
    pub recorded_by: String,
    /// For which function; none is the intake.
    pub unit: Option<UnitId>,
}

/// What somebody may see of one referral.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Not even that it is there.
    Hidden,
    /// What a list of the unit shows: no content, and nothing to decide.
    Listed,
    /// Its content, without deciding about it.
    Read(AccessGround),
    /// All of it, and to decide about it.
    Work(AccessGround),
}

impl Sight {
    /// The ground on which content is seen; none where it is not.
    pub const fn ground(self) -> Option<AccessGround> {
        match self {
            Self::Hidden | Self::Listed => None,
            Self::Read(ground) | Self::Work(ground) => Some(ground),
        }
    }
}

impl Sight {
    /// The ground on which somebody may give others access, by assigning or disclosing. A broken
    /// glass is none: it opens for an hour, and what it opened must not last.
    pub const fn may_hand_on(self) -> Option<AccessGround> {
        match self {
            Self::Work(ground @ (AccessGround::Handler | AccessGround::OwnUnit)) => Some(ground),
            _ => None,
        }
    }
}

impl Asker<'_> {
    /// Whether something that belongs to `unit` is of the asker's own.
    pub fn is_in(&self, unit: Option<&UnitId>) -> bool {
        match unit {
            Some(unit) => self.units.contains(unit),
            None => self.units.is_empty(),
        }
    }

    /// Whether the asker acts for the board that something belongs to, as the unit that handles it for that board.
    pub fn represents(&self, board: Option<&UnitId>, shared: Option<&UnitId>) -> bool {
        let is_it = |behalf: &Behalf| Some(&behalf.board) == board && Some(&behalf.unit) == shared;
        self.behalves.iter().any(is_it)
    }

    /// On which ground the asker may read a consent; none where it is hidden. Its unit reads it,
    /// since any of them may meet the person who wants to withdraw it.
    pub fn consent_ground(&self, kept: &ConsentKeeper) -> Option<AccessGround> {
        if self.width < Width::OwnCases {
            return None;
        }
        if kept.recorded_by == self.subject {
            return Some(AccessGround::Handler);
        }
        self.is_in(kept.unit.as_ref()).then_some(AccessGround::OwnUnit)
    }

    /// What the asker may see now.
    pub fn sight(&self, held: Standing<'_>, now: Timestamp) -> Sight {
        if self.width == Width::Nothing {
            return Sight::Hidden;
        }
        let glass = held.glasses.iter().find(|glass| glass.opens_to(self.subject, now));
        let represents = self.represents(held.unit, held.shared);
        // Whoever acted for a board acts no more when the mandate is gone; of others it takes nothing.
        let is_of_shared = held.shared.is_some_and(|shared| self.units.contains(shared));
        let stands = !is_of_shared || represents || self.is_in(held.unit);
        if stands && held.handlers.iter().any(|handler| handler.subject == self.subject) {
            return Sight::Work(AccessGround::Handler);
        }
        let is_in = self.is_in(held.unit) || self.is_in(held.deputy) || represents;
        let is_own = is_in && self.width > Width::Assigned;
        if is_own && (self.width == Width::Unit || held.handlers.is_empty()) {
            return Sight::Work(AccessGround::OwnUnit);
        }
        if let Some(glass) = glass {
            return Sight::Work(AccessGround::BreakGlass(glass.id));
        }
        let disclosed = held.disclosures.iter().find(|one| {
            one.stands() && self.units.contains(&one.unit) && self.width > Width::Assigned
        });
        match disclosed {
            Some(disclosed) => Sight::Read(AccessGround::DisclosedInside(disclosed.ground)),
            None if is_own => Sight::Listed,
            None => Sight::Hidden,
        }
    }
}
