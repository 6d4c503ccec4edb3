//! The registry that a node hands to its peers, and its health.

use brygga_domain::Reason;
use brygga_proto::registry::v1::FetchRegistryRequest;
use brygga_proto::registry::v1::registry_service_client::RegistryServiceClient;
use brygga_server::federation::federation_routes;
use brygga_server::layers::Surroundings;
use tonic::{Code, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tower::ServiceExt;

use crate::federation::{Federation, SEQUENCE};
use crate::raw::{call, request, verdict};

#[tokio::test]
async fn a_peer_gets_the_registry_only_when_it_is_newer_than_its_own() {
    let federation = Federation::start().await;
    let (kalmar, nybro) = (&federation.kalmar, &federation.nybro);
    let mut client = RegistryServiceClient::new(kalmar.call(nybro).await);
    for (held_sequence, is_newer) in
        [(0, true), (SEQUENCE - 1, true), (SEQUENCE, false), (u64::MAX, false)]
    {
        let request = FetchRegistryRequest { held_sequence };
        let answer = client.fetch_registry(request).await.unwrap().into_inner();
        let held = nybro.app.parts().trust.verified().unwrap().signed().to_proto();
        assert_eq!(answer.registry, is_newer.then_some(held), "{held_sequence}");
    }
}

#[tokio::test]
async fn a_call_that_no_connection_vouches_for_is_nobodys() {
    let federation = Federation::start().await;
    let routes = federation_routes(federation.kalmar.app.clone(), &Surroundings::default());
    for path in [
        "/brygga.federation.v1.DeliveryService/Deliver",
        "/brygga.registry.v1.RegistryService/FetchRegistry",
    ] {
        let response = routes.clone().oneshot(request(path, &[])).await.unwrap();
        let status = Status::from_header_map(response.headers()).unwrap();
        assert_eq!(verdict(&status), (Code::Unauthenticated, Some(Reason::Unauthenticated)));
    }
}

#[tokio::test]
async fn health_is_what_the_node_says_and_needs_no_token() {
    let federation = Federation::start().await;
    let kalmar = &federation.kalmar;
    for channel in [kalmar.local.channel.clone(), federation.nybro.call(kalmar).await] {
        let mut client = HealthClient::new(channel);
        let request = HealthCheckRequest { service: String::new() };
        let answer = client.check(request.clone()).await.unwrap().into_inner();
        assert_eq!(answer.status(), ServingStatus::Serving);
        let (health, stopping) = (&kalmar.health, tonic_health::ServingStatus::NotServing);
        health.set_service_status("", stopping).await;
        let answer = client.check(request).await.unwrap().into_inner();
        assert_eq!(answer.status(), ServingStatus::NotServing);
        health.set_service_status("", tonic_health::ServingStatus::Serving).await;
    }
}

#[tokio::test]
async fn a_service_that_a_node_cannot_be_is_not_there() {
    let federation = Federation::start().await;
    let channel = federation.kalmar.call(&federation.nybro).await;
    for path in [
        "/brygga.audit.v1.WitnessService/CosignCheckpoint",
        "/brygga.local.v1.ReferralService/ListReferrals",
    ] {
        assert_eq!(call(&channel, path, &[]).await.code(), Code::Unimplemented, "{path}");
    }
}
