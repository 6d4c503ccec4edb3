//! What becomes late about notices and signals is raised by the node's own clock: one leaf in the log for each alarm, which
//! the metrics count, and nothing is sent. The times are [`brygga_domain::lateness`]'s.

use brygga_domain::notice::EvictionNotice;
use brygga_domain::signal::Signal;

use crate::audit::{Actor, Verdict, leaf};
use crate::notice::{ChangedNotice, log_subject};
use crate::signal::ChangedSignal;
use crate::{Decided, Local, WriteSet};

/// Raises what is late of notices that are due; answers with how many alarms.
pub fn raise_notices(local: &mut Local<'_>, due: Vec<EvictionNotice>) -> Decided<usize> {
    let (mut writes, mut raised) = (WriteSet::default(), 0);
    for mut notice in due {
        let before = notice.revision;
        if let Some(alarm) = notice.raise(local.now) {
            let action = format!("notice.alarm {}", alarm.as_str());
            let subject = log_subject(notice.id, notice.protected);
            writes.audit.push(leaf(local, &Actor::Clock, &action, &subject, &Verdict::Done));
            raised += 1;
        }
        writes.notices.changed.push(ChangedNotice { notice, before, idempotency: None });
    }
    Decided { writes, answer: Ok(raised) }
}

/// Raises what is late of signals that are due; answers with how many alarms.
pub fn raise_signals(local: &mut Local<'_>, due: Vec<Signal>) -> Decided<usize> {
    let (mut writes, mut raised) = (WriteSet::default(), 0);
    for mut signal in due {
        let (before, known) = (signal.revision, signal.steps.len());
        if let Some(alarm) = signal.raise(local.now) {
            let action = format!("signal.alarm {}", alarm.as_str());
            let subject = signal.id.to_string();
            writes.audit.push(leaf(local, &Actor::Clock, &action, &subject, &Verdict::Done));
            raised += 1;
        }
        writes.signals.changed.push(ChangedSignal { signal, before, known });
    }
    Decided { writes, answer: Ok(raised) }
}
