//! What surrounds every call on both ports, whatever the service: it is watched, and a defect in
//! a handler becomes an answer.

mod observe;
mod panic;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use brygga_domain::OrgId;
use brygga_proto::rpc::{FederationRpc, LocalRpc};
use http::HeaderMap;
use tonic::Code;
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::{HealthReporter, HealthService};
use tracing::Span;

use crate::limits::MAX_MESSAGE_BYTES;
use crate::listener::GrpcService;

use observe::Observed;
use panic::CatchPanic;

/// What the node gives both ports besides the use cases.
#[derive(Clone)]
pub struct Surroundings {
    /// Whether the node serves: its own to set, for the empty service name.
    pub health: HealthReporter,
    /// Who is told of each call.
    pub observer: Arc<dyn RpcObserver>,
}

impl Default for Surroundings {
    /// Always serving and observed by nobody; for tests and tools.
    fn default() -> Self {
        Self { health: HealthReporter::new(), observer: Arc::new(Unobserved) }
    }
}

impl fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Surroundings").finish_non_exhaustive()
    }
}

/// Told of each call; the node's metrics and trace propagation stand behind it.
///
/// Every method has a default that does nothing.
pub trait RpcObserver: Send + Sync + 'static {
    /// Makes a call's span, inside the trace that the request's `headers` name, if the
    /// implementation believes them.
    fn span(&self, _headers: &HeaderMap, make_span: &dyn Fn() -> Span) -> Span {
        make_span()
    }

    /// A call has been answered, or given up.
    fn finished(&self, _call: &FinishedRpc<'_>) {}
}

/// Looks the other way.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unobserved;

impl RpcObserver for Unobserved {}

/// How a call went. Nothing in it comes from a request's content.
#[derive(Clone, Copy, Debug)]
pub struct FinishedRpc<'a> {
    /// The path of a known call, or [`UNKNOWN_METHOD`].
    pub method: &'static str,
    /// Organisation of the node that called; none on the local port.
    pub peer: Option<&'a OrgId>,
    /// The answer; `CANCELLED` where the caller or the deadline ended the call.
    pub code: Code,
    /// From the headers of the request to those of the answer.
    pub took: Duration,
}

/// The name of every call that this node does not know, so that callers cannot fill a metric.
pub const UNKNOWN_METHOD: &str = "other";

/// The calls of the health protocol.
pub(crate) const HEALTH: [&str; 2] =
    ["/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch"];

impl Surroundings {
    /// Puts the layers around a port's services.
    pub(crate) fn around<S: GrpcService>(&self, service: S) -> impl GrpcService + use<S> {
        Observed::new(CatchPanic::new(service), Arc::clone(&self.observer))
    }

    /// `grpc.health.v1`, which answers what the node has set.
    pub(crate) fn health_service(&self) -> HealthServer<HealthService> {
        HealthServer::new(HealthService::from_health_reporter(self.health.clone()))
            .max_decoding_message_size(MAX_MESSAGE_BYTES)
    }
}

/// The path as a name that may be recorded.
fn known_method(path: &str) -> &'static str {
    let local = LocalRpc::parse(path).map(LocalRpc::path);
    let federation = || FederationRpc::parse(path).map(FederationRpc::path);
    let health = || HEALTH.into_iter().find(|known| *known == path);
    local.or_else(federation).or_else(health).unwrap_or(UNKNOWN_METHOD)
}
