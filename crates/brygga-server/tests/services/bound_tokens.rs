//! Tokens bound to a client certificate, at a local port under TLS and at one without.

use std::net::SocketAddr;
use std::sync::Arc;

use brygga_app::App;
use brygga_crypto::SystemRandom;
use brygga_domain::{OrgId, Reason, Seconds};
use brygga_identity::roles::Role;
use brygga_identity::tls::{
    CertificateThumbprint, IdentitySlot, LocalAcceptor, LocalConnector, MintRequest, NodeIdentity,
};
use brygga_identity::token::{
    DevelopmentIssuer, TokenAlgorithm, TokenPolicy, TokenRequest, TokenVerifier,
};
use brygga_server::layers::Surroundings;
use brygga_server::limits::Limits;
use brygga_server::listener::LocalListener;
use brygga_server::local::local_routes;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tonic::Code;
use tonic::transport::{Channel, Endpoint, Uri};
use tower::service_fn;

use crate::federation::{Federation, NOON};
use crate::raw::{call, verdict};

const PATH: &str = "/brygga.local.v1.NodeService/ShowNode";
const HEALTH: &str = "/grpc.health.v1.Health/Check";
const ISSUER: &str = "https://id.kommun.example";
const AUDIENCE: &str = "brygga-local";

/// A second local port of Kalmar's node, under TLS.
struct TlsPort {
    federation: Federation,
    issuer: DevelopmentIssuer,
    address: SocketAddr,
    certificate: CertificateThumbprint,
}

impl TlsPort {
    async fn open(require_bound: bool) -> Self {
        let federation = Federation::start().await;
        let app: &App = &federation.kalmar.app;
        let issuer = DevelopmentIssuer::generate(ISSUER, AUDIENCE, &mut SystemRandom);
        let policy = TokenPolicy {
            issuer: ISSUER.to_owned(),
            audience: AUDIENCE.to_owned(),
            organisation: app.parts().organisation.clone(),
            algorithm: TokenAlgorithm::EdDsa,
            require_bound,
        };
        let tokens = TokenVerifier::new(&issuer.jwks(), policy).unwrap();
        let own = identity();
        let certificate = own.thumbprint();
        let clock = Arc::clone(&app.parts().clock);
        let acceptor = LocalAcceptor::new(&IdentitySlot::new(own), clock).unwrap();
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let listener = LocalListener::tls(socket, acceptor, Limits::default(), 1);
        let routes = local_routes(app.clone(), Arc::new(tokens), &Surroundings::default());
        tokio::spawn(listener.serve(routes, std::future::pending()));
        Self { federation, issuer, address, certificate }
    }

    /// A connection with this certificate or none.
    fn channel(&self, own: Option<NodeIdentity>) -> Channel {
        let clock = Arc::clone(&self.federation.kalmar.app.parts().clock);
        let connector = LocalConnector::new(self.certificate, own, clock).unwrap();
        let address = self.address;
        let connect = service_fn(move |_: Uri| {
            let connector = connector.clone();
            async move {
                let tcp = TcpStream::connect(address).await.unwrap();
                connector.connect(tcp, "127.0.0.1").await.map(TokioIo::new)
            }
        });
        Endpoint::from_static("http://node").connect_with_connector_lazy(connect)
    }

    fn token(&self, bound_to: Option<CertificateThumbprint>) -> String {
        let app = &self.federation.kalmar.app;
        let request = TokenRequest {
            organisation: &app.parts().organisation,
            subject: "a3f1",
            roles: &[Role::Operator],
            units: &[],
            lifetime: Seconds(300),
            bound_to,
        };
        format!("Bearer {}", self.issuer.mint(&request, app.now(), &mut SystemRandom))
    }
}

fn identity() -> NodeIdentity {
    let minted = MintRequest {
        org: OrgId::parse("kommun:0880").unwrap(),
        federation: "kalmar.example".to_owned(),
        node: 1,
        dns_names: Vec::new(),
        not_before: NOON.minus(Seconds::days(1)),
        not_after: NOON.plus(Seconds::days(1)),
    }
    .mint()
    .unwrap();
    let key = minted.key_pem.expose().as_bytes();
    NodeIdentity::from_pem(minted.certificate_pem.as_bytes(), key).unwrap()
}

#[tokio::test]
async fn a_stolen_bound_token_is_answered_like_no_token_at_all() {
    let port = TlsPort::open(false).await;
    let (own, thief) = (identity(), identity());
    let token = port.token(Some(own.thumbprint()));
    let missing = call(&port.channel(None), PATH, &[]).await;
    assert_eq!(verdict(&missing), (Code::Unauthenticated, Some(Reason::Unauthenticated)));
    let own = port.channel(Some(own));
    for _before_and_after_its_owner in 0..2 {
        for thief in [None, Some(thief.clone())] {
            let refused = call(&port.channel(thief), PATH, &[&token]).await;
            assert_eq!(refused.code(), missing.code());
            assert_eq!(refused.message(), missing.message());
            assert_eq!(refused.details(), missing.details());
        }
        assert_eq!(call(&own, PATH, &[&token]).await.code(), Code::Ok);
    }
}

#[tokio::test]
async fn a_bound_token_opens_nothing_without_tls() {
    let federation = Federation::start().await;
    let local = &federation.kalmar.local;
    let request = TokenRequest {
        organisation: &federation.kalmar.organisation,
        subject: "a3f1",
        roles: &[Role::Operator],
        units: &[],
        lifetime: Seconds(300),
        bound_to: Some(identity().thumbprint()),
    };
    let token = local.issuer.mint(&request, federation.kalmar.app.now(), &mut SystemRandom);
    let status = call(&local.channel, PATH, &[&format!("Bearer {token}")]).await;
    assert_eq!(verdict(&status), (Code::Unauthenticated, Some(Reason::Unauthenticated)));
}

#[tokio::test]
async fn where_binding_is_required_a_bearer_token_opens_nothing_with_any_certificate() {
    let port = TlsPort::open(true).await;
    let own = identity();
    let (bearer, bound) = (port.token(None), port.token(Some(own.thumbprint())));
    let with_certificate = port.channel(Some(own));
    for channel in [&port.channel(None), &with_certificate] {
        let status = call(channel, PATH, &[&bearer]).await;
        assert_eq!(status.code(), Code::Unauthenticated);
        assert_eq!(call(channel, HEALTH, &[]).await.code(), Code::Ok, "health needs no token");
    }
    assert_eq!(call(&with_certificate, PATH, &[&bound]).await.code(), Code::Ok);
}

#[tokio::test]
async fn a_bearer_token_is_good_over_tls_with_and_without_a_certificate() {
    let port = TlsPort::open(false).await;
    let bearer = port.token(None);
    for own in [None, Some(identity())] {
        assert_eq!(call(&port.channel(own), PATH, &[&bearer]).await.code(), Code::Ok);
    }
}

/// What a proxy would say of the certificate it has seen is no proof here.
#[tokio::test]
async fn no_header_stands_for_a_certificate() {
    let port = TlsPort::open(true).await;
    let own = identity().thumbprint();
    let token = port.token(Some(own));
    let mut request = crate::raw::request(PATH, &[&token]);
    for name in ["x-client-cert", "client-cert", "x-forwarded-client-cert", "x-ssl-client-sha256"] {
        request.headers_mut().insert(name, own.to_string().parse().unwrap());
    }
    let status = crate::raw::answer(&port.channel(None), request).await;
    assert_eq!(status.code(), Code::Unauthenticated);
}
