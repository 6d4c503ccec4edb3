//! The door of the local face: no service sees a call before its token and role were checked.
//!
//! It stands before the body is read, so that nobody without a token makes the node parse
//! anything, and it looks the call up in the one role table, where every call has a row. A role
//! that this kind of node does not honour is left out. Why a token is refused is logged and never
//! told.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};

use brygga_app::App;
use brygga_domain::{MemberKind, Reason, Refusal};
use brygga_identity::caller::Caller;
use brygga_identity::tls::CertificateThumbprint;
use brygga_identity::token::TokenVerifier;
use brygga_proto::rpc::LocalRpc;
use brygga_wire::to_status;
use futures_util::future::Either;
use http::header::AUTHORIZATION;
use http::{HeaderMap, Request, Response};
use tonic::body::Body;
use tower::Service;

use crate::layers::HEALTH;
use crate::listener::GrpcService;
use crate::roles;

const SCHEME: &str = "bearer";

/// Services behind the door.
#[derive(Clone)]
pub(super) struct Admission<S> {
    app: App,
    tokens: Arc<TokenVerifier>,
    inner: S,
}

impl<S> Admission<S> {
    pub(super) fn new(app: App, tokens: Arc<TokenVerifier>, inner: S) -> Self {
        Self { app, tokens, inner }
    }

    /// Who may make the call; none where nobody has to be known.
    fn admit(&self, request: &Request<Body>) -> Result<Option<Caller>, Refusal> {
        let path = request.uri().path();
        if HEALTH.contains(&path) {
            return Ok(None);
        }
        let caller = self.authenticate(request)?;
        let rpc = LocalRpc::parse(path).ok_or(Refusal::new(Reason::NotImplemented))?;
        let (kind, row) = (self.kind(), roles::of_rpc(rpc));
        // From here on the caller has the roles that let the call in, and no other.
        let counts = |role| roles::is_honoured(kind, role) && row.opens_to(role);
        let caller = caller.limited_to(counts);
        row.check(caller.roles())?;
        Ok(Some(caller))
    }

    /// What kind of body the registry last said that this node's organisation is.
    fn kind(&self) -> Option<MemberKind> {
        let parts = self.app.parts();
        let registry = parts.trust.verified()?;
        registry.registry().members.get(&parts.organisation).map(|member| member.kind)
    }

    fn authenticate(&self, request: &Request<Body>) -> Result<Caller, Refusal> {
        let unauthenticated = Refusal::new(Reason::Unauthenticated);
        let Some(token) = bearer(request.headers()) else { return Err(unauthenticated) };
        // Only the listener puts it there; nothing that a request carries can.
        let held = request.extensions().get::<CertificateThumbprint>();
        self.tokens.verify(token, held, self.app.now()).map_err(|error| {
            tracing::info!(reason = error.code(), "a token was refused");
            unauthenticated
        })
    }
}

impl<S: GrpcService> Service<Request<Body>> for Admission<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Either<S::Future, Ready<Result<Response<Body>, Infallible>>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        match self.admit(&request) {
            Ok(caller) => {
                if let Some(caller) = caller {
                    request.extensions_mut().insert(caller);
                }
                Either::Left(self.inner.call(request))
            }
            Err(refusal) => Either::Right(ready(Ok(to_status(&refusal).into_http()))),
        }
    }
}

/// The token of RFC 6750. Two `authorization` headers are one too many: a proxy may have read
/// the other.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case(SCHEME).then_some(token)
}
