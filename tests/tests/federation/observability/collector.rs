//! A collector that speaks OTLP over gRPC on loopback and keeps what it is sent.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_server::{
    MetricsService, MetricsServiceServer,
};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use prost::Message;
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Request, Response, Status};

/// Everything that was received.
#[derive(Clone)]
pub(crate) struct Collector {
    address: SocketAddr,
    traces: Arc<Mutex<Vec<ExportTraceServiceRequest>>>,
    metrics: Arc<Mutex<Vec<ExportMetricsServiceRequest>>>,
}

impl Collector {
    /// Listens on a free port and serves until the runtime ends.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let collector = Self { address, traces: Arc::default(), metrics: Arc::default() };
        let server = tonic::transport::Server::builder()
            .add_service(TraceServiceServer::new(collector.clone()))
            .add_service(MetricsServiceServer::new(collector.clone()))
            .serve_with_incoming(TcpListenerStream::new(listener));
        tokio::spawn(server);
        collector
    }

    /// Its address, as the settings of a node take it.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every received message, encoded again.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let (traces, metrics) = (self.traces.lock(), self.metrics.lock());
        let traces = traces.expect("nobody panicked");
        let metrics = metrics.expect("nobody panicked");
        let encoded = traces.iter().map(Message::encode_to_vec);
        encoded.chain(metrics.iter().map(Message::encode_to_vec)).collect::<Vec<_>>().concat()
    }

    pub(crate) fn span_names(&self) -> Vec<String> {
        let traces = self.traces.lock().expect("nobody panicked");
        let scopes = traces.iter().flat_map(|it| &it.resource_spans).flat_map(|it| &it.scope_spans);
        scopes.flat_map(|scope| scope.spans.iter().map(|span| span.name.clone())).collect()
    }

    /// The methods of the calls whose spans name their caller.
    pub(crate) fn methods_with_a_peer(&self) -> Vec<String> {
        let traces = self.traces.lock().expect("nobody panicked");
        let scopes = traces.iter().flat_map(|it| &it.resource_spans).flat_map(|it| &it.scope_spans);
        let mut named = Vec::new();
        for span in scopes.flat_map(|scope| &scope.spans) {
            let text = |key: &str| {
                let found =
                    span.attributes.iter().find(|one| one.key == key)?.value.clone()?.value?;
                Some(format!("{found:?}"))
            };
            if text("peer").is_some() {
                named.extend(text("rpc.method"));
            }
        }
        named
    }

    pub(crate) fn metric_names(&self) -> Vec<String> {
        let metrics = self.metrics.lock().expect("nobody panicked");
        let resources = metrics.iter().flat_map(|it| &it.resource_metrics);
        let scopes = resources.flat_map(|it| &it.scope_metrics);
        scopes.flat_map(|scope| scope.metrics.iter().map(|metric| metric.name.clone())).collect()
    }
}

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        self.traces.lock().expect("nobody panicked").push(request.into_inner());
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

#[tonic::async_trait]
impl MetricsService for Collector {
    async fn export(
        &self,
        request: Request<ExportMetricsServiceRequest>,
    ) -> Result<Response<ExportMetricsServiceResponse>, Status> {
        self.metrics.lock().expect("nobody panicked").push(request.into_inner());
        Ok(Response::new(ExportMetricsServiceResponse::default()))
    }
}
