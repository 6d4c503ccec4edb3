//! Others are told of protected housing, when the time has come.

use brygga_domain::Refusal;
use brygga_domain::capacity::{Ledger, Statement};
use brygga_wire::capacity::SignedStatement;

use super::{ServiceHeld, StoredService};
use crate::{Local, WriteSet};

/// Tells what has changed of a service since it was told last; none where nothing has, or its time has not come.
///
/// # Errors
/// The statement before cannot be read, so the store is broken.
pub fn tell(local: &Local<'_>, held: ServiceHeld) -> Result<Option<WriteSet>, Refusal> {
    let ServiceHeld { stored, promised, .. } = held;
    if stored.withdrawn_at.is_some() || stored.tell_at.is_none_or(|at| local.now < at) {
        return Ok(None);
    }
    // How often it changed in between is not told either.
    let told = SignedStatement::decode(&stored.statement)?.into_statement().revision;
    let ledger = Ledger::new(&stored.publication, &promised);
    let revision = told.saturating_add(1);
    let statement = Statement::of(local.organisation, &ledger, revision, local.now);
    let statement = SignedStatement::sign(&statement, local.signing_key);
    let before = stored.revision;
    let revision = before.saturating_add(1);
    let next = StoredService { revision, statement, tell_at: None, ..stored };
    let mut writes = WriteSet::default();
    writes.capacity.changed_services.push((next, before));
    Ok(Some(writes))
}
