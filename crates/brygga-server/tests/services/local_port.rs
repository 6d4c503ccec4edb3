//! The local port of a node, and people with tokens.

use std::sync::Arc;

use brygga_app::App;
use brygga_crypto::SystemRandom;
use brygga_domain::{OrgId, Seconds, UnitId};
use brygga_identity::roles::Role;
use brygga_identity::token::{
    DevelopmentIssuer, TokenAlgorithm, TokenPolicy, TokenRequest, TokenVerifier,
};
use brygga_proto::local::v1::access_service_client::AccessServiceClient;
use brygga_proto::local::v1::agreement_service_client::AgreementServiceClient;
use brygga_proto::local::v1::consent_service_client::ConsentServiceClient;
use brygga_proto::local::v1::node_service_client::NodeServiceClient;
use brygga_proto::local::v1::referral_service_client::ReferralServiceClient;
use brygga_proto::local::v1::register_service_client::RegisterServiceClient;
use brygga_proto::local::v1::retention_service_client::RetentionServiceClient;
use brygga_server::layers::Surroundings;
use brygga_server::limits::Limits;
use brygga_server::listener::LocalListener;
use brygga_server::local::local_routes;
use tokio::net::TcpListener;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

const ISSUER: &str = "https://id.kommun.example";
const AUDIENCE: &str = "brygga-local";

/// A node's local port, and the identity provider that it believes.
pub(crate) struct LocalPort {
    pub(crate) issuer: DevelopmentIssuer,
    pub(crate) channel: Channel,
    app: App,
}

/// Somebody who holds a token.
#[derive(Clone)]
pub(crate) struct Person {
    channel: Channel,
    badge: Badge,
}

/// Shows a token with each call.
#[derive(Clone)]
pub(crate) struct Badge(MetadataValue<Ascii>);

impl Interceptor for Badge {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert("authorization", self.0.clone());
        Ok(request)
    }
}

type Called = InterceptedService<Channel, Badge>;

impl LocalPort {
    pub(crate) async fn open(app: &App, surroundings: &Surroundings) -> Self {
        let issuer = DevelopmentIssuer::generate(ISSUER, AUDIENCE, &mut SystemRandom);
        let policy = TokenPolicy {
            issuer: ISSUER.to_owned(),
            audience: AUDIENCE.to_owned(),
            organisation: app.parts().organisation.clone(),
            algorithm: TokenAlgorithm::EdDsa,
            require_bound: false,
        };
        let tokens = TokenVerifier::new(&issuer.jwks(), policy).unwrap();
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        // Tests that ask for every role and call ask more at once than a person ever does.
        let limits = Limits { peer_call_burst: 10_000, ..Limits::default() };
        let listener = LocalListener::plaintext(socket, limits, 1).unwrap();
        let routes = local_routes(app.clone(), Arc::new(tokens), surroundings);
        tokio::spawn(listener.serve(routes, std::future::pending()));
        let channel = Endpoint::try_from(format!("http://{address}")).unwrap().connect_lazy();
        Self { issuer, channel, app: app.clone() }
    }

    /// A good token of this organisation.
    pub(crate) fn token(&self, roles: &[Role], units: &[UnitId]) -> String {
        self.token_of(&self.app.parts().organisation, roles, units)
    }

    /// A token of this provider that says it is another organisation's.
    pub(crate) fn token_of(
        &self,
        organisation: &OrgId,
        roles: &[Role],
        units: &[UnitId],
    ) -> String {
        self.mint(organisation, "a3f1", roles, units)
    }

    fn mint(
        &self,
        organisation: &OrgId,
        subject: &str,
        roles: &[Role],
        units: &[UnitId],
    ) -> String {
        let lifetime = Seconds(300);
        let bound_to = None;
        let request = TokenRequest { organisation, subject, roles, units, lifetime, bound_to };
        self.issuer.mint(&request, self.app.now(), &mut SystemRandom)
    }

    /// Somebody with a name of their own.
    pub(crate) fn colleague(&self, subject: &str, role: Role, units: &[UnitId]) -> Person {
        let token = self.mint(&self.app.parts().organisation, subject, &[role], units);
        let badge = Badge(format!("Bearer {token}").parse().unwrap());
        Person { channel: self.channel.clone(), badge }
    }

    pub(crate) fn person(&self, roles: &[Role]) -> Person {
        self.person_of(roles, &[])
    }

    /// Somebody who works in some units only.
    pub(crate) fn person_of(&self, roles: &[Role], units: &[UnitId]) -> Person {
        let token = format!("Bearer {}", self.token(roles, units));
        Person { channel: self.channel.clone(), badge: Badge(token.parse().unwrap()) }
    }
}

impl Person {
    pub(crate) fn access(&self) -> AccessServiceClient<Called> {
        AccessServiceClient::with_interceptor(self.channel.clone(), self.badge.clone())
    }

    /// The `authorization` header, for calls below the generated clients.
    pub(crate) fn authorization(&self) -> &str {
        self.badge.0.to_str().unwrap()
    }

    pub(crate) fn agreements(&self) -> AgreementServiceClient<Called> {
        AgreementServiceClient::with_interceptor(self.channel.clone(), self.badge.clone())
    }

    pub(crate) fn consents(&self) -> ConsentServiceClient<Called> {
        ConsentServiceClient::with_interceptor(self.channel.clone(), self.badge.clone())
    }

    pub(crate) fn node(&self) -> NodeServiceClient<Called> {
        NodeServiceClient::with_interceptor(self.channel.clone(), self.badge.clone())
    }

    pub(crate) fn referrals(&self) -> ReferralServiceClient<Called> {
        ReferralServiceClient::with_interceptor(self.channel.clone(), self.badge.clone())
    }

    pub(crate) fn register(&self) -> RegisterServiceClient<Called> {
        RegisterServiceClient::with_interceptor(self.channel.clone(), self.badge.clone())
    }

    pub(crate) fn retention(&self) -> RetentionServiceClient<Called> {
        RetentionServiceClient::with_interceptor(self.channel.clone(), self.badge.clone())
    }
}
