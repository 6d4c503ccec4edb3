//! What each call passes before it reaches a service.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;

use brygga_proto::rpc::FederationRpc;
use http::{Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use tokio::time::{Instant, timeout_at};
use tonic::body::Body;
use tower::ServiceExt;

use crate::limits::Limits;

use super::GrpcService;
use super::admission::{Admission, CallPass, ConnectionPass};
use super::deadline::{DeadlineBody, call_span};
use super::party::Party;
use super::shed::Shed;

/// The service of one connection: quota, deadline and the caller's mark.
pub(super) struct Gate<S> {
    pub(super) admission: Arc<Admission>,
    pub(super) limits: Arc<Limits>,
    pub(super) party: Party,
    pub(super) pass: ConnectionPass,
    pub(super) service: S,
}

impl<S: GrpcService> hyper::service::Service<Request<Incoming>> for Gate<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        let now = Instant::now();
        // gRPC is POST only; a CONNECT would even turn into a tunnel on success.
        if request.method() != Method::POST {
            return answer(status_only(StatusCode::METHOD_NOT_ALLOWED));
        }
        let is_watch =
            FederationRpc::parse(request.uri().path()) == Some(FederationRpc::WatchCapacity);
        let pass = if is_watch {
            self.admission.watch(&self.pass, now)
        } else {
            self.admission.call(&self.pass, now)
        };
        let pass = match pass {
            Ok(pass) => pass,
            Err(shed) => {
                let peer = self.party.organisation();
                tracing::debug!(peer, reason = shed.reason(), "call refused");
                return answer(shed.response());
            }
        };
        let deadline = now + call_span(request.headers(), self.limits.call_deadline);
        self.party.mark(request.extensions_mut());
        Box::pin(serve(self.service.clone(), request.map(Body::new), deadline, pass))
    }
}

async fn serve<S: GrpcService>(
    service: S,
    request: Request<Body>,
    deadline: Instant,
    pass: CallPass,
) -> Result<Response<Body>, Infallible> {
    match timeout_at(deadline, service.oneshot(request)).await {
        Ok(Ok(response)) => {
            Ok(response.map(|body| Body::new(DeadlineBody::new(body, deadline, pass))))
        }
        Ok(Err(never)) => match never {},
        Err(_elapsed) => Ok(Shed::Deadline.response()),
    }
}

fn answer(
    response: Response<Body>,
) -> Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>> {
    Box::pin(std::future::ready(Ok(response)))
}

fn status_only(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
