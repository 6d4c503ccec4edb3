//! HTTP/2 by hand, since no client library lets one misbehave.

use std::time::Duration;

use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::Empty;
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use crate::rig::SOON;

pub(crate) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
pub(crate) const DATA: u8 = 0;
pub(crate) const HEADERS: u8 = 1;
pub(crate) const RST_STREAM: u8 = 3;
pub(crate) const SETTINGS: u8 = 4;
pub(crate) const PING: u8 = 6;
pub(crate) const GOAWAY: u8 = 7;
pub(crate) const WINDOW_UPDATE: u8 = 8;
const END_STREAM_AND_HEADERS: u8 = 0x5;

/// One frame as it was read.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) kind: u8,
    pub(crate) flags: u8,
    pub(crate) stream: u32,
    pub(crate) payload: Vec<u8>,
}

impl Frame {
    /// The error code of RST_STREAM and GOAWAY: their last four bytes, debug data apart.
    pub(crate) fn code(&self) -> u32 {
        let start = if self.kind == GOAWAY { 4 } else { 0 };
        u32::from_be_bytes(self.payload[start..start + 4].try_into().unwrap())
    }
}

/// A client that speaks frames and answers nothing by itself.
pub(crate) struct Wire<IO>(pub(crate) IO);

impl<IO: AsyncRead + AsyncWrite + Unpin> Wire<IO> {
    /// Sends the preface and these settings.
    pub(crate) async fn open(io: IO, settings: &[(u16, u32)]) -> Self {
        let mut wire = Self(io);
        wire.0.write_all(PREFACE).await.unwrap();
        let payload: Vec<u8> = settings
            .iter()
            .flat_map(|(id, value)| [&id.to_be_bytes()[..], &value.to_be_bytes()].concat())
            .collect();
        wire.send(&frame(SETTINGS, 0, 0, &payload)).await;
        wire
    }

    /// Writes; a peer that has closed already is the reader's business.
    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        let _ = self.0.write_all(bytes).await;
        let _ = self.0.flush().await;
    }

    /// The next frame; `None` when the other end has closed or reset the connection.
    pub(crate) async fn next(&mut self) -> Option<Frame> {
        timeout(SOON, self.read()).await.expect("neither a frame nor an end came")
    }

    /// The next frame of a kind, whatever comes before it.
    pub(crate) async fn next_of(&mut self, kind: u8) -> Frame {
        loop {
            let frame = self.next().await.expect("the connection ended");
            if frame.kind == kind {
                return frame;
            }
        }
    }

    /// Reads until the other end closes, at most for `longest`.
    pub(crate) async fn closed_within(&mut self, longest: Duration) -> bool {
        timeout(longest, async { while self.read().await.is_some() {} }).await.is_ok()
    }

    async fn read(&mut self) -> Option<Frame> {
        let mut head = [0; 9];
        self.0.read_exact(&mut head).await.ok()?;
        let [a, b, c, kind, flags, stream @ ..] = head;
        let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
        self.0.read_exact(&mut payload).await.ok()?;
        Some(Frame { kind, flags, stream: u32::from_be_bytes(stream), payload })
    }
}

pub(crate) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let [_, a, b, c] = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut bytes = vec![a, b, c, kind, flags];
    bytes.extend_from_slice(&stream.to_be_bytes());
    bytes.extend_from_slice(payload);
    bytes
}

/// A whole call without a body: the names and values as plain HPACK literals.
pub(crate) fn call(stream: u32, path: &str) -> Vec<u8> {
    let headers =
        [(":method", "POST"), (":scheme", "https"), (":path", path), (":authority", "kalmar")];
    let mut block = Vec::new();
    for text in headers.iter().flat_map(|(name, value)| [name, value]) {
        let is_name = headers.iter().any(|(name, _)| name == text);
        if is_name {
            block.push(0);
        }
        block.push(u8::try_from(text.len()).unwrap());
        block.extend_from_slice(text.as_bytes());
    }
    frame(HEADERS, END_STREAM_AND_HEADERS, stream, &block)
}

/// An honest client, from hyper, with its connection task.
pub(crate) async fn honest<IO>(io: IO) -> SendRequest<Empty<Bytes>>
where
    IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) = handshake(TokioExecutor::new(), TokioIo::new(io)).await.unwrap();
    tokio::spawn(connection);
    sender
}

pub(crate) fn post(path: &str) -> Request<Empty<Bytes>> {
    let uri = format!("https://kalmar{path}");
    Request::builder().method(Method::POST).uri(uri).body(Empty::new()).unwrap()
}

/// Calls `/whoami` and returns whom the service saw.
pub(crate) async fn whoami(sender: &mut SendRequest<Empty<Bytes>>) -> String {
    told(sender).await["x-caller"].to_str().unwrap().to_owned()
}

/// The certificate that the listener says the caller holds, if any.
pub(crate) async fn held(sender: &mut SendRequest<Empty<Bytes>>) -> Option<String> {
    Some(told(sender).await.get("x-held")?.to_str().unwrap().to_owned())
}

async fn told(sender: &mut SendRequest<Empty<Bytes>>) -> HeaderMap {
    let reply = timeout(SOON, sender.send_request(post("/whoami"))).await.unwrap().unwrap();
    assert_eq!(reply.status(), StatusCode::OK);
    assert_eq!(grpc_status(&reply), None);
    reply.headers().clone()
}

pub(crate) fn grpc_status(reply: &Response<Incoming>) -> Option<&str> {
    Some(reply.headers().get("grpc-status")?.to_str().unwrap())
}
