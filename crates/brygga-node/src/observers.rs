//! Who counts what the node does; metrics stand behind it in the program, nobody in a test.

use std::sync::Arc;
use std::time::Duration;

use brygga_domain::OrgId;
use brygga_peer::{DeliveryObserver, Outcome};
use brygga_server::layers::{FinishedRpc, RpcObserver};
use brygga_telemetry::{DeliveryOutcome, Label, Metrics, RemoteParent};
use http::HeaderMap;
use tracing::Span;

/// Who counts calls and deliveries.
#[derive(Clone)]
pub struct Observers {
    pub(crate) rpcs: Arc<dyn RpcObserver>,
    pub(crate) deliveries: Arc<dyn DeliveryObserver>,
    /// Where the node's standing is recorded, now and then.
    pub(crate) metrics: Option<Metrics>,
}

impl Default for Observers {
    /// Nobody counts.
    fn default() -> Self {
        Self {
            rpcs: Arc::new(brygga_server::layers::Unobserved),
            deliveries: Arc::new(brygga_peer::delivery::Unobserved),
            metrics: None,
        }
    }
}

impl Observers {
    /// Counts in `metrics`, and continues the traces of callers.
    pub fn metered(metrics: &Metrics) -> Self {
        let meter = Arc::new(Meter(metrics.clone()));
        Self { rpcs: Arc::clone(&meter) as _, deliveries: meter, metrics: Some(metrics.clone()) }
    }
}

struct Meter(Metrics);

impl RpcObserver for Meter {
    fn span(&self, headers: &HeaderMap, make_span: &dyn Fn() -> Span) -> Span {
        RemoteParent::extract(headers).in_scope(make_span)
    }

    fn finished(&self, call: &FinishedRpc<'_>) {
        self.0.rpc(Label::new(call.method), call.code as i32, call.took);
        tracing::debug!(
            rpc.method = call.method,
            rpc.grpc.status_code = call.code as i64,
            duration_ms = u64::try_from(call.took.as_millis()).unwrap_or(u64::MAX),
            "call answered"
        );
    }
}

impl DeliveryObserver for Meter {
    fn attempted(&self, recipient: &OrgId, message_type: &str, outcome: Outcome, took: Duration) {
        let outcome = match outcome {
            Outcome::Delivered => DeliveryOutcome::Delivered,
            Outcome::Refused => DeliveryOutcome::Refused,
            Outcome::Retried => DeliveryOutcome::Retried,
            Outcome::GivenUp => DeliveryOutcome::GivenUp,
        };
        self.0.delivery(recipient, label(message_type), outcome, took);
    }
}

/// The type as a word that a metric may hold; a type that this version does not know has none.
fn label(message_type: &str) -> Label {
    let known = [
        "aggregate.reported",
        "aggregate.requested",
        "agreement.proposed",
        "agreement.signed",
        "agreement.suspended",
        "agreement.resumed",
        "agreement.quota_declared",
        "agreement.terminated",
        "referral.claimed",
        "referral.offer_closed",
        "referral.offered",
        "referral.progressed",
        "referral.requested",
        "referral.withdrawn",
    ];
    Label::new(known.into_iter().find(|known| *known == message_type).unwrap_or("other"))
}
