//! A span for each call, and one report of how it went.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use brygga_domain::OrgId;
use brygga_identity::tls::PeerIdentity;
use brygga_proto::rpc::FederationRpc;
use http::{HeaderMap, Request, Response};
use tokio::time::Instant;
use tonic::body::Body;
use tonic::{Code, Status};
use tower::Service;
use tracing::{Instrument, Span, field};

use super::{FinishedRpc, RpcObserver, known_method};
use crate::listener::GrpcService;

/// A service whose calls are watched.
#[derive(Clone)]
pub(super) struct Observed<S> {
    inner: S,
    observer: Arc<dyn RpcObserver>,
}

impl<S> Observed<S> {
    pub(super) fn new(inner: S, observer: Arc<dyn RpcObserver>) -> Self {
        Self { inner, observer }
    }
}

impl<S: GrpcService> Service<Request<Body>> for Observed<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let call = Call::begin(&request, Arc::clone(&self.observer));
        let span = call.span.clone();
        Box::pin(watch(call, self.inner.call(request)).instrument(span))
    }
}

async fn watch(
    mut call: Call,
    answer: impl Future<Output = Result<Response<Body>, Infallible>>,
) -> Result<Response<Body>, Infallible> {
    let response = answer.await?;
    call.code = Some(code(response.headers()));
    Ok(response)
}

/// One call under way. Dropping it is its end, so that a call which is given up is reported too.
struct Call {
    observer: Arc<dyn RpcObserver>,
    method: &'static str,
    peer: Option<OrgId>,
    span: Span,
    begun: Instant,
    code: Option<Code>,
}

impl Call {
    fn begin(request: &Request<Body>, observer: Arc<dyn RpcObserver>) -> Self {
        let method = known_method(request.uri().path());
        let peer = request.extensions().get::<PeerIdentity>().filter(|_| names_peer(method));
        let peer = peer.map(|peer| peer.org().clone());
        let make_span = || {
            tracing::info_span!(
                "rpc",
                otel.kind = "server",
                rpc.system = "grpc",
                rpc.method = method,
                rpc.grpc.status_code = field::Empty,
                duration_ms = field::Empty,
                peer = peer.as_ref().map(OrgId::as_str),
            )
        };
        let span = observer.span(request.headers(), &make_span);
        Self { observer, method, peer, span, begun: Instant::now(), code: None }
    }
}

/// Whether the caller is told of. Of a relay's members nobody is told when they spoke.
fn names_peer(method: &str) -> bool {
    let rpc = FederationRpc::parse(method);
    !matches!(rpc, Some(FederationRpc::PutCells | FederationRpc::TakeCells))
}

impl Drop for Call {
    fn drop(&mut self) {
        let code = self.code.unwrap_or(Code::Cancelled);
        let took = self.begun.elapsed();
        let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        self.span.record("rpc.grpc.status_code", code as i32);
        self.span.record("duration_ms", duration_ms);
        let peer = self.peer.as_ref();
        self.observer.finished(&FinishedRpc { method: self.method, peer, code, took });
    }
}

/// A status that is known with the headers is an error; success follows in the trailers.
fn code(headers: &HeaderMap) -> Code {
    Status::from_header_map(headers).map_or(Code::Ok, |status| status.code())
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use tower::{ServiceExt, service_fn};

    use super::*;

    /// Keeps the codes.
    #[derive(Default)]
    struct Codes(Mutex<Vec<Code>>);

    impl RpcObserver for Codes {
        fn finished(&self, call: &FinishedRpc<'_>) {
            self.0.lock().unwrap().push(call.code);
        }
    }

    fn request() -> Request<Body> {
        Request::post("/x").body(Body::empty()).unwrap()
    }

    #[tokio::test]
    async fn a_call_that_is_given_up_is_reported_as_cancelled() {
        let codes = Arc::new(Codes::default());
        let silent = service_fn(|_: Request<Body>| std::future::pending());
        let call = Observed::new(silent, codes.clone()).call(request());
        assert!(codes.0.lock().unwrap().is_empty());
        drop(call);
        assert_eq!(*codes.0.lock().unwrap(), [Code::Cancelled]);
    }

    #[tokio::test]
    async fn the_answer_of_a_refusal_stands_in_the_headers() {
        let codes = Arc::new(Codes::default());
        let refusing =
            service_fn(|_: Request<Body>| async { Ok(Status::resource_exhausted("").into_http()) });
        Observed::new(refusing, codes.clone()).oneshot(request()).await.unwrap();
        assert_eq!(*codes.0.lock().unwrap(), [Code::ResourceExhausted]);
    }
}
