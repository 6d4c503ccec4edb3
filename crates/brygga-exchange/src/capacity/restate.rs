//! What is left of a service has changed: the next statement about it, signed.

use brygga_domain::Refusal;
use brygga_domain::capacity::{Hold, Ledger, LineKey, Promised, Publication, Statement, told_at};
use brygga_wire::capacity::SignedStatement;

use super::queue::move_on;
use super::{ServiceHeld, StoredService};
use crate::{Local, WriteSet};

/// Somebody came or left: which lines are occupied by so many more or fewer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Moved(pub(crate) Vec<(LineKey, i64)>);

/// States a service anew with what is promised of it, and where somebody came or left publishes it anew. What is free
/// goes to those who wait; `acting` is the hold that changed, and may be one of them.
///
/// # Errors
/// As [`Publication::moved`].
pub(crate) fn restate(
    local: &mut Local<'_>,
    held: ServiceHeld,
    moved: &Moved,
    acting: &mut Hold,
    writes: &mut WriteSet,
) -> Result<(), Refusal> {
    let ServiceHeld { stored, mut promised, mut waiting, threads } = held;
    let publication = if moved.0.is_empty() {
        stored.publication.clone()
    } else {
        let next = stored.publication.moved(&moved.0, local.now)?;
        writes.capacity.publications.push(next.clone());
        next
    };
    let queue = (&mut promised, &mut waiting[..], &threads);
    move_on(local, &publication, queue, Some(acting.id), writes);
    if let Some(now) = waiting.iter().find(|hold| hold.id == acting.id) {
        acting.clone_from(now);
    }
    let before = stored.revision;
    let after = stated(local, publication, &promised, Some(&stored));
    writes.capacity.changed_services.push((after, before));
    Ok(())
}

/// A service as it stands after a change, with the statement about it. Of protected housing the one before stays until the
/// change may be told: nobody is to read from a statement's moment when somebody came or left.
pub(super) fn stated(
    local: &mut Local<'_>,
    publication: Publication,
    promised: &Promised,
    before: Option<&StoredService>,
) -> StoredService {
    let revision = before.map_or(1, |before| before.revision.saturating_add(1));
    if let Some(before) = before.filter(|before| before.publication.service.is_protected()) {
        let tell_at = before.tell_at.unwrap_or_else(|| told_at(local.now, local.rng.next_u64()));
        let (statement, tell_at) = (before.statement.clone(), Some(tell_at));
        return StoredService { publication, revision, statement, withdrawn_at: None, tell_at };
    }
    let ledger = Ledger::new(&publication, promised);
    let statement = Statement::of(local.organisation, &ledger, revision, local.now);
    let statement = SignedStatement::sign(&statement, local.signing_key);
    StoredService { publication, revision, statement, withdrawn_at: None, tell_at: None }
}
