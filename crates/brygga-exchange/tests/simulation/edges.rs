//! The referral machine as the exchange guide (1.2) draws it, with the deviations of ARCHITECTURE:
//! written from there and not from the code, so that the two can be told apart.

/// Every status.
pub(crate) const STATUSES: [&str; 11] = [
    "REQUESTED",
    "ACCEPTED",
    "IN_PROGRESS",
    "ON_HOLD",
    "CANCELLATION_REQUESTED",
    "REJECTED",
    "CANCELLED",
    "EXPIRED",
    "COMPLETED",
    "FAILED",
    "ENTERED_IN_ERROR",
];

const OPEN: &str = "REQUESTED ACCEPTED IN_PROGRESS ON_HOLD CANCELLATION_REQUESTED";
const WORKS: &str = "ACCEPTED IN_PROGRESS ON_HOLD";
const OVER: &str = "REJECTED CANCELLED EXPIRED COMPLETED FAILED";

/// From where, by what, to where; `same` keeps the status. What is not here is refused.
const EDGES: &[(&str, &str, &str)] = &[
    (OPEN, "take_on", "same"),
    ("REQUESTED", "accept", "ACCEPTED"),
    (OPEN, "decline", "REJECTED"),
    ("REQUESTED", "reroute", "REJECTED"),
    ("ACCEPTED", "start", "IN_PROGRESS"),
    ("ACCEPTED IN_PROGRESS", "put_on_hold", "ON_HOLD"),
    ("ON_HOLD", "resume", "IN_PROGRESS"),
    ("REQUESTED", "withdraw", "CANCELLED"),
    (WORKS, "withdraw", "CANCELLATION_REQUESTED"),
    ("CANCELLATION_REQUESTED", "confirm_cancellation", "CANCELLED"),
    (OPEN, "stop", "CANCELLED"),
    (OPEN, "mark_in_error", "ENTERED_IN_ERROR"),
    (OVER, "mark_in_error", "ENTERED_IN_ERROR"),
    // An order to stop is never refused: what is over keeps its status, and the duty to erase begins.
    (OVER, "stop", "same"),
    ("ENTERED_IN_ERROR", "stop", "same"),
    ("REQUESTED", "expire", "EXPIRED"),
    (WORKS, "complete", "COMPLETED"),
    ("CANCELLATION_REQUESTED", "complete", "COMPLETED"),
    (WORKS, "fail", "FAILED"),
    (OPEN, "set_business_status", "same"),
    ("REQUESTED", "escalate", "same"),
    (OVER, "acknowledge", "same"),
    ("REJECTED", "request_review", "same"),
    ("REJECTED", "review", "same"),
];

/// What the target's own people and clock can try in any status.
pub(crate) const OF_TARGET: [&str; 14] = [
    "take_on",
    "accept",
    "decline",
    "start",
    "put_on_hold",
    "resume",
    "complete",
    "fail",
    "set_business_status",
    "confirm_cancellation",
    "review",
    "expire",
    "escalate",
    "reroute",
];

/// What comes from the source. It only proposes what its mirror permits, and a mirror is never ahead.
pub(crate) const OF_SOURCE: [&str; 5] =
    ["withdraw", "stop", "mark_in_error", "acknowledge", "request_review"];

/// Where a status leads; none where the guide permits nothing.
pub(crate) fn leads<'a>(from: &'a str, by: &str) -> Option<&'a str> {
    let is_edge = |edge: &&(&str, &'static str, &'static str)| {
        edge.1 == by && edge.0.split(' ').any(|status| status == from)
    };
    let (_, _, to) = EDGES.iter().find(is_edge)?;
    Some(if *to == "same" { from } else { to })
}

/// Everything that a long enough simulation has to show of the machine.
pub(crate) fn required() -> Vec<String> {
    let mut required = Vec::new();
    for from in STATUSES {
        for by in OF_TARGET.iter().chain(&OF_SOURCE) {
            match leads(from, by) {
                Some(to) => required.push(taken(from, by, to)),
                None if OF_TARGET.contains(by) => required.push(refused(from, by)),
                None if is_late(from, by) => required.push(refused(from, by)),
                None => {}
            }
        }
    }
    required
}

/// Whether a proposal of the source can come to this status although it was made in one that permits it.
fn is_late(from: &str, by: &str) -> bool {
    match by {
        "withdraw" => from != "REQUESTED",
        "acknowledge" => from == "ENTERED_IN_ERROR",
        _ => false,
    }
}

/// An edge that was taken, as coverage counts it.
pub(crate) fn taken(from: &str, by: &str, to: &str) -> String {
    format!("edge: {from} {by} {to}")
}

/// An edge that is not there and was tried.
pub(crate) fn refused(from: &str, by: &str) -> String {
    format!("no edge: {from} {by}")
}
