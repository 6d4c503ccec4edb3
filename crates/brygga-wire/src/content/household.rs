//! Who is to be housed, and from where.

use brygga_domain::Refusal;
use brygga_proto::referral::v1 as proto;

use crate::code;
use crate::field::{counted, invalid};

/// Persons in the largest household that can be referred.
pub const MAX_HOUSEHOLD: usize = 64;

/// The age of a child, never more precise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChildAgeBand {
    /// 0 to 5 years.
    From0To5,
    /// 6 to 12 years.
    From6To12,
    /// 13 to 17 years.
    From13To17,
}

/// Adults and children who are to be housed together; at least one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Household {
    adults: u32,
    children: Vec<ChildAgeBand>,
}

/// Socialstyrelsen's four situations of homelessness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HomelessnessSituation {
    /// Situation 1: acute homelessness.
    Acute,
    /// Situation 2: in an institution or category housing, without a dwelling to go to.
    Institution,
    /// Situation 3: a long-term housing solution of the municipality.
    LongTermSolution,
    /// Situation 4: short-term housing that the person has arranged.
    ShortTermOwn,
}

/// Where the reasons lie why somebody has no home.
///
/// It stands here and not in the domain, so that no policy can know of it (ORE-02).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CauseLevel {
    /// With the person.
    Individual,
    /// With the market for dwellings.
    Structural,
    /// With both.
    Both,
}

impl Household {
    /// A household; none where it would be empty or over [`MAX_HOUSEHOLD`].
    pub fn new(adults: u32, children: Vec<ChildAgeBand>) -> Option<Self> {
        let size = usize::try_from(adults).ok()?.checked_add(children.len())?;
        (1..=MAX_HOUSEHOLD).contains(&size).then_some(Self { adults, children })
    }

    /// Adults among them.
    pub const fn adults(&self) -> u32 {
        self.adults
    }

    /// The children, one entry a child.
    pub fn children(&self) -> &[ChildAgeBand] {
        &self.children
    }

    /// Persons in all.
    pub fn size(&self) -> u32 {
        // A household has at most `MAX_HOUSEHOLD` children.
        self.adults.saturating_add(u32::try_from(self.children.len()).unwrap_or(u32::MAX))
    }

    /// Whether there is a child among them.
    pub fn has_child(&self) -> bool {
        !self.children.is_empty()
    }

    pub(super) fn to_proto(&self) -> proto::Household {
        proto::Household {
            size: self.size(),
            adults: self.adults,
            child_age_bands: code::numbers(&self.children),
        }
    }

    /// The three numbers must agree: persons in all are the adults and one entry a child.
    pub(super) fn from_proto(household: proto::Household) -> Result<Self, Refusal> {
        let bands = &household.child_age_bands;
        counted(bands, 0..=MAX_HOUSEHOLD, "content.household.child_age_bands")?;
        let children = code::read_all(bands, "content.household.child_age_bands")?;
        let read =
            Self::new(household.adults, children).ok_or(invalid("content.household.size"))?;
        if read.size() == household.size {
            Ok(read)
        } else {
            Err(invalid("content.household.size"))
        }
    }
}

impl HomelessnessSituation {
    /// The situation's number, 1 to 4.
    pub const fn number(self) -> u32 {
        match self {
            Self::Acute => 1,
            Self::Institution => 2,
            Self::LongTermSolution => 3,
            Self::ShortTermOwn => 4,
        }
    }

    /// The situation with a number; none for a number that is not 1 to 4.
    pub const fn from_number(number: u32) -> Option<Self> {
        match number {
            1 => Some(Self::Acute),
            2 => Some(Self::Institution),
            3 => Some(Self::LongTermSolution),
            4 => Some(Self::ShortTermOwn),
            _ => None,
        }
    }
}
