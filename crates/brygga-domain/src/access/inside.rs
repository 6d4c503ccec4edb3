//! A disclosure from one board to another inside the same municipality.
//!
//! Boards are authorities of their own, so secrecy holds between them (OSL 8:1-2, ORE-25): what the
//! social board knows, the property board does not get without a ground that somebody names.

use crate::DisclosureGround::{
    Consent12_2, NecessaryOwnTask10_2, NoHarmClear26_1, StatutoryDuty10_28,
};
use crate::{DisclosureGround, GdprBasis, InsideDisclosureId, Reason, ReferralId, Refusal};
use crate::{Timestamp, UnitId};

/// The grounds that can carry a disclosure between boards.
pub const INSIDE_GROUNDS: &[DisclosureGround] =
    &[Consent12_2, NoHarmClear26_1, NecessaryOwnTask10_2, StatutoryDuty10_28];

/// Who took a disclosure back, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// By the subject of the token.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// One decided disclosure inside the house.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InsideDisclosure {
    /// Its identifier.
    pub id: InsideDisclosureId,
    /// What is disclosed.
    pub referral_id: ReferralId,
    /// The unit that may read it.
    pub unit: UnitId,
    /// The secrecy rule that is lifted or broken.
    pub ground: DisclosureGround,
    /// The lawful basis of the processing.
    pub gdpr_basis: GdprBasis,
    /// Why, in words.
    pub justification: String,
    /// Who decided, by the subject of the token.
    pub disclosed_by: String,
    /// When.
    pub disclosed_at: Timestamp,
    /// Who took it back; none while it stands.
    pub revocation: Option<Revocation>,
}

impl InsideDisclosure {
    /// Checks that its ground can carry it.
    ///
    /// # Errors
    /// [`Reason::GroundNotAllowed`]; [`Reason::InvalidField`] for a justification without words.
    pub fn check(&self) -> Result<(), Refusal> {
        super::check_justification(&self.justification)?;
        if INSIDE_GROUNDS.contains(&self.ground) {
            Ok(())
        } else {
            Err(Refusal::at(Reason::GroundNotAllowed, "disclosure_ground"))
        }
    }

    /// Whether it stands.
    pub const fn stands(&self) -> bool {
        self.revocation.is_none()
    }
}
