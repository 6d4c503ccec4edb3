//! A refusal as a gRPC status: the only place where the two meet.
//!
//! Every status carries a `google.rpc.ErrorInfo` with the reason, so that a program never has
//! to read the text. Where existence is secret, refusal and absence answer with the same bytes.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::time::Duration;

use brygga_domain::{Fault, Reason, Refusal};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

/// The domain of our `google.rpc.ErrorInfo`.
pub const ERROR_DOMAIN: &str = "brygga";

/// When to come back after too much, too fast.
const RETRY_EXHAUSTED: Duration = Duration::from_secs(5);
/// When to come back to a node that cannot store now.
const RETRY_UNAVAILABLE: Duration = Duration::from_secs(30);

/// The status that answers a refusal. Holds codes and field names, never content.
pub fn to_status(refusal: &Refusal) -> Status {
    let reason = refusal.reason;
    let mut details = ErrorDetails::new();
    match reason.fault() {
        // Neither field nor rule: they would tell an absent thing from a hidden one.
        Fault::NotFound => {
            details.set_error_info(reason.as_str(), ERROR_DOMAIN, HashMap::new());
            return Status::with_error_details(Code::NotFound, reason.as_str(), details);
        }
        Fault::Exhausted => details.set_retry_info(Some(RETRY_EXHAUSTED)),
        Fault::Unavailable => details.set_retry_info(Some(RETRY_UNAVAILABLE)),
        Fault::UsedUp
        | Fault::Unauthenticated
        | Fault::Denied
        | Fault::Invalid
        | Fault::Precondition
        | Fault::Conflict
        | Fault::AlreadyExists
        | Fault::Unimplemented
        | Fault::Internal => &mut details,
    };
    details.set_error_info(reason.as_str(), ERROR_DOMAIN, metadata(refusal));
    Status::with_error_details(code(reason.fault()), message(refusal), details)
}

/// The reason in a status that a Brygga node sent.
///
/// None for a status of something else, and for a reason that this version does not know.
pub fn from_status(status: &Status) -> Option<Reason> {
    let info = status.get_details_error_info()?;
    if info.domain == ERROR_DOMAIN { Reason::parse(&info.reason) } else { None }
}

/// The gRPC code of a fault.
pub const fn code(fault: Fault) -> Code {
    match fault {
        Fault::Unauthenticated => Code::Unauthenticated,
        Fault::NotFound => Code::NotFound,
        Fault::Denied => Code::PermissionDenied,
        Fault::Invalid => Code::InvalidArgument,
        Fault::Precondition => Code::FailedPrecondition,
        Fault::Conflict => Code::Aborted,
        Fault::AlreadyExists => Code::AlreadyExists,
        Fault::Unavailable => Code::Unavailable,
        Fault::Exhausted | Fault::UsedUp => Code::ResourceExhausted,
        Fault::Unimplemented => Code::Unimplemented,
        Fault::Internal => Code::Internal,
    }
}

fn metadata(refusal: &Refusal) -> HashMap<String, String> {
    [("field", refusal.field), ("rule", refusal.rule_id.as_str())]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}

fn message(refusal: &Refusal) -> String {
    match refusal.field {
        "" => refusal.reason.as_str().to_owned(),
        field => format!("{} at {field}", refusal.reason.as_str()),
    }
}
