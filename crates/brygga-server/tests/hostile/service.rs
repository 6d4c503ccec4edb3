//! What the listener serves in these tests.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use brygga_identity::tls::{CertificateThumbprint, PeerIdentity};
use brygga_server::listener::RemoteAddress;
use http::{HeaderValue, Request, Response};
use http_body::Frame;
use hyper::body::Bytes;
use tokio::sync::Notify;
use tonic::body::Body;
use tower::Service;

/// `/whoami` answers at once, `/gate` waits for [`TestService::open`], `/hang` never
/// answers, and `/flood` answers without end.
#[derive(Clone, Default)]
pub(crate) struct TestService {
    running: Arc<AtomicUsize>,
    gate: Arc<Notify>,
}

impl TestService {
    /// Calls whose handler has begun and neither ended nor been dropped.
    pub(crate) fn running(&self) -> usize {
        self.running.load(Ordering::SeqCst)
    }

    /// Waits until that many handlers are running.
    pub(crate) async fn reaches(&self, running: usize) {
        let reached = async {
            while self.running() != running {
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(crate::rig::SOON, reached).await.unwrap_or_else(|_| {
            panic!("{} handlers run, expected {running}", self.running());
        });
    }

    /// Lets the waiting `/gate` calls finish.
    pub(crate) fn open(&self) {
        self.gate.notify_waiters();
    }
}

struct Running(Arc<AtomicUsize>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Service<Request<Body>> for TestService {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        self.running.fetch_add(1, Ordering::SeqCst);
        let (running, gate) = (Running(Arc::clone(&self.running)), Arc::clone(&self.gate));
        Box::pin(async move {
            let _running = running;
            let mut response = Response::new(Body::empty());
            match request.uri().path() {
                "/gate" => gate.notified().await,
                "/hang" => std::future::pending().await,
                "/flood" => *response.body_mut() = Body::new(Flood),
                _ => {}
            }
            response.headers_mut().insert("x-caller", caller(&request));
            if let Some(held) = request.extensions().get::<CertificateThumbprint>() {
                response.headers_mut().insert("x-held", held.to_string().parse().unwrap());
            }
            Ok(response)
        })
    }
}

fn caller(request: &Request<Body>) -> HeaderValue {
    let extensions = request.extensions();
    let name = match (extensions.get::<PeerIdentity>(), extensions.get::<RemoteAddress>()) {
        (Some(peer), None) => peer.org().to_string(),
        (None, Some(RemoteAddress(address))) => address.ip().to_string(),
        both => panic!("a request is marked exactly once, not {both:?}"),
    };
    HeaderValue::from_str(&name).unwrap()
}

/// A reply that never ends, in kilobytes.
struct Flood;

impl http_body::Body for Flood {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[0; 1024])))))
    }
}
