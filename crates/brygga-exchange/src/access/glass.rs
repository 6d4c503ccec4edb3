//! The glass: asked for by one, approved by another, reviewed by a third.

use brygga_domain::access::{AccessGround, BreakGlass, BreakGlassReason, check_justification};
use brygga_domain::{AccessReviewId, BreakGlassId, ReferralId};

use super::Access;
use super::record::{denied, seal};
use crate::{Decided, Local, WriteSet};

/// Asks for access. Whether the referral exists is not looked at, so that nobody learns it here.
pub fn open(
    local: &mut Local<'_>,
    mut access: Access,
    referral_id: ReferralId,
    reason: BreakGlassReason,
    justification: String,
) -> Decided<BreakGlass> {
    if let Err(refusal) = check_justification(&justification) {
        return denied(local, &access, refusal);
    }
    let id = BreakGlassId::from_bytes(local.identifier());
    access.ground = AccessGround::BreakGlass(id);
    let glass = BreakGlass {
        id,
        referral_id,
        opened_by: access.by.subject.clone(),
        opened_at: local.now,
        reason,
        justification,
        approval: None,
        review: None,
    };
    keep(local, access, glass)
}

/// Approves as the second person; the hour of access begins.
pub fn approve(local: &mut Local<'_>, access: Access, glass: BreakGlass) -> Decided<BreakGlass> {
    match glass.approved(&access.by.subject, local.now) {
        Ok(approved) => keep(local, access, approved),
        Err(refusal) => denied(local, &access, refusal),
    }
}

/// Marks the mandatory review as signed; the review itself is signed beside it.
pub fn review(
    local: &mut Local<'_>,
    access: Access,
    glass: BreakGlass,
    review: AccessReviewId,
) -> Decided<BreakGlass> {
    match glass.reviewed(&access.by.subject, review) {
        Ok(reviewed) => keep(local, access, reviewed),
        Err(refusal) => denied(local, &access, refusal),
    }
}

fn keep(local: &mut Local<'_>, access: Access, glass: BreakGlass) -> Decided<BreakGlass> {
    let mut writes = WriteSet::default();
    writes.access.glasses.push(glass.clone());
    seal(local, &mut writes, access);
    Decided { writes, answer: Ok(glass) }
}
