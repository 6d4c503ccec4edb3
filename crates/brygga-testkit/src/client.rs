//! Staff of an organisation, calling their own node as a case system does: gRPC with a token.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use brygga_crypto::SystemRandom;
use brygga_identity::clock::Clock;
use brygga_identity::roles::Role;
use brygga_identity::token::{DevelopmentIssuer, TokenRequest};
use brygga_proto::local::v1::agreement_service_client::AgreementServiceClient;
use brygga_proto::local::v1::consent_service_client::ConsentServiceClient;
use brygga_proto::local::v1::node_service_client::NodeServiceClient;
use brygga_proto::local::v1::referral_service_client::ReferralServiceClient;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Request, Status};

use crate::TestClock;

type Authorised = InterceptedService<Channel, Token>;
