//! Staff of an organisation, calling their own node as a case system does: gRPC with a token.

mod plain;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use brygga_config::Settings;
use brygga_crypto::SystemRandom;
use brygga_domain::{OrgId, UnitId};
use brygga_identity::clock::Clock;
use brygga_identity::roles::Role;
use brygga_identity::token::{DevelopmentIssuer, MAX_LIFETIME, TokenRequest};
use brygga_proto::local::v1::access_service_client::AccessServiceClient;
use brygga_proto::local::v1::aggregate_service_client::AggregateServiceClient;
use brygga_proto::local::v1::agreement_service_client::AgreementServiceClient;
use brygga_proto::local::v1::call_service_client::CallServiceClient;
use brygga_proto::local::v1::capacity_service_client::CapacityServiceClient;
use brygga_proto::local::v1::consent_service_client::ConsentServiceClient;
use brygga_proto::local::v1::hold_service_client::HoldServiceClient;
use brygga_proto::local::v1::node_service_client::NodeServiceClient;
use brygga_proto::local::v1::notice_service_client::NoticeServiceClient;
use brygga_proto::local::v1::offer_service_client::OfferServiceClient;
use brygga_proto::local::v1::referral_service_client::ReferralServiceClient;
use brygga_proto::local::v1::register_service_client::RegisterServiceClient;
use brygga_proto::local::v1::relocation_service_client::RelocationServiceClient;
use brygga_proto::local::v1::retention_service_client::RetentionServiceClient;
use brygga_proto::local::v1::signal_service_client::SignalServiceClient;
use brygga_proto::local::v1::transfer_service_client::TransferServiceClient;
use brygga_proto::rpc::LocalRpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

use crate::TestClock;
use plain::Plain;

type Authorised = InterceptedService<Channel, Badge>;

/// Somebody on the staff, in one role, or several with spaces between, and at most one unit.
#[derive(Clone)]
pub struct Staff {
    channel: Channel,
    badge: Badge,
}

impl Staff {
    /// Calls a node's local port with tokens of its development issuer; connects with the first call, and
    /// again after the node has been away.
    ///
    /// # Panics
    /// When the directory has no development issuer.
    pub(crate) fn enter(dir: &Path, clock: Arc<TestClock>, role: &str, unit: Option<&str>) -> Self {
        let settings =
            Settings::load(&dir.join("brygga.toml")).expect("the program writes good settings");
        let auth = &settings.local_auth;
        let key = auth.development_key_file.as_ref().expect("test nodes have a development issuer");
        let jwk = fs::read_to_string(key).expect("the issuer's key can be read");
        let issuer = DevelopmentIssuer::from_jwk(&jwk, &auth.issuer, &auth.audience);
        let badge = Badge {
            issuer: Arc::new(issuer.expect("the program writes good keys")),
            organisation: settings.node.organisation.clone(),
            roles: role
                .split(' ')
                .map(|role| Role::parse(role).expect("a role of the domain guide"))
                .collect(),
            unit: unit.map(|unit| UnitId::parse(unit).expect("a unit's name")),
            clock,
            subject: "test-person".to_owned(),
        };
        let address = format!("http://{}", settings.local_listener.address);
        let endpoint = Endpoint::from_shared(address).expect("a socket address makes an address");
        let channel = endpoint.tcp_nodelay(true).connect_lazy();
        Self { channel, badge }
    }

    /// The same role and unit, held by somebody else.
    #[must_use]
    pub fn named(mut self, subject: &str) -> Self {
        subject.clone_into(&mut self.badge.subject);
        self
    }

    /// A fresh token, for whoever calls by other means.
    pub fn token(&self) -> String {
        self.badge.token()
    }

    /// Makes any call of the contract with these bytes as its message, and throws the answer away.
    ///
    /// # Errors
    /// What the node answers.
    pub async fn call(&self, rpc: LocalRpc, message: &[u8]) -> Result<(), Status> {
        let channel = InterceptedService::new(self.channel.clone(), self.badge.clone());
        let mut client = tonic::client::Grpc::new(channel);
        client.ready().await.map_err(|_| Status::unavailable("no connection"))?;
        let path = PathAndQuery::from_static(rpc.path());
        client.unary(Request::new(message.to_vec()), path, Plain).await.map(drop)
    }

    /// Rights and the access log.
    pub fn access(&self) -> AccessServiceClient<Authorised> {
        AccessServiceClient::with_interceptor(self.channel.clone(), self.badge.clone())
    }

    /// Numbers of referrals.
    pub fn aggregates(&self) -> AggregateServiceClient<Authorised> {
        AggregateServiceClient::with_interceptor(self.channel.clone(), self.badge.clone())
    }

    /// Agreements.
    pub fn agreements(&self) -> AgreementServiceClient<Authorised> {
        AgreementServiceClient::with_interceptor(self.channel.clone(), self.badge.clone())
    }

    /// Calls for places.
    pub fn calls(&self) -> CallServiceClient<Authorised> {
        CallServiceClient::with_interceptor(self.channel.clone(), self.badge.clone())
    }

    /// Own services and others'.
    pub fn capacity(&self) -> CapacityServiceClient<Authorised> {
        CapacityServiceClient::with_interceptor(self.channel.clone(), self.badge.clone())
    }

    /// Protected relocations.
    pub fn relocations(&self) -> RelocationServiceClient<Authorised> {
        RelocationServiceClient::with_interceptor(self.channel.clone(), self.badge.clone())
    }

    /// Places held.
    pub fn holds(&self) -> HoldServiceClient<Authorised> {
        HoldServiceClient::with_interceptor(self.channel.clone(), self.badge.clone())
    }

    /// Consents.
    pub fn consents(&self) -> ConsentServiceClient<Authorised> {
        ConsentServiceClient::with_interceptor(self.channel.clone(), self.badge.clone())
    }

    /// The node.
    pub fn node(&self) -> NodeServiceClient<Authorised> {
        NodeServiceClient::with_interceptor(self.channel.clone(), self.badge.clone())
    }

    /// Open referrals.
    pub fn offers(&self) -> OfferServiceClient<Authorised> {
        OfferServiceClient::with_interceptor(self.channel.clone(), self.badge.clone())
    }

    /// Referrals.
    pub fn referrals(&self) -> ReferralServiceClient<Authorised> {
        ReferralServiceClient::with_interceptor(self.channel.clone(), self.badge.clone())
    }

    /// The register of official documents.
    pub fn register(&self) -> RegisterServiceClient<Authorised> {
        RegisterServiceClient::with_interceptor(self.channel.clone(), self.badge.clone())
    }

    /// What is purged when.
    pub fn retention(&self) -> RetentionServiceClient<Authorised> {
        RetentionServiceClient::with_interceptor(self.channel.clone(), self.badge.clone())
    }

    /// Signals about somebody's home.
    pub fn signals(&self) -> SignalServiceClient<Authorised> {
        SignalServiceClient::with_interceptor(self.channel.clone(), self.badge.clone())
    }

    /// Notices of evictions.
    pub fn notices(&self) -> NoticeServiceClient<Authorised> {
        NoticeServiceClient::with_interceptor(self.channel.clone(), self.badge.clone())
    }

    /// Who is responsible, and cases that move.
    pub fn transfers(&self) -> TransferServiceClient<Authorised> {
        TransferServiceClient::with_interceptor(self.channel.clone(), self.badge.clone())
    }
}

/// Puts a fresh token on each call.
#[derive(Clone)]
pub struct Badge {
    issuer: Arc<DevelopmentIssuer>,
    organisation: OrgId,
    roles: Vec<Role>,
    unit: Option<UnitId>,
    clock: Arc<TestClock>,
    subject: String,
}

impl Badge {
    fn token(&self) -> String {
        let units: Vec<UnitId> = self.unit.iter().cloned().collect();
        let wanted = TokenRequest {
            organisation: &self.organisation,
            subject: &self.subject,
            roles: &self.roles,
            units: &units,
            lifetime: MAX_LIFETIME,
            bound_to: None,
        };
        self.issuer.mint(&wanted, self.clock.now(), &mut SystemRandom)
    }
}

impl Interceptor for Badge {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let value = format!("Bearer {}", self.token())
            .parse()
            .map_err(|_| Status::internal("not a header value"))?;
        request.metadata_mut().insert("authorization", value);
        Ok(request)
    }
}
