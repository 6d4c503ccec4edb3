//! Whoever publishes is reminded before numbers are too old, and a coordinator sees whose are, at real nodes.

use brygga_domain::Seconds;
use brygga_proto::local::v1::{ListCapacityRequest, ListServicesRequest};
use brygga_testkit::Staff;

use crate::evening::{Evening, SHELTER, sees_available};

/// Whether the shelter's own service is to be counted again, and whether it is too old.
async fn reminded(staff: &Staff) -> (bool, bool) {
    let listed = staff.capacity().list_services(ListServicesRequest {}).await;
    let services = listed.expect("a list").into_inner().services;
    let [service] = &services[..] else { panic!("one service: {services:?}") };
    (service.is_due, service.is_stale)
}

/// Whose numbers are too old, as a coordinator of another node sees it.
async fn stale(coordinator: &Staff) -> Vec<Vec<u8>> {
    let request = ListCapacityRequest { stale_only: true, ..ListCapacityRequest::default() };
    let listed = coordinator.capacity().list_capacity(request).await;
    let services = listed.expect("a coordinator may").into_inner().services;
    let told = services.into_iter().filter_map(|known| known.statement?.service);
    told.map(|service| service.service_id).collect()
}

/// The publication is good for half a day, and the agreement shows numbers for an hour: that counts for the reminder.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_publishes_is_reminded_and_a_coordinator_sees_whose_numbers_are_too_old() {
    let evening = Evening::agreed().await;
    let coordinator = evening.region.staff("kalmar", "REGIONAL_COORDINATOR", None);
    evening.publish(20, 3).await;
    sees_available(&evening.kalmar, SHELTER, 17).await;
    evening.turn(Seconds(53 * 60));
    assert_eq!(reminded(&evening.shelter).await, (false, false));
    evening.turn(Seconds(2 * 60));
    assert_eq!(reminded(&evening.shelter).await, (true, false), "the last tenth of the hour");
    assert_eq!(stale(&coordinator).await, Vec::<Vec<u8>>::new());
    evening.turn(Seconds(6 * 60));
    assert_eq!(reminded(&evening.shelter).await, (true, true));
    assert_eq!(stale(&coordinator).await, [SHELTER.to_vec()]);
    evening.publish(20, 4).await;
    sees_available(&evening.kalmar, SHELTER, 16).await;
    assert_eq!(reminded(&evening.shelter).await, (false, false));
    assert_eq!(stale(&coordinator).await, Vec::<Vec<u8>>::new());
}
