//! Refusals that the listener answers by itself, before any service is asked.

use std::collections::HashMap;
use std::time::Duration;

use http::{HeaderMap, HeaderValue, Response};
use tonic::body::Body;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

/// The domain of our reasons in `google.rpc.ErrorInfo`.
const ERROR_DOMAIN: &str = "brygga";

/// When a caller who was refused for a crowd may try again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Why a call was not served, or not to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shed {
    /// The call outlived its deadline. What it did may or may not have taken effect.
    Deadline,
    /// The node has too many calls under way; nothing was done.
    Overload,
    /// The caller has too many calls under way; nothing was done.
    PeerCalls,
    /// The caller calls too often; nothing was done.
    PeerRate,
}

impl Shed {
    fn code(self) -> Code {
        match self {
            Self::Deadline => Code::DeadlineExceeded,
            Self::Overload => Code::Unavailable,
            Self::PeerCalls | Self::PeerRate => Code::ResourceExhausted,
        }
    }

    /// The stable code of the refusal.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::Deadline => "CALL_DEADLINE_EXCEEDED",
            Self::Overload => "NODE_OVERLOADED",
            Self::PeerCalls => "PEER_CALLS_EXCEEDED",
            Self::PeerRate => "PEER_RATE_EXCEEDED",
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::Deadline => "the call took longer than its deadline",
            Self::Overload => "the node has too many calls under way",
            Self::PeerCalls => "the caller has too many calls under way",
            Self::PeerRate => "the caller makes too many calls per second",
        }
    }

    /// The whole answer, when nothing of a reply has been sent.
    pub(super) fn response(self) -> Response<Body> {
        let mut details =
            ErrorDetails::with_error_info(self.reason(), ERROR_DOMAIN, HashMap::new());
        if self != Self::Deadline {
            details.set_retry_info(Some(RETRY_AFTER));
        }
        Status::with_error_details(self.code(), self.text(), details).into_http()
    }

    /// The end of an answer whose beginning has been sent.
    pub(super) fn trailers(self) -> HeaderMap {
        let mut trailers = HeaderMap::new();
        trailers.insert("grpc-status", HeaderValue::from(self.code() as i32));
        trailers.insert("grpc-message", HeaderValue::from_static(self.text()));
        trailers
    }
}
