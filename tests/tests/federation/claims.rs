//! One bed, a thousand claims from twenty real nodes, and a publisher that goes away in the middle.

use std::time::Duration;

use brygga_identity::clock::Clock;
use brygga_proto::local::v1::{HoldState, ListHoldsRequest, PlaceHoldRequest};
use brygga_testkit::{Place, Region, Staff, eventually};
use futures_util::future::join_all;
use tokio::time::sleep;

use crate::evening::{
    MISSION, SHELTER, beds, capacity_terms, night_shelter, place, publish, random_bytes,
    sees_available,
};
use crate::setting::agree_all;

const NODES: usize = 20;
const CLAIMS_OF_EACH: usize = 50;

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_claims_of_one_bed_one_is_granted_although_its_publisher_goes_away() {
    let places = shelter_and_claimants(NODES);
    let mut region = Region::start(&places).await;
    let organisations: Vec<&str> = places.iter().map(|place| place.organisation).collect();
    let terms = capacity_terms(&organisations, &region);
    let names: Vec<&str> = places.iter().map(|place| place.name).collect();
    agree_all(&region, &names, terms).await;
    let staff: Vec<Staff> =
        names[1..].iter().map(|name| region.staff(name, "SHELTER_STAFF", None)).collect();
    let mission = region.staff("stadsmissionen", "SHELTER_STAFF", None);
    let now = region.clock("stadsmissionen").now();
    publish(&mission, night_shelter(now, 1, 0)).await.expect(MISSION);
    for one in &staff {
        sees_available(one, SHELTER, 1).await;
    }
    let claims = staff.iter().flat_map(|one| (0..CLAIMS_OF_EACH).map(move |_| claim(one)));
    let away = async {
        sleep(Duration::from_millis(300)).await;
        region.stop_node("stadsmissionen").await;
        region.start_node("stadsmissionen").await;
    };
    let (granted, ()) = tokio::join!(join_all(claims), away);
    let granted = granted.into_iter().filter(|is_granted| *is_granted).count();
    assert!(granted <= 1, "{granted} were told that they have it");
    eventually("every claim is answered, and one is granted", || async {
        let mut held = 0;
        for one in &staff {
            let listed = one.holds().list_holds(ListHoldsRequest {}).await.ok()?.into_inner();
            if listed.holds.iter().any(|hold| hold.state() == HoldState::Requested) {
                return None;
            }
            held += listed.holds.len();
        }
        (held == 1).then_some(())
    })
    .await;
}

/// The shelter, and so many who look for a bed.
pub(crate) fn shelter_and_claimants(claimants: usize) -> Vec<Place> {
    let leak = |text: String| -> &'static str { text.leak() };
    let claimant = |number| Place {
        name: leak(format!("sokande-{number}")),
        organisation: leak(format!("demo:sokande-{number}")),
        title: "Sökande",
        kind: "civil-society",
        units: &[],
        marks: &[],
    };
    let mut places = vec![Place::STADSMISSIONEN, Place::KALMAR];
    places.extend((2..=claimants).map(claimant));
    places
}

/// Asks for the bed; whether it was granted at once.
async fn claim(staff: &Staff) -> bool {
    let request = PlaceHoldRequest {
        idempotency_key: random_bytes(),
        publisher: MISSION.to_owned(),
        items: vec![beds(SHELTER, 1)],
        wait_seconds: 10,
        ..PlaceHoldRequest::default()
    };
    place(staff, request).await.is_ok_and(|hold| hold.state() == HoldState::Held)
}
