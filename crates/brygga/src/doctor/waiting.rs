//! What waits for a person or for a peer as a finding: messages given up, and messages that are
//! not got rid of, orders to stop without an answer, and referrals that nobody has taken on.

use brygga_app::RetentionReport;
use brygga_domain::Seconds;
use brygga_storage::OutboxCounts;

use super::{Examination, Fault, View};
use crate::when;

/// A message is tried many times in an hour: one that is older waits for a node that is down.
const LONG: Seconds = Seconds(3600);

pub(super) fn look(view: &View<'_>, outbox: &OutboxCounts, found: &mut Examination) {
    found.figures.outbox_queued = Some(outbox.queued);
    found.figures.outbox_dead = Some(outbox.dead);
    found.figures.oldest_queued_at = outbox.oldest_queued_at.map(when::rfc3339);
    if outbox.dead > 0 {
        let values = [("count", &*outbox.dead.to_string())];
        found.findings.push(view.found(Fault::OutboxDead, &values));
    }
    let late = outbox.oldest_queued_at.filter(|made| made.plus(LONG) <= view.now());
    if let Some(since) = late {
        let values = [("count", &*outbox.queued.to_string()), ("since", &when::swedish(since))];
        found.findings.push(view.found(Fault::OutboxWaits, &values));
    }
}

/// Cases that the last round of retention could not let go.
pub(super) fn look_at_retention(view: &View<'_>, note: Option<&[u8]>, found: &mut Examination) {
    let Some(last) = note.and_then(RetentionReport::from_bytes) else { return };
    let kinds =
        [(Fault::RetentionBlocked, last.blocked), (Fault::RetentionHandOver, last.to_hand_over)];
    for (fault, count) in kinds.into_iter().filter(|(_, count)| *count > 0) {
        found.findings.push(view.found(fault, &[("count", &*count.to_string())]));
    }
}

/// Orders to stop that nobody answered in time, and referrals that nobody has taken on although they were
/// laid before everybody.
pub(super) fn look_at_people(view: &View<'_>, stops: u64, unhandled: u64, found: &mut Examination) {
    let kinds = [(Fault::StopsUnanswered, stops), (Fault::ReferralsUnhandled, unhandled)];
    for (fault, count) in kinds.into_iter().filter(|(_, count)| *count > 0) {
        found.findings.push(view.found(fault, &[("count", &*count.to_string())]));
    }
}

/// Broken glasses whose mandatory review is late (lag 2001:454 10 §).
pub(super) fn look_at_reviews(view: &View<'_>, overdue: u64, found: &mut Examination) {
    if overdue > 0 {
        let values = [("count", &*overdue.to_string())];
        found.findings.push(view.found(Fault::ReviewsOverdue, &values));
    }
}

/// Own services whose numbers others are not shown any more.
pub(super) fn look_at_services(view: &View<'_>, stale: usize, found: &mut Examination) {
    if stale > 0 {
        let values = [("count", &*stale.to_string())];
        found.findings.push(view.found(Fault::ServicesStale, &values));
    }
}

/// Agreements that their parties are to evaluate.
pub(super) fn look_at_evaluations(view: &View<'_>, due: usize, found: &mut Examination) {
    if due > 0 {
        let values = [("count", &*due.to_string())];
        found.findings.push(view.found(Fault::EvaluationsDue, &values));
    }
}
