//! The services for the organisation's own staff and systems.
//!
//! Each is a thin adapter: the request is read by [`brygga_wire`], decided by [`brygga_app`] and
//! answered by [`brygga_wire`]. Who may call what stands in [`crate::roles`] and is asked at one
//! door, before any of these.

mod access;
mod admission;
mod aggregate;
mod agreement;
mod call;
mod capacity;
mod consent;
mod explained;
mod hold;
mod node;
mod notice;
mod offer;
mod page;
mod quota;
mod referral;
mod register;
mod relocation;
mod retention;
mod signal;
mod transfer;

use std::sync::Arc;

use brygga_app::{App, AppError};
use brygga_crypto::SystemRandom;
use brygga_domain::{Reason, Refusal};
use brygga_identity::caller::Caller;
use brygga_identity::token::TokenVerifier;
use brygga_proto::local::v1::access_service_server::AccessServiceServer;
use brygga_proto::local::v1::aggregate_service_server::AggregateServiceServer;
use brygga_proto::local::v1::agreement_service_server::AgreementServiceServer;
use brygga_proto::local::v1::call_service_server::CallServiceServer;
use brygga_proto::local::v1::capacity_service_server::CapacityServiceServer;
use brygga_proto::local::v1::consent_service_server::ConsentServiceServer;
use brygga_proto::local::v1::hold_service_server::HoldServiceServer;
use brygga_proto::local::v1::node_service_server::NodeServiceServer;
use brygga_proto::local::v1::notice_service_server::NoticeServiceServer;
use brygga_proto::local::v1::offer_service_server::OfferServiceServer;
use brygga_proto::local::v1::referral_service_server::ReferralServiceServer;
use brygga_proto::local::v1::register_service_server::RegisterServiceServer;
use brygga_proto::local::v1::relocation_service_server::RelocationServiceServer;
use brygga_proto::local::v1::retention_service_server::RetentionServiceServer;
use brygga_proto::local::v1::signal_service_server::SignalServiceServer;
use brygga_proto::local::v1::transfer_service_server::TransferServiceServer;
use brygga_wire::to_status;
use rand_core::Rng;
use tonic::service::Routes;
use tonic::{Request, Response, Status};

use crate::layers::Surroundings;
use crate::limits::MAX_MESSAGE_BYTES;
use crate::listener::GrpcService;

pub use page::{DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE};

/// What the local port serves to those whose token `tokens` finds good.
pub fn local_routes(
    app: App,
    tokens: Arc<TokenVerifier>,
    surroundings: &Surroundings,
) -> impl GrpcService + use<> {
    let access = AccessServiceServer::new(access::AccessDesk::new(app.clone()));
    let aggregates = AggregateServiceServer::new(aggregate::AggregateDesk::new(app.clone()));
    let agreements = AgreementServiceServer::new(agreement::Agreements::new(app.clone()));
    let calls = CallServiceServer::new(call::CallDesk::new(app.clone()));
    let capacity = CapacityServiceServer::new(capacity::CapacityDesk::new(app.clone()));
    let holds = HoldServiceServer::new(hold::HoldDesk::new(app.clone()));
    let consents = ConsentServiceServer::new(consent::Consents::new(app.clone()));
    let node = NodeServiceServer::new(node::NodeDesk::new(app.clone()));
    let notices = NoticeServiceServer::new(notice::NoticeDesk::new(app.clone()));
    let signals = SignalServiceServer::new(signal::SignalDesk::new(app.clone()));
    let offers = OfferServiceServer::new(offer::OfferDesk::new(app.clone()));
    let referrals = ReferralServiceServer::new(referral::Referrals::new(app.clone()));
    let register = RegisterServiceServer::new(register::RegisterDesk::new(app.clone()));
    let relocations = RelocationServiceServer::new(relocation::RelocationDesk::new(app.clone()));
    let retention = RetentionServiceServer::new(retention::RetentionDesk::new(app.clone()));
    let transfers = TransferServiceServer::new(transfer::TransferDesk::new(app.clone()));
    let routes = Routes::new(agreements.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(access.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(aggregates.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(calls.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(capacity.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(holds.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(consents.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(node.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(notices.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(signals.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(offers.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(referrals.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(register.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(relocations.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(retention.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(transfers.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(surroundings.health_service())
        .prepare();
    surroundings.around(admission::Admission::new(app, tokens, routes))
}

/// Parts a request into who asks and what. One that did not come through the door is nobody's.
fn admitted<T>(mut request: Request<T>) -> Result<(Caller, T), Status> {
    let caller = request.extensions_mut().remove::<Caller>();
    let caller = caller.ok_or_else(|| to_status(&Refusal::new(Reason::Unauthenticated)))?;
    Ok((caller, request.into_inner()))
}

/// The outcome of a use case as an answer.
fn answer<T>(outcome: Result<T, AppError>) -> Result<Response<T>, Status> {
    outcome.map(Response::new).map_err(|error| to_status(&error.to_refusal()))
}

/// Names something that the caller has not named.
fn fresh_id() -> [u8; 16] {
    let mut id = [0; 16];
    SystemRandom.fill_bytes(&mut id);
    id
}
