//! The port of the public page: few connections, each for one short question.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;

use brygga_crypto::sha256;
use brygga_domain::capacity::Statement;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};

use super::{hsds, html};
use crate::limits::{
    MAX_PAGE_CONNECTIONS, MAX_PAGE_HEADER_BYTES, PAGE_ACCEPT_PAUSE, PAGE_DEADLINE,
    PAGE_FRESH_SECONDS,
};

type Told = Pin<Box<dyn Future<Output = Option<Vec<Statement>>> + Send>>;

/// Where the page's services come from; none where they cannot be told now.
pub type PageSource = Arc<dyn Fn() -> Told + Send + Sync>;

/// The public page's port.
pub struct PublicPage {
    listener: TcpListener,
    source: PageSource,
}

impl PublicPage {
    /// Listens on an already bound socket.
    pub fn new(listener: TcpListener, source: PageSource) -> Self {
        Self { listener, source }
    }

    /// Serves until `shutdown` resolves; answers under way are cut, since anybody can ask again.
    pub async fn serve(self, shutdown: impl Future<Output = ()> + Send) {
        let places = Arc::new(Semaphore::new(MAX_PAGE_CONNECTIONS));
        tokio::select! {
            () = shutdown => {}
            () = self.accept(places) => {}
        }
    }

    async fn accept(&self, places: Arc<Semaphore>) {
        loop {
            let Ok((socket, _)) = self.listener.accept().await else {
                sleep(PAGE_ACCEPT_PAUSE).await;
                continue;
            };
            // One too many is closed at once.
            if let Ok(place) = Arc::clone(&places).try_acquire_owned() {
                tokio::spawn(answer_one(socket, Arc::clone(&self.source), place));
            }
        }
    }
}

async fn answer_one(socket: TcpStream, source: PageSource, _place: OwnedSemaphorePermit) {
    let service = service_fn(move |request| respond(request, Arc::clone(&source)));
    let connection = http1::Builder::new()
        .keep_alive(false)
        .max_buf_size(MAX_PAGE_HEADER_BYTES)
        .timer(TokioTimer::new())
        .header_read_timeout(PAGE_DEADLINE)
        .serve_connection(TokioIo::new(socket), service);
    // How it ended is its reader's matter.
    let _ = timeout(PAGE_DEADLINE, connection).await;
}

async fn respond(
    request: Request<Incoming>,
    source: PageSource,
) -> Result<Response<String>, Infallible> {
    let render: fn(&[Statement]) -> (String, &'static str) = match request.uri().path() {
        "/capacity.json" => |told| (hsds::services(told).to_string(), "application/json"),
        "/capacity" => |told| (html::page(told), "text/html; charset=utf-8"),
        _ => return Ok(plain(StatusCode::NOT_FOUND)),
    };
    if request.method() != Method::GET {
        return Ok(plain(StatusCode::NOT_FOUND));
    }
    let Some(told) = source().await else { return Ok(plain(StatusCode::SERVICE_UNAVAILABLE)) };
    let (body, content_type) = render(&told);
    let tag = format!("\"{}\"", hex::encode(&sha256(&[body.as_bytes()]).as_bytes()[..16]));
    let is_known =
        request.headers().get(header::IF_NONE_MATCH).is_some_and(|held| held == tag.as_str());
    let mut response = if is_known { plain(StatusCode::NOT_MODIFIED) } else { Response::new(body) };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    for (name, value) in [
        (header::ETAG, tag),
        (header::CACHE_CONTROL, format!("public, max-age={PAGE_FRESH_SECONDS}")),
    ] {
        // Both are plain letters.
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'"));
    Ok(response)
}

fn plain(status: StatusCode) -> Response<String> {
    let mut response = Response::new(String::new());
    *response.status_mut() = status;
    response
}
