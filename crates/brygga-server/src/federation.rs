//! The services for other nodes: they deliver, watch capacity, speak over a relay, and ask for a newer registry.
//!
//! Invariant: no call here searches or shows persons; a peer hands over messages and gets
//! receipts.

mod delivery;
mod registry;
mod relay;
mod watch;

use brygga_app::App;
use brygga_domain::{OrgId, Reason, Refusal};
use brygga_identity::tls::PeerIdentity;
use brygga_proto::federation::v1::capacity_watch_service_server::CapacityWatchServiceServer;
use brygga_proto::federation::v1::delivery_service_server::DeliveryServiceServer;
use brygga_proto::registry::v1::registry_service_server::RegistryServiceServer;
use brygga_proto::relocation::v1::relay_service_server::RelayServiceServer;
use brygga_wire::to_status;
use tonic::service::Routes;
use tonic::{Request, Status};

use crate::layers::Surroundings;
use crate::limits::{MAX_BATCH_MESSAGE_BYTES, MAX_MESSAGE_BYTES};
use crate::listener::GrpcService;

pub use delivery::MAX_BATCH_ENVELOPES;

/// What the federation port serves.
///
/// The witness service is absent until a node can be one; asking for it is answered `UNIMPLEMENTED`.
pub fn federation_routes(app: App, surroundings: &Surroundings) -> impl GrpcService + use<> {
    let delivery = DeliveryServiceServer::new(delivery::Deliveries::new(app.clone()));
    let watches = CapacityWatchServiceServer::new(watch::Watches::new(app.clone()));
    let relay = RelayServiceServer::new(relay::Relay::new(app.clone()));
    let registry = RegistryServiceServer::new(registry::Registries::new(app));
    let routes = Routes::new(delivery.max_decoding_message_size(MAX_BATCH_MESSAGE_BYTES))
        .add_service(watches.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(registry.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(relay.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(surroundings.health_service())
        .prepare();
    surroundings.around(routes)
}

/// The organisation that the connection proved. A request without one never came through the
/// federation listener, and is nobody's.
fn peer<T>(request: &Request<T>) -> Result<OrgId, Status> {
    let peer = request.extensions().get::<PeerIdentity>();
    peer.map(|peer| peer.org().clone())
        .ok_or_else(|| to_status(&Refusal::new(Reason::Unauthenticated)))
}
