//! Calls below the generated clients: any path, any headers, an empty message.

use brygga_domain::Reason;
use http::{HeaderMap, HeaderValue, Request, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use tonic::body::Body;
use tonic::transport::Channel;
use tonic::{Code, Status};
use tower::{Service, ServiceExt};

/// An uncompressed message of no bytes in gRPC's framing.
const EMPTY_MESSAGE: &[u8] = &[0; 5];

/// A call with an empty message and these `authorization` headers.
pub(crate) fn request(path: &str, authorization: &[&str]) -> Request<Body> {
    let mut request = Request::post(format!("http://node{path}"))
        .header(header::CONTENT_TYPE, "application/grpc")
        .header(header::TE, "trailers")
        .body(Body::new(Full::new(Bytes::from_static(EMPTY_MESSAGE))))
        .unwrap();
    for value in authorization {
        let value = HeaderValue::from_str(value).unwrap();
        request.headers_mut().append(header::AUTHORIZATION, value);
    }
    request
}

/// The status that a call ends with.
pub(crate) async fn call(channel: &Channel, path: &str, authorization: &[&str]) -> Status {
    answer(channel, request(path, authorization)).await
}

/// The status that this very call ends with.
pub(crate) async fn answer(channel: &Channel, request: Request<Body>) -> Status {
    let mut channel = channel.clone();
    let response = channel.ready().await.unwrap().call(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let trailers = body.collect().await.unwrap().trailers().cloned();
    let status = |headers: &HeaderMap| Status::from_header_map(headers);
    status(&parts.headers).or_else(|| status(&trailers?)).unwrap()
}

/// Its code and our reason, if it has one.
pub(crate) fn verdict(status: &Status) -> (Code, Option<Reason>) {
    (status.code(), brygga_wire::from_status(status))
}
