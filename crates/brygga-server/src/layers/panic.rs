//! A panic in a handler ends that call and nothing else.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{Context, Poll};

use brygga_domain::{Reason, Refusal};
use brygga_wire::to_status;
use futures_util::FutureExt;
use http::{Request, Response};
use tonic::body::Body;
use tower::Service;

use crate::listener::GrpcService;

/// A service whose panics are answered with `REC_INTERNAL` and no text.
///
/// Unwinding is safe here because nothing in memory outlives a call half changed: a use case
/// changes the store in one transaction, and what is shared is replaced whole.
#[derive(Clone)]
pub(super) struct CatchPanic<S>(S);

impl<S> CatchPanic<S> {
    pub(super) fn new(inner: S) -> Self {
        Self(inner)
    }
}

impl<S: GrpcService> Service<Request<Body>> for CatchPanic<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let answer = AssertUnwindSafe(self.0.call(request)).catch_unwind();
        Box::pin(answer.map(|answer| answer.unwrap_or_else(|_panic| Ok(internal()))))
    }
}

/// The panic hook has logged where it happened; what it said may hold content and goes nowhere.
fn internal() -> Response<Body> {
    to_status(&Refusal::new(Reason::RecipientInternal)).into_http()
}

#[cfg(test)]
mod tests {
    use tonic::{Code, Status};
    use tower::{ServiceExt, service_fn};

    use super::*;

    #[tokio::test]
    async fn a_panic_is_answered_with_a_reason_and_nothing_of_what_it_said() {
        let broken = service_fn(|request: Request<Body>| async move {
            assert_eq!(request.uri().path(), "", "Alma stands in the panic");
            Ok(Response::new(Body::empty()))
        });
        let request = Request::get("/x").body(Body::empty()).unwrap();
        let response = CatchPanic::new(broken).oneshot(request).await.unwrap();
        let status = Status::from_header_map(response.headers()).unwrap();
        assert_eq!(status.code(), Code::Internal);
        assert_eq!(brygga_wire::from_status(&status), Some(Reason::RecipientInternal));
        assert_eq!(status.message(), Reason::RecipientInternal.as_str());
        assert!(!format!("{:?}", response.headers()).contains("Alma"));
    }
}
