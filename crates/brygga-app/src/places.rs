//! Where protected housing is stands in no text that leaves: neither to, nor from, nor about it (R11, PRO-07).
//!
//! The way for an address is a disclosure to the socialnämnd that decides the placement (OSL 26:14 d), not a note.

use brygga_domain::capacity::LicensedActivity;
use brygga_domain::code::CodedTerm;
use brygga_domain::{MemberKind, Refusal};
use brygga_wire::ReferralContent;

/// Refuses a content that tells a place where either end runs protected housing, or protected housing is asked for.
///
/// # Errors
/// As [`ReferralContent::check_places`].
pub(crate) fn check_places(
    content: &ReferralContent,
    ends: &[MemberKind],
    service_type: &CodedTerm,
) -> Result<(), Refusal> {
    let is_asked = LicensedActivity::of(service_type) == Some(LicensedActivity::ProtectedHousing);
    if is_asked || ends.contains(&MemberKind::CivilSocietyProtected) {
        content.check_places()
    } else {
        Ok(())
    }
}
