//! The publisher says how a service stands, or takes it back.

use brygga_domain::capacity::{Ledger, Promised, Publication};
use brygga_domain::{Reason, Refusal, ServiceId};

use super::queue::move_on;
use super::restate::stated;
use super::{ServiceHeld, StoredService};
use crate::audit::{Actor, Verdict, leaf, refused};
use crate::{Decided, Local, WriteSet};

/// Publishes. `clause` is what permits it, as the audit log names it.
///
/// Refused with [`Reason::CapacitySequenceConflict`] where the sequence is past or used for something else, and where
/// the service is withdrawn; with [`Reason::CapacityBelowCommitted`] where less would be there than is promised. The
/// same publication under the same sequence changes nothing.
pub fn publish(
    local: &mut Local<'_>,
    actor: &Actor,
    publication: Publication,
    held: Option<ServiceHeld>,
    clause: String,
) -> Decided<StoredService> {
    let subject = publication.service.id.to_string();
    let conflict = |field| Refusal::at(Reason::CapacitySequenceConflict, field);
    let mut writes = WriteSet::default();
    let stored = match held {
        None if publication.sequence != 1 => {
            return refused(local, actor, "capacity.publish", &subject, conflict("sequence"));
        }
        None => {
            let stored = stated(local, publication.clone(), &Promised::default(), None);
            writes.capacity.new_services.push(stored.clone());
            stored
        }
        Some(ServiceHeld { stored, mut promised, mut waiting, threads }) => {
            if stored.withdrawn_at.is_some() {
                let gone = conflict("service.service_id");
                return refused(local, actor, "capacity.publish", &subject, gone);
            }
            if is_repeat(&stored.publication, &publication) {
                return Decided { writes, answer: Ok(stored) };
            }
            if publication.sequence != stored.publication.sequence.saturating_add(1) {
                return refused(local, actor, "capacity.publish", &subject, conflict("sequence"));
            }
            if let Err(refusal) = Ledger::new(&publication, &promised).check() {
                return refused(local, actor, "capacity.publish", &subject, refusal);
            }
            let queue = (&mut promised, &mut waiting[..], &threads);
            move_on(local, &publication, queue, None, &mut writes);
            let before = stored.revision;
            let next = stated(local, publication.clone(), &promised, Some(&stored));
            writes.capacity.changed_services.push((next.clone(), before));
            next
        }
    };
    writes.capacity.publications.push(publication);
    let permitted = Verdict::Permitted { clause };
    writes.audit.push(leaf(local, actor, "capacity.publish", &subject, &permitted));
    Decided { writes, answer: Ok(stored) }
}

/// The same content under the same sequence; when it was made does not count.
fn is_repeat(held: &Publication, new: &Publication) -> bool {
    let at_once = |publication: &Publication| {
        let mut draft = (**publication).clone();
        draft.published_at = held.published_at;
        draft
    };
    at_once(held) == at_once(new)
}

/// Takes a service back, for good. Again it changes nothing.
///
/// Refused with [`Reason::NotFound`] where there is none, and with [`Reason::CapacityBelowCommitted`] while anything is
/// held, anybody is there by a hold, or anybody waits to come back.
pub fn withdraw(
    local: &mut Local<'_>,
    actor: &Actor,
    id: ServiceId,
    held: Option<ServiceHeld>,
) -> Decided<()> {
    let subject = id.to_string();
    let Some(ServiceHeld { stored, promised, .. }) = held else {
        let absent = Refusal::at(Reason::NotFound, "service_id");
        return refused(local, actor, "capacity.withdraw", &subject, absent);
    };
    let mut writes = WriteSet::default();
    if stored.withdrawn_at.is_some() {
        return Decided { writes, answer: Ok(()) };
    }
    if !promised.is_nothing() {
        let refusal = Refusal::at(Reason::CapacityBelowCommitted, "service_id");
        return refused(local, actor, "capacity.withdraw", &subject, refusal);
    }
    let before = stored.revision;
    let next = StoredService {
        revision: before.saturating_add(1),
        withdrawn_at: Some(local.now),
        tell_at: None,
        ..stored
    };
    writes.capacity.changed_services.push((next, before));
    writes.audit.push(leaf(local, actor, "capacity.withdraw", &subject, &Verdict::Done));
    Decided { writes, answer: Ok(()) }
}
