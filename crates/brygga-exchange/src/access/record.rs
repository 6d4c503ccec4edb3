//! Reading, assigning and disclosing inside the house.

use brygga_domain::access::{AccessObject, Handler, InsideDisclosure, Revocation};
use brygga_domain::{ReferralId, Refusal};

use super::Access;
use crate::audit::{Verdict, leaf, refused};
use crate::{Decided, Local, WriteSet};

/// Notes a read: its leaf and its row.
pub fn note(local: &mut Local<'_>, access: Access) -> WriteSet {
    let mut writes = WriteSet::default();
    seal(local, &mut writes, access);
    writes
}

/// Lets a colleague work on a referral. Somebody who does already stays as they are.
pub fn assign(
    local: &mut Local<'_>,
    access: Access,
    referral: ReferralId,
    subject: String,
    held: &[Handler],
) -> Decided<()> {
    let mut writes = WriteSet::default();
    if !held.iter().any(|handler| handler.subject == subject) {
        let assigned_by = Some(access.by.subject.clone());
        let handler = Handler { subject, assigned_by, since: local.now };
        writes.access.handlers.push((referral, handler));
    }
    seal(local, &mut writes, access);
    Decided { writes, answer: Ok(()) }
}

/// Discloses a referral to another unit of the house.
pub fn disclose(
    local: &mut Local<'_>,
    access: Access,
    disclosure: InsideDisclosure,
) -> Decided<InsideDisclosure> {
    let mut writes = WriteSet::default();
    if let Err(refusal) = disclosure.check() {
        return denied(local, &access, refusal);
    }
    writes.access.disclosures.push(disclosure.clone());
    seal(local, &mut writes, access);
    Decided { writes, answer: Ok(disclosure) }
}

/// Takes a disclosure back. One that was taken back stays as it is.
pub fn revoke(
    local: &mut Local<'_>,
    access: Access,
    mut disclosure: InsideDisclosure,
) -> Decided<InsideDisclosure> {
    let mut writes = WriteSet::default();
    if disclosure.stands() {
        let by = access.by.subject.clone();
        disclosure.revocation = Some(Revocation { by, at: local.now });
        writes.access.disclosures.push(disclosure.clone());
    }
    seal(local, &mut writes, access);
    Decided { writes, answer: Ok(disclosure) }
}

/// Adds an access to what its decision writes: one leaf and one row.
pub(super) fn seal(local: &mut Local<'_>, writes: &mut WriteSet, access: Access) {
    let actor = access.by.actor();
    let subject = subject(&access);
    writes.audit.push(leaf(local, &actor, &access.action, &subject, &Verdict::Done));
    writes.accessed(local.now, access);
}

/// A refusal: a leaf, and no row, since nothing was seen.
pub(super) fn denied<T>(local: &mut Local<'_>, access: &Access, refusal: Refusal) -> Decided<T> {
    let actor = access.by.actor();
    refused(local, &actor, &access.action, &subject(access), refusal)
}

fn subject(access: &Access) -> String {
    match access.object {
        AccessObject::Consent(id) => id.to_string(),
        AccessObject::Notice(id) => id.to_string(),
        AccessObject::Offer(id) => id.to_string(),
        AccessObject::Referral(id) => id.to_string(),
        AccessObject::Transfer(id) => id.to_string(),
        AccessObject::List | AccessObject::Log => "-".to_owned(),
    }
}
