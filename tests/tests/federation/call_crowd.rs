//! A whole county is asked for one bed, and everybody has one.

use brygga_proto::local::v1::{CallState, HoldState};
use brygga_testkit::{Place, Region, Staff};
use futures_util::future::join_all;

use crate::call::{answer, hold_of, one_bed, place, settled, stands, wish};
use crate::evening::{beds, capacity_terms, own_counts, publish};
use crate::setting::agree_all;

/// A municipality of the county.
const fn municipality(name: &'static str, organisation: &'static str) -> Place {
    Place { name, organisation, title: name, kind: "municipality", units: &[], marks: &[] }
}

/// Whoever is asked.
const HOUSES: [Place; 8] = [
    Place::NYBRO,
    Place::BORGHOLM,
    Place::STADSMISSIONEN,
    municipality("hogsby", "kommun:0821"),
    municipality("torsas", "kommun:0834"),
    municipality("morbylanga", "kommun:0840"),
    municipality("hultsfred", "kommun:0860"),
    municipality("monsteras", "kommun:0861"),
];

/// The service of a house.
fn service_of(number: usize) -> [u8; 16] {
    [u8::try_from(number).expect("a few houses") + 1; 16]
}

/// Eight houses answer at the same time.
///
/// Verified: exactly one has won and its bed is held for Kalmar, who has that hold and no other; the seven others are told
/// and have their beds back.
#[tokio::test(flavor = "multi_thread")]
async fn of_eight_who_answer_a_call_at_once_one_wins_and_seven_beds_are_free_again() {
    let places: Vec<_> = [Place::KALMAR].into_iter().chain(HOUSES).collect();
    let region = Region::start(&places).await;
    let parties: Vec<_> = places.iter().map(|place| place.organisation).collect();
    let names: Vec<_> = places.iter().map(|place| place.name).collect();
    let agreement = agree_all(&region, &names, capacity_terms(&parties, &region)).await;
    let kalmar = region.staff("kalmar", "CASE_WORKER", None);
    let houses: Vec<Staff> =
        HOUSES.iter().map(|house| region.staff(house.name, "SHELTER_STAFF", None)).collect();
    for (number, house) in houses.iter().enumerate() {
        let bed = one_bed(service_of(number), &region);
        publish(house, bed).await.expect("a good publication");
    }

    let call = place(&kalmar, wish(agreement)).await.expect("a call");
    assert_eq!(call.parties.len(), HOUSES.len());
    for house in &houses {
        stands(house, &call, CallState::Open).await;
    }
    let answers = houses
        .iter()
        .enumerate()
        .map(|(number, house)| answer(house, &call, vec![beds(service_of(number), 1)]));
    let mut held = 0;
    for answered in join_all(answers).await {
        // Whoever hears that it is taken before it has answered holds nothing.
        held += usize::from(answered.is_ok());
    }
    assert!(held >= 1);

    let mut won = Vec::new();
    for (number, house) in houses.iter().enumerate() {
        let state = settled(house, &call).await;
        let held = own_counts(house, service_of(number)).await.held;
        match state {
            CallState::Won => won.push(HOUSES[number].organisation),
            CallState::Taken => assert_eq!(held, 0, "{} has its bed back", HOUSES[number].name),
            other => panic!("{}: {other:?}", HOUSES[number].name),
        }
    }
    let taken = stands(&kalmar, &call, CallState::Taken).await;
    assert_eq!(won, [taken.taken_by.as_str()]);
    let hold = hold_of(&kalmar, &taken.hold_id).await.expect("a hold");
    assert_eq!((hold.state(), hold.publisher), (HoldState::Held, taken.taken_by));
    let all = kalmar.holds().list_holds(brygga_proto::local::v1::ListHoldsRequest {}).await;
    assert_eq!(all.expect("a list").into_inner().holds.len(), 1);
}
