//! What waits to be sent is judged again when its agreement changes, and on time (the policy monitor of EDC).

use brygga_domain::agreement::AgreementState;
use brygga_domain::{AgreementId, Reason, Refusal};

use crate::audit::{Actor, Verdict, leaf};
use crate::records::OutboxEntry;
use crate::stop::take_back;
use crate::{Local, WriteSet};

/// Why nothing more is sent under an agreement; none where something may be.
pub const fn obstacle(state: &AgreementState) -> Option<Reason> {
    match state {
        AgreementState::Suspended => Some(Reason::AgreementSuspended),
        AgreementState::Expired => Some(Reason::AgreementExpired),
        AgreementState::Terminated => Some(Reason::AgreementTerminated),
        AgreementState::Active
        | AgreementState::Superseded
        | AgreementState::Proposed { .. }
        | AgreementState::Signed => None,
    }
}

/// Takes back the requests and notes that wait under an agreement that permits nothing more. What has been delivered
/// is finished; events travel on.
pub fn take_back_under(
    local: &mut Local<'_>,
    (id, version): (AgreementId, u32),
    queued: &[OutboxEntry],
    reason: Reason,
) -> WriteSet {
    if queued.is_empty() {
        return WriteSet::default();
    }
    let mut writes = take_back(local, queued, reason);
    let subject = format!("{id}/{version}");
    let verdict = Verdict::Refused(Refusal::at(reason, "agreement_id"));
    writes.audit.push(leaf(local, &Actor::Clock, "agreement.monitor", &subject, &verdict));
    writes
}
